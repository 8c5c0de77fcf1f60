//===- AwaitedFlow.h - has what is waited for been awaited? -----*- C++ -*-===//
//
// What waits for an object to be done does not wait where that was awaited on
// every path to it:
//
//   co_await t;                     t.result();
//   co_await pool.shutdown();       } // ~pool() joins its threads
//   co_await when_all(tasks);       for (auto &t : tasks) t.result();
//
//   std::thread t([&] { work(); ready.notify(); });
//   co_await ready.wait();          t.join();
//
// The first is so of whatever can be awaited. That a member ends the work of
// its object, and that a function awaits all that it is given, is told by words
// in their names, which the models list. It is forgotten where the object may
// have got new work: it is assigned, moved from, given to a function that may
// change it, or told something by another member. A thread is done where its
// last act tells what was awaited after it was started.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_AWAITEDFLOW_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_AWAITEDFLOW_H

#include "analysis/facts/Facts.h"
#include "analysis/models/Effect.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace nostall {

class Unit;

/// By body: the calls whose object has been awaited before.
class AwaitedFlows {
public:
  bool has(Unit &U, const FunctionFacts &Facts, const CallFact &Call);

private:
  using Calls = llvm::DenseSet<const CallFact *>;
  llvm::DenseMap<const clang::FunctionDecl *, Calls> Solved;
};

/// What an object that is done does no longer.
inline bool endsWithWork(Effect E) {
  return E == Effect::Wait || E == Effect::Sleep;
}

} // namespace nostall

#endif
