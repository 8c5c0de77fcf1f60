//===- ModelCoverageTest.cpp - every entry is called by a test ------------===//
//
// test/models/<library>.cpp calls what checks/models/<library>.yaml speaks of,
// as the library's own headers declare it; lit holds the findings to the
// comments there. This test parses the same files and fails when an entry of
// the model is used by none of the calls: then a name is misspelt, is declared
// elsewhere than the entry says, or has no test.
//
// A line `// absent: names (why)` excuses entries that the installed headers do
// not have; `a::**` excuses all below a. An excuse that is not needed fails, too.
// A file whose headers are not installed (`// needs: <x.h>`) is skipped.
//
//===----------------------------------------------------------------------===//

#include "analysis/models/Models.h"

#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Frontend/ASTUnit.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"
#include <set>

using namespace nostall;
using llvm::StringRef;

namespace {

/// All that the file itself mentions: functions called, classes of values.
class Mentioned : public clang::RecursiveASTVisitor<Mentioned> {
public:
  llvm::DenseSet<const FunctionModel *> Functions;
  llvm::DenseSet<const TypeModel *> Types;

  bool shouldVisitImplicitCode() const { return true; }
  bool shouldVisitTemplateInstantiations() const { return true; }

  bool VisitCallExpr(clang::CallExpr *E) { return function(E->getDirectCallee()); }
  bool VisitCXXConstructExpr(clang::CXXConstructExpr *E) {
    return function(E->getConstructor());
  }
  bool VisitExpr(clang::Expr *E) { return type(E->getType()); }
  bool VisitValueDecl(clang::ValueDecl *D) { return type(D->getType()); }

private:
  bool function(const clang::FunctionDecl *F) {
    if (F) {
      Functions.insert(builtinModels().find(F));
      type(F->getReturnType());
    }
    return true;
  }
  bool type(clang::QualType T) {
    if (T.isNull())
      return true;
    T = T.getNonReferenceType();
    if (T->isPointerType())
      T = T->getPointeeType();
    const clang::CXXRecordDecl *R = T->getAsCXXRecordDecl();
    if (!R)
      return true;
    Types.insert(builtinModels().find(R));
    if (R->hasDefinition())
      if (const clang::CXXDestructorDecl *Destructor = R->getDestructor())
        Functions.insert(builtinModels().find(Destructor));
    return true;
  }
};

std::string folder() { return llvm::sys::path::parent_path(__FILE__).str(); }

/// What the comments at the top of a test file say.
struct Directives {
  std::vector<std::string> Flags{"-std=c++20", "-w", "-ferror-limit=3"};
  std::vector<std::string> Absent, Needs;
};

Directives directivesOf(StringRef Text) {
  Directives D;
  while (!Text.empty()) {
    StringRef Line;
    std::tie(Line, Text) = Text.split('\n');
    llvm::SmallVector<StringRef, 8> Words;
    if (Line.consume_front("// RUN:")) {
      Line.split(" -- ").second.split(Words, ' ', -1, false);
      for (StringRef Word : Words)
        D.Flags.push_back(Word.str());
    } else if (Line.consume_front("// absent: ")) {
      Line.split(" (").first.split(Words, ", ");
      for (StringRef Word : Words)
        D.Absent.push_back(Word.str());
    } else if (Line.consume_front("// needs: ")) {
      D.Needs.push_back(Line.trim("<>").str());
    }
  }
  return D;
}

bool matches(StringRef Pattern, StringRef Name) {
  return Pattern.consume_back("**") ? Name.starts_with(Pattern)
                                    : Name == Pattern;
}

class ModelCoverage : public testing::TestWithParam<std::string> {};

TEST_P(ModelCoverage, EveryEntryIsCalled) {
  std::string Source = folder() + "/" + GetParam() + ".cpp";
  auto Buffer = llvm::MemoryBuffer::getFile(Source);
  ASSERT_TRUE(Buffer) << "no " << Source;
  StringRef Text = (*Buffer)->getBuffer();
  Directives D = directivesOf(Text);
  for (const std::string &Header : D.Needs)
    if (!llvm::sys::fs::exists("/usr/include/" + Header) &&
        !llvm::sys::fs::exists("/usr/include/x86_64-linux-gnu/" + Header))
      GTEST_SKIP() << "no <" << Header << "> here";
  D.Flags.push_back("-I" + folder() + "/../Inputs");
  D.Flags.push_back("-I" + folder() + "/../../runtime/include");
  D.Flags.push_back("-resource-dir=" CLANG_RESOURCE_DIR);
  std::unique_ptr<clang::ASTUnit> Ast =
      clang::tooling::buildASTFromCodeWithArgs(Text, D.Flags, Source);
  ASSERT_TRUE(Ast);
  ASSERT_FALSE(Ast->getDiagnostics().hasErrorOccurred())
      << Source << " does not compile";

  Mentioned Found;
  for (clang::Decl *Top :
       llvm::make_range(Ast->top_level_begin(), Ast->top_level_end()))
    if (Ast->getSourceManager().isInMainFile(Top->getLocation()))
      Found.TraverseDecl(Top);

  std::string File = GetParam() + ".yaml";
  llvm::StringSet<> Excused;
  unsigned Entries = 0;
  auto Check = [&](StringRef Name, unsigned Line, bool Seen) {
    ++Entries;
    auto Excuse = llvm::find_if(
        D.Absent, [&](StringRef Pattern) { return matches(Pattern, Name); });
    if (Excuse == D.Absent.end())
      EXPECT_TRUE(Seen) << File << ":" << Line << ": nothing in " << Source
                        << " uses " << Name.str();
    else if (!Seen)
      Excused.insert(*Excuse);
  };
  for (const FunctionModel *M : builtinModels().functions())
    if (M->File == File)
      Check(M->Name, M->Line, Found.Functions.contains(M));
  for (const TypeModel *M : builtinModels().types())
    if (M->File == File)
      Check(M->Name, M->Line, Found.Types.contains(M));
  EXPECT_GT(Entries, 0u) << "no model file " << File;
  for (const std::string &Pattern : D.Absent)
    EXPECT_TRUE(Excused.contains(Pattern))
        << Source << ": '// absent: " << Pattern << "' is not needed";
}

/// A test file here, or a model file with no test, is found by itself.
std::vector<std::string> libraries() {
  std::set<std::string> Names;
  for (const FunctionModel *M : builtinModels().functions())
    Names.insert(llvm::sys::path::stem(M->File).str());
  for (const TypeModel *M : builtinModels().types())
    Names.insert(llvm::sys::path::stem(M->File).str());
  return {Names.begin(), Names.end()};
}

INSTANTIATE_TEST_SUITE_P(Library, ModelCoverage, testing::ValuesIn(libraries()),
                         [](const auto &Info) {
                           std::string Name = Info.param;
                           std::replace(Name.begin(), Name.end(), '-', '_');
                           return Name;
                         });

} // namespace
