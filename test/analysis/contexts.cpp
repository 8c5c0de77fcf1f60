// RUN: %nostall dump contexts %s -- -std=c++20 -I%source/test/Inputs -I%source/runtime/include | FileCheck %s --match-full-lines --strict-whitespace
// Where each body runs: on the loop, on a worker, in another process, or nobody
// knows.
#include "co.h"
#include <nostall/annotations.h>
#include <pthread.h>

//      CHECK:plain {{[0-9:]+}}: unknown
void plain() {}
//      CHECK:coroutine {{[0-9:]+}}: loop, a coroutine
co::task<> coroutine() { co_return; }
//      CHECK:fire {{[0-9:]+}}: loop, a coroutine
co::detached fire() { co_return; }
//      CHECK:steps {{[0-9:]+}}: loop, a coroutine
co::async_generator<int> steps() { co_yield 1; }
//      CHECK:numbers {{[0-9:]+}}: unknown, a generator: it runs where it is iterated
co::generator<int> numbers() { co_yield 1; }
//      CHECK:annotated {{[0-9:]+}}: loop, annotated NOSTALL_LOOP_ONLY
NOSTALL_LOOP_ONLY void annotated() {}

void on_loop(NOSTALL_RUNS_ON(loop) void (*)());
void on_worker(NOSTALL_RUNS_ON(worker) void (*)());
void on_process(NOSTALL_RUNS_ON(process) void (*)());
//      CHECK:handed_to_loop {{[0-9:]+}}: loop, handed to on_loop at [[#LINE:]]:3
void handed_to_loop() {}
//      CHECK:handed_to_worker {{[0-9:]+}}: worker, handed to on_worker at [[#LINE+1]]:3
void handed_to_worker() {}
//      CHECK:handed_to_process {{[0-9:]+}}: process, handed to on_process at [[#LINE+2]]:3
void handed_to_process() {}
//      CHECK:handed_to_both {{[0-9:]+}}: loop, handed to on_loop at [[#LINE+4]]:3
void handed_to_both() {}
//      CHECK:runs_thread {{[0-9:]+}}: worker, handed to pthread_create at [[#LINE+5]]:3
void *runs_thread(void *) { return nullptr; }
//      CHECK:hands_on {{[0-9:]+}}: unknown
// CHECK-NEXT:lambda {{[0-9:]+}}: loop, handed to on_loop at [[#LINE+6]]:3
void hands_on() {
  on_loop(handed_to_loop);
  on_worker(&handed_to_worker);
  on_process(handed_to_process);
  on_worker(handed_to_both);
  on_loop(handed_to_both);
  pthread_create(nullptr, nullptr, runs_thread, nullptr);
  on_loop([] {});
}

// A coroutine that changes its place: what is elsewhere is listed.
struct Pool {
  NOSTALL_SWITCHES_TO(worker) co::operation<> schedule();
};
struct Loop {
  NOSTALL_SWITCHES_TO(loop) co::operation<> schedule();
};
//      CHECK:switches {{[0-9:]+}}: loop, a coroutine
//      CHECK:  [[@LINE+6]]:3 plain: worker
//      CHECK:  [[@LINE+10]]:3 plain: unknown
//  CHECK-NOT:  {{.*}} plain: {{.*}}
co::task<> switches(Pool &pool, Loop &loop, bool c) {
  plain();
  co_await pool.schedule();
  plain();
  co_await loop.schedule();
  plain();
  if (c)
    co_await pool.schedule();
  plain();
}

// What is awaited on a worker only runs there, if no other file can await it.
static co::task<> local() { co_return; }
static co::task<> local_on_both() { co_return; }
co::task<> visible() { co_return; }
//      CHECK:local {{[0-9:]+}}: worker, awaited by awaits_there at [[@LINE+7]]:12
//      CHECK:local_on_both {{[0-9:]+}}: loop, a coroutine
//      CHECK:visible {{[0-9:]+}}: loop, a coroutine
//      CHECK:awaits_there {{[0-9:]+}}: loop, a coroutine
co::task<> awaits_there(Pool &pool) {
  auto lambda = []() -> co::task<> { co_return; };
  co_await pool.schedule();
  co_await local();
  //    CHECK:lambda {{[0-9:]+}}: worker, awaited by awaits_there at [[@LINE+1]]:12
  co_await lambda();
  co_await local_on_both();
  co_await visible();
}
co::task<> awaits_here() { co_await local_on_both(); }

// Coroutines that await each other, on a worker alone.
void spawn_worker(NOSTALL_RUNS_ON(worker) co::task<>);
//      CHECK:walk {{[0-9:]+}}: worker, awaited by root {{.*}}
static co::task<> walk(int n) {
  if (n)
    co_await walk(n - 1);
}
static co::task<> odd(int n);
//      CHECK:even {{[0-9:]+}}: worker, {{.*}}
static co::task<> even(int n) { co_await odd(n - 1); }
//      CHECK:odd {{[0-9:]+}}: worker, {{.*}}
static co::task<> odd(int n) { co_await even(n - 1); }
//      CHECK:root {{[0-9:]+}}: worker, handed to spawn_worker {{.*}}
static co::task<> root() {
  co_await walk(3);
  co_await even(3);
}
// Nobody comes to a circle: it is one of coroutines like others.
//      CHECK:circle {{[0-9:]+}}: loop, a coroutine
static co::task<> circle() { co_await circle(); }
void start() { spawn_worker(root()); }

// What a coroutine awaits that runs on both is on both, wherever it stands.
//      CHECK:below_first {{[0-9:]+}}: loop, a coroutine
//      CHECK:on_both {{[0-9:]+}}: loop, a coroutine
static co::task<> below_last();
static co::task<> below_first() { co_return; }
static co::task<> on_both() {
  co_await below_first();
  co_await below_last();
}
//      CHECK:hands_on_both {{[0-9:]+}}: loop, a coroutine
co::task<> hands_on_both() {
  spawn_worker(on_both());
  co_await on_both();
}
//      CHECK:below_last {{[0-9:]+}}: loop, a coroutine
static co::task<> below_last() { co_return; }
