//===- LockFlow.cpp - thread locks held at a suspension -------------------===//

#include "LockFlow.h"
#include "LockGuards.h"
#include "LockHelpers.h"
#include "LockStates.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include <map>

using namespace clang;

namespace nostall {
namespace {

using Is = LockAtAwait::State;

class LockAnalysis {
public:
  /// \p OfHelper: for what the body leaves to its callers.
  LockAnalysis(Unit &U, const FunctionFacts &Facts, bool OfHelper = false)
      : U(U), Facts(Facts), OfHelper(OfHelper) {
    for (const CallFact &Call : Facts.Calls)
      // For a constructor that a library's function runs, its call speaks.
      if (Call.Callee && Call.Site &&
          !(Call.K == CallFact::Kind::Constructor && isa<CallExpr>(Call.Site)))
        CallAt[Call.Site] = &Call;
    for (const VariableFact &V : Facts.Variables)
      if (guardModel(U, V.Var->getType()))
        for (const VariableUse &Use : V.Uses)
          if (Use.H == VariableUse::How::Moved ||
              Use.H == VariableUse::How::Returned)
            LeavesAt[Use.Ref] = V.Var;
  }

  std::vector<LockAtAwait> run() {
    std::vector<LockAtAwait> Result;
    const FunctionFlow *Flow = solve();
    if (!Flow)
      return Result;
    std::map<const Stmt *, const AwaitFact *> AwaitAt;
    for (const AwaitFact &Await : Facts.Awaits)
      AwaitAt[Await.Site] = &Await;
    for (const CFGBlock *Block : Flow->cfg()) {
      if (!In[Block->getBlockID()])
        continue;
      LockStates S = *In[Block->getBlockID()];
      for (const CFGElement &Element : *Block) {
        if (auto At = Element.getAs<CFGStmt>())
          if (auto Await = AwaitAt.find(At->getStmt()); Await != AwaitAt.end())
            for (const auto &[Lock, L] : S) {
              LockAtAwait Found{L.Now,     Await->second, Lock,
                                L.IsGuard, L.At,          {}};
              if (L.Now == Is::Held)
                Found.Is = heldAcross(U, *Await->second, Lock);
              if (Found.Is == Is::Held && !L.OnEveryPath)
                Found.Path = pathTo(Block, Lock);
              Result.push_back(std::move(Found));
            }
        transfer(S, Element);
      }
    }
    llvm::sort(Result, [](const auto &A, const auto &B) {
      return std::tuple(A.Await, A.At) < std::tuple(B.Await, B.At);
    });
    return Result;
  }

  /// The locks as the body leaves them.
  LockStates atExit() {
    if (const FunctionFlow *Flow = solve())
      return In[Flow->cfg().getExit().getBlockID()].value_or(LockStates());
    return {};
  }

private:
  const FunctionFlow *solve() {
    const FunctionFlow *Flow = U.flow(Facts.Function);
    if (Flow)
      In = solveForward(
          *Flow, LockStates(),
          [&](LockStates &S, const CFGElement &E) { transfer(S, E); },
          [&](LockStates &S, const CFGBlock &From, const CFGBlock &To,
              bool IsTrue) { edge(S, From, To, IsTrue); },
          join);
    return Flow;
  }

  //===--- taking and leaving ---------------------------------------------===//

  void take(LockStates &S, const ValueDecl *Lock, SourceLocation At) {
    const bool IsGuard =
        guardModel(U, Lock->getType()) || OwnGuards.count(Lock);
    // What a helper gave back and took again is as it was.
    if (auto It = S.find(Lock);
        OfHelper && It != S.end() && It->second.Now == Is::Released)
      S.erase(It);
    else
      S[Lock] = {Is::Held, At, IsGuard};
  }

