//===- ReadyFlow.cpp - was the future seen to be ready? -------------------===//

#include "ReadyFlow.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/Facts.h"
#include "analysis/flow/Flow.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
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
  void forgetIf(llvm::function_ref<bool(const ValueDecl *)> Is) {
    std::erase_if(Ready, Is);
    std::erase_if(Kept, [&](const auto &Entry) {
      return Is(Entry.first) || Is(Entry.second.Of);
    });
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

  /// The calls of members whose object is ready on every path to them.
  ReadyFlows::Calls readyCalls() {
    ReadyFlows::Calls Found;
    for (const CFGBlock *Block : Flow.cfg()) {
      if (!In[Block->getBlockID()])
        continue;
      Known K = *In[Block->getBlockID()];
      for (const CFGElement &Element : *Block) {
        if (auto S = Element.getAs<CFGStmt>())
          if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S->getStmt()))
            if (K.Ready.contains(
                    namedEntity(U, Call->getImplicitObjectArgument())))
              Found.insert(Call);
        transfer(K, Element);
      }
    }
    return Found;
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
    } else if (isa<CoroutineSuspendExpr>(S)) {
      K.forgetIf([](const ValueDecl *D) { return !isOwn(D); });
    } else if (const auto *Call = dyn_cast<CallExpr>(S)) {
      CallFact C;
      C.Site = S;
      C.Callee = Call->getDirectCallee();
      C.Args.append(Call->arg_begin(), Call->arg_end());
      passOn(K, C);
      const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
      if (!Member || !Member->getMethodDecl())
        return;
      const FunctionModel *M = U.model(Member->getMethodDecl());
      const ValueDecl *Of = namedEntity(U, Member->getImplicitObjectArgument());
      if (!Of || !M)
        return;
      if (M->UnlessReady && !M->IsReadyTest) // it has waited
        K.Ready.insert(Of);
    } else if (const auto *Made = dyn_cast<CXXConstructExpr>(S)) {
      CallFact C;
      C.Site = S;
      C.Callee = Made->getConstructor();
      C.Args.append(Made->arg_begin(), Made->arg_end());
      passOn(K, C);
    }
  }

  /// Nobody else changes it while the coroutine is suspended.
  static bool isOwn(const ValueDecl *D) {
    const auto *V = dyn_cast<VarDecl>(D);
    return V && V->hasLocalStorage() && !V->getType()->isReferenceType();
  }

  /// What is given to a function that may put something else there.
  void passOn(Known &K, const CallFact &C) {
    const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
    if (!C.Callee || (K.Ready.empty() && K.Kept.empty()) || (M && M->Forwards))
      return;
    const FunctionDecl *Body = definitionOf(C.Callee);
    for (unsigned I = 0; I != C.Callee->getNumParams(); ++I) {
      const QualType T = C.Callee->getParamDecl(I)->getType();
      if (!(T->isReferenceType() || T->isPointerType()) ||
          T->getPointeeType().isConstQualified())
        continue;
      if (Body && T->isLValueReferenceType() && !U.isInSystemHeader(Body) &&
          !U.facts(Body).changes(I))
        continue;
      const Expr *Arg = argumentFor(C, I);
      if (const ValueDecl *V = Arg ? namedEntity(U, Arg) : nullptr)
        K.forget(V);
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

const ReadyFlows::Calls &ReadyFlows::of(Unit &U, const FunctionDecl *F) {
  auto [It, IsNew] = Solved.try_emplace(F);
  if (!IsNew)
    return It->second;
  Calls Ready;
  if (const FunctionFlow *Flow = U.flow(F))
    Ready = ReadyAnalysis(U, *Flow).readyCalls();
  return Solved[F] = std::move(Ready);
}

bool isKnownReady(Unit &U, const FunctionFacts &Facts, const CallFact &Call) {
  return Call.Object && namedEntity(U, Call.Object) &&
         U.readyFlows().of(U, Facts.Function).contains(Call.Site);
}

} // namespace nostall
