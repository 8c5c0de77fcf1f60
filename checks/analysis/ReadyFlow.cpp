//===- ReadyFlow.cpp - was the future seen to be ready? -------------------===//

#include "ReadyFlow.h"
#include "Facts.h"
#include "Flow.h"
#include "Unit.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include <map>
#include <set>

using namespace clang;

namespace nostall {
namespace {

/// What a value says: when it is When, Of is ready; or (Status) it is the state
/// of Of, to be compared with the model's ReadyValue.
struct Answer {
  const ValueDecl *Of = nullptr;
  bool When = true;
  const FunctionModel *Status = nullptr;
  bool operator==(const Answer &) const = default;
};

struct Known {
  std::set<const ValueDecl *> Ready;
  std::map<const ValueDecl *, Answer> Kept; ///< answers in local variables
  bool operator==(const Known &) const = default;

  void forget(const ValueDecl *D) {
    Ready.erase(D);
    Kept.erase(D);
    std::erase_if(Kept,
                  [&](const auto &Entry) { return Entry.second.Of == D; });
  }
  void meet(const Known &Other) {
    std::erase_if(Ready,
                  [&](const auto *D) { return !Other.Ready.contains(D); });
    std::erase_if(Kept, [&](const auto &Entry) {
      auto It = Other.Kept.find(Entry.first);
      return It == Other.Kept.end() || !(It->second == Entry.second);
    });
  }
};

class ReadyAnalysis {
public:
  ReadyAnalysis(Unit &U, const FunctionFlow &Flow) : U(U), Flow(Flow) {
    In = solveForward(
        Flow, Known(), [&](Known &K, const CFGElement &E) { transfer(K, E); },
        [&](Known &K, const CFGBlock &From, const CFGBlock &To, bool IsTrue) {
          edge(K, From, To, IsTrue);
        },
        [](Known &Into, const Known &From) { Into.meet(From); });
  }

  /// Whether \p Of is ready on every path to the element that \p Is picks.
  bool isReadyAt(const ValueDecl *Of,
                 llvm::function_ref<bool(const CFGElement &)> Is) {
    for (const CFGBlock *Block : Flow.cfg()) {
      if (!In[Block->getBlockID()])
        continue;
      Known K = *In[Block->getBlockID()];
      for (const CFGElement &Element : *Block) {
        if (Is(Element))
          return K.Ready.contains(Of);
        transfer(K, Element);
      }
    }
    return false;
  }

private:
  /// What \p E says of a future, as far as \p K tells.
  std::optional<Answer> answerOf(const Known &K, const Expr *E) {
    E = E->IgnoreParenImpCasts();
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      auto It = K.Kept.find(Ref->getDecl());
      return It == K.Kept.end() ? std::nullopt : std::optional(It->second);
    }
    if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
      const FunctionModel *M =
          Call->getMethodDecl() ? U.model(Call->getMethodDecl()) : nullptr;
      const ValueDecl *Of = namedEntity(U, Call->getImplicitObjectArgument());
      if (!M || !M->IsReadyTest || !Of)
        return std::nullopt;
      return Answer{Of, true, M->ReadyValue.empty() ? nullptr : M};
    }
    if (const auto *Not = dyn_cast<UnaryOperator>(E);
        Not && Not->getOpcode() == UO_LNot) {
      std::optional<Answer> Inner = answerOf(K, Not->getSubExpr());
      if (Inner)
        Inner->When = !Inner->When;
      return Inner;
    }
    const auto *Op = dyn_cast<BinaryOperator>(E);
    if (Op && Op->isAssignmentOp())
      return answerOf(K, Op->getRHS());
    if (Op && Op->isLogicalOp()) {
      // `a && ready` is true only if both are.
      bool Telling = Op->getOpcode() == BO_LAnd;
      for (const Expr *Side : {Op->getLHS(), Op->getRHS()})
        if (auto A = answerOf(K, Side); A && !A->Status && A->When == Telling)
          return A;
      return std::nullopt;
    }
    if (!Op || !Op->isEqualityOp())
      return std::nullopt;
    const Expr *Sides[] = {Op->getLHS(), Op->getRHS()};
    for (unsigned I = 0; I != 2; ++I)
      if (auto A = answerOf(K, Sides[I]); A && A->Status)
        if (auto Ready = readiness(*A->Status, Sides[1 - I]))
          return Answer{A->Of, *Ready == (Op->getOpcode() == BO_EQ), nullptr};
    return std::nullopt;
  }

