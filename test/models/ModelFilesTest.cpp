//===- ModelFilesTest.cpp - which models govern a source file -------------===//
//
// A tree of folders is written to disk, and modelsFor is asked for sources in
// it. What a source gets is read off by looking one C function up: the entry's
// `source` names the file that won.
//
//===----------------------------------------------------------------------===//

#include "analysis/models/Models.h"

#include "clang/AST/ASTContext.h"
#include "clang/Frontend/ASTUnit.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace nostall;
using llvm::StringRef;

namespace {

class ModelFiles : public testing::Test {
protected:
  void SetUp() override {
    llvm::SmallString<128> Path;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("nostall-models", Path));
    // Messages show the path without links.
    llvm::SmallString<128> Real;
    ASSERT_FALSE(llvm::sys::fs::real_path(Path, Real));
    Root = std::string(Real);
    // What stands above the scratch folder is none of the test's business.
    write(".nostall.yaml", "root: true\n");
    Ast = clang::tooling::buildASTFromCodeWithArgs(
        "extern \"C\" { int f(); int g(); int sleep(unsigned); }",
        {"-std=c++20"});
    ASSERT_TRUE(Ast);
  }
  void TearDown() override { llvm::sys::fs::remove_directories(Root); }

  std::string path(StringRef Name) const { return (Root + "/" + Name).str(); }

  void write(StringRef Name, StringRef Text) const {
    ASSERT_FALSE(llvm::sys::fs::create_directories(
        llvm::sys::path::parent_path(path(Name))));
    std::error_code EC;
    llvm::raw_fd_ostream OS(path(Name), EC);
    ASSERT_FALSE(EC) << EC.message();
    OS << Text;
  }

  /// An entry for \p Function whose source is the given word.
  static std::string says(StringRef Function, StringRef Word) {
    return ("functions:\n  - {name: " + llvm::Twine(Function) +
            ", blocks: db, source: " + Word + "}\n")
        .str();
  }

  std::string ask(StringRef SourceFile, StringRef Function = "f") {
    const ModelSet &Models = modelsFor(path(SourceFile), Errors);
    for (const clang::Decl *D : Ast->getASTContext()
                                    .getTranslationUnitDecl()
                                    ->noload_decls())
      if (auto *Linkage = llvm::dyn_cast<clang::LinkageSpecDecl>(D))
        for (const clang::Decl *Inner : Linkage->decls())
          if (auto *F = llvm::dyn_cast<clang::FunctionDecl>(Inner);
              F && F->getName() == Function) {
            const FunctionModel *M = Models.find(F);
            return M ? M->Source : "-";
          }
    return "no such function";
  }

  std::string said() {
    std::string Text;
    llvm::raw_string_ostream OS(Text);
    for (const ModelError &E : Errors) {
      StringRef File = E.File;
      File.consume_front(Root);
      OS << File << ':' << E.Line << ':' << E.Column << ": " << E.Message
         << '\n';
    }
    return Text;
  }

  std::string Root;
  std::unique_ptr<clang::ASTUnit> Ast;
  std::vector<ModelError> Errors;
};

TEST_F(ModelFiles, WithoutAFileTheBuiltInOnesHold) {
  EXPECT_EQ(ask("a.cpp"), "-");
  EXPECT_EQ(ask("a.cpp", "sleep"), "man 3 sleep");
}

TEST_F(ModelFiles, TheNearestFileWinsAndTheOthersStillHold) {
  write("p/.nostall.yaml", says("f", "outer") + "  - {name: g, blocks: db, source: outer}\n");
  write("p/q/.nostall.yaml", says("f", "inner"));
  EXPECT_EQ(ask("p/a.cpp"), "outer");
  EXPECT_EQ(ask("p/q/r/s/a.cpp"), "inner") << "found upwards";
  EXPECT_EQ(ask("p/q/a.cpp", "g"), "outer");
  EXPECT_EQ(ask("p/q/a.cpp", "sleep"), "man 3 sleep");
  EXPECT_EQ(ask("a.cpp"), "-");
  EXPECT_EQ(said(), "");
}

TEST_F(ModelFiles, AUsersEntryWinsOverTheBuiltIn) {
  write("p/.nostall.yaml",
        "functions:\n  - {name: sleep, never-blocks: true, source: mine}\n");
  EXPECT_EQ(ask("p/a.cpp", "sleep"), "mine");
}

