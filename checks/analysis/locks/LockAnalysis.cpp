//===- LockAnalysis.cpp - what happens to locks along a path --------------===//

#include "LockAnalysis.h"
#include "LockGuards.h"
#include "LockHelpers.h"
#include "LockValues.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

/// For a constructor that a library's function runs, its call speaks.
static bool speaks(const CallFact &C) {
  return C.Callee && C.Implied != CallFact::ImpliedBy::Library;
}

LockAnalysis::LockAnalysis(Unit &U, const FunctionFacts &Facts, bool OfHelper)
    : U(U), Facts(Facts), OfHelper(OfHelper) {
  for (const CallFact &Call : Facts.Calls)
    if (Call.Site && speaks(Call))
      CallAt[Call.Site] = &Call;
}

void LockAnalysis::on(State &S, const Event &E) {
  switch (E.K) {
  case Event::Kind::Declare:
    return set(S, E.Of, E.Value, E.Loc);
  case Event::Kind::Assign:
    if (E.Call && (guardModel(U, E.Of.type()) || ownGuard(U, E.Of.type()) ||
                   !heldGuard(U, E.Of.type()).isNull()))
      set(S, E.Of, E.Value, E.Loc);
    if (E.Call)
      call(S, E);
    return;
  case Event::Kind::Swap:
    S.Kept.forget(E.Of);
    S.Kept.forget(E.From);
    return exchange(S.On, E.Of, E.From);
  case Event::Kind::Move:
    if (auto It = S.On.find(E.Of);
        It != S.On.end() &&
        (guardModel(U, E.Of.type()) || OwnGuards.contains(E.Of) ||
         !heldGuard(U, E.Of.type()).isNull()))
      It->second = {Is::HandedOn, E.Loc, true, true,
                    It->second.Now == Is::Held};
    return;
  case Event::Kind::Call:
    return call(S, E);
  case Event::Kind::Destroy:
    return destroy(S, E.Of, E.Loc);
  default:
    return;
  }
}

/// What a call returned is 0.
static bool isZero(const Question &Q) { return Q.Is ? Q.Holds : !Q.Holds; }

/// The guard that is asked by one of its own members.
static const TypeModel *guardAsked(Unit &U, const Question &Q,
                                   const CallFact &C) {
  return Q.Of && isa<CXXMethodDecl>(C.Callee) ? guardModel(U, Q.Of.type())
                                              : nullptr;
}

bool LockAnalysis::asks(const Question &Q) {
  const CallFact *C = test(Q);
  return C && (guardAsked(U, Q, *C) || !locksTried(*C, Q.Of).empty());
}

llvm::SmallVector<Place, 2> LockAnalysis::locksTried(const CallFact &C,
                                                     const Place &Object) {
  const FunctionModel *M = U.model(C.Callee);
  return M && M->Acquires ? threadLocks(U, C, *M) : takenIfTrue(C, Object);
}

llvm::SmallVector<Place, 2> LockAnalysis::locksTaken(const Question &Q) {
  const CallFact *C = test(Q);
  const FunctionModel *M = C ? U.model(C->Callee) : nullptr;
  return C && (M && M->ZeroIsSuccess ? isZero(Q) : Q.Holds)
             ? locksTried(*C, Q.Of)
             : llvm::SmallVector<Place, 2>();
}

llvm::SmallVector<Place, 2> LockAnalysis::takenIfTrue(const CallFact &C,
                                                      const Place &Object) {
  llvm::SmallVector<Place, 2> Locks;
  if (const FunctionDecl *Body = U.model(C.Callee) ? nullptr : helperOf(U, C))
    for (const Place &On : U.lockHelpers().of(U, Body).IfTrue)
      Locks.push_back(lockOf(C, Body, Object, On));
  return Locks;
}

void LockAnalysis::learn(State &S, const Question &Q) {
  const CallFact *C = test(Q);
  if (!C)
    return;
  const FunctionModel *M = U.model(C->Callee);
  for (const Place &Mutex : locksTried(*C, Q.Of))
    taken(S, Mutex, C->Loc, M && M->ZeroIsSuccess ? isZero(Q) : Q.Holds);
  const TypeModel *Guard = guardAsked(U, Q, *C);
  if (!Guard)
    return;
  if (acquires(*Guard, *C))
    taken(S, Q.Of, C->Loc, Q.Holds);
  else if (!Q.Holds && cast<CXXMethodDecl>(C->Callee)->isConst())
    leave(S, Q.Of, Is::NotOwned, C->Loc);
}

