// Bodies of libraries are not parsed (NeededBodies.h). What only they instantiate
// is found all the same, because such a unit is parsed whole.
// Not by %nostall-verify, which precompiles the headers: nothing is skipped then.
// RUN: not %nostall --quiet --index=none --checks=-*,nostall-blocking-call %s -- -std=c++20 -I%source/test/Inputs > %t.txt
// RUN: FileCheck %s < %t.txt
#include "co.h"
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>

using namespace std::chrono_literals;

template <class T> struct guard {
  T value{};
  ~guard() { std::this_thread::sleep_for(1s); }
};

template <class T> struct handler {
  void operator()() const { std::this_thread::sleep_for(1s); }
};

std::once_flag once;

co::task<> owned() {
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: destruction of 'p' blocks the event loop
  auto p = std::make_unique<guard<int>>();
  co_await std::suspend_never{};
}

co::task<> called_once() {
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: call to 'std::call_once' blocks the event loop
  std::call_once(once, handler<int>{});
  co_await std::suspend_never{};
}

co::task<> generic() {
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: call to 'std::call_once' blocks the event loop
  std::call_once(once, [](auto) { std::this_thread::sleep_for(1s); }, 1);
  co_await std::suspend_never{};
}
