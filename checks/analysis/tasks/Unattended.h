//===- Unattended.h - tasks that run while a loop does ----------*- C++ -*-===//
//
//   serve(listener);
//   loop.run();
//
// A plain function has no other way to let a task run that has begun by itself
// than to run the loop: nothing is forgotten. It is, where the task ends with
// the object that the call returned.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_TASKS_UNATTENDED_H
#define NOSTALL_CHECKS_ANALYSIS_TASKS_UNATTENDED_H

#include "analysis/facts/Facts.h"
#include "analysis/source/Awaitables.h"

namespace nostall {

class Unit;

/// Whether a call that is written behind \p Loc in \p Facts runs an event loop:
/// by its model, by what its body does, or by its name where there is no body.
bool runsLoopAfter(Unit &U, const FunctionFacts &Facts,
                   clang::SourceLocation Loc);

/// Whether the end of what \p V holds, a task that runs anyway, is waited for
/// in other words: `co_await reply; ASSERT(v.done());`, where the wait was for
/// something else, or a loop that awaits until it is done.
bool isWatched(Unit &U, const FunctionFacts &Facts, const VariableFact &V);

/// Whether the destructor of \p R destroys its coroutine, finished or not.
bool endsItsCoroutine(const clang::CXXRecordDecl *R);
/// Whether what runs anyway is destroyed with a value of \p Type.
bool endsUnfinished(const AwaitableType &Type);

} // namespace nostall

#endif