const CallFact *LockAnalysis::test(const Question &Q) const {
  const CallFact *C = Q.Call ? CallAt.lookup(Q.Call) : nullptr;
  const FunctionModel *M = C ? U.model(C->Callee) : nullptr;
  if (M && M->ZeroIsSuccess)
    return !Q.Is || constantOf(U.context(), Q.Is) == 0 ? C : nullptr;
  return C && !Q.Is && C->Callee->getReturnType()->isBooleanType() ? C
                                                                   : nullptr;
}

//===--- values -----------------------------------------------------------===//

static const Expr *bare(const Expr *Init) {
  const Expr *E = Init->IgnoreImplicit();
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    E = Cast->getSubExpr()->IgnoreImplicit();
  return E;
}

bool LockAnalysis::holds(State &S, QualType T, const TypeModel &M,
                         const Expr *Init) {
  const Expr *E = bare(Init);
  const Expr *Forwarded = stripForwarding(U, E);
  if (isa<CoroutineSuspendExpr>(Forwarded))
    return locksThreads(U, T); // most of what is awaited is not a thread's
  if (guardModel(U, Forwarded->getType())) {
    // Held is what the source held, which may have left by now.
    if (auto From = S.On.find(placeOf(U, Forwarded)); From != S.On.end())
      return From->second.LeftHeld || From->second.Now == Is::Held;
    if (isa<DeclRefExpr>(Forwarded))
      return false;
    if (auto Result = resultHolds(U, Forwarded))
      return *Result;
  }
  if (const auto *C = dyn_cast<CXXConstructExpr>(E)) {
    llvm::ArrayRef<const Expr *> Args(C->getArgs(), C->getNumArgs());
    if (Args.empty() || hasTag(Args, M.DeferTags))
      return false;
    if (hasTag(Args, M.AdoptTags))
      for (const Expr *Arg : Args)
        S.On.erase(placeOf(U, Arg));
  }
  return true;
}

/// Whether \p Init, which another is made of, is a guard of the user's that
/// held its lock until then.
bool LockAnalysis::heldBefore(const State &S, const Expr *Init) {
  const Place From = placeOf(U, stripForwarding(U, bare(Init)));
  auto It = From && OwnGuards.contains(From) ? S.On.find(From) : S.On.end();
  return It != S.On.end() &&
         (It->second.LeftHeld || It->second.Now == Is::Held);
}

std::optional<bool> LockAnalysis::holds(State &S, QualType T,
                                        const Expr *Init) {
  if (const TypeModel *M = guardModel(U, T))
    return holds(S, T, *M, Init);
  if (QualType Held = heldGuard(U, T); !Held.isNull())
    return givesLock(Init, Held) || resultHolds(U, Init) == true;
  if (const CXXRecordDecl *Guard = ownGuard(U, T))
    return heldBefore(S, Init) || resultHolds(U, Init) == true ||
           makesOwnGuard(U, Facts, Init, Guard) || holdsMember(S, Guard, Init);
  return std::nullopt;
}

bool LockAnalysis::holdsMember(State &S, const CXXRecordDecl *R,
                               const Expr *Init) {
  const auto *List = dyn_cast<InitListExpr>(bare(Init));
  if (!List || List->getType().isNull() ||
      List->getType()->getAsCXXRecordDecl() != R)
    return false;
  bool Holds = false;
  for (const auto &[Field, Value] : llvm::zip(R->fields(), List->inits()))
    Holds |= holds(S, Field->getType(), Value).value_or(false);
  return Holds;
}

void LockAnalysis::set(State &S, const Place &P, const Expr *Init,
                       SourceLocation Loc) {
  if (!Init)
    return;
  const bool IsKnown =
      guardModel(U, P.type()) || !heldGuard(U, P.type()).isNull();
  if (IsKnown && isa_and_nonnull<DecompositionDecl>(P.Root) &&
      !guardModel(U, P.type()))
    return; // its parts are variables, which come next
  if (const auto *V = dyn_cast_or_null<VarDecl>(P.Root);
      V && V->getType()->isReferenceType())
    if (const Place Whole = placeOf(U, Init); OwnGuards.count(Whole)) {
      Parts[P] = Whole;
      return;
    }
  const std::optional<bool> Holds = holds(S, P.type(), Init);
  if (IsKnown)
    S.On[P] = {*Holds ? Is::Held : Is::Empty, Loc, true};
  else
    bind(S, P, bare(Init), Loc);
  if (!IsKnown && Holds == true) {
    OwnGuards.insert(P);
    take(S, P, Loc);
  } else if (OwnGuards.count(P)) {
    leave(S, P, Is::Released, Loc);
  }
}