  /// \p Lock is not held any more.
  void leave(LockStates &S, const ValueDecl *Lock, Is Now, SourceLocation At) {
    auto It = S.find(Lock);
    if (It == S.end()) {
      if (OfHelper)
        S[Lock] = {Now, At, false};
      return;
    }
    if (OfHelper && It->second.Now == Is::Held && Now == Is::Released)
      S.erase(It);
    else if (It->second.Now != Now)
      It->second = {Now, At, It->second.IsGuard};
  }

  /// \p Init, of a guard of type \p T, holds a lock.
  bool holds(LockStates &S, QualType T, const TypeModel &M, const Expr *Init) {
    const Expr *E = Init->IgnoreImplicit();
    if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
      E = Cast->getSubExpr()->IgnoreImplicit();
    const Expr *Forwarded = stripForwarding(U, E);
    if (isa<CoroutineSuspendExpr>(Forwarded))
      return locksThreads(U, T); // most of what is awaited is not a thread's
    if (isa<DeclRefExpr>(Forwarded) && guardModel(U, Forwarded->getType())) {
      // The source has left at its own use; held is what it held.
      auto From = S.find(namedEntity(U, Forwarded));
      return From != S.end() && From->second.LeftHeld;
    }
    if (const auto *C = dyn_cast<CXXConstructExpr>(E)) {
      llvm::ArrayRef<const Expr *> Args(C->getArgs(), C->getNumArgs());
      if (Args.empty() || hasTag(Args, M.DeferTags))
        return false;
      if (hasTag(Args, M.AdoptTags))
        for (const Expr *Arg : Args)
          S.erase(namedEntity(U, Arg));
    }
    return true;
  }

  /// \p V gets the value \p Init at \p Loc.
  void set(LockStates &S, const ValueDecl *V, const Expr *Init,
           SourceLocation Loc) {
    if (!Init)
      return;
    if (const TypeModel *M = guardModel(U, V->getType())) {
      const bool Holds = holds(S, V->getType(), *M, Init);
      S[V] = {Holds ? Is::Held : Is::Empty, Loc, true};
    } else if (QualType Held = heldGuard(U, V->getType()); !Held.isNull()) {
      S[V] = {givesLock(Init, Held) ? Is::Held : Is::Empty, Loc, true};
    } else {
      setOwn(S, V, Init->IgnoreImplicit(), Loc);
    }
  }

  /// \p V is of a class of the user's, whose constructor may take a lock.
  void setOwn(LockStates &S, const ValueDecl *V, const Expr *Init,
              SourceLocation Loc) {
    const CXXRecordDecl *R = V->getType()->getAsCXXRecordDecl();
    if (!R || !R->hasDefinition() || U.models().isOpaque(R) ||
        U.models().find(R))
      return;
    if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(Init))
      Init = Cast->getSubExpr()->IgnoreImplicit();
    if (const auto *By = dyn_cast<CallExpr>(Init))
      if (const Expr *Given = returnedBy(By->getDirectCallee()))
        Init = Given->IgnoreImplicit(); // return {std::unique_lock(m), &value};
    bool Takes = false;
    auto &Bound = Bindings[V];
    if (const auto *List = dyn_cast<InitListExpr>(Init)) {
      auto Field = R->field_begin();
      for (const Expr *Value : List->inits()) {
        if (Field == R->field_end())
          break;
        if (const TypeModel *M = guardModel(U, Field->getType()))
          Takes |= holds(S, Field->getType(), *M, Value);
        Bound[*Field++] = namedEntity(U, Value);
      }
    } else if (const auto *C = dyn_cast<CXXConstructExpr>(Init)) {
      auto Call = CallAt.find(C);
      const FunctionDecl *Ctor = definitionOf(C->getConstructor());
      if (!Ctor || Call == CallAt.end())
        return;
      for (const CXXCtorInitializer *I :
           cast<CXXConstructorDecl>(Ctor)->inits())
        if (I->isMemberInitializer())
          Bound[I->getMember()] =
              argumentOr(U, *Call->second, Ctor, namedEntity(U, I->getInit()));
      const bool Releases = U.lockHelpers().releasesAtEnd(U, R);
      for (const auto &[On, Does] : U.lockHelpers().of(U, Ctor).On) {
        const ValueDecl *Lock = lockOf(*Call->second, Ctor, V, On);
        if (Does == LockEffect::Does::GivesBack)
          leave(S, Lock, Is::Released, Loc);
        else if (Releases)
          Takes = true;
        else
          take(S, Lock, Loc);
      }
    }
    if (Takes) {
      OwnGuards.insert(V);
      take(S, V, Loc);
    }
  }

