// RUN: %nostall-verify %s
// A library that its model says has no event loop: what blocks is a thread that
// runs coroutines. Of one that no model knows, the loop is spoken of.
#include "co.h"
#include <cppcoro/fake.hpp>
#include <mutex>

cppcoro::task<> other();
cppcoro::task<> on_threads(std::mutex &m) {
  std::lock_guard guard(m);
  co_await other(); // warning: any other coroutine that wants its mutex blocks a thread that runs coroutines; unlock before awaiting
}
co::task<> save();
co::task<> on_a_loop(std::mutex &m) {
  std::lock_guard guard(m);
  co_await save(); // warning: any other coroutine that wants its mutex blocks the event loop; unlock before awaiting
}
