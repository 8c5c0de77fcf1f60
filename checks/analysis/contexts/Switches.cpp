//===- Switches.cpp - coroutines that change their place ------------------===//
//
//   co_await pool.schedule();  ...  co_await loop.schedule();
//
//===----------------------------------------------------------------------===//

#include "Contexts.h"
#include "Resumption.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/flow/Solver.h"
#include "analysis/source/Annotations.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

/// co_await post(bind_executor(pool, use_awaitable)) goes on in the pool; a
/// token that is bound to nothing leaves the coroutine where it is.
static bool holdsNothing(QualType T) {
  const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
  return R && R->hasDefinition() && R->isEmpty();
}

/// Where annotations and models say that a coroutine goes on after \p Await.
static std::optional<Context> switchSaid(Unit &U, const AwaitFact &Await) {
  const Expr *Operand = stripForwarding(U, Await.Operand);
  if (const CXXRecordDecl *R = Operand->getType()->getAsCXXRecordDecl())
    if (auto Where = annotation(R, "switches_to"))
      return parseContext(*Where);
  const auto *Call = dyn_cast<CallExpr>(Operand);
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  if (!Callee)
    return std::nullopt;
  if (auto Where = annotation(Callee, "switches_to"))
    return parseContext(*Where);
  const FunctionModel *M = U.model(Callee);
  if (M && M->SwitchesToExecutorOf) {
    unsigned Arg = static_cast<unsigned>(*M->SwitchesToExecutorOf);
    const Expr *Given = Arg < Call->getNumArgs() ? Call->getArg(Arg) : nullptr;
    const Context C = Given ? executorContext(U, Given) : Context::Unknown;
    if (C == Context::Unknown && (!Given || holdsNothing(Given->getType())))
      return std::nullopt;
    return C;
  }
  return M ? M->SwitchesTo : std::nullopt;
}

/// Where a coroutine goes on after \p Await, if that changes its place.
std::optional<Context> Contexts::switchOf(const AwaitFact &Await,
                                          const AwaiterCalls &Suspends) const {
  if (auto Said = switchSaid(U, Await))
    return Said;
  const FunctionDecl *AwaitSuspend = Suspends.lookup(Await.Site);
  return AwaitSuspend ? Resumes->of(AwaitSuspend) : std::nullopt;
}

namespace {

/// Where a coroutine runs that some of its awaits move.
struct SwitchFlow {
  struct State {
    Context C;
    Contexts::Suspends Through, GivenTo; ///< since it is there
    bool operator==(const State &) const = default;
  };
  State entry() { return {Home, {}, {}}; }
  void on(State &S, const Event &E) {
    constexpr unsigned MaxThrough = 8; // or it is not told
    if (E.K != Event::Kind::Suspend)
      return;
    if (auto To = Switches.find(E.Site); To != Switches.end())
      S = {To->second, {}, {}};
    else if (const FunctionDecl *F = Keepers.lookup(E.Site)) {
      if (S.C != Context::Loop || S.GivenTo.size() == MaxThrough)
        S = {Context::Unknown, {}, {}};
      else if (!llvm::is_contained(S.GivenTo, F))
        S.GivenTo.push_back(F);
    } else if (const FunctionDecl *F = Elsewhere.lookup(E.Site);
               F && S.Through.size() < MaxThrough) {
      S.Through.push_back(F);
    }
  }
  void join(State &Into, const State &From) {
    if (Into.C != From.C)
      Into.C = Context::Unknown;
    if (Into.Through != From.Through)
      Into.Through.clear();
    for (const FunctionDecl *F : From.GivenTo)
      if (!llvm::is_contained(Into.GivenTo, F))
        Into.GivenTo.push_back(F);
  }

  Context Home;
  const llvm::DenseMap<const Stmt *, Context> &Switches;
  const llvm::DenseMap<const Stmt *, const FunctionDecl *> &Elsewhere, &Keepers;
};

} // namespace