  /// What the value \p E of a state means, where the model says that.
  static std::optional<bool> readiness(const FunctionModel &M, const Expr *E) {
    E = E->IgnoreParenImpCasts();
    if (const auto *Constant = dyn_cast<ConstantExpr>(E))
      E = Constant->getSubExpr()->IgnoreParenImpCasts();
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    const std::string Name = Ref ? modelName(Ref->getDecl()) : "";
    if (Name == M.ReadyValue)
      return true;
    if (!M.NotReadyValue.empty() && Name == M.NotReadyValue)
      return false;
    return std::nullopt;
  }

  void keep(Known &K, const ValueDecl *V, const Expr *Value) {
    std::optional<Answer> A = answerOf(K, Value);
    K.forget(V);
    if (A)
      K.Kept[V] = *A;
  }

  void transfer(Known &K, const CFGElement &Element) {
    auto At = Element.getAs<CFGStmt>();
    if (!At)
      return;
    const Stmt *S = At->getStmt();
    if (const auto *Decls = dyn_cast<DeclStmt>(S)) {
      for (const Decl *D : Decls->decls())
        if (const auto *V = dyn_cast<VarDecl>(D); V && V->getInit())
          keep(K, V, V->getInit());
    } else if (const auto *Assign = dyn_cast<BinaryOperator>(S);
               Assign && Assign->isAssignmentOp()) {
      if (const ValueDecl *V = namedEntity(U, Assign->getLHS()))
        keep(K, V, Assign->getRHS());
    } else if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(S);
               Op && Op->isAssignmentOp()) {
      if (const ValueDecl *V = namedEntity(U, Op->getArg(0)))
        K.forget(V);
    } else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
               Call && Call->getMethodDecl()) {
      const FunctionModel *M = U.model(Call->getMethodDecl());
      if (M && M->UnlessReady && !M->IsReadyTest) // it has waited
        if (const ValueDecl *Of =
                namedEntity(U, Call->getImplicitObjectArgument()))
          K.Ready.insert(Of);
    }
  }

  void edge(Known &K, const CFGBlock &From, const CFGBlock &To, bool IsTrue) {
    if (const auto *Switch =
            dyn_cast_or_null<SwitchStmt>(From.getTerminatorStmt())) {
      const auto *Case = dyn_cast_or_null<CaseStmt>(To.getLabel());
      auto A = Case ? answerOf(K, Switch->getCond()) : std::nullopt;
      if (A && A->Status && readiness(*A->Status, Case->getLHS()) == true)
        K.Ready.insert(A->Of);
      return;
    }
    const Expr *Cond = branchCondition(From);
    auto A = Cond ? answerOf(K, Cond) : std::nullopt;
    if (A && !A->Status && A->When == IsTrue)
      K.Ready.insert(A->Of);
  }

  Unit &U;
  const FunctionFlow &Flow;
  std::vector<std::optional<Known>> In;
};

} // namespace

bool isKnownReady(Unit &U, const FunctionFacts &Facts, const CallFact &Call) {
  const ValueDecl *Of = Call.Object ? namedEntity(U, Call.Object) : nullptr;
  const FunctionFlow *Flow = Of ? U.flow(Facts.Function) : nullptr;
  return Flow &&
         ReadyAnalysis(U, *Flow).isReadyAt(Of, [&](const CFGElement &E) {
           auto S = E.getAs<CFGStmt>();
           return S && S->getStmt() == Call.Site;
         });
}

bool isReadyAtEnd(Unit &U, const FunctionFacts &Facts, const VarDecl *V) {
  const FunctionFlow *Flow = U.flow(Facts.Function);
  return Flow && ReadyAnalysis(U, *Flow).isReadyAt(V, [&](const CFGElement &E) {
    auto Dtor = E.getAs<CFGAutomaticObjDtor>();
    return Dtor && Dtor->getVarDecl() == V;
  });
}

} // namespace nostall
