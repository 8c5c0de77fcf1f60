//===- WhyNot.cpp - nostall-await-holding-lock, asked about a line --------===//
//
// What the locks are at an await.
//
//===----------------------------------------------------------------------===//

#include "analysis/Unit.h"
#include "analysis/explain/Subjects.h"
#include "analysis/flow/Flow.h"
#include "analysis/locks/LockFlow.h"
#include "analysis/locks/LockGuards.h"
#include "analysis/locks/LockHelpers.h"
#include "analysis/locks/LocksElsewhere.h"
#include "analysis/words/Wording.h"

using namespace clang;

namespace nostall {

static std::string whyNotHeld(Unit &U, const LockAtAwait &Lock) {
  std::string Where = lineOf(U, Lock.At);
  switch (Lock.Is) {
  case LockAtAwait::State::Held:
    return "";
  case LockAtAwait::State::Empty:
    return "it was made without a lock " + Where +
           ", and has taken none before this";
  case LockAtAwait::State::Released:
    return "the lock is released on every path here, as " + Where;
  case LockAtAwait::State::HandedOn:
    return "the guard was moved from or returned " + Where;
  case LockAtAwait::State::NotOwned:
    return "a test " + Where + " has said that it has no lock";
  case LockAtAwait::State::Given:
    return "what is awaited is given it by reference, and may give it back "
           "meanwhile";
  case LockAtAwait::State::GoesOn:
    return "what is awaited never makes the coroutine wait: it goes on at "
           "once, or ends";
  }
  llvm_unreachable("covered switch");
}

static std::string whyNoLock(Unit &U, const FunctionFacts &Facts,
                             const AwaitFact &Await) {
  const std::string Name = quotedName(displayName(Facts.Function));
  for (const VariableFact &V : Facts.Variables)
    if (isAsyncGuard(U, V.Var->getType()))
      return "'" + V.Var->getNameAsString() +
             "' guards an asynchronous mutex, for which nobody blocks, and no "
             "other lock is held here";
  if (!mayLock(U, Facts))
    return Name + " takes no lock of a thread that the models know";
  const FunctionFlow *Flow = U.flow(Facts.Function);
  if (!Flow || !Flow->isReachable(Await.Site))
    return "control never gets there";
  return "no lock is held here: those that " + Name +
         " takes, it takes later, or their scope has ended";
}

static void addLocks(Unit &U, const Line &Asked, std::vector<Subject> &Out,
                     const FunctionFacts &Facts, const AwaitFact &Await) {
  const std::string Name = Await.IsYield ? "co_yield" : "co_await";
  bool Any = false;
  for (const LockAtAwait &Lock : locksAtAwaits(U, Facts)) {
    if (Lock.Await != &Await)
      continue;
    Any = true;
    Out.push_back({Await.Loc,
                   Name + " and " + (Lock.IsGuard ? "guard '" : "mutex '") +
                       Lock.Lock.decl()->getNameAsString() + "'",
                   whyNotHeld(U, Lock)});
  }
  for (const OpenLock &Lock : openLocksAtAwaits(U, Facts)) {
    if (Lock.Await != &Await)
      continue;
    Any = true;
    const OpenLock::Call &Last = Lock.By.back();
    Out.push_back(
        {Await.Loc,
         Lock.isNamed() ? Name + " and '" + Lock.Lock.name() + "'" : Name,
         quotedName(displayName(Last.Takes.Of)) + " may have taken its lock " +
             lineOf(U, Last.At) +
             ": it has its body in another file, and a lint of the "
             "program tells"});
  }
  if (!Any)
    Out.push_back({Await.Loc, Name, whyNoLock(U, Facts, Await)});
}

void explainAwaitHoldingLockCheck(Unit &U, const Line &Asked,
                                  std::vector<Subject> &Out) {
  for (const FunctionDecl *F : U.functions())
    if (const FunctionFacts &Facts = U.facts(F); Facts.Coroutine)
      for (const AwaitFact &Await : Facts.Awaits)
        if (Asked.has(Await.Loc))
          addLocks(U, Asked, Out, Facts, Await);
}

} // namespace nostall
