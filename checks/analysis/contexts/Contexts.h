//===- Contexts.h - which code runs on the loop -----------------*- C++ -*-===//
//
// Places every user-written body: on the event loop, on a worker thread, in
// another process, or unknown. Only bodies on the loop are ever reported.
//
//   an async coroutine             loop, unless it is only handed to workers
//   a generator                    unknown: it runs where it is iterated
//   a callable handed to the loop  loop (models, NOSTALL_RUNS_ON)
//   a callable handed to a thread  worker, and so is what is stored where a
//                                  worker takes and calls it
//   NOSTALL_LOOP_ONLY              loop
//   anything else                  unknown
//
// Within a coroutine the place may change: after `co_await pool.schedule()` it
// runs on the pool, until it awaits its way back (NOSTALL_SWITCHES_TO, models,
// or what a hand-written awaiter does: Resumption.h). Paths that disagree meet
// as unknown.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_CONTEXTS_CONTEXTS_H
#define NOSTALL_CHECKS_ANALYSIS_CONTEXTS_CONTEXTS_H

#include "OwnLoops.h"
#include "analysis/facts/Facts.h"
#include "analysis/models/Models.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace nostall {

class Resumption;
class Unit;

/// Where a callable runs that is used so; none if that is not told by it.
std::optional<Context> contextOf(CallableUse Use);

struct Placement {
  enum class Why : unsigned char {
    Unknown,
    Coroutine,
    Generator,
    Handed,
    Called,
    Awaited,
    Annotated
  };
  Context C = Context::Unknown;
  Why W = Why::Unknown;
  /// Handed: the function that was given the body, or the member that holds it,
  /// and where. Called: the one
  /// that a worker runs and that calls it through what holds it, or the
  /// template on the loop that was instantiated for it. Awaited: the first
  /// coroutine that awaits it on a worker.
  const clang::NamedDecl *To = nullptr;
  clang::SourceLocation At;
  /// Handed on there by a function that was given it.
  bool Passed = false;
};

class Contexts {
public:
  /// Looks through the facts of every user-written body of \p U.
  explicit Contexts(Unit &U);
  ~Contexts();

  /// Where the body of \p F begins to run.
  const Placement &of(const clang::FunctionDecl *F) const;
  /// What \p Call does with the callable \p Arg.
  CallableUse useOf(const CallFact &Call, const CallableArgument &Arg) const;
  /// Whether \p Call gives \p Arg to an executor, and nobody knows to which.
  bool hasUnknownExecutor(const CallFact &Call,
                          const CallableArgument &Arg) const;
  /// Whether \p Call, of a library's, gives something to a loop that threads of
  /// the program run, and nobody else: a pool, for who comes from another.
  bool isRunByThreads(const CallFact &Call) const {
    return Loops.isRunByThreads(U, Call);
  }
  /// Whether \p Call, in an instance of a template that is a coroutine, runs
  /// the closure that this instance is for: what blocks stands there.
  bool isToldInClosure(const CallFact &Call) const {
    return ClosureCalls.contains(Call.Site);
  }
  /// Whether a worker calls what parameter number \p Param of \p F is given.
  bool isCalledOnWorker(const clang::FunctionDecl *F, unsigned Param) const;
  /// The same of a function that waits for what it calls, and is no worker's.
  bool isCalledOnLoop(const clang::FunctionDecl *F, unsigned Param) const;
  /// Whether \p F, which can stall others, runs on an event loop: not if it is
  /// a coroutine of a library that has none, and nothing has placed it on one.
  bool isOnEventLoop(const clang::FunctionDecl *F) const;
  /// Where \p Call of \p Facts runs.
  Context at(const FunctionFacts &Facts, const CallFact &Call);
  /// The await_suspend functions with bodies in other units that the coroutine
  /// has come through on its way to \p Call, the last at the end. Here they are
  /// taken not to move it; the program may know better.
  using Suspends = llvm::SmallVector<const clang::FunctionDecl *, 2>;
  Suspends cameThrough(const FunctionFacts &Facts, const CallFact &Call);
  /// The functions with bodies in other units that have been given the handle
  /// of the coroutine on its way to \p Call. Here they are taken to keep it for
  /// the same loop, which only a program that has them all can know.
  Suspends wasKeptBy(const FunctionFacts &Facts, const CallFact &Call);
  /// Where a coroutine goes on that \p AwaitSuspend, which has a body here, has
  /// suspended; none if where it was.
  std::optional<Context> movesTo(const clang::FunctionDecl *AwaitSuspend) const;
  /// Where the coroutine is when it suspends at \p Await.
  Context at(const FunctionFacts &Facts, const AwaitFact &Await);

private:
  void placeHanded();
  void place(const CallFact &Call);
  void place(const StoreFact &Store);
  void placeStored();
  void findLoopsByHand();
  static const clang::FunctionDecl *placeKey(const clang::FunctionDecl *F);
  void placeClosures();
  void followAwaits();
  using AwaiterCalls =
      llvm::DenseMap<const clang::Stmt *, const clang::FunctionDecl *>;
  std::optional<Context> switchOf(const AwaitFact &Await,
                                  const AwaiterCalls &Suspends) const;
  /// Of calls and awaits.
  using Places = llvm::DenseMap<const void *, Context>;
  struct SwitchedPlaces {
    Context Home = Context::Unknown; ///< where the body begins
    Places Of;
    llvm::DenseMap<const CallFact *, Suspends> Through, Kept;
  };
  SwitchedPlaces findPlaces(const FunctionFacts &Facts, Context Home) const;
  const SwitchedPlaces &switched(const FunctionFacts &Facts);

  Unit &U;
  std::unique_ptr<Resumption> Resumes;
  OwnLoops Loops;
  llvm::DenseMap<const clang::FunctionDecl *, Placement> Placements;
  llvm::DenseSet<const clang::ValueDecl *> CalledOnWorker, CalledOnLoop;
  /// All that a worker comes to, but for coroutines.
  llvm::SmallPtrSet<const clang::FunctionDecl *, 16> OnWorkers;
  llvm::DenseSet<const clang::Stmt *> ClosureCalls;
  llvm::DenseMap<const clang::FunctionDecl *, SwitchedPlaces> Switched;
};

} // namespace nostall

#endif
