// RUN: %nostall-verify %s
// How a user says "I know": at the finding, at the operation, on a function, on
// a block.
#include "co.h"
#include <nostall/annotations.h>
#include <thread>
#include <unistd.h>

//===--- NOLINT at the finding ------------------------------------------------------

co::task<> at_the_finding() {
  sleep(1); // NOLINT
  sleep(1); // NOLINT(nostall-blocking-call)
  sleep(1); // NOLINT(nostall-*)
  sleep(1); // NOLINT(bugprone-foo, nostall-blocking-call)
  // NOLINTNEXTLINE
  sleep(1);
  // NOLINTNEXTLINE(nostall-blocking-call)
  sleep(1);
  sleep(1); /* NOLINT(nostall-forgotten-co-await) */ // warning: (sleep)
  // NOLINTBEGIN(nostall-blocking-call)
  sleep(1);
  sleep(1);
  // NOLINTEND(nostall-blocking-call)
  sleep(1); // warning: (sleep)
  co_return;
}

//===--- NOLINT at the operation ------------------------------------------------------

void known() {
  sleep(1); // NOLINT(nostall-blocking-call)
}
void known_next() {
  // NOLINTNEXTLINE(nostall-*)
  sleep(1);
}
void known_all() {
  sleep(1); // NOLINT
}
void known_block() {
  // NOLINTBEGIN
  sleep(1);
  // NOLINTEND
}
void known_other() {
  sleep(1); // NOLINT(bugprone-*)
}
void half_known() {
  sleep(1); // NOLINT(nostall-blocking-call)
  usleep(1);
}
co::task<> at_the_operation() {
  known();
  known_next();
  known_all();
  known_block();
  known_other(); // warning: it reaches 'sleep'
  half_known();  // warning: it reaches 'usleep'
  co_return;
}

//===--- annotations -----------------------------------------------------------------------

NOSTALL_NONBLOCKING void trusted() { sleep(1); }
NOSTALL_ALLOW_BLOCKING("once at start") void allowed() { sleep(1); }
NOSTALL_BLOCKING(db) void query();
NOSTALL_BLOCKING(net-io) inline void fetch() {}
NOSTALL_CPU_BOUND void crunch() {}
NOSTALL_BLOCKING(sync-run) void run_loop();
NOSTALL_NONBLOCKING void annotated_before();
void annotated_before() { sleep(1); }
void clang_nonblocking() [[clang::nonblocking]];
void clang_blocking() [[clang::blocking]];
void clang_not_nonblocking() [[clang::nonblocking(false)]];

struct Client {
  NOSTALL_BLOCKING(db) int get();
  NOSTALL_BLOCKING(net-io) explicit Client(int);
  NOSTALL_NONBLOCKING Client() { sleep(1); }
  NOSTALL_BLOCKING(net-io) ~Client();
  NOSTALL_BLOCKING(wait) int operator()() const;
  template <class T> NOSTALL_BLOCKING(db) T typed() { return T(); }
};
template <class T> NOSTALL_BLOCKING(db) T query_as() { return T(); }
template <class T> struct Table {
  NOSTALL_BLOCKING(db) void scan() {}
  NOSTALL_NONBLOCKING void cached() { sleep(1); }
};

void calls_allowed() { allowed(); }

co::task<> annotated(Client &c, Table<int> &t) {
  trusted();
  allowed();
  calls_allowed();
  query();  // warning: call to 'query' blocks the event loop (db)
  fetch();  // warning: (net-io)
  crunch(); // warning: (cpu)
  run_loop(); // warning: call to 'run_loop' deadlocks the event loop (sync-run)
  annotated_before();
  clang_nonblocking();
  clang_blocking(); // warning: call to 'clang_blocking' blocks the event loop (wait)
  clang_not_nonblocking(); // warning: (wait)
  c.get();          // warning: (db)
  c();              // warning: (wait)
  c.typed<int>();   // warning: (db)
  query_as<int>();  // warning: (db)
  t.scan();         // warning: (db)
  t.cached();
  Client a(1);      // warning: construction of 'Client' blocks
  co_return;
}
co::task<> annotated_destructor(bool b) {
  if (b) {
    Client a; // warning: destruction of 'a' blocks the event loop (net-io)
  }
  co_return;
}

co::task<> blocks() {
  NOSTALL_ALLOW_BLOCKING("measured, takes 1 ms") {
    sleep(1);
    known_other();
    [] { sleep(1); }();
  }
  NOSTALL_ALLOW_BLOCKING("one statement") sleep(1);
  sleep(1); // warning: (sleep)
  co_return;
}
void allowed_inside() {
  NOSTALL_ALLOW_BLOCKING("known") { sleep(1); }
}
void half_allowed_inside() {
  NOSTALL_ALLOW_BLOCKING("known") { sleep(1); }
  sleep(1);
}
co::task<> blocks_in_helpers() {
  allowed_inside();
  half_allowed_inside(); // warning: it reaches 'sleep'
  co_return;
}

// A coroutine that may block.
NOSTALL_ALLOW_BLOCKING("nothing else runs then") co::task<> start_up() {
  sleep(1);
  known_other();
  co_return;
}
NOSTALL_NONBLOCKING co::task<> trusted_coroutine() {
  sleep(1);
  co_return;
}
co::task<> allowed_lambda() {
  auto f = [] NOSTALL_ALLOW_BLOCKING("known") { sleep(1); };
  f();
  co_return;
}

//===--- NOLINT where a macro is written --------------------------------------------

#define NAP() sleep(1) // NOLINT(nostall-blocking-call)
#define NAP_AGAIN() NAP()
#define LOUD_NAP() sleep(1)
void naps() { NAP(); }
void naps_again() { NAP_AGAIN(); }
void naps_loudly() { LOUD_NAP(); }
co::task<> by_macros() {
  NAP();
  naps();
  naps_again();
  naps_loudly(); // warning: it reaches 'sleep'
  co_return;
}
