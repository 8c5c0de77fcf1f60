//===- wait.h - waiting for some of several tasks -------------------------===//
//
//     auto [done, pending] = co_await wait(handles, first_completed);
//
// Waits until the first, the first failed, or all of the tasks have ended, or
// until the time is up. Throws none of their errors, cancels none of them, not
// even when the wait itself is cancelled. `done` and `pending` keep the order of
// the argument.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_WAIT_H
#define NOSTALL_WAIT_H

#include "nostall/awaitable.h"
#include "nostall/detail/task/anything.h"
#include "nostall/detail/task/awaitable_range.h"
#include "nostall/detail/loop/duration.h"
#include "nostall/detail/loop/loop_core.h"
#include "nostall/task.h"
#include "nostall/task_handle.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace nostall {

enum class return_when : std::uint8_t {
  first_completed,
  first_exception, ///< an exception that is no cancellation; else all
  all_completed
};
using enum return_when;

template <class T> struct wait_result {
  std::vector<task_handle<T>> done;
  std::vector<task_handle<T>> pending;
};

namespace detail {

/// Parked until enough of the watched tasks have ended, or the time is up.
class wait_awaiter : waiter, timer_node {
public:
  wait_awaiter(const std::vector<task_core*>& tasks, return_when when,
               std::optional<std::chrono::nanoseconds> timeout);
  ~wait_awaiter();
  bool await_ready() const noexcept { return enough_ && within_budget(); }
  bool await_suspend(std::coroutine_handle<> h);
  void await_resume() { finish_wait(*this); }

private:
  struct watch : done_node {
    wait_awaiter* home;
    task_core* target;
  };
  void count(const task_core& t) noexcept;
  void let_go() noexcept;
  std::unique_ptr<watch[]> watches_;
  std::size_t size_;
  std::size_t left_;
  return_when when_;
  std::optional<std::chrono::nanoseconds> timeout_;
  bool enough_ = false;
};

} // namespace detail

namespace detail {
struct task_references { // dropped when the frame is, also while suspended
  std::vector<task_core*> cores;
  task_references() noexcept = default;
  task_references(const task_references&) = delete;
  ~task_references() {
    for (task_core* t : cores)
      t->unref();
  }
};

/// Needs a running loop, but for handles.
template <other_awaitable A>
task_handle<await_result_t<kept<A>>> as_handle(A&& a) {
  return create_task(std::forward<A>(a));
}
template <class T> task_handle<T> as_handle(task<T> t) { return create_task(std::move(t)); }
template <class T> task_handle<T> as_handle(task_handle<T>& h) { return h; }
template <class T> task_handle<T> as_handle(const task_handle<T>& h) { return h; }
template <class T> task_handle<T> as_handle(task_handle<T>&& h) { return std::move(h); }
template <class A>
using handle_of = decltype(as_handle(std::declval<A>()));

template <class... H>
task<std::tuple<H...>> wait_for_some(return_when when,
                                     std::optional<std::chrono::nanoseconds> timeout,
                                     H... handles) {
  task_references held;
  held.cores.reserve(sizeof...(H));
  (held.cores.push_back(handles.ref()), ...);
  co_await wait_awaiter(held.cores, when, timeout);
  co_return std::tuple<H...>(std::move(handles)...);
}
} // namespace detail

template <class T>
task<wait_result<T>>
wait(std::vector<task_handle<T>> tasks,
     return_when when = return_when::all_completed,
     std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  detail::task_references held;
  held.cores.reserve(tasks.size());
  for (const task_handle<T>& h : tasks)
    held.cores.push_back(h.ref());
  co_await detail::wait_awaiter(held.cores, when, timeout);
  wait_result<T> result;
  for (task_handle<T>& h : tasks)
    (h.done() ? result.done : result.pending).push_back(std::move(h));
  co_return result;
}
/// The same with any duration.
template <class T, class R, class P>
NOSTALL_CORO_WRAPPER inline task<wait_result<T>>
wait(std::vector<task_handle<T>> tasks, return_when when,
     std::chrono::duration<R, P> timeout) {
  return wait(std::move(tasks), when, std::optional(detail::saturated(timeout)));
}
/// Of any range of awaitables: what is not a handle is started as a task at once.
template <detail::awaitable_range R>
NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND inline auto
wait(R&& range, return_when when = return_when::all_completed,
     std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  std::vector<task_handle<detail::range_result<R>>> handles;
  for (auto&& e : range)
    handles.push_back(
        detail::as_handle(detail::element<R>(static_cast<decltype(e)>(e))));
  return wait(std::move(handles), when, timeout);
}
/// Of several, also of different types: `auto [a, b] = co_await wait(first_completed, x, y)`
/// gives a handle of each; `a.done()` says whether it has ended.
template <detail::any_awaitable... A>
  requires(sizeof...(A) > 0)
NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND inline auto wait(return_when when,
                                                          A&&... awaitables) {
  return detail::wait_for_some<detail::handle_of<A>...>(
      when, std::nullopt, detail::as_handle(std::forward<A>(awaitables))...);
}
template <detail::any_awaitable... A>
  requires(sizeof...(A) > 0)
NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND inline auto wait(A&&... awaitables) {
  return wait(return_when::all_completed, std::forward<A>(awaitables)...);
}
/// With a limit: `wait(first_completed, 2s, x, y)`.
template <class R, class P, detail::any_awaitable... A>
  requires(sizeof...(A) > 0)
NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND inline auto
wait(return_when when, std::chrono::duration<R, P> timeout, A&&... awaitables) {
  return detail::wait_for_some<detail::handle_of<A>...>(
      when, std::optional(detail::saturated(timeout)),
      detail::as_handle(std::forward<A>(awaitables))...);
}

NOSTALL_REFUSE(wait, "wait takes what can be awaited, several or one range, with the condition "
                     "first: wait(first_completed, 2s, a, b)")

} // namespace nostall

#endif
