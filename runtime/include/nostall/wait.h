//===- wait.h - waiting for some of several tasks -------------------------===//
//
//     auto [done, pending] = co_await wait(handles, FIRST_COMPLETED);
//
// Waits until the first, the first failed, or all of the tasks have ended, or
// until the time is up. Throws none of their errors, cancels none of them, not
// even when the wait itself is cancelled. `done` and `pending` keep the order of
// the argument.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_WAIT_H
#define NOSTALL_WAIT_H

#include "nostall/detail/duration.h"
#include "nostall/detail/loop_core.h"
#include "nostall/task.h"
#include "nostall/task_handle.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace nostall {

enum class return_when : std::uint8_t {
  FIRST_COMPLETED,
  FIRST_EXCEPTION, ///< an exception that is no cancellation; else all
  ALL_COMPLETED
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
  bool await_ready() const noexcept { return enough_; }
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

template <class T>
task<wait_result<T>>
wait(std::vector<task_handle<T>> tasks,
     return_when when = return_when::ALL_COMPLETED,
     std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  struct references { // dropped when the frame is, also while suspended
    std::vector<detail::task_core*> cores;
    ~references() {
      for (detail::task_core* t : cores)
        t->unref();
    }
  } held;
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

} // namespace nostall

#endif
