//===- annotations.h - what an API says about the thread it runs on -------===//
//
// These macros tell the nostall linter what a function does to the thread that
// calls it, where a callable runs that is handed on, and what may be dropped.
// They change no code. This header includes nothing and needs no part of the
// runtime, so that any library can carry the annotations in its own API.
//
// Each macro is one attribute, `[[clang::annotate("nostall::<word>", args...)]]`,
// with every argument a string literal:
//
//   macro                            | first string              | second
//   NOSTALL_BLOCKING(category)       | "nostall::blocking"       | the category
//   NOSTALL_NONBLOCKING              | "nostall::nonblocking"    |
//   NOSTALL_ALLOW_BLOCKING("why")    | "nostall::allow_blocking" | the reason
//   NOSTALL_CPU_BOUND                | "nostall::cpu_bound"      |
//   NOSTALL_LOOP_ONLY                | "nostall::loop_only"      |
//   NOSTALL_LOOP_ONLY_USE(twin)      | "nostall::loop_only"      | the twin
//   NOSTALL_RUNS_ON(where)           | "nostall::runs_on"        | the place
//   NOSTALL_SWITCHES_TO(where)       | "nostall::switches_to"    | the place
//   NOSTALL_SPAWNS                   | "nostall::spawns"         |
//   NOSTALL_DROPPABLE                | "nostall::droppable"      |
//
// A macro stands where an attribute may stand: before a declaration, before a
// parameter, after `class`. Arguments are bare words (`net-io`, `worker`); only
// a reason is written as a string. Compilers without the attribute see nothing.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ANNOTATIONS_H
#define NOSTALL_ANNOTATIONS_H

#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::annotate)
#define NOSTALL_ANNOTATE(...) [[clang::annotate(__VA_ARGS__)]]
#endif
#endif
#ifndef NOSTALL_ANNOTATE
#define NOSTALL_ANNOTATE(...)
#endif

/// On a function: blocks the thread that calls it. Category: sleep, wait,
/// process, net-io, dns, file-io, console-io, lock, db, gpu, cpu, sync-run.
#define NOSTALL_BLOCKING(category) \
  NOSTALL_ANNOTATE("nostall::blocking", #category)

/// On a function: never blocks. The linter does not look at its body.
#define NOSTALL_NONBLOCKING NOSTALL_ANNOTATE("nostall::nonblocking")

/// On a function, or before a block: it blocks, this is known and meant.
///     NOSTALL_ALLOW_BLOCKING("runs once, before the loop") { read_config(); }
#define NOSTALL_ALLOW_BLOCKING(reason) \
  NOSTALL_ANNOTATE("nostall::allow_blocking", reason)

/// On a function: computes for so long that it belongs into a pool.
#define NOSTALL_CPU_BOUND NOSTALL_ANNOTATE("nostall::cpu_bound")

/// On a function: may be called on the loop's thread only.
#define NOSTALL_LOOP_ONLY NOSTALL_ANNOTATE("nostall::loop_only")

/// The same; `twin` is the member or function to call from other threads.
#define NOSTALL_LOOP_ONLY_USE(twin) \
  NOSTALL_ANNOTATE("nostall::loop_only", #twin)

/// On a parameter that takes a callable: where the callable runs. Place: loop,
/// worker, process. On a function: where the callables run that it takes as
/// template arguments.
#define NOSTALL_RUNS_ON(where) NOSTALL_ANNOTATE("nostall::runs_on", #where)

/// On an awaitable's class or on a function that returns one: where the
/// coroutine goes on after `co_await`. Place: loop, worker.
#define NOSTALL_SWITCHES_TO(where) \
  NOSTALL_ANNOTATE("nostall::switches_to", #where)

/// On a function: a task that is given to it is taken care of.
#define NOSTALL_SPAWNS NOSTALL_ANNOTATE("nostall::spawns")

/// On a class or a function: the result may be dropped, though it is awaitable.
#define NOSTALL_DROPPABLE NOSTALL_ANNOTATE("nostall::droppable")

#endif
