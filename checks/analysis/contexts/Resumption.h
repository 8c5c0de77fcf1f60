//===- Resumption.h - where a hand-written awaiter resumes ------*- C++ -*-===//
//
//   void await_suspend(std::coroutine_handle<> h) {
//     std::thread([h] { h.resume(); }).detach();
//   }
//
// A coroutine goes on where its handle is resumed. Where await_suspend, or what
// it calls, gives a callable that resumes a handle to a thread, a pool or a
// loop that is known, that is the place; so it is where it gives it to an
// executor that is chosen at run time, and all those that are here agree. Where
// it gives it, and nothing besides, to something that is not known, it may be
// an executor of any kind, and the place is unknown here; the program may know
// a function that is given the handle itself. In all other cases (a handle that
// is kept for an event, a callback of an operation) the coroutine stays where
// it is.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_CONTEXTS_RESUMPTION_H
#define NOSTALL_CHECKS_ANALYSIS_CONTEXTS_RESUMPTION_H

#include "Contexts.h"

namespace nostall {

class Resumption {
public:
  Resumption(Unit &U, const Contexts &C) : U(U), C(C) {}

  /// Where a coroutine goes on that \p AwaitSuspend has suspended; none if
  /// where it was.
  std::optional<Context> of(const clang::FunctionDecl *AwaitSuspend);
  /// Where of() does not know: the function, with a body in another unit, that
  /// \p AwaitSuspend gives the handle; or null.
  const clang::FunctionDecl *decider(const clang::FunctionDecl *AwaitSuspend);
  /// Where the first suspension of \p Coroutine puts it; none if where it was
  /// called, or wherever the library runs all of its coroutines.
  std::optional<Context> atStart(const clang::CoroutineBodyStmt *Coroutine);

private:
  std::optional<Context> chosen(const CallFact &Call, unsigned Arg);
  std::optional<Context> in(const clang::FunctionDecl *F, bool OnWorker,
                            unsigned Depth);
  std::optional<Context> by(const CallFact &Call, bool OnWorker,
                            unsigned Depth);

  Unit &U;
  const Contexts &C;
  llvm::DenseMap<const clang::FunctionDecl *, std::optional<Context>> Memo;
  llvm::DenseMap<const clang::FunctionDecl *, const clang::FunctionDecl *>
      Deciders;
  llvm::DenseSet<const clang::FunctionDecl *> Chosen;
  // Of what is being read:
  const clang::FunctionDecl *Decider = nullptr;
  bool IsChosen = false; ///< at run time: a virtual call, a std::function
};

} // namespace nostall

#endif
