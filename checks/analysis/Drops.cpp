//===- Drops.cpp - awaitables that nobody takes care of -------------------===//

#include "Drops.h"
#include "Annotations.h"
#include "TaskFlow.h"
#include "Unit.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {
namespace {

class DropJudge {
public:
  DropJudge(Unit &U, const FunctionFacts &Facts) : U(U), Facts(Facts) {}

  DropVerdict judge(const DiscardFact &Discard, Drop &D) {
    const Expr *E = Discard.Value;
    D.E = E;
    D.Loc = E->getExprLoc();
    D.InHandler = Discard.InHandler;
    D.IsVoidCast = Discard.H == DiscardFact::How::VoidCast;
    D.Choice = Discard.Choice;
    const Expr *Stripped = stripForwarding(U, E);
    if (E->isPRValue()) {
      const auto *Call = dyn_cast<CallExpr>(E);
      D.Callee = Call ? Call->getDirectCallee() : nullptr;
    } else {
      if (!isPureGlvalue(Stripped))
        return DropVerdict::NoValue;
      D.K = Drop::Kind::NamedValue;
      D.Named = namedEntity(U, Stripped);
    }
    if (auto Against = judgeType(E->getType(), D))
      return *Against;
    if (isa<CoroutineSuspendExpr>(E) && !isNewTask(E))
      return DropVerdict::Opened;
    // `(void)` on what runs anyway is the usual way to say "I know".
    if (D.IsVoidCast &&
        (D.Type->S == Start::Eager || D.K == Drop::Kind::NamedValue))
      return DropVerdict::Meant;
    D.CanAwaitHere = !isa<CoroutineSuspendExpr>(E) && canAwait(E->getType());
    return DropVerdict::IsOne;
  }

  DropVerdict judge(const VariableFact &V, Drop &D) {
    if (llvm::any_of(V.Uses, takesCare))
      return DropVerdict::Used;
    D.Named = V.Var;
    D.Decl = V.Decl;
    D.Loc = V.Var->getLocation();
    D.InHandler = V.InHandler;
    if (V.IsRangeForElement) {
      if (!V.Range || (V.Var->getType()->isReferenceType() &&
                       !yieldsAwaitables(V.Range->getRangeInit())))
        return DropVerdict::NoValue;
      D.K = Drop::Kind::RangeElement;
    } else {
      const Expr *Init = V.Var->getInit();
      if (!Init || V.Var->isStaticLocal())
        return DropVerdict::NoValue;
      const auto *Call = dyn_cast<CallExpr>(stripForwarding(U, Init));
      if (!Call || !Call->isPRValue())
        return DropVerdict::NoValue;
      D.K = Drop::Kind::Variable;
      D.E = Call;
      D.Callee = Call->getDirectCallee();
    }
    if (auto Against = judgeType(V.Var->getType().getNonReferenceType(), D))
      return *Against;
    // Named again as a statement of its own: that one is reported.
    if (llvm::any_of(V.Uses, [](const VariableUse &Use) {
          return Use.H == VariableUse::How::Discarded;
        }))
      return DropVerdict::DroppedLater;
    D.CanAwaitHere = canAwait(V.Var->getType());
    return DropVerdict::IsOne;
  }

private:
  /// What a value of type \p T is, and what that says against a drop.
  std::optional<DropVerdict> judgeType(QualType T, Drop &D) {
    if (T.isNull() || T->isDependentType())
      return DropVerdict::NotAwaitable;
    static const AwaitableType ByPromise{AwaitableType::Kind::Operation,
                                         Start::Unknown, false, false, nullptr};
    D.Type = &U.awaitables().classify(T);
    if (D.Type->Droppable)
      return DropVerdict::MayBeDropped;
    if (!D.Type->isAwaitable()) {
      if (!U.awaitables().isAwaitableIn(T, Facts.Coroutine))
        return DropVerdict::NotAwaitable;
      D.Type = &ByPromise;
    }
    if (D.Callee && mayDropResultOf(D.Callee))
      return DropVerdict::Callee;
    return std::nullopt;
  }

  /// What a co_await gave was waited for. It is more than a value only where it
  /// is a coroutine's in turn, or its author says that it must be looked at.
  bool isNewTask(const Expr *E) {
    const AwaitableType &Type = U.awaitables().classify(E->getType());
    return Type.K == AwaitableType::Kind::Task ||
           (Type.Record && Type.Record->hasAttr<WarnUnusedResultAttr>());
  }

  bool mayDropResultOf(const FunctionDecl *Callee) {
    if (annotation(Callee, "droppable") || annotation(Callee, "spawns"))
      return true;
    const FunctionModel *M = U.model(Callee);
    return M && (M->Droppable || M->Spawns);
  }

  bool canAwait(QualType T) {
    return Facts.Coroutine &&
           U.awaitables().classifyCoroutine(Facts.Function).K !=
               AwaitableType::Kind::Generator &&
           U.awaitables().accepts(T, Facts.Coroutine);
  }

  /// A name, or what a name leads to by operators that do nothing: evaluating
  /// it has no effect, so a statement of it was meant to be more.
  static bool isPureGlvalue(const Expr *E) {
    E = E->IgnoreParenImpCasts();
    if (isa<DeclRefExpr, MemberExpr, ArraySubscriptExpr, CXXThisExpr>(E))
      return true;
    if (const auto *Unary = dyn_cast<UnaryOperator>(E))
      return Unary->getOpcode() == UO_Deref;
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E))
      return Op->getOperator() == OO_Star || Op->getOperator() == OO_Arrow ||
             Op->getOperator() == OO_Subscript;
    return false;
  }

  bool yieldsAwaitables(const Expr *Range) {
    const auto *Call =
        dyn_cast_or_null<CallExpr>(Range ? stripForwarding(U, Range) : nullptr);
    const FunctionModel *M = Call && Call->getDirectCallee()
                                 ? U.model(Call->getDirectCallee())
                                 : nullptr;
    return M && M->YieldsAwaitables;
  }

  Unit &U;
  const FunctionFacts &Facts;
};

} // namespace

DropVerdict judgeDiscard(Unit &U, const FunctionFacts &Facts,
                         const DiscardFact &Discard, Drop &D) {
  return DropJudge(U, Facts).judge(Discard, D);
}

DropVerdict judgeVariable(Unit &U, const FunctionFacts &Facts,
                          const VariableFact &V, Drop &D) {
  return DropJudge(U, Facts).judge(V, D);
}

std::vector<Drop> findDrops(Unit &U, const FunctionFacts &Facts) {
  DropJudge Judge(U, Facts);
  std::vector<Drop> Drops;
  auto Add = [&](const auto &Fact) {
    Drop D;
    if (Judge.judge(Fact, D) == DropVerdict::IsOne)
      Drops.push_back(std::move(D));
  };
  llvm::for_each(Facts.Discards, Add);
  llvm::for_each(Facts.Variables, Add);
  for (Drop &D : Drops)
    if (D.Choice && llvm::count_if(Drops, [&](const Drop &Other) {
                      return Other.Choice == D.Choice;
                    }) != 2)
      D.CanAwaitHere = false;
  const SourceManager &SM = U.context().getSourceManager();
  llvm::stable_sort(Drops, [&](const Drop &A, const Drop &B) {
    return SM.isBeforeInTranslationUnit(A.Loc, B.Loc);
  });
  return Drops;
}

} // namespace nostall