TEST_F(ModelFiles, RootEndsTheSearch) {
  write("p/.nostall.yaml", says("f", "outer"));
  write("p/q/.nostall.yaml", "root: true\n" + says("g", "inner"));
  EXPECT_EQ(ask("p/q/a.cpp"), "-");
  EXPECT_EQ(ask("p/q/a.cpp", "g"), "inner");
}

TEST_F(ModelFiles, ExtendsComesFirst) {
  write("shared/base.yaml", says("f", "base") + "  - {name: g, blocks: db, source: base}\n");
  write("shared/more.yaml", "extends: base.yaml\n" + says("f", "more"));
  write("p/.nostall.yaml", "extends: [../shared/more.yaml]\n");
  write("q/.nostall.yaml", "extends: ../shared/more.yaml\n" + says("f", "own"));
  EXPECT_EQ(ask("p/a.cpp"), "more");
  EXPECT_EQ(ask("p/a.cpp", "g"), "base");
  EXPECT_EQ(ask("q/a.cpp"), "own");
  EXPECT_EQ(said(), "");
}

TEST_F(ModelFiles, ExtendsThatLeadsNowhere) {
  write("p/.nostall.yaml", "extends:\n  - gone.yaml\n" + says("f", "own"));
  EXPECT_EQ(ask("p/a.cpp"), "own") << "the file's own entries hold";
  EXPECT_EQ(said(), "/p/.nostall.yaml:2:5: expected the path of a model file, "
                    "found no file '" +
                        path("p/gone.yaml") + "'\n");
}

TEST_F(ModelFiles, ExtendsInACircle) {
  write("p/a.yaml", "extends: b.yaml\n" + says("f", "a"));
  write("p/b.yaml", "extends: a.yaml\n" + says("g", "b"));
  write("p/.nostall.yaml", "extends: a.yaml\n");
  EXPECT_EQ(ask("p/a.cpp"), "a");
  EXPECT_EQ(ask("p/a.cpp", "g"), "b");
  EXPECT_EQ(said(), "/p/b.yaml:1:10: 'a.yaml' extends this file in turn\n");
}

TEST_F(ModelFiles, OverridesHoldForTheirPaths) {
  write("p/.nostall.yaml", says("f", "all") +
                               "overrides:\n"
                               "  - paths: legacy\n"
                               "    functions: [{name: f, blocks: db, source: legacy}]\n"
                               "  - paths: ['*_test.cpp', 'gen/{a,b}/*']\n"
                               "    functions: [{name: f, never-blocks: true, source: tests}]\n");
  EXPECT_EQ(ask("p/a.cpp"), "all");
  EXPECT_EQ(ask("p/legacy/a.cpp"), "legacy");
  EXPECT_EQ(ask("p/legacy/deep/a.cpp"), "legacy");
  EXPECT_EQ(ask("p/legacy2/a.cpp"), "all");
  EXPECT_EQ(ask("p/x/a_test.cpp"), "tests");
  EXPECT_EQ(ask("p/legacy/a_test.cpp"), "tests") << "the later override wins";
  EXPECT_EQ(ask("p/gen/b/c/a.cpp"), "tests");
  EXPECT_EQ(ask("p/gen/c/a.cpp"), "all");
  EXPECT_EQ(said(), "");
}

TEST_F(ModelFiles, MistakesAreToldOnce) {
  write("p/.nostall.yaml", "functions:\n"
                           "  - {name: f, blocks: db, source: good}\n"
                           "  - {name: g, blocks: wat}\n");
  EXPECT_EQ(ask("p/a.cpp"), "good");
  EXPECT_EQ(ask("p/b.cpp", "g"), "-");
  EXPECT_EQ(ask("p/q/c.cpp"), "good");
  EXPECT_EQ(said(), "/p/.nostall.yaml:3:23: unknown category 'wat'; did you "
                    "mean 'wait'?\n");
}

TEST_F(ModelFiles, SourcesOfOneFolderShareASet) {
  write("p/.nostall.yaml", says("f", "own"));
  const ModelSet &A = modelsFor(path("p/a.cpp"), Errors);
  const ModelSet &B = modelsFor(path("p/q/../b.cpp"), Errors);
  EXPECT_EQ(&A, &B);
  EXPECT_EQ(&modelsFor(path("x/a.cpp"), Errors),
            &modelsFor(path("y/a.cpp"), Errors))
      << "no file, no set of its own";
}

} // namespace
