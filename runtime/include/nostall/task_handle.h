//===- task_handle.h - create_task and what it returns --------------------===//
//
//     task_handle<int> h = create_task(answer(c), "answer");
//     ...                          // answer runs while this task waits
//     int n = co_await h;
//
// The loop owns a running task: dropping the handle does not stop it, and none
// vanishes. Handles are counted references; a task is awaited by as many as like.
//
// A new task starts in the next iteration, also when it is cancelled before: it
// then runs up to its first wait, so that it can take care of what it was given.
//
// An exception that nobody fetched (by co_await, result() or exception()) goes to
// the exception handler when the last handle is gone and the task has ended, with
// the task's name and the place of its create_task.
//
// co_await h is cancelled as in asyncio: the request goes on to the task, and
// the wait lasts until that has ended. Nothing is lost: if the task ends with a
// value all the same, the value is delivered, and the request is thrown at the
// next wait. `h.join()` waits only, and leaves the task alone.
//
// A handle belongs to the loop's thread. It may outlive the loop: a task that was
// destroyed with its loop is cancelled; an exception that nobody fetched until then
// is written to stderr, for the loop's handler is gone.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TASK_HANDLE_H
#define NOSTALL_TASK_HANDLE_H

#include "nostall/annotations.h"
#include "nostall/awaitable.h"
#include "nostall/detail/task/anything.h"
#include "nostall/detail/task/task_record.h"
#include "nostall/detail/task/task_ref.h"
#include "nostall/task.h"

#include <concepts>
#include <exception>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace nostall {

namespace detail {
// No member of the template: g++ 12 would not take it for a candidate.
struct refused_by_handle {
  NOSTALL_REFUSE_AS(add_done_callback, const,
                    "add_done_callback takes a callable of the task_handle: "
                    "[](task_handle<int> h) {...}")
  bool operator==(const refused_by_handle&) const = default;
};
} // namespace detail

template <class T = void>
class task_handle : detail::task_ref<detail::task_record<T>>, detail::refused_by_handle {
  using base = detail::task_ref<detail::task_record<T>>;
  using base::get, base::checked, base::let_go;
  using record = detail::task_record<T>;

public:
  using value_type = T;

  task_handle() noexcept = default;
  task_handle(task<T>) NOSTALL_DELETED("a handle is of a task that runs: create_task(f())");
  explicit operator bool() const noexcept = delete; // done()? or co_await it
  using base::valid;
  friend bool operator==(const task_handle&, const task_handle&) = default;

  task_state state() const { return get().state; }
  bool done() const { return get().done(); }
  bool cancelled() const { return get().state == task_state::cancelled; }

  /// Asks the task to stop: cancelled_error is thrown at its present or next
  /// wait, once. False if it has ended already.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool cancel() {
    return checked("task_handle::cancel").request_cancel();
  }
  /// How often cancel() was called, less uncancel(). Up to 255.
  unsigned cancelling() const { return get().cancels; }
  /// Takes one request back once it was dealt with; gives how many are left. When
  /// none is, what was not thrown yet is not thrown.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) unsigned uncancel() {
    return checked("task_handle::uncancel").uncancel();
  }

  /// The value; throws the task's exception, cancelled_error if it was
  /// cancelled, invalid_state_error if it has not ended.
  decltype(auto) result() const {
    record& t = get();
    if (!t.done())
      detail::throw_not_done(t, "result");
    return t.peek();
  }
  /// Null after a normal end. Counts as fetched.
  std::exception_ptr exception() const {
    record& t = get();
    if (!t.done())
      detail::throw_not_done(t, "exception");
    return t.exception();
  }

  /// `f(task_handle<T>)` is called by the loop in the iteration after the end;
  /// if the task has ended, in the next one.
  template <std::invocable<task_handle<T>> F>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void add_done_callback(NOSTALL_RUNS_ON(loop) F f,
                         std::source_location where =
                             std::source_location::current()) const {
    if constexpr (detail::check_callback<F, task_handle>())
      detail::add_done_callback(
          checked("task_handle::add_done_callback"),
          [h = *this, f = std::move(f)]() mutable { f(std::move(h)); }, where);
  }

  using detail::refused_by_handle::add_done_callback;

  /// Says that nobody will look at the outcome, and that this is meant. An
  /// exception still reaches the exception handler.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void detach() && {
    checked("task_handle::detach");
    let_go()->unref();
  }
  void detach() const& NOSTALL_DELETED("detach gives the handle away: std::move(h).detach()");

  std::string name() const { return get().name(); }
  void set_name(std::string_view name) { detail::set_name(get(), name); }

  /// Waits for the end and gives a copy of the value or throws the exception. Of a
  /// type that cannot be copied: a reference, which lives as long as a handle.
  auto operator co_await() const& { return detail::handle_awaiter<T>(ref()); }
  /// The same, for the last one who looks: the value is moved out.
  auto operator co_await() && {
    get();
    return detail::handle_awaiter<T, true>(let_go());
  }
  /// Waits for the end, whatever it is. Throws only if this wait is cancelled.
  [[nodiscard("co_await it")]] NOSTALL_NONBLOCKING detail::join_awaiter join() const {
    return detail::join_awaiter(ref());
  }

private:
  friend struct detail::access;
  record* ref() const { return base::shared(); }
  detail::task_core* peek() const { return &get(); }
  explicit task_handle(record* t) noexcept : base(t) {}
};

/// Runs `t` as a task of its own, from the loop's next iteration on. Needs a
/// running loop. The task gets a copy of the caller's context variables.
template <class T>
NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS
[[nodiscard("without its handle nobody sees the task's result or error: keep "
            "it, use a task_group, or call detach()")]]
inline task_handle<T> create_task(task<T> t NOSTALL_LIFETIMEBOUND,
            std::string_view name = {},
            std::source_location where = std::source_location::current()) {
  detail::loop_core& l = detail::running_loop_core("create_task");
  return detail::access::adopt<task_handle<T>>(
      detail::spawn<T>(l.root, std::move(t), name, where));
}
/// The same of anything that can be awaited, see awaitable.h: `create_task(q.get())`.
template <detail::other_awaitable A>
NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS
[[nodiscard("without its handle nobody sees the task's result or error: keep "
            "it, use a task_group, or call detach()")]]
inline auto create_task(A&& a, std::string_view name = {},
                        std::source_location where = std::source_location::current()) {
  return create_task(detail::as_task(std::forward<A>(a)), name, where);
}
/// Runs what `f(args...)` gives. The task keeps copies of the callable and of the
/// arguments until it ends: no capture and no reference parameter outlives what it
/// refers to. std::ref is what it says.
template <class F, class... A>
  requires detail::starter<F, A...>
NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS
[[nodiscard("without its handle nobody sees the task's result or error: keep "
            "it, use a task_group, or call detach()")]]
inline auto create_task(F f, A... args) {
  if constexpr (detail::check_start<F, A...>())
    return create_task(detail::invoking<F, A...>(std::move(f), std::move(args)...));
  else
    return detail::refused();
}

NOSTALL_REFUSE(create_task, "create_task takes what can be awaited, or a coroutine function and "
                            "arguments for it: create_task(f(x)), create_task(f, x)")

} // namespace nostall

#endif