void LockAnalysis::bind(State &S, const Place &P, const Expr *Init,
                        SourceLocation Loc) {
  const CXXRecordDecl *R = P.type()->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition() || U.models().isOpaque(R) || U.models().find(R))
    return;
  if (const auto *By = dyn_cast<CallExpr>(Init))
    if (const Expr *Given = returnedBy(By->getDirectCallee()))
      Init = bare(Given);
  auto &Bound = Bindings[P];
  if (const auto *List = dyn_cast<InitListExpr>(Init)) {
    for (const auto &[Field, Value] : llvm::zip(R->fields(), List->inits()))
      Bound[Field] = placeOf(U, Value);
    return;
  }
  const auto *C = dyn_cast<CXXConstructExpr>(Init);
  const CallFact *Call = C ? CallAt.lookup(C) : nullptr; // none if returned
  const FunctionDecl *Ctor = Call ? definitionOf(C->getConstructor()) : nullptr;
  if (!Ctor)
    return;
  for (const CXXCtorInitializer *I : cast<CXXConstructorDecl>(Ctor)->inits())
    if (I->isMemberInitializer())
      Bound[I->getMember()] =
          argumentOr(U, *Call, Ctor, placeOf(U, I->getInit()));
  const bool Releases = U.lockHelpers().releasesAtEnd(U, R);
  for (const auto &[On, Does] : U.lockHelpers().of(U, Ctor).On) {
    const Place Lock = lockOf(*Call, Ctor, P, On);
    if (Does == LockEffect::Does::GivesBack)
      leave(S, Lock, Is::Released, Loc);
    else if (!Releases)
      take(S, Lock, Loc);
  }
}

/// What \p On, a member of the object's own in a body of its class, means.
static Place meaning(Unit &U, const std::map<const ValueDecl *, Place> &Bound,
                     const Place &On) {
  const auto Way = On.members();
  auto To = On.Root || Way.empty() ? Bound.end() : Bound.find(Way.front());
  return To == Bound.end() || !To->second
             ? Place()
             : partOf(U, To->second, llvm::ArrayRef(Way).drop_front());
}

void LockAnalysis::destroy(State &S, const Place &P, SourceLocation At) {
  const CXXRecordDecl *R = P.type()->getAsCXXRecordDecl();
  if (P.Member) {
    if (R && (guardModel(U, P.type()) || U.lockHelpers().releasesAtEnd(U, R)))
      leave(S, P, Is::Released, At);
    return;
  }
  std::erase_if(S.On, [&](const auto &Entry) {
    const Place &Lock = Entry.first;
    return Lock == P || (Lock.Root == P.Root && Lock.isOwn());
  });
  S.Kept.forget(P);
  const CXXDestructorDecl *Dtor =
      R && R->hasDefinition() ? R->getDestructor() : nullptr;
  auto Bound = Bindings.find(P);
  const FunctionDecl *Body =
      Dtor && Bound != Bindings.end() ? definitionOf(Dtor) : nullptr;
  if (!Body || OwnGuards.count(P))
    return;
  for (const auto &[On, Does] : U.lockHelpers().of(U, Body).On) {
    const Place Means = meaning(U, Bound->second, On);
    const Place &Lock = Means ? Means : On;
    if (Does == LockEffect::Does::Takes)
      take(S, Lock, At);
    else
      leave(S, Lock, Is::Released, At);
  }
}

//===--- taking and leaving -----------------------------------------------===//

void LockAnalysis::take(State &S, const Place &Lock, SourceLocation At) {
  const bool IsGuard = guardModel(U, Lock.type()) || OwnGuards.count(Lock);
  // What a helper gave back and took again is as it was.
  if (auto It = S.On.find(Lock);
      OfHelper && It != S.On.end() && It->second.Now == Is::Released)
    S.On.erase(It);
  else
    S.On[Lock] = {Is::Held, At, IsGuard};
}

void LockAnalysis::taken(State &S, const Place &Lock, SourceLocation At,
                         bool Got) {
  if (Got)
    take(S, Lock, At);
  else if (auto It = S.On.find(Lock); It != S.On.end() &&
                                      It->second.Now == Is::Held &&
                                      It->second.At == At)
    It->second = {Is::NotOwned, At, It->second.IsGuard};
}

void LockAnalysis::leave(State &S, const Place &Lock, Is Now,
                         SourceLocation At) {
  auto It = S.On.find(Lock);
  if (It == S.On.end())
    It = llvm::find_if(S.On, [&](const auto &Entry) {
      return Entry.second.Now == Is::Held && Entry.first.mayBe(Lock);
    });
  S.Kept.forget(Lock);
  if (It == S.On.end()) {
    if (OfHelper)
      S.On[Lock] = {Now, At, false};
    return;
  }
  S.Kept.forget(It->first);
  if (OfHelper && It->second.Now == Is::Held && Now == Is::Released)
    S.On.erase(It);
  else if (It->second.Now != Now)
    It->second = {Now, At, It->second.IsGuard};
}

