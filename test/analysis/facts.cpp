// RUN: %nostall dump facts %s -- -std=c++20 -I%source/test/Inputs | FileCheck %s --match-full-lines --strict-whitespace
// One walk over a body records all that any check asks about.
#include "co.h"
#include <cerrno>
#include <unistd.h>
#include <utility>

struct Object {
  Object(int);
  ~Object();
  Object operator+(int);
  explicit operator bool() const;
  virtual void dispatched();
  int *begin();
  int *end();
};
co::task<> task(int);
int with_default(int = getpid());
template <class F> void run(F) {}

//      CHECK:function calls {{.*}}
// CHECK-NEXT:  construct {{[0-9]+}}:10 Object
// CHECK-NEXT:  destroy {{[0-9]+}}:10 Object::~Object of o
// CHECK-NEXT:  operator {{[0-9]+}}:5 Object::operator+ discarded
// CHECK-NEXT:  destroy {{[0-9]+}}:3 Object::~Object
// CHECK-NEXT:  convert {{[0-9]+}}:7 Object::operator bool
// CHECK-NEXT:  call {{[0-9]+}}:7 Object::dispatched discarded
// CHECK-NEXT:  virtual-call {{[0-9]+}}:13 Object::dispatched discarded
// CHECK-NEXT:  default-arg call {{[0-9]+}}:3 getpid
// CHECK-NEXT:  call {{[0-9]+}}:3 with_default discarded
// CHECK-NEXT:  indirect-call {{[0-9]+}}:3 through f discarded
// CHECK-NEXT:  range-for call {{[0-9]+}}:14 Object::begin
// CHECK-NEXT:  range-for call {{[0-9]+}}:14 Object::end
// CHECK-NEXT:  call {{[0-9]+}}:3 run arg0=lambda discarded
// CHECK-NEXT:  call {{[0-9]+}}:3 run arg0=calls discarded
// CHECK-NEXT:  call {{[0-9]+}}:3 run arg0=parameter f discarded
void calls(Object &reference, void (*f)()) {
  Object o(1);
  o + 1;
  if (o)
    o.dispatched();
  reference.dispatched();
  with_default();
  f();
  for (int i : reference) {
  }
  run([] {});
  run(calls);
  run(f);
}

// Nothing of what is never evaluated, or never reached.
//      CHECK:function nothing {{.*}}
// CHECK-NEXT:function tests_would_block {{[0-9:]+}} tests-would-block
void nothing() {
  (void)sizeof(getpid());
  (void)noexcept(getpid());
  using T = decltype(getpid());
  if (false)
    getpid();
  if constexpr (sizeof(int) == 8)
    getpid();
  false && getpid();
  true || getpid();
  while (false)
    getpid();
}

// CHECK-NEXT:  call {{.*}} read if param0 blocks
bool tests_would_block(int fd) { return read(fd, nullptr, 0) < 0 && errno == EAGAIN; }

//      CHECK:coroutine awaits {{[0-9:]+}} task lazy
// CHECK-NEXT:  call {{[0-9]+}}:12 task awaited
//      CHECK:  call {{[0-9]+}}:3 task discarded
//      CHECK:  co_await {{[0-9]+}}:3
//      CHECK:  discard {{[0-9]+}}:3 statement
co::task<> awaits() {
  co_await task(1);
  task(2);
}
//      CHECK:coroutine yields {{[0-9:]+}} async-generator lazy
//      CHECK:  co_yield {{[0-9]+}}:40
co::async_generator<int> yields() {    co_yield 1; }
//      CHECK:coroutine generates {{[0-9:]+}} generator lazy
co::generator<int> generates() { co_yield 1; }
//      CHECK:coroutine runs_at_once {{[0-9:]+}} task eager
co::eager<> runs_at_once() { co_return; }
//      CHECK:coroutine forgets {{[0-9:]+}} detached eager
co::detached forgets() { co_return; }

// Under what conditions on the parameters a call is made.
//      CHECK:function under_conditions {{.*}}
// CHECK-NEXT:  call {{[0-9]+}}:5 getpid if param0!=0 discarded
// CHECK-NEXT:  call {{[0-9]+}}:5 getuid if param0==0 if param1>2 discarded
// CHECK-NEXT:  call {{[0-9]+}}:3 getppid if param1<=2 discarded
void under_conditions(bool a, int b, int changed) {
  if (a)
    getpid();
  else if (b > 2)
    getuid();
  if (2 < b)
    return;
  ++changed;
  if (changed == 1)
    return;
  getppid();
}

//      CHECK:function discards {{.*}}
//      CHECK:  discard {{[0-9]+}}:3 statement
//      CHECK:  discard {{[0-9]+}}:3 comma
//      CHECK:  discard {{[0-9]+}}:7 branch
//      CHECK:  discard {{[0-9]+}}:17 branch
//      CHECK:  discard {{[0-9]+}}:11 void-cast
//      CHECK:  discard {{[0-9]+}}:8 for-init
//      CHECK:  discard {{[0-9]+}}:26 for-increment
void discards(bool c) {
  task(1);
  task(2), getpid();
  c ? task(3) : task(4);
  (void)  task(5);
  for (task(6); c;       task(7))
    ;
}

//      CHECK:function uses {{.*}}
//      CHECK:  variable {{[0-9]+}}:8 asked asked@{{[0-9]+}}:3
//      CHECK:  variable {{[0-9]+}}:8 told method@{{[0-9]+}}:3
//      CHECK:  variable {{[0-9]+}}:8 moved moved@{{[0-9]+}}:28
//      CHECK:  variable {{[0-9]+}}:8 named discarded@{{[0-9]+}}:3
//      CHECK:  variable {{[0-9]+}}:8 captured captured@{{[0-9]+}}:5
//      CHECK:  variable {{[0-9]+}}:8 pointed other@{{[0-9]+}}:10
//      CHECK:  variable {{[0-9]+}}:8 returned returned@{{[0-9]+}}:10
co::task<> uses() {
  auto asked = task(1);
  asked.done();
  auto told = task(1);
  told.start();
  auto moved = task(1);
  auto to      = std::move(moved);
  auto named = task(1);
  named;
  auto captured = task(1);
  [&captured] {}();
  auto pointed = task(1);
  (void)&pointed;
  auto returned = task(1);
  return returned;
}
