//===- task_group.h - children that never outlive their parent ------------===//
//
//     co_await with_task_group([&](task_group& g) -> task<> {
//       g.start(fetch(a));
//       g.start(fetch(b));
//       co_await report_progress();
//     });                                 // all three have ended here
//
// or, where a block does not fit:   task_group g; g.start(...); co_await g.join();
//
// The group is a scope. The first error of a child, or of the body, cancels all
// the others; the group waits until they have ended and throws every error in one
// exception_group, in the order of failing. A child that was cancelled by itself
// is no error. `cancel()` stops all children, and the group then ends normally.
//
// Cancelling the one who joins cancels the children and waits for them; then the
// cancellation passes on, unless there were errors: these are thrown, and the
// cancellation is thrown at the next wait.
//
// Children may start children in the same group. A group that is destroyed
// with children left, because an exception passed its `join`, destroys their
// frames where they wait, and reports each. That is a stop, not a cancellation:
// prefer with_task_group, which always waits.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TASK_GROUP_H
#define NOSTALL_TASK_GROUP_H

#include "nostall/detail/task/anything.h"
#include "nostall/detail/task/group.h"
#include "nostall/task.h"
#include "nostall/task_handle.h"

#include <concepts>
#include <source_location>
#include <string_view>
#include <utility>

namespace nostall {

class task_group : detail::group {
public:
  /// A scope below the running task's, or below the loop's if no task runs.
  /// Throws usage_error without a running loop.
  task_group();
  ~task_group() = default;

  /// Starts a child in the loop's next iteration. Its handle may be dropped: the
  /// group reports its error. After cancel() or an error, children still start,
  /// and are refused their first wait.
  template <class T>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS NOSTALL_DROPPABLE
  task_handle<T> start(task<T> child NOSTALL_LIFETIMEBOUND,
                       std::string_view name = {},
                       std::source_location where =
                           std::source_location::current()) {
    return detail::access::adopt<task_handle<T>>(
        detail::spawn<T>(checked("task_group::start"), std::move(child), name, where));
  }
  /// The same of anything that can be awaited, and of `f(args...)`, as create_task.
  template <detail::other_awaitable A>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS NOSTALL_DROPPABLE
  auto start(A&& child, std::string_view name = {},
             std::source_location where = std::source_location::current()) {
    return start(detail::as_task(std::forward<A>(child)), name, where);
  }
  template <class F, class... A>
    requires detail::starter<F, A...>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS NOSTALL_DROPPABLE
  auto start(F f, A... args) {
    if constexpr (detail::check_start<F, A...>())
      return start(detail::invoking<F, A...>(std::move(f), std::move(args)...));
    else
      return detail::refused();
  }
  /// asyncio's name for start.
  template <class T>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS NOSTALL_DROPPABLE
  task_handle<T> create_task(task<T> child NOSTALL_LIFETIMEBOUND,
                             std::string_view name = {},
                             std::source_location where =
                                 std::source_location::current()) {
    return start(std::move(child), name, where);
  }
  template <class F, class... A>
    requires detail::starter<F, A...> || detail::other_awaitable<F>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS NOSTALL_DROPPABLE
  auto create_task(F&& f, A... args) {
    return start(std::forward<F>(f), std::move(args)...);
  }

  NOSTALL_REFUSE(start, "task_group::start takes what can be awaited, or a coroutine function and "
                        "arguments for it: g.start(f(x)), g.start(f, x)")
  NOSTALL_REFUSE(create_task, "task_group::create_task takes what can be awaited, or a coroutine "
                              "function and arguments for it: g.create_task(f(x))")

  /// Cancels all children, level-triggered.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void cancel() { checked("task_group::cancel").cancel(); }
  /// Children that have not ended.
  std::size_t size() const noexcept { return pending(); }

  /// Waits for all children. Throws exception_group if any failed.
  [[nodiscard("co_await it: the children end there")]] NOSTALL_NONBLOCKING
  detail::group_join_awaiter join() noexcept {
    return detail::group_join_awaiter(*this, true);
  }

private:
  detail::scope& checked(const char* who) {
    detail::check_thread(children().loop(), who);
    return children();
  }
  explicit task_group(detail::scope& around) noexcept;
  template <class F> friend task<void> with_task_group(F body);
};

/// Runs `body(task_group&)` inside a new group, in the calling task, and joins.
template <class F> task<void> with_task_group(F body) {
  static_assert(detail::starts<F, task_group&>(),
                "nostall: the body of with_task_group has to be a coroutine of a task_group&: "
                "let it return a task");
  detail::task_core& me = detail::current_task_core("with_task_group()");
  task_group g;
  {
    const detail::group_body inside(g, me);
    try {
      if constexpr (detail::starts<F, task_group&>())
        co_await body(g);
    } catch (const cancelled_error& e) {
      g.body_cancelled(e, me);
    } catch (...) {
      g.fail(std::current_exception());
    }
  }
  co_await g.join();
}

} // namespace nostall

#endif
