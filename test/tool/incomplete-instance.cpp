// A class that nothing needs whole but a skipped body of a library: what
// std::make_unique makes of it is destroyed all the same.
// RUN: not %nostall --quiet --index=none --checks=-*,nostall-blocking-call %s -- -std=c++20 -I%source/test/Inputs | FileCheck %s
#include "co.h"
#include <chrono>
#include <memory>
#include <thread>

using namespace std::chrono_literals;

template <class T> struct guard {
  T value{};
  ~guard() { std::this_thread::sleep_for(1s); }
};

co::task<> owned() {
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: destruction of 'p' blocks the event loop
  auto p = std::make_unique<guard<int>>();
  co_await std::suspend_never{};
}