  /// \p V, a local variable or a member of the destroyed object, dies.
  void destroy(LockStates &S, const ValueDecl *V, SourceLocation At) {
    const CXXRecordDecl *R = V->getType()->getAsCXXRecordDecl();
    if (isa<FieldDecl>(V) && R &&
        (guardModel(U, V->getType()) || U.lockHelpers().releasesAtEnd(U, R)))
      leave(S, V, Is::Released, At);
    S.erase(isa<FieldDecl>(V) ? nullptr : V);
    const CXXDestructorDecl *Dtor =
        R && R->hasDefinition() && !isa<FieldDecl>(V) ? R->getDestructor()
                                                      : nullptr;
    const FunctionDecl *Body =
        Dtor && Bindings.count(V) ? definitionOf(Dtor) : nullptr;
    if (!Body || OwnGuards.count(V))
      return;
    for (const auto &[On, Does] : U.lockHelpers().of(U, Body).On) {
      auto Bound = Bindings[V].find(On);
      const ValueDecl *Lock =
          Bound != Bindings[V].end() && Bound->second ? Bound->second : On;
      if (Does == LockEffect::Does::Takes)
        take(S, Lock, At);
      else
        leave(S, Lock, Is::Released, At);
    }
  }

  //===--- elements -------------------------------------------------------===//

  void transfer(LockStates &S, const CFGElement &Element) {
    if (auto Dtor = Element.getAs<CFGAutomaticObjDtor>())
      return destroy(S, Dtor->getVarDecl(),
                     Dtor->getTriggerStmt()->getEndLoc());
    if (auto Dtor = Element.getAs<CFGMemberDtor>())
      return destroy(S, Dtor->getFieldDecl(),
                     Dtor->getFieldDecl()->getLocation());
    if (auto Init = Element.getAs<CFGInitializer>())
      if (const CXXCtorInitializer *I = Init->getInitializer();
          I->isMemberInitializer())
        return set(S, I->getMember(), I->getInit(), I->getSourceLocation());
    auto At = Element.getAs<CFGStmt>();
    if (!At)
      return;
    const Stmt *Site = At->getStmt();
    if (const auto *Decls = dyn_cast<DeclStmt>(Site)) {
      for (const Decl *D : Decls->decls())
        if (const auto *V = dyn_cast<VarDecl>(D))
          set(S, V, V->getInit(), V->getLocation());
      return;
    }
    if (auto Leaves = LeavesAt.find(Site); Leaves != LeavesAt.end()) {
      if (auto It = S.find(Leaves->second); It != S.end())
        It->second = {Is::HandedOn, Leaves->first->getBeginLoc(), true, true,
                      It->second.Now == Is::Held};
      return;
    }
    auto Call = CallAt.find(Site);
    if (Call == CallAt.end())
      return;
    const CallFact &C = *Call->second;
    if (C.Object)
      onGuard(S, C);
    if (const auto *Assign = dyn_cast<CXXOperatorCallExpr>(Site);
        Assign && Assign->isAssignmentOp())
      if (const ValueDecl *V = namedEntity(U, Assign->getArg(0));
          V && guardModel(U, V->getType()))
        set(S, V, Assign->getArg(1), C.Loc);
    const FunctionModel *M = U.model(C.Callee);
    if (!M)
      return byHelper(S, C);
    if (M->Releases)
      for (const ValueDecl *Mutex : locksNamed(U, C, *M->Releases))
        leave(S, Mutex, Is::Released, C.Loc);
    if (M->Acquires && !C.Callee->getReturnType()->isBooleanType())
      acquire(S, C, *M);
  }