/// An awaiter of the library's own comes back as the library says.
static bool isOf(const DialectModel &Dialect, const FunctionDecl *F) {
  return llvm::StringRef(F->getQualifiedNameAsString())
      .starts_with(Dialect.Namespace + "::");
}

/// The places in a coroutine that changes its place; none for the others.
Contexts::SwitchedPlaces Contexts::findPlaces(const FunctionFacts &Facts,
                                              Context Home) const {
  SwitchedPlaces Found;
  Found.Home = Home;
  const DialectModel *Dialect = U.awaitables().dialectOf(Facts.Function);
  const bool Returns = Dialect && Dialect->ResumesOnOwnExecutor;
  AwaiterCalls Suspends, Elsewhere, Keepers;
  for (const CallFact &Call : Facts.Calls)
    if (Call.Implied == CallFact::ImpliedBy::Await &&
        Call.Callee->getIdentifier() &&
        Call.Callee->getName() == "await_suspend" &&
        !(Returns && isOf(*Dialect, Call.Callee)))
      Suspends[Call.Site] = Call.Callee;
  llvm::DenseMap<const Stmt *, Context> Switches;
  bool Any = false;
  for (const AwaitFact &Await : Facts.Awaits) {
    std::optional<Context> C = switchOf(Await, Suspends);
    Any |= C.has_value();
    const FunctionDecl *Keeper =
        C == Context::Unknown && !switchSaid(U, Await)
            ? Resumes->decider(Suspends.lookup(Await.Site))
            : nullptr;
    if (Keeper)
      Keepers[Await.Site] = Keeper;
    else if (C || Returns)
      Switches[Await.Site] = C.value_or(Home);
    else if (const FunctionDecl *F = Suspends.lookup(Await.Site);
             F && !definitionOf(F) && mayBeElsewhere(U, F))
      Elsewhere[Await.Site] = F->getCanonicalDecl();
  }
  if (!Any && Elsewhere.empty())
    return Found;
  SwitchFlow Client{Home, Switches, Elsewhere, Keepers};
  Solution Solved(U, Facts.Function, Client);
  Solved.forEachState([&](const SwitchFlow::State &S, const Event &E, auto &) {
    if (E.Call && Any)
      Found.Of[E.Call] = S.C;
    if (E.Call && !S.Through.empty())
      Found.Through[E.Call] = S.Through;
    if (E.Call && !S.GivenTo.empty())
      Found.Kept[E.Call] = S.GivenTo;
    if (E.Await && Any)
      Found.Of[E.Await] = S.C;
  });
  return Found;
}

const Contexts::SwitchedPlaces &Contexts::switched(const FunctionFacts &Facts) {
  const Context Home = of(Facts.Function).C;
  auto [It, IsNew] = Switched.try_emplace(Facts.Function);
  if (IsNew || It->second.Home != Home)
    It->second = findPlaces(Facts, Home);
  return It->second;
}

Context Contexts::at(const FunctionFacts &Facts, const CallFact &Call) {
  const Places &Known = switched(Facts).Of;
  if (Known.empty())
    return of(Facts.Function).C;
  auto It = Known.find(&Call);
  return It == Known.end() ? Context::Unknown : It->second;
}

Context Contexts::at(const FunctionFacts &Facts, const AwaitFact &Await) {
  const Places &Known = switched(Facts).Of;
  auto It = Known.find(&Await);
  return It == Known.end() ? of(Facts.Function).C : It->second;
}

Contexts::Suspends Contexts::cameThrough(const FunctionFacts &Facts,
                                         const CallFact &Call) {
  return switched(Facts).Through.lookup(&Call);
}

Contexts::Suspends Contexts::wasKeptBy(const FunctionFacts &Facts,
                                       const CallFact &Call) {
  return switched(Facts).Kept.lookup(&Call);
}

std::optional<Context>
Contexts::movesTo(const FunctionDecl *AwaitSuspend) const {
  return Resumes->of(AwaitSuspend);
}

} // namespace nostall
