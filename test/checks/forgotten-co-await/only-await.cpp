// RUN: %nostall-verify %s -- -w
// Where the forgotten co_await was the only one, the function is a coroutine no
// longer; the promise of what it returns says what would have been awaited. The
// declarations are by_promise.h's: awaitables without an operator co_await,
// constants among them.
//
// Of what a file begins with, the editor reads no bodies (docs/limits.md): this
// stands behind a declaration.
namespace friendly {}
#include "by_promise.h"

namespace friendly {
semi<int> later();
int number();

task<void> constant() {
  reschedule; // warning: awaitable 'reschedule' is never awaited
}
// Of this one, the unit has no instance of the await_transform.
struct step_back_t {
  friend awaiter_of<void> co_via(executor, step_back_t) { return {}; }
};
inline constexpr step_back_t step_back;
task<void> never_awaited_anywhere() {
  step_back; // warning: awaitable 'step_back' is never awaited
}
task<void> never_awaited_in_a_coroutine() {
  step_back; // warning: add 'co_await'
  co_await reschedule;
}
task<void> exact() {
  safe_point; // warning: awaitable 'safe_point' is never awaited
}
task<void> call() {
  later(); // warning: awaitable returned by 'friendly::later'
  number();
}
task<void> variable() {
  auto kept = later();
  std::move(kept); // warning: awaitable 'kept' is never awaited
}
void in_lambda() {
  auto make = []() -> task<void> {
    reschedule; // warning: awaitable 'reschedule' is never awaited
  };
  (void)make;
}
// Returns no task: there is nothing to await it in.
int elsewhere() {
  reschedule;
  later();
  return 1;
}
task<void> awaits() {
  co_await reschedule;
  co_await safe_point;
  co_await later();
}
} // namespace friendly

// std::move, written out as libraries do.
namespace cast {
using friendly::later;
using friendly::semi;
using friendly::task;
template <class A> task<void> forwards(A a) {
  co_await friendly::reschedule;
  static_cast<A &&>(a); // warning: awaitable 'a' is never awaited
}
template task<void> forwards(semi<int>);
task<void> named(semi<int> s) {
  static_cast<semi<int> &&>(s); // warning: awaitable 's' is never awaited
  co_await friendly::reschedule;
}
template <class A> task<void> awaited(A a) {
  co_await static_cast<A &&>(a);
}
template task<void> awaited(semi<int>);
task<void> moved_on(semi<int> s) {
  auto other = static_cast<semi<int> &&>(s); // warning: awaitable in variable 'other'
  co_await friendly::reschedule;
}
} // namespace cast