  void acquire(LockStates &S, const CallFact &C, const FunctionModel &M) {
    for (const ValueDecl *Mutex : locksNamed(U, C, *M.Acquires))
      if (!isAsyncMutex(U, Mutex->getType()) &&
          !isAsyncGuard(U, Mutex->getType()))
        take(S, Mutex, C.Loc);
  }

  /// A function, lambda or member whose body says what it does to locks.
  void byHelper(LockStates &S, const CallFact &C) {
    if (C.K == CallFact::Kind::Constructor || C.K == CallFact::Kind::Destructor)
      return; // where the object is declared, and where it dies
    const FunctionDecl *Body = helperOf(U, C);
    if (!Body)
      return;
    const ValueDecl *Object = C.Object ? namedEntity(U, C.Object) : nullptr;
    for (const auto &[On, Does] : U.lockHelpers().of(U, Body).On) {
      const ValueDecl *Lock =
          isa<FieldDecl>(On) && Object && OwnGuards.count(Object)
              ? Object
              : lockOf(C, Body, Object, On);
      if (Does == LockEffect::Does::Takes)
        take(S, Lock, C.Loc);
      else
        leave(S, Lock, Is::Released, C.Loc);
    }
  }

  /// \p On, as \p Body names it, in the words of its caller.
  const ValueDecl *lockOf(const CallFact &C, const FunctionDecl *Body,
                          const ValueDecl *Object, const ValueDecl *On) {
    if (!isa<FieldDecl>(On) || !Object)
      return argumentOr(U, C, Body, On);
    if (auto Of = Bindings.find(Object); Of != Bindings.end())
      if (auto To = Of->second.find(On); To != Of->second.end() && To->second)
        return To->second;
    // The object's own mutex is as good as the object.
    return On->getType()->isReferenceType() || On->getType()->isPointerType()
               ? On
               : Object;
  }

  void onGuard(LockStates &S, const CallFact &C) {
    const ValueDecl *V = namedEntity(U, C.Object);
    if (!V || !C.Callee->getDeclName().isIdentifier())
      return;
    if (QualType Held = heldGuard(U, V->getType()); !Held.isNull()) {
      const FunctionModel *M = U.model(C.Callee);
      if (M && M->LetsGo && llvm::all_of(C.Args, [](const Expr *Arg) {
            return isa<CXXDefaultArgExpr>(Arg);
          }))
        leave(S, V, Is::Released, C.Loc);
      else if (llvm::any_of(C.Args, [&](const Expr *Arg) {
                 return givesLock(Arg, Held);
               }))
        S[V] = {Is::Held, C.Loc, true};
      return;
    }
    const TypeModel *M = guardModel(U, V->getType());
    if (!M)
      return;
    // A part of a structured binding is a variable, or part of one.
    if (const auto *Part = dyn_cast<BindingDecl>(V))
      V = Part->getHoldingVar() ? Part->getHoldingVar()
                                : Part->getDecomposedDecl();
    if (llvm::is_contained(M->GuardReleases, C.Callee->getName().str()))
      leave(S, V, Is::Released, C.Loc);
    else if (acquires(*M, C) && !C.Callee->getReturnType()->isBooleanType())
      take(S, V, C.Loc);
  }

