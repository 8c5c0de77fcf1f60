//===- OwnLoops.h - loops that a thread of their own runs -------*- C++ -*-===//
//
//   asio::io_context io_;
//   std::thread thread_{[this] { io_.run(); }};
//   void save() { asio::post(io_, [] { std::ofstream("state"); }); }
//
// What such a loop is given may block: it holds up nobody but that thread. So
// it is where the program has another loop, that no thread was made for.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_CONTEXTS_OWNLOOPS_H
#define NOSTALL_CHECKS_ANALYSIS_CONTEXTS_OWNLOOPS_H

#include "analysis/facts/Facts.h"
#include "llvm/ADT/DenseSet.h"

namespace nostall {

class Unit;

class OwnLoops {
public:
  /// Looks at the calls of \p U that run loops; \p IsOnWorker tells where their
  /// functions run.
  void find(Unit &U,
            llvm::function_ref<bool(const clang::FunctionDecl *)> IsOnWorker);
  bool empty() const { return Own.empty(); }
  /// Whether \p Call gives something to such a loop.
  bool takes(Unit &U, const CallFact &Call) const;

  /// The same, also where the program has no other: no thread but those that
  /// were made for it runs the loop.
  bool isRunByThreads(Unit &U, const CallFact &Call) const;

private:
  bool names(Unit &U, const CallFact &Call,
             llvm::function_ref<bool(const clang::ValueDecl *)> Is) const;

  /// All that only threads run, whether or not the program has another loop.
  llvm::DenseSet<const clang::ValueDecl *> ByThreads;
  llvm::DenseSet<const clang::ValueDecl *> Own;
  /// What was set up with one of them: uv_timer_init(&loop_, &timer_).
  llvm::DenseSet<const clang::ValueDecl *> Of;
};

} // namespace nostall

#endif
