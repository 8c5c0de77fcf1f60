//===- MemberFlow.cpp - members along the paths of a body -----------------===//

#include "MemberFlow.h"
#include "MadeObjects.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/flow/Solver.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"
#include <map>

using namespace clang;

namespace nostall {
namespace {

class MemberAnalysis {
public:
  using Key = std::pair<const VarDecl *, const FieldDecl *>;
  struct State {
    std::map<Key, int64_t> Values;
    bool operator==(const State &) const = default;
  };

  MemberAnalysis(Unit &U, MadeObjects &Objects, const FunctionFacts &Facts)
      : U(U), Objects(Objects), Facts(Facts) {}

  State entry() { return {}; }
  void join(State &Into, const State &From) {
    std::erase_if(Into.Values, [&](const auto &Entry) {
      auto It = From.Values.find(Entry.first);
      return It == From.Values.end() || It->second != Entry.second;
    });
  }

  void on(State &S, const Event &E) {
    const auto *V =
        E.Of.Member ? nullptr : dyn_cast_or_null<VarDecl>(E.Of.Root);
    if (!V)
      return;
    if (E.K == Event::Kind::Declare) {
      forget(S, V);
      for (const auto &[Field, Value] : Objects.madeWith(Facts, V))
        S.Values[{V, Field}] = Value;
    } else if (E.K == Event::Kind::Call) {
      call(S, V, *E.Call);
    } else if (E.K != Event::Kind::Destroy && E.K != Event::Kind::Use) {
      forget(S, V);
    }
  }

private:
  static void forget(State &S, const VarDecl *V) {
    std::erase_if(S.Values,
                  [&](const auto &Entry) { return Entry.first.first == V; });
  }

  void call(State &S, const VarDecl *V, const CallFact &Call) {
    const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call.Callee);
    for (auto It = S.Values.begin(); It != S.Values.end();) {
      const auto &[Of, Field] = It->first;
      const bool Stays =
          Of != V || (Method && !Objects.members().changes(Method, Field));
      const auto Now =
          !Stays && Method ? valueAfter(*Method, Field, Call) : std::nullopt;
      if (Now)
        It->second = *Now;
      It = Stays || Now ? std::next(It) : S.Values.erase(It);
    }
  }

  /// `void set(bool on) { armed_ = on; }`: what \p Field is after \p Call.
  std::optional<int64_t> valueAfter(const CXXMethodDecl &Method,
                                    const FieldDecl *Field,
                                    const CallFact &Call) {
    const FunctionDecl *F = definitionOf(&Method);
    const auto *Body =
        F ? dyn_cast_or_null<CompoundStmt>(writtenBody(F)) : nullptr;
    if (!Body)
      return std::nullopt;
    const Expr *Given = nullptr;
    for (const Stmt *S : Body->body()) {
      const auto *Set = dyn_cast<BinaryOperator>(S);
      const auto *To = Set && Set->getOpcode() == BO_Assign
                           ? dyn_cast<MemberExpr>(Set->getLHS())
                           : nullptr;
      if (To && isa<CXXThisExpr>(To->getBase()->IgnoreParenImpCasts()) &&
          To->getMemberDecl() == Field)
        Given = Set->getRHS();
    }
    // Nothing else changes it, and nothing leaves before.
    unsigned Changes = 0;
    bool Leaves = false;
    forEachStatement(Body, [&](const Stmt *S,
                               llvm::ArrayRef<const Stmt *> Path) {
      const auto *Member = dyn_cast<MemberExpr>(S);
      Changes +=
          Member && Member->getMemberDecl() == Field && mayChange(Member, Path);
      const auto *Own = dyn_cast<CXXMemberCallExpr>(S);
      Changes += Own && Own->getMethodDecl() &&
                 Objects.members().changes(Own->getMethodDecl(), Field);
      Leaves |= isa<ReturnStmt, CXXThrowExpr, GotoStmt>(S);
    });
    if (!Given || Changes != 1 || Leaves)
      return std::nullopt;
    const auto *Ref = dyn_cast<DeclRefExpr>(Given->IgnoreParenImpCasts());
    if (const auto *P = Ref ? dyn_cast<ParmVarDecl>(Ref->getDecl()) : nullptr)
      Given = P->getDeclContext() == F
                  ? argumentFor(Call, P->getFunctionScopeIndex())
                  : nullptr;
    return Given ? constantOf(U.context(), Given) : std::nullopt;
  }

  Unit &U;
  MadeObjects &Objects;
  const FunctionFacts &Facts;
};

} // namespace

const MemberValues &MemberFlows::at(const FunctionFacts &Facts,
                                    const CallFact &Call) {
  static const MemberValues None;
  auto [It, IsNew] = Solved.try_emplace(Facts.Function);
  if (IsNew) {
    ByCall Found = solve(Facts);
    It = Solved.insert_or_assign(Facts.Function, std::move(Found)).first;
  }
  auto Values = It->second.find(&Call);
  return Values == It->second.end() ? None : Values->second;
}

MemberFlows::ByCall MemberFlows::solve(const FunctionFacts &Facts) {
  ByCall Found;
  if (llvm::none_of(Facts.Variables, [&](const VariableFact &V) {
        return !Objects.madeWith(Facts, V.Var).empty();
      }))
    return Found;
  MemberAnalysis Client(U, Objects, Facts);
  Solution(U, Facts.Function, Client)
      .forEachState([&](const MemberAnalysis::State &S, const Event &E,
                        const CFGBlock &) {
        const auto *V = dyn_cast_or_null<VarDecl>(E.Of.Root);
        if (!E.Call || !V || E.Of.Member ||
            (E.K != Event::Kind::Call && E.K != Event::Kind::Destroy))
          return;
        MemberValues Here;
        for (const auto &[Of, Value] : S.Values)
          if (Of.first == V)
            Here.push_back({Of.second, Value});
        auto [It, IsFirst] = Found.try_emplace(E.Call, Here);
        if (!IsFirst) // it dies at several places
          llvm::erase_if(It->second, [&](const auto &Entry) {
            return !llvm::is_contained(Here, Entry);
          });
      });
  return Found;
}

} // namespace nostall
