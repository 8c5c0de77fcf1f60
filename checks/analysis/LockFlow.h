//===- LockFlow.h - thread locks held at a suspension -----------*- C++ -*-===//
//
// Follows RAII guards and bare lock()/unlock() (both by the models) along every
// path of a coroutine and tells which of them may be held at an await or yield.
// Guards of asynchronous mutexes are no thread locks and are left out.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LOCKFLOW_H
#define NOSTALL_CHECKS_ANALYSIS_LOCKFLOW_H

#include "Facts.h"

namespace nostall {

class Unit;

/// A decision on the way: the condition, and which way it went.
struct Branch {
  const clang::Expr *Condition = nullptr;
  bool Taken = true;
};

struct LockAcrossAwait {
  const AwaitFact *Await = nullptr;
  const clang::ValueDecl *Lock = nullptr; ///< the guard, or the mutex
  bool IsGuard = false;
  clang::SourceLocation TakenAt;
  /// Empty if the lock is held on every path; else one path from taking the
  /// lock to the await.
  llvm::SmallVector<Branch, 2> Path;
};

/// In source order of the awaits; one entry per await and lock.
std::vector<LockAcrossAwait> locksAcrossAwaits(Unit &U,
                                               const FunctionFacts &Facts);

} // namespace nostall

#endif