//===--- calls ------------------------------------------------------------===//

void LockAnalysis::call(State &S, const Event &E) {
  const CallFact &C = *E.Call;
  if (!speaks(C))
    return;
  if (C.Object && E.Of)
    onGuard(S, C, E.Of);
  const FunctionModel *M = U.model(C.Callee);
  if (!M)
    return byHelper(S, C, E.Of);
  if (M->Releases)
    for (const Place &Mutex : locksNamed(U, C, *M->Releases))
      leave(S, Mutex, Is::Released, C.Loc);
  if (M->Acquires && !M->ZeroIsSuccess &&
      !C.Callee->getReturnType()->isBooleanType())
    for (const Place &Mutex : threadLocks(U, C, *M))
      take(S, Mutex, C.Loc);
}

void LockAnalysis::byHelper(State &S, const CallFact &C, const Place &On) {
  // What a part of a guard gives back, the guard does.
  const auto Part = Parts.find(On);
  const Place Object = Part != Parts.end()          ? Part->second
                       : OwnGuards.count({On.Root}) ? Place{On.Root}
                                                    : On;
  if (C.K == CallFact::Kind::Constructor || C.K == CallFact::Kind::Destructor)
    return; // where the object is declared, and where it dies
  const FunctionDecl *Body = helperOf(U, C);
  if (!Body)
    return;
  const bool IsElsewhere =
      !Object &&
      (C.Implied == CallFact::ImpliedBy::Await ||
       (C.Object && !isa<CXXThisExpr>(stripForwarding(U, C.Object))));
  for (const auto &[Taken, Does] : U.lockHelpers().of(U, Body).On) {
    if (IsElsewhere && !Taken.Root)
      continue; // of an object that has no name here, as an awaiter
    const Place Lock = !Taken.Root && Object && OwnGuards.count(Object)
                           ? Object
                           : lockOf(C, Body, Object, Taken);
    if (Does == LockEffect::Does::Takes)
      take(S, Lock, C.Loc);
    else
      leave(S, Lock, Is::Released, C.Loc);
  }
}

Place LockAnalysis::lockOf(const CallFact &C, const FunctionDecl *Body,
                           const Place &Object, const Place &On) {
  if (On.Root || !Object)
    return argumentOr(U, C, Body, On);
  if (auto Of = Bindings.find(Object); Of != Bindings.end())
    if (const Place Means = meaning(U, Of->second, On))
      return Means;
  // The object's own mutex is as good as the object.
  return On.type()->isReferenceType() || On.type()->isPointerType() ? On
                                                                    : Object;
}

void LockAnalysis::onGuard(State &S, const CallFact &C, const Place &P) {
  if (!C.Callee->getDeclName().isIdentifier())
    return;
  const QualType Held = heldGuard(U, P.type());
  const TypeModel *M = guardModel(U, Held.isNull() ? P.type() : Held);
  const auto *Method = dyn_cast<CXXMethodDecl>(C.Callee);
  const FunctionModel *By = U.model(C.Callee);
  const bool LetsGo = By && By->LetsGo == FunctionModel::Part::All &&
                      llvm::all_of(C.Args, [](const Expr *Arg) {
                        return isa<CXXDefaultArgExpr>(Arg);
                      });
  if (Held.isNull() && !M && LetsGo && ownGuard(U, P.type()))
    return leave(S, P, Is::Released, C.Loc); // of an owner of a guard
  // optional<Locker> held; held.emplace(m);
  if (Held.isNull() && !M && By && By->Constructs && ownGuard(U, P.type()) &&
      llvm::any_of(C.Args, [&](const Expr *Arg) {
        return isThreadMutex(U, Arg->getType());
      })) {
    OwnGuards.insert(P);
    return take(S, P, C.Loc);
  }
  // held->unlock() is about the guard.
  if (!Held.isNull() &&
      !(Method && U.models().find(Method->getParent()) == M)) {
    if (LetsGo)
      leave(S, P, Is::Released, C.Loc);
    else if (llvm::any_of(
                 C.Args, [&](const Expr *Arg) { return givesLock(Arg, Held); }))
      S.On[P] = {Is::Held, C.Loc, true};
    return;
  }
  if (!M)
    return;
  if (llvm::is_contained(M->GuardReleases, C.Callee->getName().str()))
    leave(S, P, Is::Released, C.Loc);
  else if (acquires(*M, C) && !C.Callee->getReturnType()->isBooleanType())
    take(S, P, C.Loc);
}

} // namespace nostall
