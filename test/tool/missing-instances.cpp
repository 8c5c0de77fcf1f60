// What only a skipped body of a library would have instantiated of class templates
// is instantiated all the same; a body that cannot be is none, and no error.
// RUN: not %nostall --quiet --index=none --checks=-*,nostall-blocking-call %s -- -std=c++20 -I%source/test/Inputs > %t.txt 2> %t.err
// RUN: FileCheck %s < %t.txt
// RUN: not grep error: %t.txt %t.err
#include "co.h"
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

template <class T> struct guard {
  T value{};
  ~guard() { std::this_thread::sleep_for(1s); }
};
// Its destructor needs another's.
template <class T> struct holder {
  std::shared_ptr<guard<T>> held = std::make_shared<guard<T>>();
  ~holder() { held.reset(); }
};
template <class T> struct handler {
  void operator()() const { std::this_thread::sleep_for(1s); }
};
// Nobody destroys one, and nobody could.
template <class T> struct broken {
  T *value = nullptr;
  ~broken() { value->no_such_member(); }
};
struct keeps_broken {
  broken<int> *never = nullptr;
};
broken<int> *nothing();

std::once_flag once;

co::task<> owned() {
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: destruction of 'p' blocks the event loop
  auto p = std::make_unique<guard<int>>();
  co_await std::suspend_never{};
}
co::task<> in_a_vector() {
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: destruction of 'v' blocks the event loop
  std::vector<guard<long>> v(2);
  co_await std::suspend_never{};
}
co::task<> called_once(keeps_broken k) {
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: call to 'std::call_once' blocks the event loop
  std::call_once(once, handler<int>{});
  (void)sizeof(*k.never);
  co_await std::suspend_never{};
}
