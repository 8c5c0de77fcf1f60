//===- Drops.cpp - awaitables that nobody takes care of -------------------===//

#include "Drops.h"
#include "Holders.h"
#include "TaskFlow.h"
#include "TaskValues.h"
#include "Unattended.h"
#include "analysis/Unit.h"
#include "analysis/facts/Purpose.h"
#include "analysis/source/Annotations.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/TypeReading.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
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
    D.IsArgument = Discard.H == DiscardFact::How::Ignored;
    D.IsVoidCast = D.IsArgument || Discard.H == DiscardFact::How::VoidCast;
    D.IsTested = Discard.H == DiscardFact::How::Tested;
    D.Choice = Discard.Choice;
    const Expr *Stripped = stripForwarding(U, E);
    if (!E->isPRValue() && isPureGlvalue(Stripped)) {
      D.K = Drop::Kind::NamedValue;
      D.Named = namedEntity(U, Stripped);
    } else {
      const auto *Call = dyn_cast<CallExpr>(E);
      D.Callee = Call ? Call->getDirectCallee() : nullptr;
      if (!E->isPRValue() && !isGivenToCaller(Call))
        return DropVerdict::NoValue;
    }
    if (auto Against = judgeType(E->getType(), D))
      return *Against == DropVerdict::NotAwaitable &&
                     D.K == Drop::Kind::Value && !D.IsVoidCast &&
                     isa<CallExpr>(Stripped)
                 ? judgeInside(E->getType(), D)
                 : *Against;
    if (const auto *Await = dyn_cast<CoroutineSuspendExpr>(E);
        Await && (!isNewTask(E) || givesItself(Await)))
      return DropVerdict::Opened;
    // Of others, the test may be what they are for.
    if (D.IsTested &&
        (D.Type->K != AwaitableType::Kind::Task || D.Type->S != Start::Lazy))
      return DropVerdict::Used;
    // `(void)` on what runs anyway is the usual way to say "I know".
    if (D.IsVoidCast &&
        (D.Type->S == Start::Eager || D.K == Drop::Kind::NamedValue))
      return DropVerdict::Meant;
    if (D.K == Drop::Kind::Value && isStarted(E))
      return DropVerdict::Started;
    if (D.K == Drop::Kind::Value && D.Type->S == Start::Eager &&
        !mustBeUsed(D) && isCallback(U, Facts))
      return DropVerdict::Callback;
    if (D.K == Drop::Kind::Value && D.Type->S == Start::Eager &&
        !mustBeUsed(D) && couldNotWait() && runsLoopAfter(U, Facts, D.Loc) &&
        !endsItsCoroutine(D.Type->Record))
      return DropVerdict::BeforeLoop;
    if (isExpectedToThrow(U, Facts, Discard))
      return DropVerdict::Thrown;
    // Whether a co_await takes an lvalue is not asked.
    D.CanAwaitHere = !isa<CoroutineSuspendExpr>(E) && canAwait(E->getType()) &&
                     (D.K == Drop::Kind::NamedValue || !E->isLValue());
    return DropVerdict::IsOne;
  }

  DropVerdict judge(const VariableFact &V, Drop &D) {
    const bool IsUsed = llvm::any_of(V.Uses, takesCare);
    if (IsUsed &&
        (isa<ParmVarDecl>(V.Var) || !mayHoldTasks(U, V.Var->getType())))
      return DropVerdict::Used;
    // Named only for its type, as in decltype, or where `if constexpr` has
    // taken the use away from this instance.
    if (V.Uses.empty() && !isa<ParmVarDecl>(V.Var) && V.Var->isReferenced())
      return DropVerdict::NoValue;
    if (const auto *Parameter = dyn_cast<ParmVarDecl>(V.Var))
      return judgeParameter(V, Parameter, D);
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
      if (isEmpty(Init))
        Init = valueGivenLater(V);
      else
        D.E = madeValue(U, Facts, Init);
      const Expr *Made = D.E ? D.E : Init ? madeValue(U, Facts, Init) : nullptr;
      if (!Made)
        return judgeHolder(V, D,
                           IsUsed ? DropVerdict::Used : DropVerdict::NoValue);
      D.K = Drop::Kind::Variable;
      if (const auto *Call = dyn_cast<CallExpr>(Made);
          Call && Call->isPRValue())
        D.Callee = Call->getDirectCallee();
    }
    if (auto Against = judgeType(V.Var->getType().getNonReferenceType(), D))
      return *Against != DropVerdict::NotAwaitable ? *Against
             : IsUsed ? judgeHolder(V, D, DropVerdict::Used)
                      : judgeHolder(V, D, *Against);
    if (IsUsed)
      return DropVerdict::Used;
    if (isMeant(V.Var, D))
      return DropVerdict::Meant;
    if (isKept(V.Decl, D))
      return DropVerdict::Kept;
    if (D.Type->S == Start::Eager && isWatched(U, Facts, V))
      return DropVerdict::Watched;
    if (hasOtherUses(Facts, V))
      return DropVerdict::NoValue;
    // Named again as a statement of its own: that one is reported, unless it is
    // a cast to void alone, which starts nothing.
    D.IsVoidCast = !V.Uses.empty() && isOnlySilenced(U, Facts, V);
    const bool IsLost = D.IsVoidCast && D.Type->S == Start::Lazy &&
                        D.Type->K == AwaitableType::Kind::Task;
    if (!IsLost && llvm::any_of(V.Uses, [](const VariableUse &Use) {
          return Use.H == VariableUse::How::Discarded;
        }))
      return DropVerdict::DroppedLater;
    D.CanAwaitHere =
        !(D.E && isa<CoroutineSuspendExpr>(stripForwarding(U, D.E))) &&
        canAwait(V.Var->getType());
    return DropVerdict::IsOne;
  }

  /// What \p Lambda takes along and never touches.
  void addCaptured(const LambdaExpr *Lambda, std::vector<Drop> &Drops) {
    for (const LambdaCapture &C : Lambda->captures()) {
      const auto *V = C.capturesVariable()
                          ? dyn_cast<VarDecl>(C.getCapturedVar())
                          : nullptr;
      if (!V || C.isImplicit() || C.getCaptureKind() != LCK_ByCopy ||
          V->getType()->isReferenceType() || names(Lambda->getBody(), V))
        continue;
      Drop D;
      D.K = Drop::Kind::Captured;
      D.Named = V;
      D.Loc = C.getLocation();
      // What runs anyway is taken along to live, or to end, with the closure.
      if (!judgeType(V->getType(), D) && !isMeant(V, D) &&
          D.Type->K == AwaitableType::Kind::Task && D.Type->S != Start::Eager)
        Drops.push_back(std::move(D));
    }
  }

  /// The lazy tasks that a callable returns to \p Call, which drops them.
  void addGiven(const CallFact &Call, std::vector<Drop> &Drops) {
    for (const DroppedResult &Result : resultsDroppedBy(U, Call)) {
      Drop D;
      D.K = Drop::Kind::Given;
      D.Callee = Result.Of;
      D.GivenTo = Call.Callee;
      // Whoever wrote the callable has to know, not who passes any on.
      D.Loc = Result.IsPassedOn ? Result.Of->getLocation()
              : Call.Site       ? Call.Site->getBeginLoc()
                                : Call.Loc;
      if (!judgeType(Result.Of->getReturnType(), D) &&
          D.Type->K == AwaitableType::Kind::Task && D.Type->S == Start::Lazy)
        Drops.push_back(std::move(D));
    }
  }

  /// The parts of `auto [a, b] = ...` that nobody names.
  void addBindings(const VariableFact &V, std::vector<Drop> &Drops) {
    const auto *Whole = dyn_cast<DecompositionDecl>(V.Var);
    const Expr *Init = Whole ? Whole->getInit() : nullptr;
    if (!Init || V.IsRangeForElement || !isMadeHere(Init))
      return;
    for (const BindingDecl *Part : Whole->bindings()) {
      Drop D;
      D.K = Drop::Kind::Held;
      D.Named = Part;
      D.Loc = Part->getLocation();
      if (!Facts.NamedBindings.contains(Part) &&
          !judgeType(Part->getType().getNonReferenceType(), D) &&
          !isMeant(Whole, D) && !isKept(V.Decl, D) &&
          D.Type->K == AwaitableType::Kind::Task)
        Drops.push_back(std::move(D));
    }
  }

