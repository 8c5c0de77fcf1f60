//===- task.h - task<T>: a coroutine that is awaited once -----------------===//
//
//     nostall::task<int> answer(client& c) {
//       co_return parse(co_await c.ask("?"));
//     }
//     int n = co_await answer(c);
//
// Lazy: nothing runs until it is awaited, or given to `create_task`, `run`,
// `gather`, ... Awaiting runs it inside the awaiting task: no scheduling, one
// frame, which is recycled, or elided by clang. An exception of the coroutine is
// rethrown at the co_await.
//
// Ownership: the task owns its frame. It is moved, never copied, and awaited as
// an rvalue, once: `co_await std::move(t)`. A task that is destroyed without
// having been awaited never ran; debug mode reports it. A task that is destroyed
// while suspended destroys its locals, innermost first, and whatever it awaits
// lets go of it.
//
// Arguments taken by reference must outlive the task. With clang the compiler
// warns when they do not; the nostall linter knows more cases.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TASK_H
#define NOSTALL_TASK_H

#include "nostall/annotations.h"
#include "nostall/config.h"
#include "nostall/detail/task/access.h"
#include "nostall/detail/task/promise.h"

#include <coroutine>
#include <utility>

namespace nostall {

template <class T = void>
class NOSTALL_TASK_TYPE NOSTALL_ELIDABLE
    [[nodiscard("a task does nothing until it is awaited: co_await it, or give "
                "it to create_task")]] task {
public:
  using value_type = T;
  using promise_type = detail::promise<T>;

  task(const task&) NOSTALL_DELETED("a task runs once, so it is not copied but given "
                                    "away: write std::move(t)");
  task(task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  task& operator=(task&& other) noexcept {
    if (this != &other) {
      reset();
      frame_ = std::exchange(other.frame_, {});
    }
    return *this;
  }
  ~task() { reset(); }

  /// False after the task was awaited, spawned or moved from.
  bool valid() const noexcept { return static_cast<bool>(frame_); }

  class awaiter {
  public:
    using hands_over = void;
    explicit awaiter(std::coroutine_handle<promise_type> f) noexcept
        : frame_(f) {}
    awaiter(const awaiter&) = delete;
    ~awaiter() { frame_.destroy(); }
    bool await_ready() const noexcept { return false; }
    // A template, since only then its name says what it returns: see transfer().
    template <class P>
    detail::transfer_result await_suspend(std::coroutine_handle<P> h) {
      frame_.promise().continuation = h;
      if (!detail::begins_within_budget() && detail::take_a_turn(frame_)) [[unlikely]]
        return detail::transfer_nowhere();
      return detail::transfer(frame_);
    }
    T await_resume() { return frame_.promise().take(); }

  private:
    std::coroutine_handle<promise_type> frame_;
  };

  /// Runs the task and gives its value, or throws its exception. Throws
  /// usage_error if it was awaited, spawned or moved from before.
  awaiter operator co_await() && { return awaiter(release("co_await")); }
  awaiter operator co_await() &
      NOSTALL_DELETED("a task runs once: write co_await std::move(t)");

private:
  friend promise_type;
  friend struct detail::access;
  std::coroutine_handle<promise_type> release(const char* who) {
    if (!frame_) [[unlikely]]
      detail::throw_consumed(who);
    if (detail::noting_tasks()) [[unlikely]]
      detail::forget_created(frame_.address());
    return std::exchange(frame_, {});
  }

  std::coroutine_handle<promise_type> release_valid() noexcept {
    return std::exchange(frame_, {});
  }
  explicit task(std::coroutine_handle<promise_type> f) noexcept : frame_(f) {}
  void reset() noexcept {
    if (!frame_)
      return;
    if (detail::noting_tasks()) [[unlikely]]
      detail::report_never_awaited(frame_.address());
    std::exchange(frame_, {}).destroy();
  }

  std::coroutine_handle<promise_type> frame_;
};

namespace detail {
template <class T>
NOSTALL_CORO_WRAPPER inline task<T>
promise<T>::get_return_object(std::source_location where) noexcept {
  const auto frame = std::coroutine_handle<promise>::from_promise(*this);
  if (noting_tasks()) [[unlikely]]
    note_created(frame.address(), where);
  return task<T>(frame);
}
NOSTALL_CORO_WRAPPER inline task<void>
promise<void>::get_return_object(std::source_location where) noexcept {
  const auto frame = std::coroutine_handle<promise>::from_promise(*this);
  if (noting_tasks()) [[unlikely]]
    note_created(frame.address(), where);
  return task<void>(frame);
}
} // namespace detail

} // namespace nostall

#endif
