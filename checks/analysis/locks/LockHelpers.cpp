//===- LockHelpers.cpp - what bodies do to locks --------------------------===//

#include "LockHelpers.h"
#include "LockAnalysis.h"
#include "LockGuards.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "llvm/ADT/ScopeExit.h"

using namespace clang;

namespace nostall {

const FunctionDecl *helperBody(Unit &U, const FunctionDecl *Callee) {
  const FunctionDecl *Body = definitionOf(Callee);
  return Body && !coroutineBody(Body) && !U.isInSystemHeader(Body) &&
                 !U.models().isOpaque(Body) && !Body->isDependentContext()
             ? Body
             : nullptr;
}

const FunctionDecl *helperOf(Unit &U, const CallFact &C) {
  return C.Callee && C.By == CallFact::Dispatch::Static
             ? helperBody(U, C.Callee)
             : nullptr;
}

static bool isThis(Unit &U, const Expr *E) {
  E = stripForwarding(U, E);
  if (const auto *Unary = dyn_cast<UnaryOperator>(E);
      Unary && Unary->getOpcode() == UO_Deref)
    E = stripForwarding(U, Unary->getSubExpr());
  return isa<CXXThisExpr>(E);
}

Place argumentOr(Unit &U, const CallFact &C, const FunctionDecl *Body,
                 const Place &P) {
  const auto *Param = dyn_cast_or_null<ParmVarDecl>(P.Root);
  if (!Param || Param->getDeclContext() != Body)
    return P;
  const Expr *Arg = argumentFor(C, Param->getFunctionScopeIndex());
  if (!Arg)
    return P;
  const Place Named = placeOf(U, Arg);
  if (!P.Member)
    return Named ? Named : P;
  return Named || isThis(U, Arg) ? partOf(U, Named, P.members()) : P;
}

llvm::SmallVector<Place, 2> locksNamed(Unit &U, const CallFact &C, int Index) {
  llvm::SmallVector<Place, 2> Found;
  auto Add = [&](const Expr *Arg) {
    // std::exchange(mutex_, nullptr)->unlock(): what it was until then.
    if (const CallExpr *By =
            Arg ? asExchange(stripForwarding(U, Arg)) : nullptr)
      Arg = By->getArg(0);
    if (const Place P = Arg ? placeOf(U, Arg) : Place())
      Found.push_back(P);
  };
  if (Index == EveryArgument)
    llvm::for_each(C.Args, Add);
  else
    Add(modelArgument(C, Index));
  return Found;
}

llvm::SmallVector<Place, 2> threadLocks(Unit &U, const CallFact &C,
                                        const FunctionModel &M) {
  auto Locks = locksNamed(U, C, *M.Acquires);
  llvm::erase_if(Locks, [&](const Place &Mutex) {
    return isAsyncMutex(U, Mutex.type()) || isAsyncGuard(U, Mutex.type());
  });
  return Locks;
}

/// A guard, or an owner of one.
static bool isOrHoldsGuard(Unit &U, QualType T) {
  return guardModel(U, T) || !heldGuard(U, T).isNull();
}

static bool actsItself(Unit &U, const FunctionFacts &Facts) {
  auto IsGuard = [&](const VariableFact &V) {
    return isOrHoldsGuard(U, V.Var->getType());
  };
  auto Acts = [&](const CallFact &C) {
    const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
    if (M && (M->Acquires || M->Releases))
      return true;
    const auto *Method = dyn_cast_or_null<CXXMethodDecl>(C.Callee);
    return Method &&
           guardModel(U, U.context().getCanonicalTagType(Method->getParent()));
  };
  return llvm::any_of(Facts.Variables, IsGuard) ||
         llvm::any_of(Facts.Calls, Acts);
}

bool LockHelpers::touchesLocks(Unit &U, const FunctionFacts &Facts) {
  return actsItself(U, Facts) ||
         llvm::any_of(Facts.Calls, [&](const CallFact &C) {
           const FunctionDecl *Helper = helperOf(U, C);
           return Helper && of(U, Helper).isSomething();
         });
}

void forEachReturned(const FunctionDecl *F,
                     llvm::function_ref<void(const Expr *)> Visit) {
  forEachStatement(writtenBody(F), [&](const Stmt *S,
                                       llvm::ArrayRef<const Stmt *> Path) {
    const auto *Return = dyn_cast<ReturnStmt>(S);
    if (Return && Return->getRetValue() &&
        llvm::none_of(Path, [](const Stmt *Up) { return isa<LambdaExpr>(Up); }))
      Visit(Return->getRetValue());
  });
}

/// What the body of \p Facts leaves to its callers.
static LockEffect lockEffectOf(Unit &U, const FunctionFacts &Facts) {
  LockEffect Effect;
  LockAnalysis Client(U, Facts, true);
  Solution Flow(U, Facts.Function, Client);
  const auto AtExit = Flow.atExit();
  if (!AtExit)
    return Effect;
  const bool IsAnswer = Facts.Function->getReturnType()->isBooleanType();
  for (const auto &[Lock, L] : AtExit->On) {
    const auto *Local = dyn_cast_or_null<VarDecl>(Lock.Root);
    if (Local && !isa<ParmVarDecl>(Local) &&
        Local->getDeclContext() == Facts.Function)
      continue;
    if (L.Now == LockAtAwait::State::Held && L.OnEveryPath)
      Effect.On.emplace_back(Lock, LockEffect::Does::Takes);
    else if (L.Now == LockAtAwait::State::Held && IsAnswer)
      Effect.IfTrue.push_back(Lock);
    else if (L.Now == LockAtAwait::State::Released)
      Effect.On.emplace_back(Lock, LockEffect::Does::GivesBack);
  }
  // Held on one of the paths is held.
  auto Returns = [&](bool Holds) {
    Effect.Result = Effect.Result.value_or(false) || Holds;
  };
  Flow.forEachState([&](const LockAnalysis::State &S, const Event &E, auto &) {
    if (E.K == Event::Kind::Move && E.Use &&
        E.Use->H == VariableUse::How::Returned)
      Returns(isHeld(S.On, E.Of));
  });
  forEachReturned(Facts.Function, [&](const Expr *Value) {
    LockAnalysis::State None;
    if (IsAnswer)
      Answers().read(U, Value, true, [&](const Question &Q) {
        llvm::append_range(Effect.IfTrue, Client.locksTaken(Q));
      });
    if (!isa_and_nonnull<VarDecl>(namedEntity(U, Value)))
      if (auto Holds = Client.holds(None, Value->getType(), Value))
        Returns(*Holds);
  });
  return Effect;
}

const LockEffect &LockHelpers::of(Unit &U, const FunctionDecl *F) {
  static const LockEffect None;
  if (!Left)
    return None;
  const std::pair Key(F->getCanonicalDecl(), Left);
  auto [It, IsNew] = Effects.try_emplace(Key);
  if (!IsNew)
    return It->second ? *It->second : None; // or it calls itself
  --Left;
  auto Restore = llvm::scope_exit([&] { ++Left; });
  auto Effect = std::make_unique<LockEffect>();
  const FunctionFacts &Facts = U.facts(F);
  if (touchesLocks(U, Facts))
    *Effect = lockEffectOf(U, Facts);
  return *(Effects[Key] = std::move(Effect));
}

bool LockHelpers::releasesAtEnd(Unit &U, const CXXRecordDecl *R) {
  if (!R->hasDefinition() || R->hasTrivialDestructor() ||
      U.models().isOpaque(R))
    return false;
  const CXXDestructorDecl *Dtor = R->getDestructor();
  if (const FunctionDecl *Body = Dtor ? definitionOf(Dtor) : nullptr)
    for (const auto &[On, Does] : of(U, Body).On)
      if (Does == LockEffect::Does::GivesBack)
        return true;
  auto Releases = [&](QualType T) {
    const CXXRecordDecl *Part = T->getAsCXXRecordDecl();
    return isOrHoldsGuard(U, T) || (Part && releasesAtEnd(U, Part));
  };
  return llvm::any_of(R->fields(),
                      [&](const FieldDecl *F) {
                        return !F->getType()->isReferenceType() &&
                               Releases(F->getType());
                      }) ||
         llvm::any_of(R->bases(), [&](const CXXBaseSpecifier &Base) {
           return Releases(Base.getType());
         });
}

bool mayLock(Unit &U, const FunctionFacts &Facts) {
  if (actsItself(U, Facts))
    return true;
  LockHelpers &Helpers = U.lockHelpers();
  return llvm::any_of(Facts.Calls, [&](const CallFact &C) {
    const FunctionDecl *Helper = helperOf(U, C);
    return Helper && Helpers.of(U, Helper).isSomething();
  });
}

/// Takes it by reference, and may change it.
static bool mayGiveBack(Unit &U, const FunctionDecl *F, unsigned Index) {
  if (Index >= F->getNumParams())
    return false;
  const QualType T = F->getParamDecl(Index)->getType();
  if (!(T->isReferenceType() || T->isPointerType()) ||
      T->getPointeeType().isConstQualified())
    return false;
  const FunctionDecl *Body = definitionOf(F);
  return !Body || T->isPointerType() || U.facts(Body).changes(Index);
}

static bool isGiven(Unit &U, const AwaitFact &Await, const Place &Lock) {
  llvm::SmallVector<const Stmt *, 8> Work{Await.Operand};
  // An awaiter that was kept in a variable.
  if (const auto *V = dyn_cast_or_null<VarDecl>(namedEntity(U, Await.Operand));
      V && V->isLocalVarDecl() && V->getInit())
    Work.push_back(V->getInit());
  auto IsLock = [&](const Expr *E) { return placeOf(U, E) == Lock; };
  AwaitsOnce Once;
  while (!Work.empty()) {
    const Stmt *S = Work.pop_back_val();
    if (!S || isa<LambdaExpr>(S) || !Once.enter(S))
      continue;
    Work.append(S->child_begin(), S->child_end());
    if (const auto *List = dyn_cast<InitListExpr>(S)) {
      const CXXRecordDecl *R = List->getType()->getAsCXXRecordDecl();
      if (!R)
        continue;
      for (const auto &[Field, Value] : llvm::zip(R->fields(), List->inits())) {
        const QualType T = Field->getType();
        if ((T->isReferenceType() || T->isPointerType()) &&
            !T->getPointeeType().isConstQualified() && IsLock(Value))
          return true;
      }
      continue;
    }
    CallFact C;
    C.Site = S;
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      C.Callee = Call->getDirectCallee();
      C.Args.append(Call->arg_begin(), Call->arg_end());
    } else if (const auto *Made = dyn_cast<CXXConstructExpr>(S)) {
      C.Callee = Made->getConstructor();
      C.Args.append(Made->arg_begin(), Made->arg_end());
    }
    if (!C.Callee)
      continue;
    const FunctionModel *M = U.model(C.Callee);
    if (M && M->Forwards)
      continue;
    for (unsigned I = 0; I != C.Callee->getNumParams(); ++I)
      if (const Expr *Arg = argumentFor(C, I);
          Arg && IsLock(Arg) && mayGiveBack(U, C.Callee, I))
        return true;
  }
  return false;
}

LockAtAwait::State heldAcross(Unit &U, const AwaitFact &Await,
                              const Place &Lock) {
  if (isGiven(U, Await, Lock))
    return LockAtAwait::State::Given;
  // Who takes a co_yield decides when the coroutine goes on.
  return Await.IsYield || U.awaitables().waits(Await.Site)
             ? LockAtAwait::State::Held
             : LockAtAwait::State::GoesOn;
}

} // namespace nostall
