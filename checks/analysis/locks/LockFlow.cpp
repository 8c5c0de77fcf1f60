//===- LockFlow.cpp - thread locks held at a suspension -------------------===//

#include "LockFlow.h"
#include "LockAnalysis.h"
#include "LockHelpers.h"
#include "analysis/Unit.h"
#include <set>

using namespace clang;

namespace nostall {

/// Takes back what is held on a path that no run of the body takes.
static void checkPaths(Unit &U, const FunctionFacts &Facts,
                       LockAnalysis &Client, std::vector<LockAtAwait> &Found) {
  auto DependsOnPath = [](const LockAtAwait &L) {
    return L.Is == LockAtAwait::State::Held && !L.Path.empty();
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
              if (Entry.second.Now == LockAtAwait::State::Held)
                Held.insert({E.Await, Entry.first});
        });
  for (LockAtAwait &L : Found)
    if (DependsOnPath(L) && !Held.contains({L.Await, L.Lock}))
      L.Is = LockAtAwait::State::NotOwned;
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
      if (L.Now == LockAtAwait::State::Held)
        Found.Is = heldAcross(U, *E.Await, Lock);
      if (Found.Is == LockAtAwait::State::Held && !L.OnEveryPath)
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

bool isLockHeldAt(Unit &U, const FunctionFacts &Facts, const CallFact &Call) {
  if (!mayLock(U, Facts))
    return false;
  bool IsHeld = false;
  LockAnalysis Client(U, Facts);
  Solution(U, Facts.Function, Client)
      .forEachState([&](const LockAnalysis::State &S, const Event &E,
                        const CFGBlock &) {
        IsHeld |= E.Call == &Call && llvm::any_of(S.On, [](const auto &Entry) {
                    return Entry.second.Now == LockAtAwait::State::Held;
                  });
      });
  return IsHeld;
}

} // namespace nostall
