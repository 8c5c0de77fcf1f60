//===- timeout.h - with_timeout, wait_for: scopes with a deadline ---------===//
//
//     int n = co_await wait_for(answer(c), 2s);        // or timeout_error
//     co_await with_timeout(2s, [&](timeout_scope& t) -> task<> {
//       co_await c.greet();
//       t.reschedule(5s);                              // it was polite
//       co_await c.ask();
//     });
//
// What runs inside runs in the awaiting task; nothing is spawned. When the time
// is up the scope is cancelled, level-triggered: every wait inside throws until
// the scope is left. Then:
//
//   - the inside ended by that cancellation      timeout_error
//   - it ended with a value or another exception  that is delivered: no result
//     is lost, whichever came first in the same iteration
//   - the task, or a scope around, was cancelled  cancelled_error passes through
//
// `wait_for(handle, d)` cancels the task when the time is up, waits for its end,
// and delivers its value if it ends with one all the same. Cancelling the waiter
// cancels the task, as `co_await handle` does.
//
// A timeout of zero or less: the inside runs up to its first wait, which throws.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TIMEOUT_H
#define NOSTALL_TIMEOUT_H

#include "nostall/detail/duration.h"
#include "nostall/detail/loop_core.h"
#include "nostall/error.h"
#include "nostall/task.h"
#include "nostall/task_handle.h"

#include <chrono>
#include <concepts>
#include <utility>

namespace nostall {

/// The deadline of a `with_timeout`. Lives as long as the body.
class timeout_scope : detail::timer_node {
public:
  timeout_scope(const timeout_scope&) = delete;
  timeout_scope& operator=(const timeout_scope&) = delete;

  /// Moves the deadline; from now. No effect once it has expired.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void reschedule(std::chrono::nanoseconds delay);
  template <class R, class P>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void reschedule(std::chrono::duration<R, P> delay) {
    reschedule(detail::saturated(delay));
  }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void reschedule_at(loop_time when);
  /// Whether the deadline has passed and the inside was cancelled.
  bool expired() const noexcept { return scope_.cancelled(); }
  loop_time when() const noexcept {
    return loop_time(std::chrono::nanoseconds(deadline_));
  }

  /// For the library: enters and leaves in the running task.
  timeout_scope(std::int64_t deadline, detail::task_core& me);
  ~timeout_scope();
  bool caused(const cancelled_error& e) const noexcept {
    return e.origin() == &scope_;
  }

private:
  void set(std::int64_t deadline);
  detail::scope scope_;
  std::int64_t deadline_ = 0;
};

namespace detail {

inline std::int64_t deadline_of(std::chrono::nanoseconds d, task_core& me) {
  return me.loop().deadline_after(d);
}
inline std::int64_t deadline_of(loop_time t, task_core&) {
  return t.time_since_epoch().count();
}
template <class D>
concept duration_or_time =
    is_duration<D> || std::same_as<D, loop_time>;

template <class F, class... A>
using task_of = typename decltype(std::declval<F>()(
    std::declval<A>()...))::value_type;

template <class T, class D> task<T> timed(D when, task<T> inside) {
  task_core& me = current_task_core("with_timeout()");
  timeout_scope t(deadline_of(when, me), me);
  try {
    co_return co_await std::move(inside);
  } catch (const cancelled_error& e) {
    if (!t.caused(e))
      throw;
  }
  throw timeout_error();
}
template <class F, class D>
task<task_of<F&, timeout_scope&>> timed_body(D when, F body) {
  task_core& me = current_task_core("with_timeout()");
  timeout_scope t(deadline_of(when, me), me);
  try {
    co_return co_await body(t);
  } catch (const cancelled_error& e) {
    if (!t.caused(e))
      throw;
  }
  throw timeout_error();
}
template <class T, class D> task<T> timed_handle(D when, task_handle<T> h) {
  task_core& me = current_task_core("wait_for()");
  timeout_scope t(deadline_of(when, me), me);
  try {
    co_return co_await std::move(h);
  } catch (const cancelled_error& e) {
    if (!t.caused(e))
      throw;
  }
  throw timeout_error();
}

} // namespace detail

/// Awaits `inside`, but no longer than `d` (or until that time of the loop).
template <class T, detail::duration_or_time D>
NOSTALL_CORO_WRAPPER inline task<T> with_timeout(D d, task<T> inside NOSTALL_LIFETIMEBOUND) {
  if constexpr (std::same_as<D, loop_time>)
    return detail::timed<T, loop_time>(d, std::move(inside));
  else
    return detail::timed<T, std::chrono::nanoseconds>(detail::saturated(d), std::move(inside));
}
/// The same for `body(timeout_scope&)`, a coroutine that may move its deadline.
/// The callable is kept until it has ended.
template <detail::duration_or_time D, std::invocable<timeout_scope&> F>
NOSTALL_CORO_WRAPPER inline auto with_timeout(D d, F body) {
  if constexpr (std::same_as<D, loop_time>)
    return detail::timed_body<F, loop_time>(d, std::move(body));
  else
    return detail::timed_body<F, std::chrono::nanoseconds>(detail::saturated(d), std::move(body));
}
/// asyncio's order of arguments.
template <class T, detail::duration_or_time D>
NOSTALL_CORO_WRAPPER inline task<T> wait_for(task<T> inside NOSTALL_LIFETIMEBOUND, D d) {
  return with_timeout(d, std::move(inside));
}
template <class T, detail::duration_or_time D>
NOSTALL_CORO_WRAPPER inline task<T> wait_for(task_handle<T> h, D d) {
  if constexpr (std::same_as<D, loop_time>)
    return detail::timed_handle<T, loop_time>(d, std::move(h));
  else
    return detail::timed_handle<T, std::chrono::nanoseconds>(detail::saturated(d), std::move(h));
}

} // namespace nostall

#endif
