//===- LockHelpers.h - what bodies do to locks ------------------*- C++ -*-===//
//
//   void leave(std::mutex &m) { m.unlock(); }
//   struct Unlocked { std::mutex &m; ~Unlocked() { m.unlock(); } };
//
// A body that takes a lock on every path, or gives one back that it has not
// taken, does so for its callers. It is read off the body as off a coroutine's
// (LockAnalysis.h), remembered, and asked for by call and class.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKHELPERS_H
#define NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKHELPERS_H

#include "LockFlow.h"
#include "analysis/facts/Facts.h"
#include "analysis/flow/Place.h"
#include "llvm/ADT/DenseMap.h"
#include <memory>

namespace nostall {

/// What a body has done to locks when it returns. They are named as in the
/// body: its parameters, members of its class, or what it captures.
struct LockEffect {
  enum class Does : unsigned char { Takes, GivesBack };
  std::vector<std::pair<Place, Does>> On;
  /// What it has taken if it returns true: `return mutex.try_lock();`
  std::vector<Place> IfTrue;
  /// Whether the guard that it returns, if it does, holds a lock.
  std::optional<bool> Result;

  bool isSomething() const { return !On.empty() || !IfTrue.empty() || Result; }
};

class LockHelpers {
public:
  /// Helpers of helpers are asked so far.
  static constexpr unsigned MaxDepth = 8;

  const LockEffect &of(Unit &U, const clang::FunctionDecl *F);
  /// Whether the destructor of \p R gives a lock back, its members' included.
  bool releasesAtEnd(Unit &U, const clang::CXXRecordDecl *R);
  /// Whether what \p F, which is here, does to locks depends on bodies that are
  /// not (LocksElsewhere.h).
  bool leansOnOthers(Unit &U, const clang::FunctionDecl *F);

private:
  bool touchesLocks(Unit &U, const FunctionFacts &Facts);

  unsigned Left = MaxDepth;
  /// By the depth that was left, so that no answer depends on who asked first.
  llvm::DenseMap<std::pair<const clang::FunctionDecl *, unsigned>,
                 std::unique_ptr<LockEffect>>
      Effects;
  llvm::DenseMap<const clang::FunctionDecl *, bool> Leans;
};

/// The body of the user's that \p Callee has, if it is here and no coroutine's.
const clang::FunctionDecl *helperBody(Unit &U,
                                      const clang::FunctionDecl *Callee);
/// That which \p C runs.
const clang::FunctionDecl *helperOf(Unit &U, const CallFact &C);
/// \p P, as \p Body names it, in the words of \p C: what that passes for a
/// parameter; else itself.
Place argumentOr(Unit &U, const CallFact &C, const clang::FunctionDecl *Body,
                 const Place &P);
/// The values that the body of \p F, which is here, returns.
void forEachReturned(const clang::FunctionDecl *F,
                     llvm::function_ref<void(const clang::Expr *)> Visit);
/// The locks that the models number \p Index among the arguments of \p C.
llvm::SmallVector<Place, 2> locksNamed(Unit &U, const CallFact &C, int Index);
/// The locks of threads that \p C takes, as its model \p M says.
llvm::SmallVector<Place, 2> threadLocks(Unit &U, const CallFact &C,
                                        const FunctionModel &M);
/// Whether \p Facts has anything that may take a thread lock.
bool mayLock(Unit &U, const FunctionFacts &Facts);
/// What \p Lock, which is held, is at \p Await: still held; given to what is
/// awaited, by a reference through which that may give it back; or held for no
/// longer than if there were no co_await, because that goes on at once.
LockAtAwait::State heldAcross(Unit &U, const AwaitFact &Await,
                              const Place &Lock);

} // namespace nostall

#endif