private:
  DropVerdict judgeParameter(const VariableFact &V, const ParmVarDecl *P,
                             Drop &D) {
    const FunctionDecl *F = Facts.Function;
    const auto *Method = dyn_cast<CXXMethodDecl>(F);
    if (!V.Uses.empty())
      return llvm::any_of(V.Uses,
                          [](const VariableUse &Use) {
                            return Use.H == VariableUse::How::Discarded;
                          })
                 ? DropVerdict::DroppedLater
                 : DropVerdict::Used;
    // A signature that others gave, or that fits any type, asks for nothing.
    if ((Method && Method->isVirtual()) || F->isDefaulted() ||
        P->getType()->getAs<SubstTemplateTypeParmType>() ||
        P->getType()->isUndeducedType())
      return DropVerdict::NoValue;
    // `if constexpr` may have taken the use away from this instantiation.
    if (const FunctionDecl *Pattern = F->getTemplateInstantiationPattern();
        Pattern && P->getFunctionScopeIndex() < Pattern->getNumParams() &&
        Pattern->getParamDecl(P->getFunctionScopeIndex())->isReferenced())
      return DropVerdict::NoValue;
    D.K = Drop::Kind::Parameter;
    D.Named = P;
    D.Loc = P->getLocation();
    if (auto Against = judgeType(P->getType(), D))
      return *Against;
    if (D.Type->K != AwaitableType::Kind::Task)
      return DropVerdict::NoValue;
    return isMeant(P, D) ? DropVerdict::Meant : DropVerdict::IsOne;
  }

  static bool isMeant(const ValueDecl *V, const Drop &D) {
    return D.Type->S == Start::Eager && V->hasAttr<UnusedAttr>();
  }

  /// Nothing in a plain function waits for what runs anyway but a call that
  /// comes after. One that returns a task in turn could have passed it on.
  bool couldNotWait() {
    return !Facts.Coroutine && !U.awaitables()
                                    .classify(Facts.Function->getReturnType())
                                    .isAwaitable();
  }

  /// `auto server = serve(); loop.run();`. In a coroutine, what ends with its
  /// variable: `auto server = serve(); co_await ask();`
  bool isKept(const DeclStmt *Decl, const Drop &D) {
    if (!Decl || D.Type->S != Start::Eager)
      return false;
    const Stmt *Body = Facts.Function->getBody();
    return couldNotWait() ? isFollowedByCall(Body, Decl)
                          : D.EndsUnfinished && isFollowedByAwait(Body, Decl);
  }

  static const Expr *valueGivenLater(const VariableFact &V) {
    for (const VariableUse &Use : V.Uses)
      if (Use.Assignment)
        return Use.Assignment->getArg(1);
    return nullptr;
  }

  /// `std::move(lazy).start()`: it runs, and what is given is the way to it.
  bool isStarted(const Expr *E) {
    const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
    if (!Call || U.awaitables().classify(E->getType()).S != Start::Eager)
      return false;
    const AwaitableType &Of =
        U.awaitables().classify(Call->getImplicitObjectArgument()->getType());
    return Of.isAwaitable() && Of.S == Start::Lazy;
  }

  /// A reference is the way to what others may have, and await; not one that
  /// must be used, nor `make().on(pool)` that gives its own object.
  bool isGivenToCaller(const CallExpr *Call) {
    const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
    return Callee &&
           (Callee->hasAttr<WarnUnusedResultAttr>() || givesWhatWasMade(Call));
  }

  /// `select().where(1)`: its own object, which was just made.
  bool givesWhatWasMade(const CallExpr *Call) {
    const auto *Of = dyn_cast_or_null<CXXMemberCallExpr>(Call);
    const Expr *Object =
        Of ? stripForwarding(U, Of->getImplicitObjectArgument()) : nullptr;
    return Object && Call->isGLValue() &&
           Object->getType()->getCanonicalTypeUnqualified() ==
               Call->getType()->getCanonicalTypeUnqualified() &&
           (Object->isPRValue() ||
            givesWhatWasMade(dyn_cast<CallExpr>(Object)));
  }

  static bool mustBeUsed(const Drop &D) {
    return (D.Type->Record &&
            D.Type->Record->hasAttr<WarnUnusedResultAttr>()) ||
           (D.Callee && D.Callee->hasAttr<WarnUnusedResultAttr>());
  }

  /// \p T may be a container of tasks, or the like, which a call has made.
  DropVerdict judgeInside(QualType T, Drop &D) {
    const QualType Task = D.Callee && !D.Callee->isInStdNamespace()
                              ? lazyTaskIn(U, T)
                              : QualType();
    if (Task.isNull() || judgeType(Task, D))
      return DropVerdict::NotAwaitable;
    D.IsInside = true;
    return DropVerdict::IsOne;
  }

  /// \p Else, unless the variable holds a task that is dropped with it.
  DropVerdict judgeHolder(const VariableFact &V, Drop &D, DropVerdict Else) {
    if (!holdsTask(V, D))
      return Else;
    return isKept(V.Decl, D) ? DropVerdict::Kept : DropVerdict::IsOne;
  }

  bool holdsTask(const VariableFact &V, Drop &D) {
    if (isa<DecompositionDecl>(V.Var) || !mayHoldTasks(U, V.Var->getType()))
      return false;
    QualType Task = taskLeftIn(U, Facts, V);
    if (Task.isNull() || judgeType(Task.getNonReferenceType(), D) ||
        D.Type->K != AwaitableType::Kind::Task || isMeant(V.Var, D) ||
        hasOtherUses(Facts, V))
      return false;
    D.K = Drop::Kind::Held;
    D.E = nullptr;
    return true;
  }

  bool isMadeHere(const Expr *Init) {
    const Expr *E = stripForwarding(U, Init);
    return E->isPRValue() &&
           isa<CallExpr, CXXConstructExpr, InitListExpr, CXXFunctionalCastExpr>(
               E);
  }

  /// What a value of type \p T is, and what that says against a drop.
  /// `fork(task())`, which must be used, and whose co_await never suspends and
  /// gives nothing: no value that could be opened, but something to be done.
  bool isOnlyToAwait(const Drop &D) {
    const FunctionDecl *Gives =
        D.Type->K == AwaitableType::Kind::Value && D.Callee &&
                D.Callee->hasAttr<WarnUnusedResultAttr>() && Facts.Coroutine
            ? asFunction(
                  findMember(D.Type->Record, "await_resume", U.context()))
            : nullptr;
    return Gives && Gives->getReturnType()->isVoidType();
  }

  std::optional<DropVerdict> judgeType(QualType T, Drop &D) {
    if (T.isNull() || T->isDependentType())
      return DropVerdict::NotAwaitable;
    static const AwaitableType ByPromise{AwaitableType::Kind::Operation,
                                         Start::Unknown, false, false, nullptr};
    D.Type = &U.awaitables().classify(T);
    // To name it in a coroutine, and no more, does nothing: what may be dropped
    // was meant to be awaited there.
    if (D.Type->Droppable &&
        !(D.K == Drop::Kind::NamedValue && !D.IsVoidCast && canAwait(T)))
      return DropVerdict::MayBeDropped;
    if (!D.Type->isAwaitable()) {
      // `timer;` does nothing; to make or drop one may have other reasons.
      const bool IsNamed = D.K == Drop::Kind::NamedValue && !D.IsVoidCast;
      if (!U.awaitables().isAwaitableIn(T, Facts.Function) &&
          !(IsNamed && U.awaitables().isAdaptedIn(T, Facts.Function)) &&
          !isOnlyToAwait(D))
        return DropVerdict::NotAwaitable;
      D.Type = &ByPromise;
    }
    if (D.Callee && mayDropResultOf(D.Callee, T))
      return DropVerdict::Callee;
    D.EndsUnfinished = endsUnfinished(*D.Type);
    return std::nullopt;
  }

  /// What a co_await gave was waited for. It is more than a value only where it
  /// is a coroutine's in turn, or its author says that it must be looked at.
  bool isNewTask(const Expr *E) {
    const AwaitableType &Type = U.awaitables().classify(E->getType());
    return Type.K == AwaitableType::Kind::Task ||
           (Type.Record && Type.Record->hasAttr<WarnUnusedResultAttr>());
  }

  bool mayDropResultOf(const FunctionDecl *Callee, QualType Result) {
    if (annotation(Callee, "droppable") || annotation(Callee, "spawns"))
      return true;
    const FunctionModel *M = U.model(Callee);
    // What a completion token makes of a spawned task may be what starts it;
    // its author says so.
    const CXXRecordDecl *R = Result->getAsCXXRecordDecl();
    const bool Spawns =
        M && M->Spawns && !(R && R->hasAttr<WarnUnusedResultAttr>());
    return M && (M->Droppable || Spawns ||
                 (M->DroppableOutsideCoroutines && !canAwait(Result)));
  }

  bool canAwait(QualType T) {
    return Facts.Coroutine &&
           U.awaitables().classifyCoroutine(Facts.Function).K !=
               AwaitableType::Kind::Generator &&
           (T->isPointerType() ? U.awaitables().isAdaptedIn(T, Facts.Function)
                               : U.awaitables().accepts(T, Facts.Coroutine));
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
  llvm::for_each(Facts.Parameters, Add);
  for (const VariableFact &V : Facts.Variables)
    Judge.addBindings(V, Drops);
  for (const LambdaExpr *Lambda : Facts.Lambdas)
    Judge.addCaptured(Lambda, Drops);
  for (const CallFact &Call : Facts.Calls)
    Judge.addGiven(Call, Drops);
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
