// by_promise.h - a coroutine library whose tasks only its promises can await
//
// Written as folly/coro is (commit ff98381), as far as it decides what can be
// awaited: no `operator co_await`, but an await_transform that takes anything, a
// member template of a class template, which calls a function object, which
// calls what the type's friend is.

#ifndef TEST_INPUTS_BY_PROMISE_H
#define TEST_INPUTS_BY_PROMISE_H

#include <algorithm> // another std::move
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
template <class Tail = int> struct promise_base {
  executor ex;
  Tail tail;
  template <class A> auto await_transform(A &&a) {
    return friendly::via(ex, static_cast<A &&>(a));
  }
  // What must not be kept is taken by value.
  template <class A>
    requires(sizeof(A) > 512)
  auto await_transform(A a) {
    return friendly::via(ex, std::move(a));
  }
};
template <class T> struct promise : promise_base<> {
  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void unhandled_exception();
  void return_void();
  task<T> get_return_object();
  using promise_base<>::await_transform;
  auto await_transform(safe_point_t) noexcept { return awaiter_of<void>{}; }
};
template <class T> struct [[nodiscard]] task {
  using promise_type = promise<T>;
  friend awaiter_of<T> co_via(executor, task) { return {}; }
};
// Not a coroutine's type: what has not begun.
template <class T> struct [[nodiscard]] semi {
  semi() = default;
  semi(semi &&) = default;
  friend awaiter_of<T> co_via(executor, semi &&) { return {}; }
};
} // namespace friendly

#endif
