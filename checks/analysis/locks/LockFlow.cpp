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
#include <set>

using namespace clang;

namespace nostall {
namespace {

using Is = LockAtAwait::State;

class LockAnalysis {
public:
  struct State {
    LockStates On;
    Answers Kept;
    bool operator==(const State &) const = default;
  };

  /// \p OfHelper: for what the body leaves to its callers.
  LockAnalysis(Unit &U, const FunctionFacts &Facts, bool OfHelper = false)
      : U(U), OfHelper(OfHelper) {
    for (const CallFact &Call : Facts.Calls)
      if (Call.Site && speaks(Call))
        CallAt[Call.Site] = &Call;
  }

  State entry() { return {}; }
  void join(State &Into, const State &From) { nostall::join(Into.On, From.On); }

  void on(State &S, const Event &E) {
    switch (E.K) {
    case Event::Kind::Declare:
      return set(S, E.Of, E.Value, E.Loc);
    case Event::Kind::Assign:
      if (E.Call && guardModel(U, E.Of.type()))
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
          It != S.On.end() && guardModel(U, E.Of.type()))
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

  bool asks(const Question &Q) {
    const CallFact *C = test(Q);
    if (!C)
      return false;
    const FunctionModel *M = U.model(C->Callee);
    return (M && M->Acquires) || guardModel(U, Q.Of.type());
  }

  /// `if (guard.owns_lock())`, `if (!guard)`, `if (mutex.try_lock())`,
  /// `if (guard.try_lock())`, `switch (mutex.try_lock())`.
  void learn(State &S, const Question &Q) {
    const CallFact *C = test(Q);
    if (!C)
      return;
    const FunctionModel *M = U.model(C->Callee);
    if (M && M->Acquires)
      for (const Place &Mutex : threadLocks(U, *C, *M))
        taken(S, Mutex, C->Loc, Q.Holds);
    const TypeModel *Guard = Q.Of ? guardModel(U, Q.Of.type()) : nullptr;
    if (!Guard)
      return;
    if (acquires(*Guard, *C))
      taken(S, Q.Of, C->Loc, Q.Holds);
    else if (!Q.Holds && cast<CXXMethodDecl>(C->Callee)->isConst())
      leave(S, Q.Of, Is::NotOwned, C->Loc);
  }

private:
  /// For a constructor that a library's function runs, its call speaks.
  static bool speaks(const CallFact &C) {
    return C.Callee &&
           !(C.K == CallFact::Kind::Constructor && isa<CallExpr>(C.Site));
  }

  const CallFact *test(const Question &Q) const {
    const CallFact *C = Q.Call && !Q.Is ? CallAt.lookup(Q.Call) : nullptr;
    return C && C->Callee->getReturnType()->isBooleanType() ? C : nullptr;
  }

  /// The attempt at \p At has got \p Lock, or not: also where another question
  /// has said before that it had.
  void taken(State &S, const Place &Lock, SourceLocation At, bool Got) {
    if (Got)
      take(S, Lock, At);
    else if (auto It = S.On.find(Lock); It != S.On.end() &&
                                        It->second.Now == Is::Held &&
                                        It->second.At == At)
      It->second = {Is::NotOwned, At, It->second.IsGuard};
  }

  //===--- taking and leaving ---------------------------------------------===//

  void take(State &S, const Place &Lock, SourceLocation At) {
    const bool IsGuard = guardModel(U, Lock.type()) || OwnGuards.count(Lock);
    // What a helper gave back and took again is as it was.
    if (auto It = S.On.find(Lock);
        OfHelper && It != S.On.end() && It->second.Now == Is::Released)
      S.On.erase(It);
    else
      S.On[Lock] = {Is::Held, At, IsGuard};
  }

  /// \p Lock, or what may be the same, is not held any more.
  void leave(State &S, const Place &Lock, Is Now, SourceLocation At) {
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

  /// \p Init, of a guard of type \p T, holds a lock.
  bool holds(State &S, QualType T, const TypeModel &M, const Expr *Init) {
    const Expr *E = Init->IgnoreImplicit();
    if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
      E = Cast->getSubExpr()->IgnoreImplicit();
    const Expr *Forwarded = stripForwarding(U, E);
    if (isa<CoroutineSuspendExpr>(Forwarded))
      return locksThreads(U, T); // most of what is awaited is not a thread's
    if (guardModel(U, Forwarded->getType())) {
      // Held is what the source held, which may have left by now.
      if (auto From = S.On.find(placeOf(U, Forwarded)); From != S.On.end())
        return From->second.LeftHeld || From->second.Now == Is::Held;
      if (isa<DeclRefExpr>(Forwarded))
        return false;
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

  /// \p P gets the value \p Init at \p Loc.
  void set(State &S, const Place &P, const Expr *Init, SourceLocation Loc) {
    if (!Init)
      return;
    if (const TypeModel *M = guardModel(U, P.type())) {
      const bool Holds = holds(S, P.type(), *M, Init);
      S.On[P] = {Holds ? Is::Held : Is::Empty, Loc, true};
    } else if (QualType Held = heldGuard(U, P.type()); !Held.isNull()) {
      if (isa_and_nonnull<DecompositionDecl>(P.Root))
        return; // its parts are variables, which come next
      S.On[P] = {givesLock(Init, Held) ? Is::Held : Is::Empty, Loc, true};
    } else {
      setOwn(S, P, Init->IgnoreImplicit(), Loc);
    }
  }

  /// \p P is of a class of the user's, whose constructor may take a lock.
  void setOwn(State &S, const Place &P, const Expr *Init, SourceLocation Loc) {
    const CXXRecordDecl *R = P.type()->getAsCXXRecordDecl();
    if (!R || !R->hasDefinition() || U.models().isOpaque(R) ||
        U.models().find(R))
      return;
    if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(Init))
      Init = Cast->getSubExpr()->IgnoreImplicit();
    if (const auto *By = dyn_cast<CallExpr>(Init))
      if (const Expr *Given = returnedBy(By->getDirectCallee()))
        Init = Given->IgnoreImplicit(); // return {std::unique_lock(m), &value};
    bool Takes = false;
    auto &Bound = Bindings[P];
    if (const auto *List = dyn_cast<InitListExpr>(Init)) {
      auto Field = R->field_begin();
      for (const Expr *Value : List->inits()) {
        if (Field == R->field_end())
          break;
        if (const TypeModel *M = guardModel(U, Field->getType()))
          Takes |= holds(S, Field->getType(), *M, Value);
        Bound[*Field++] = placeOf(U, Value);
      }
    } else if (const auto *C = dyn_cast<CXXConstructExpr>(Init)) {
      auto Call = CallAt.find(C);
      const FunctionDecl *Ctor = definitionOf(C->getConstructor());
      if (!Ctor)
        return;
      const bool IsHere = Call != CallAt.end(); // not where it is returned
      if (IsHere)
        for (const CXXCtorInitializer *I :
             cast<CXXConstructorDecl>(Ctor)->inits())
          if (I->isMemberInitializer())
            Bound[I->getMember()] =
                argumentOr(U, *Call->second, Ctor, placeOf(U, I->getInit()));
      const bool Releases = U.lockHelpers().releasesAtEnd(U, R);
      for (const auto &[On, Does] : U.lockHelpers().of(U, Ctor).On) {
        if (!IsHere) {
          Takes |= Releases && Does == LockEffect::Does::Takes;
          continue;
        }
        const Place Lock = lockOf(*Call->second, Ctor, P, On);
        if (Does == LockEffect::Does::GivesBack)
          leave(S, Lock, Is::Released, Loc);
        else if (Releases)
          Takes = true;
        else
          take(S, Lock, Loc);
      }
    }
    if (Takes) {
      OwnGuards.insert(P);
      take(S, P, Loc);
    }
  }

  /// \p P, a local variable or a member of the destroyed object, dies.
  void destroy(State &S, const Place &P, SourceLocation At) {
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
      const Place Means = meaning(Bound->second, On);
      const Place &Lock = Means ? Means : On;
      if (Does == LockEffect::Does::Takes)
        take(S, Lock, At);
      else
        leave(S, Lock, Is::Released, At);
    }
  }

  using Meanings = std::map<const ValueDecl *, Place>;
  /// What \p On, a member of the object's own in a body of its class, means.
  static Place meaning(const Meanings &Bound, const Place &On) {
    auto To = On.Root ? Bound.end() : Bound.find(On.Member);
    return To == Bound.end() ? Place() : To->second;
  }

  //===--- calls ----------------------------------------------------------===//

  void call(State &S, const Event &E) {
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
    if (M->Acquires && !C.Callee->getReturnType()->isBooleanType())
      for (const Place &Mutex : threadLocks(U, C, *M))
        take(S, Mutex, C.Loc);
  }

  /// A function, lambda or member whose body says what it does to locks.
  void byHelper(State &S, const CallFact &C, const Place &Object) {
    if (C.K == CallFact::Kind::Constructor || C.K == CallFact::Kind::Destructor)
      return; // where the object is declared, and where it dies
    const FunctionDecl *Body = helperOf(U, C);
    if (!Body)
      return;
    const bool IsElsewhere =
        !Object &&
        (C.Implied == CallFact::ImpliedBy::Await ||
         (C.Object && !isa<CXXThisExpr>(stripForwarding(U, C.Object))));
    for (const auto &[On, Does] : U.lockHelpers().of(U, Body).On) {
      if (IsElsewhere && !On.Root)
        continue; // of an object that has no name here, as an awaiter
      const Place Lock = !On.Root && Object && OwnGuards.count(Object)
                             ? Object
                             : lockOf(C, Body, Object, On);
      if (Does == LockEffect::Does::Takes)
        take(S, Lock, C.Loc);
      else
        leave(S, Lock, Is::Released, C.Loc);
    }
  }

  /// \p On, as \p Body names it, in the words of its caller.
  Place lockOf(const CallFact &C, const FunctionDecl *Body, const Place &Object,
               const Place &On) {
    if (On.Root || !Object)
      return argumentOr(U, C, Body, On);
    if (auto Of = Bindings.find(Object); Of != Bindings.end())
      if (const Place Means = meaning(Of->second, On))
        return Means;
    // The object's own mutex is as good as the object.
    return On.type()->isReferenceType() || On.type()->isPointerType() ? On
                                                                      : Object;
  }

  void onGuard(State &S, const CallFact &C, const Place &P) {
    if (!C.Callee->getDeclName().isIdentifier())
      return;
    const QualType Held = heldGuard(U, P.type());
    const TypeModel *M = guardModel(U, Held.isNull() ? P.type() : Held);
    const auto *Method = dyn_cast<CXXMethodDecl>(C.Callee);
    // held->unlock() is about the guard.
    if (!Held.isNull() &&
        !(Method && U.models().find(Method->getParent()) == M)) {
      const FunctionModel *By = U.model(C.Callee);
      if (By && By->LetsGo == FunctionModel::Part::All &&
          llvm::all_of(C.Args, [](const Expr *Arg) {
            return isa<CXXDefaultArgExpr>(Arg);
          }))
        leave(S, P, Is::Released, C.Loc);
      else if (llvm::any_of(C.Args, [&](const Expr *Arg) {
                 return givesLock(Arg, Held);
               }))
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

  Unit &U;
  llvm::DenseMap<const Stmt *, const CallFact *> CallAt;
  const bool OfHelper;
  /// Local variables of classes whose constructors take what their destructors
  /// give back. As they are made once, they are no part of the state.
  std::set<Place> OwnGuards;
  /// By such a variable: what its members of reference and pointer type mean.
  std::map<Place, Meanings> Bindings;
};

} // namespace

/// Takes back what is held on a path that no run of the body takes.
static void checkPaths(Unit &U, const FunctionFacts &Facts,
                       LockAnalysis &Client, std::vector<LockAtAwait> &Found) {
  auto DependsOnPath = [](const LockAtAwait &L) {
    return L.Is == Is::Held && !L.Path.empty();
  };
  if (llvm::none_of(Found, DependsOnPath))
    return;
  const Alternatives Given(U, Facts.Function);
  if (!Given.size())
    return;
  std::set<std::pair<const AwaitFact *, Place>> Held;
  for (unsigned N = 0; N != Given.size(); ++N)
    Solution(U, Facts.Function, Client, &Given, N)
        .forEachState([&](const LockAnalysis::State &S, const Event &E,
                          const CFGBlock &) {
          if (E.Await)
            for (const auto &Entry : S.On)
              if (Entry.second.Now == Is::Held)
                Held.insert({E.Await, Entry.first});
        });
  for (LockAtAwait &L : Found)
    if (DependsOnPath(L) && !Held.contains({L.Await, L.Lock}))
      L.Is = Is::NotOwned;
}

std::vector<LockAtAwait> locksAtAwaits(Unit &U, const FunctionFacts &Facts) {
  std::vector<LockAtAwait> Result;
  if (Facts.Awaits.empty() || !mayLock(U, Facts))
    return Result;
  LockAnalysis Client(U, Facts);
  Solution Flow(U, Facts.Function, Client);
  Flow.forEachState([&](const LockAnalysis::State &S, const Event &E,
                        const CFGBlock &Block) {
    if (!E.Await)
      return;
    for (const auto &Entry : S.On) {
      const Place &Lock = Entry.first;
      const LockState &L = Entry.second;
      LockAtAwait Found{L.Now, E.Await, Lock, L.IsGuard, L.At, {}};
      if (L.Now == Is::Held)
        Found.Is = heldAcross(U, *E.Await, Lock);
      if (Found.Is == Is::Held && !L.OnEveryPath)
        Found.Path = Flow.pathTo(Block, [&](const LockAnalysis::State &Then) {
          return isHeld(Then.On, Lock);
        });
      Result.push_back(std::move(Found));
    }
  });
  checkPaths(U, Facts, Client, Result);
  llvm::sort(Result, [](const auto &A, const auto &B) {
    return std::tuple(A.Await, A.At) < std::tuple(B.Await, B.At);
  });
  return Result;
}

LockEffect lockEffectOf(Unit &U, const FunctionFacts &Facts) {
  LockEffect Effect;
  LockAnalysis Client(U, Facts, true);
  const auto AtExit = Solution(U, Facts.Function, Client).atExit();
  if (!AtExit)
    return Effect;
  for (const auto &[Lock, L] : AtExit->On) {
    const auto *Local = dyn_cast_or_null<VarDecl>(Lock.Root);
    if (Local && !isa<ParmVarDecl>(Local) &&
        Local->getDeclContext() == Facts.Function)
      continue;
    if (L.Now == Is::Held && L.OnEveryPath)
      Effect.On.emplace_back(Lock, LockEffect::Does::Takes);
    else if (L.Now == Is::Released)
      Effect.On.emplace_back(Lock, LockEffect::Does::GivesBack);
  }
  return Effect;
}

} // namespace nostall
