// RUN: %nostall dump effects %s -- -std=c++20 -I%source/test/Inputs -I%source/runtime/include | FileCheck %s --match-full-lines --strict-whitespace
// A function's summary: by which call it first blocks, for each category, and
// what it depends on that is not here.
#include "co.h"
#include <nostall/annotations.h>
#include <unistd.h>

//      CHECK:quiet [[@LINE+1]]:6: none
void quiet() {}

//      CHECK:direct [[@LINE+2]]:6:
// CHECK-NEXT:  sleep: [[@LINE+1]]:17 calls 'sleep';
void direct() { sleep(1); }

// The chain is kept, one hop a function.
//      CHECK:two [[@LINE+2]]:6:
// CHECK-NEXT:  sleep: [[@LINE+1]]:14 calls 'direct'; [[@LINE-4]]:17 calls 'sleep';
void two() { direct(); }

// One witness for each category: the first in the source.
//      CHECK:several [[@LINE+3]]:6:
// CHECK-NEXT:  sleep: [[@LINE+4]]:3 calls 'direct'; {{.*}}
// CHECK-NEXT:  file-io: [[@LINE+2]]:3 calls 'sync';
void several() {
  sync();
  direct();
  sync();
  sleep(2);
}

// A function without a body here is an external; nothing is assumed of it. They
// come along from callees.
void unknown();
struct Class {
  Class();
  ~Class();
  void method();
};
//      CHECK:depends [[@LINE+5]]:6:
// CHECK-NEXT:  external unknown
// CHECK-NEXT:  external Class
// CHECK-NEXT:  external Class::~Class
// CHECK-NEXT:  external Class::method
void depends() {
  unknown();
  Class c;
  c.method();
}
//      CHECK:depends_by_another [[@LINE+4]]:6:
// CHECK-NEXT:  external unknown
// CHECK-NEXT:  external Class
// CHECK:function_after {{.*}}
void depends_by_another() { depends(); }
void function_after() {}

// Known overrides count; a pure function is no external.
struct Base {
  virtual ~Base() = default;
  virtual void pure() = 0;
};
struct Heir : Base {
  void pure() override { sleep(1); }
};
//      CHECK:dispatches [[@LINE+2]]:6:
// CHECK-NEXT:  sleep: [[@LINE+1]]:30 calls 'Base::pure', which 'Heir::pure' overrides; {{.*}} calls 'sleep';
void dispatches(Base &b) { b.pure(); }

// What annotations say is not looked behind.
NOSTALL_NONBLOCKING void trusted() { sleep(1); }
NOSTALL_BLOCKING(db) void query();
//      CHECK:annotated [[@LINE+2]]:6:
// CHECK-NEXT:  db: [[@LINE+3]]:3 calls 'query';
void annotated() {
  trusted();
  query();
}

// A lazy coroutine does nothing when it is called; an eager one is reported in
// its own body; a generator runs where it is iterated.
co::task<> lazy() { sleep(1); co_return; }
co::generator<int> generates() { sleep(1); co_yield 1; }
//      CHECK:calls_lazy [[@LINE+1]]:12: none
co::task<> calls_lazy() { return lazy(); }
//      CHECK:calls_generator [[@LINE+2]]:6:
// CHECK-NEXT:  sleep: [[@LINE+1]]:39 calls 'generates'; {{.*}} calls 'sleep';
void calls_generator() { for (int i : generates()) (void)i; }

// Recursion: every chain ends at an operation.
void ping(int);
//      CHECK:pong [[@LINE+2]]:6:
// CHECK-NEXT:  sleep: [[@LINE+1]]:20 calls 'ping'; {{[0-9]+}}:3 calls 'sleep';
void pong(int n) { ping(n); }
//      CHECK:ping [[@LINE+2]]:6:
// CHECK-NEXT:  sleep: [[@LINE+3]]:3 calls 'sleep';
void ping(int n) {
  pong(n - 1);
  sleep(1);
}
//      CHECK:endless [[@LINE+1]]:6: none
void endless() { endless(); }

// Callables that are called before the function returns.
template <class F> void run(F f) { f(); }
void run_pointer(void (*f)()) { f(); }
//      CHECK:runs [[@LINE+2]]:6:
// CHECK-NEXT:  sleep: [[@LINE+2]]:3 calls 'run', which runs 'direct'; {{.*}} calls 'sleep';
void runs() {
  run(direct);
  run_pointer(direct);
}

// What a coroutine calls on the loop, and what it depends on.
//      CHECK:on the loop {{[0-9]+}}:21 sleep blocks
// CHECK-NEXT:on the loop [[@LINE+7]]:3 unknown blocks if one of these does: unknown
// CHECK-NEXT:on the loop [[@LINE+7]]:3 depends blocks if one of these does: unknown Class Class::~Class Class::method
// CHECK-NEXT:on the loop [[@LINE+7]]:3 depends_and_blocks blocks
//  CHECK-NOT:on the loop{{.*}}
void elsewhere();
void depends_and_blocks() { elsewhere(); sleep(1); }
co::task<> loop() {
  unknown();
  depends();
  depends_and_blocks();
  quiet();
  co_return;
}
