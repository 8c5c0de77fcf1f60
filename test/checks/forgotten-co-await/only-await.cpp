// RUN: %nostall-verify %s -- -w
// Where the forgotten co_await was the only one, the function is a coroutine no
// longer; the promise of what it returns says what would have been awaited. The
// declarations follow folly/coro (commit ff98381) and stdexec (commit e92245d):
// awaitables without an operator co_await, constants among them.
#include <coroutine>
#include <utility>

template <class T> struct awaiter_of {
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<>) const noexcept;
  T await_resume() const noexcept;
};

namespace friendly {
struct executor {};
namespace detail {
struct via_fn {
  template <class A>
  auto operator()(executor e, A &&a) const
      -> decltype(co_via(e, static_cast<A &&>(a))) {
    return co_via(e, static_cast<A &&>(a));
  }
};
} // namespace detail
inline constexpr detail::via_fn via{};

struct safe_point_t final {};
inline constexpr safe_point_t safe_point{};
struct reschedule_t {
  friend awaiter_of<void> co_via(executor, reschedule_t) { return {}; }
};
inline constexpr reschedule_t reschedule;

template <class T> struct task;
template <class T> struct promise {
  executor ex;
  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void unhandled_exception();
  void return_void();
  task<T> get_return_object();
  auto await_transform(safe_point_t) noexcept { return awaiter_of<void>{}; }
  template <class A> auto await_transform(A &&a) {
    return friendly::via(ex, static_cast<A &&>(a));
  }
};
template <class T> struct task {
  using promise_type = promise<T>;
  friend awaiter_of<T> co_via(executor, task) { return {}; }
};
template <class T> struct semi {
  semi() = default;
  semi(semi &&) = default;
  friend awaiter_of<T> co_via(executor, semi &&) { return {}; }
};
semi<int> later();
int number();

task<void> constant() {
  reschedule; // warning: awaitable 'reschedule' is never awaited
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
