//===- LockFlow.h - thread locks held at a suspension -----------*- C++ -*-===//
//
// Follows RAII guards and bare lock()/unlock() (both by the models) along every
// path of a coroutine and tells what they are at each await or yield: held, or
// why not.
// Guards of asynchronous mutexes are no thread locks and are left out.
// What a helper, a lambda or a class of the user's own does to locks is read
// off its body (LockHelpers.h), by the same analysis: which locks it leaves
// taken on every path, and which it gives back.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKFLOW_H
#define NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKFLOW_H

#include "analysis/facts/Facts.h"
#include "analysis/flow/Solver.h"

namespace nostall {

class Unit;

/// A lock of a coroutine, as it is when control comes to an await.
struct LockAtAwait {
  enum class State : unsigned char {
    Held,     ///< on some path
    Empty,    ///< a guard that was made without a lock and has taken none since
    Released, ///< on every path: by a call
    HandedOn, ///< the guard was moved from or returned
    NotOwned, ///< a test of the guard, or of what decided on it, has said so
    Given,    ///< the awaited object has got it, and may give it back
    GoesOn,   ///< held, but this co_await never suspends for longer
  };
  State Is = State::Held;
  const AwaitFact *Await = nullptr;
  Place Lock; ///< the guard, or the mutex
  bool IsGuard = false;
  clang::SourceLocation At; ///< where it came to this: was taken, released, ...
  /// Empty if the lock is held on every path; else one path from taking the
  /// lock to the await.
  llvm::SmallVector<Branch, 2> Path;
};

/// In source order of the awaits; one entry per await that control comes to,
/// and lock that has been taken before, or whose guard has been made.
std::vector<LockAtAwait> locksAtAwaits(Unit &U, const FunctionFacts &Facts);

/// The guards that no variable holds, and that live to the end of the full
/// expression in which an await stands: their place is the function that made
/// them.
std::vector<LockAtAwait> temporariesAtAwaits(Unit &U,
                                             const FunctionFacts &Facts);

/// Whether a lock is held, on some path, where \p Call is made.
bool isLockHeldAt(Unit &U, const FunctionFacts &Facts, const CallFact &Call);

} // namespace nostall

#endif
