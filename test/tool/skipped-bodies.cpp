// Bodies of libraries are not parsed (NeededBodies.h). What only they instantiate
// is found all the same, because such a unit is parsed whole.
// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call
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
  auto p = std::make_unique<guard<int>>(); // warning: destruction of 'p' blocks the event loop
  co_await std::suspend_never{};
}

co::task<> called_once() {
  std::call_once(once, handler<int>{}); // warning: call to 'std::call_once' blocks the event loop
  co_await std::suspend_never{};
}

co::task<> generic() {
  std::call_once(once, [](auto) { std::this_thread::sleep_for(1s); }, 1); // warning: call to 'std::call_once' blocks the event loop
  co_await std::suspend_never{};
}