  /// `if (guard.owns_lock())`, `if (!guard)`, `if (mutex.try_lock())`,
  /// `if (guard.try_lock())`, `switch (mutex.try_lock())`.
  void edge(LockStates &S, const CFGBlock &From, const CFGBlock &To,
            bool IsTrue) {
    const Expr *Cond = branchCondition(From);
    if (const auto *Switch =
            dyn_cast_or_null<SwitchStmt>(From.getTerminatorStmt())) {
      std::optional<bool> Value = truthAt(U.context(), *Switch, To);
      if (!Value)
        return;
      Cond = Switch->getCond();
      IsTrue = *Value;
    }
    while (Cond) {
      Cond = Cond->IgnoreParenImpCasts();
      const auto *Not = dyn_cast<UnaryOperator>(Cond);
      if (!Not || Not->getOpcode() != UO_LNot)
        break;
      IsTrue = !IsTrue;
      Cond = Not->getSubExpr();
    }
    auto Call = CallAt.find(Cond);
    if (!Cond || Call == CallAt.end() ||
        !Call->second->Callee->getReturnType()->isBooleanType())
      return;
    const CallFact &C = *Call->second;
    const FunctionModel *M = U.model(C.Callee);
    if (M && M->Acquires && IsTrue)
      acquire(S, C, *M);
    const ValueDecl *V = C.Object ? namedEntity(U, C.Object) : nullptr;
    const TypeModel *Guard = V ? guardModel(U, V->getType()) : nullptr;
    if (!Guard)
      return;
    if (acquires(*Guard, C)) {
      if (IsTrue)
        take(S, V, C.Loc);
    } else if (!IsTrue && cast<CXXMethodDecl>(C.Callee)->isConst()) {
      leave(S, V, Is::NotOwned, C.Loc);
    }
  }

  /// A shortest way along which \p Lock stays held up to \p To.
  llvm::SmallVector<Branch, 2> pathTo(const CFGBlock *To,
                                      const ValueDecl *Lock) {
    return shortestPath(
        To,
        [&](const CFGBlock &Block) {
          const auto &State = In[Block.getBlockID()];
          return State && isHeld(*State, Lock);
        },
        [&](const CFGBlock &Block) {
          return In[Block.getBlockID()] && holdsAtEnd(Block, Lock);
        });
  }

  bool holdsAtEnd(const CFGBlock &Block, const ValueDecl *Lock) {
    LockStates S = *In[Block.getBlockID()];
    for (const CFGElement &Element : Block)
      transfer(S, Element);
    return isHeld(S, Lock);
  }

  Unit &U;
  const FunctionFacts &Facts;
  std::vector<std::optional<LockStates>> In;
  llvm::DenseMap<const Stmt *, const CallFact *> CallAt;
  llvm::DenseMap<const Stmt *, const VarDecl *> LeavesAt;
  const bool OfHelper;
  /// Local variables of classes whose constructors take what their destructors
  /// give back. As they are made once, they are no part of the state.
  llvm::SmallPtrSet<const ValueDecl *, 2> OwnGuards;
  /// By such a variable: what its members of reference and pointer type mean.
  std::map<const ValueDecl *, std::map<const ValueDecl *, const ValueDecl *>>
      Bindings;
};

} // namespace

std::vector<LockAtAwait> locksAtAwaits(Unit &U, const FunctionFacts &Facts) {
  if (Facts.Awaits.empty() || !mayLock(U, Facts))
    return {};
  return LockAnalysis(U, Facts).run();
}

LockEffect lockEffectOf(Unit &U, const FunctionFacts &Facts) {
  LockEffect Effect;
  for (const auto &[Lock, L] : LockAnalysis(U, Facts, true).atExit()) {
    const auto *Local = dyn_cast<VarDecl>(Lock);
    if (Local && !isa<ParmVarDecl>(Local) &&
        Local->getDeclContext() == Facts.Function)
      continue;
    if (L.Now == Is::Held && L.OnEveryPath)
      Effect.On[Lock] = LockEffect::Does::Takes;
    else if (L.Now == Is::Released)
      Effect.On[Lock] = LockEffect::Does::GivesBack;
  }
  return Effect;
}

} // namespace nostall
