//===- timeout.h - with_timeout, wait_for: scopes with a deadline ---------===//
//
//     int n = co_await wait_for(answer(c), 2s);        // or timeout_error
//     item i = co_await wait_for(q.get(), 2s);         // whatever can be awaited
//     if (auto i = co_await try_wait_for(q.get(), 2s)) // nothing thrown
//       use(*i);
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

#include "nostall/awaitable.h"
#include "nostall/detail/task/anything.h"
#include "nostall/detail/task/timed.h"
#include "nostall/task.h"
#include "nostall/timeout_scope.h"

#include <concepts>
#include <utility>

namespace nostall {

/// Awaits `inside`, but no longer than `d` (or until that time of the loop).
template <class T, detail::duration_or_time D>
NOSTALL_CORO_WRAPPER inline auto with_timeout(D d, task<T> inside NOSTALL_LIFETIMEBOUND) {
  return detail::timed<task<T>>(d, std::move(inside));
}
/// The same for `body(timeout_scope&)`, a coroutine that may move its deadline.
/// The callable is kept until it has ended.
template <detail::duration_or_time D, std::invocable<timeout_scope&> F>
NOSTALL_CORO_WRAPPER inline auto with_timeout(D d, F body) {
  static_assert(detail::starts<F, timeout_scope&>(),
                "nostall: the body of with_timeout has to be a coroutine: let it return a task");
  if constexpr (detail::starts<F, timeout_scope&>())
    return detail::timed_body<F>(d, std::move(body));
  else
    return detail::refused();
}
/// The same for anything that can be awaited, see awaitable.h.
template <detail::duration_or_time D, detail::other_awaitable A>
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND inline auto with_timeout(D d, A&& inside) {
  return detail::timed<detail::kept<A>>(d, std::forward<A>(inside));
}
/// asyncio's order of arguments.
template <class T, detail::duration_or_time D>
NOSTALL_CORO_WRAPPER inline auto wait_for(task<T> inside NOSTALL_LIFETIMEBOUND, D d) {
  return with_timeout(d, std::move(inside));
}
template <detail::other_awaitable A, detail::duration_or_time D>
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND inline auto wait_for(A&& inside, D d) {
  return with_timeout(d, std::forward<A>(inside));
}
/// As wait_for, but an optional: nothing when the time is up. Of what is not a task,
/// nothing is thrown for that. void is std::monostate, a reference a pointer.
template <class T, detail::duration_or_time D>
NOSTALL_CORO_WRAPPER inline auto try_wait_for(task<T> inside NOSTALL_LIFETIMEBOUND, D d) {
  return detail::timed_quietly<task<T>>(d, std::move(inside));
}
template <detail::other_awaitable A, detail::duration_or_time D>
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND inline auto try_wait_for(A&& inside, D d) {
  return detail::timed_quietly<detail::kept<A>>(d, std::forward<A>(inside));
}

NOSTALL_REFUSE(wait_for, "wait_for takes what can be awaited, and a std::chrono duration or a "
                         "time of the loop: wait_for(f(), 2s)")
NOSTALL_REFUSE(try_wait_for, "try_wait_for takes what can be awaited, and a std::chrono duration "
                             "or a time of the loop: try_wait_for(f(), 2s)")
NOSTALL_REFUSE(with_timeout, "with_timeout takes a std::chrono duration or a time of the loop, and "
                             "then what can be awaited or a coroutine of a timeout_scope&")

} // namespace nostall

#endif
