//===- ModelLookupTest.cpp - entries found for declarations ---------------===//
//
// Each test gives a few entries and a few declarations and says which entry
// ModelSet::find answers for which declaration. Declarations are named by the
// comment-free text of their qualified name, so a test reads like the data.
//
//===----------------------------------------------------------------------===//

#include "analysis/models/Models.h"

#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Frontend/ASTUnit.h"
#include "clang/Tooling/Tooling.h"
#include "gtest/gtest.h"

using namespace nostall;

namespace {

/// Every function and class of the program, by modelName, in source order.
struct Declarations : clang::RecursiveASTVisitor<Declarations> {
  llvm::StringMap<std::vector<const clang::FunctionDecl *>> Functions;
  llvm::StringMap<const clang::CXXRecordDecl *> Records;

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool VisitFunctionDecl(clang::FunctionDecl *F) {
    Functions[modelName(F)].push_back(F);
    return true;
  }
  bool VisitCXXRecordDecl(clang::CXXRecordDecl *R) {
    Records.try_emplace(modelName(R), R);
    return true;
  }
};

class ModelLookup : public testing::Test {
protected:
  void program(llvm::StringRef Code) {
    Ast = clang::tooling::buildASTFromCodeWithArgs(Code, {"-std=c++20"});
    ASSERT_TRUE(Ast);
    Found.TraverseDecl(Ast->getASTContext().getTranslationUnitDecl());
  }

  static ModelSet models(llvm::StringRef Yaml) {
    ModelSet Set;
    addTo(Set, Yaml);
    return Set;
  }
  static void addTo(ModelSet &Set, llvm::StringRef Yaml) {
    std::vector<ModelError> Errors;
    Set.add(Yaml, "test.yaml", Errors);
    for (const ModelError &E : Errors)
      ADD_FAILURE() << E.Line << ":" << E.Column << ": " << E.Message;
  }

  /// The source text of the entry found for the Nth declaration of that name,
  /// "-" if there is none.
  std::string entry(const ModelSet &Set, llvm::StringRef Name, unsigned N = 0) {
    auto &Decls = Found.Functions[Name];
    if (N >= Decls.size())
      return "no such declaration: " + Name.str();
    const FunctionModel *M = Set.find(Decls[N]);
    return M ? M->Source : "-";
  }
  const clang::CXXRecordDecl *record(llvm::StringRef Name) {
    return Found.Records[Name];
  }

  std::unique_ptr<clang::ASTUnit> Ast;
  Declarations Found;
};

TEST_F(ModelLookup, NamesLeaveOutInlineAndAnonymousNamespacesAndArguments) {
  program(R"cpp(
    namespace a { inline namespace v1 {
      template <class T> struct Box {
        Box(); ~Box(); operator bool(); void put(T);
        struct Inner { void go(); };
        T operator*();
      };
      extern "C++" { void linked(); }
      namespace { void hidden(); }
      enum plain { one };
      enum class scoped { two };
    } }
    template struct a::Box<int>;
  )cpp");
  for (llvm::StringRef Name :
       {"a::Box::Box", "a::Box::~Box", "a::Box::operator bool", "a::Box::put",
        "a::Box::Inner::go", "a::Box::operator*", "a::linked", "a::hidden"})
    EXPECT_FALSE(Found.Functions[Name].empty()) << Name.str();
  // The template and its instantiation have one name.
  EXPECT_EQ(Found.Functions["a::Box::put"].size(), 2u);
}

TEST_F(ModelLookup, FindsEveryKindOfFunction) {
  program(R"cpp(
    namespace a {
      template <class T> struct Box {
        Box(); ~Box(); operator bool(); template <class U> void put(U);
        Box &operator<<(int);
      };
      template <class T> Box<T> &operator>>(Box<T> &, T);
    }
  )cpp");
  ModelSet Set = models(R"yaml(
functions:
  - {name: a::Box::Box, blocks: wait, source: constructor}
  - {name: a::Box::~Box, blocks: wait, source: destructor}
  - {name: a::Box::operator bool, blocks: wait, source: conversion}
  - {name: a::Box::put, blocks: wait, source: member template}
  - {name: a::Box::operator<<, blocks: wait, source: member operator}
  - {name: a::operator>>, blocks: wait, source: operator}
)yaml");
  EXPECT_EQ(entry(Set, "a::Box::Box"), "constructor");
  EXPECT_EQ(entry(Set, "a::Box::~Box"), "destructor");
  EXPECT_EQ(entry(Set, "a::Box::operator bool"), "conversion");
  EXPECT_EQ(entry(Set, "a::Box::put"), "member template");
  EXPECT_EQ(entry(Set, "a::Box::operator<<"), "member operator");
  EXPECT_EQ(entry(Set, "a::operator>>"), "operator");
}

TEST_F(ModelLookup, CEntriesFitOnlyExternC) {
  program(R"cpp(
    extern "C" int sleep(unsigned);
    void pause();
    namespace mine { void sleep(int); extern "C" int usleep(unsigned); }
    struct S { void sleep(); };
  )cpp");
  ModelSet Set = models("functions:\n"
                        "  - {names: [sleep, usleep, pause], blocks: sleep, "
                        "source: C}\n");
  EXPECT_EQ(entry(Set, "sleep"), "C");
  EXPECT_EQ(entry(Set, "pause"), "-");
  EXPECT_EQ(entry(Set, "mine::sleep"), "-");
  EXPECT_EQ(entry(Set, "mine::usleep"), "C") << "C functions have no scope";
  EXPECT_EQ(entry(Set, "S::sleep"), "-");
}

TEST_F(ModelLookup, LeadingColonsMeanTheGlobalNamespaceInAnyLanguage) {
  program("void pause(); extern \"C\" void stop(); namespace a { void pause(); }");
  ModelSet Set = models(
      "functions:\n  - {names: ['::pause', '::stop'], blocks: wait, source: g}\n");
  EXPECT_EQ(entry(Set, "pause"), "g");
  EXPECT_EQ(entry(Set, "stop"), "g");
  EXPECT_EQ(entry(Set, "a::pause"), "-");
}

TEST_F(ModelLookup, ParamsChooseOverloadsLoosely) {
  program(R"cpp(
    namespace std { struct error_code {}; template <class> struct basic {}; }
    namespace a {
      void f(const std::error_code &); void f(int *, const char *);
      void f(std::basic<int>); void f(int, int, int);
      template <class Token> void f(Token &&, int);
    }
  )cpp");
  ModelSet Set = models(R"yaml(
functions:
  - {name: a::f, params: [error_code], blocks: wait, source: code}
  - {name: a::f, params: [int *, char *], blocks: wait, source: pointers}
  - {name: a::f, params: [basic], blocks: wait, source: template}
  - {name: a::f, params: [_, int, ...], blocks: wait, source: open}
  - {name: a::f, params: [Token, int], blocks: wait, source: token}
)yaml");
  EXPECT_EQ(entry(Set, "a::f", 0), "code");
  EXPECT_EQ(entry(Set, "a::f", 1), "pointers");
  EXPECT_EQ(entry(Set, "a::f", 2), "template");
  EXPECT_EQ(entry(Set, "a::f", 3), "open");
  EXPECT_EQ(entry(Set, "a::f", 4), "token");
}

TEST_F(ModelLookup, AnEntryForSomeOverloadsWinsOverOneForAll) {
  program("namespace a { void f(int); void f(); }");
  ModelSet Set = models(
      "functions:\n"
      "  - {name: a::f, params: [int], blocks: wait, source: some}\n"
      "  - {name: a::f, blocks: wait, source: all}\n");
  EXPECT_EQ(entry(Set, "a::f", 0), "some");
  EXPECT_EQ(entry(Set, "a::f", 1), "all");
}

TEST_F(ModelLookup, LaterWins) {
  program("namespace a { void f(int); void f(); }");
  ModelSet Set = models(
      "functions:\n"
      "  - {name: a::f, params: [int], blocks: wait, source: first}\n"
      "  - {name: a::f, params: [_], blocks: wait, source: second}\n");
  EXPECT_EQ(entry(Set, "a::f", 0), "second");
  addTo(Set, "functions:\n  - {name: a::f, never-blocks: true, source: third}\n");
  EXPECT_EQ(entry(Set, "a::f", 0), "third") << "a later text wins as a whole";
  ModelSet User = ModelSet::over(Set);
  EXPECT_EQ(entry(User, "a::f", 1), "third");
  addTo(User, "functions:\n  - {name: a::f, params: [], blocks: db, source: user}\n");
  EXPECT_EQ(entry(User, "a::f", 1), "user");
  EXPECT_EQ(entry(User, "a::f", 0), "third");
  EXPECT_EQ(User.functions().size(), 4u);
}

TEST_F(ModelLookup, PatternsComeAfterExactNames) {
  program(R"cpp(
    extern "C" { void db_open(); void db_close(); void dbg(); }
    namespace a {
      void async_read(); void read();
      struct C { void m(); struct D { void n(); }; };
      namespace b { void p(); }
    }
    void operator*(a::C, a::C);
  )cpp");
  ModelSet Set = models(R"yaml(
functions:
  - {name: db_close, never-blocks: true, source: exact}
  - {name: db_*, blocks: db, source: prefix}
  - {name: a::async_*, callables: loop, source: scoped prefix}
  - {name: 'a::C::*', blocks: wait, source: members}
  - {name: 'a::b::**', blocks: wait, source: deep}
)yaml");
  EXPECT_EQ(entry(Set, "db_open"), "prefix");
  EXPECT_EQ(entry(Set, "db_close"), "exact");
  EXPECT_EQ(entry(Set, "dbg"), "-");
  EXPECT_EQ(entry(Set, "a::async_read"), "scoped prefix");
  EXPECT_EQ(entry(Set, "a::read"), "-");
  EXPECT_EQ(entry(Set, "a::C::m"), "members");
  EXPECT_EQ(entry(Set, "a::C::D::n"), "-") << "one star stays in one scope";
  EXPECT_EQ(entry(Set, "a::b::p"), "deep");
  EXPECT_EQ(entry(Set, "operator*"), "-");

  ModelSet Deep = models("functions:\n  - {name: 'a::**', blocks: wait, "
                         "source: all}\n");
  EXPECT_EQ(entry(Deep, "a::C::D::n"), "all");
  EXPECT_EQ(entry(Deep, "db_open"), "-");
}

TEST_F(ModelLookup, AliasesStandForEachOfTheirNames) {
  program(R"cpp(
    namespace boost { namespace asio { void run(); struct pool; } }
    namespace asio { void run(); struct pool; template <class> struct task; }
    namespace asiox { void run(); }
  )cpp");
  ModelSet Set = models(R"yaml(
aliases: {asio: [boost::asio, asio]}
opaque: [{namespace: asio, callables: keeps}]
functions:
  - name: asio::run
    blocks: sync-run
    when: {arg: 0, type: asio::pool}
    source: run
types:
  - {name: asio::pool, executor: worker}
dialects:
  - {name: asio, namespace: asio, tasks: asio::task, spawn: "{ns}::co_spawn({call})"}
)yaml");
  EXPECT_EQ(entry(Set, "boost::asio::run"), "run");
  EXPECT_EQ(entry(Set, "asio::run"), "run");
  EXPECT_EQ(entry(Set, "asiox::run"), "-");
  const FunctionModel *M = Set.find(Found.Functions["boost::asio::run"][0]);
  EXPECT_EQ(M->When[0][0].TypeIs, std::vector<std::string>{"boost::asio::pool"});
  ASSERT_TRUE(Set.find(record("boost::asio::pool")));
  EXPECT_EQ(Set.find(record("asio::pool"))->Executor, Context::Worker);
  const DialectModel *D = Set.findDialect(record("asio::task"));
  ASSERT_TRUE(D);
  EXPECT_EQ(D->Namespace, "asio");
  EXPECT_EQ(D->TaskTypes, std::vector<std::string>{"asio::task"});
  EXPECT_EQ(Set.findDialect("asio")->Namespace, "boost::asio");
}

TEST_F(ModelLookup, TheInnermostOpaqueNamespaceDecides) {
  program(R"cpp(
    namespace a { void f(); inline namespace v { void g(); }
      namespace b { void h(); struct S { void m(); }; } }
    namespace c { void i(); }
  )cpp");
  ModelSet Set = models("opaque:\n"
                        "  - a\n"
                        "  - {namespace: a::b, callables: worker}\n");
  auto Use = [&](llvm::StringRef Name) {
    return Set.opaqueCallableUse(Found.Functions[Name][0]);
  };
  EXPECT_EQ(Use("a::f"), CallableUse::Inline);
  EXPECT_EQ(Use("a::g"), CallableUse::Inline);
  EXPECT_EQ(Use("a::b::h"), CallableUse::Worker);
  EXPECT_EQ(Use("a::b::S::m"), CallableUse::Worker);
  // What the main file adds to a library's namespace is the program's.
  EXPECT_FALSE(Set.isOpaque(Found.Functions["a::g"][0]));
  EXPECT_FALSE(Set.isOpaque(Found.Functions["c::i"][0]));
}

TEST(ModelCode, PlaceholdersAndBraces) {
  auto Fill = [](llvm::StringRef Name) { return "<" + Name.str() + ">"; };
  EXPECT_EQ(expandCode("[&] {{ return {call}; }}, {arg12}", Fill),
            "[&] { return <call>; }, <arg12>");
  EXPECT_FALSE(findCodeError("{receiver}x({args}, {arg0}) {{}} {ns}{result}"));
  EXPECT_TRUE(findCodeError("{arg}"));
  EXPECT_TRUE(findCodeError("f({args)"));
  EXPECT_TRUE(findCodeError("}"));
  EXPECT_EQ(expandInclude("<{ns}/post.hpp>", "boost::asio"),
            "<boost/asio/post.hpp>");
  EXPECT_EQ(expandInclude("<nostall/sleep.h>", "nostall"), "<nostall/sleep.h>");
}

} // namespace
