//===- sleep.h - waiting for time to pass, or for one turn ----------------===//
//
//     co_await nostall::sleep(50ms);
//     co_await nostall::yield_now();
//
// `sleep` waits at least as long as it says, on the loop's clock. Zero or less
// is one turn. `yield_now` lets everything that is ready run once. `sleep_forever`
// ends by cancellation only.
//
// Cancelled: the timer is taken out, cancelled_error is thrown at once. A sleep
// whose time is up, or a yield, has its value already: it ends normally.
// No allocation: the timer lives in the coroutine's frame.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SLEEP_H
#define NOSTALL_SLEEP_H

#include "nostall/annotations.h"
#include "nostall/detail/loop/duration.h"
#include "nostall/detail/loop/loop_core.h"
#include "nostall/detail/task/anything.h"

#include <chrono>
#include <coroutine>

namespace nostall {

class [[nodiscard("co_await it")]] yield_awaiter : detail::waiter {
public:
  yield_awaiter() noexcept : waiter(&detail::undone_at_once) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h) {
    detail::task_core& me = detail::current_task_core("yield_now()");
    if (!me.begin_wait(*this, h))
      return false;
    me.wake();
    return true;
  }
  void await_resume() { detail::finish_wait(*this); }
};

class [[nodiscard("co_await it")]] sleep_forever_awaiter : detail::waiter {
public:
  sleep_forever_awaiter() noexcept : waiter(&detail::undone_at_once) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h) {
    return detail::current_task_core("sleep_forever()").begin_wait(*this, h);
  }
  [[noreturn]] void await_resume() { detail::throw_refused(*task); }
};

class [[nodiscard("co_await it: the time passes only for who waits")]]
sleep_awaiter : detail::waiter, detail::timer_node {
public:
  /// Until `at`, in nanoseconds on the loop's clock.
  struct until {
    std::int64_t at;
  };
  explicit sleep_awaiter(std::chrono::nanoseconds delay) noexcept
      : waiter(&undo), time_(delay.count()), absolute_(false) {
    due = &wake_sleeper;
  }
  explicit sleep_awaiter(until u) noexcept
      : waiter(&undo), time_(u.at), absolute_(true) {
    due = &wake_sleeper;
  }
  sleep_awaiter(sleep_awaiter&&) noexcept = default; // until it is awaited
  ~sleep_awaiter() { disarm(); }
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h) {
    detail::task_core& me = detail::current_task_core("sleep()");
    detail::loop_core& l = me.loop();
    l.timers.make_room(); // a task that waits already must not throw
    if (!me.begin_wait(*this, h))
      return false;
    if (!absolute_ && time_ <= 0)
      me.wake();
    else
      l.timers.insert(*this, absolute_ ? time_
                                       : l.deadline_after(
                                             std::chrono::nanoseconds(time_)));
    return true;
  }
  void await_resume() { detail::finish_wait(*this); }

private:
  static void wake_sleeper(detail::timer_node* n) noexcept {
    static_cast<sleep_awaiter*>(n)->task->wake();
  }
  void disarm() noexcept {
    if (armed())
      task->loop().timers.erase(*this);
  }
  static bool undo(detail::waiter* w) noexcept {
    static_cast<sleep_awaiter*>(w)->disarm();
    return true;
  }
  std::int64_t time_;
  bool absolute_;
};

/// Of any duration: what is too long for nanoseconds is the longest there is. Throws
/// usage_error for NaN.
template <class R, class P>
NOSTALL_NONBLOCKING inline sleep_awaiter sleep(std::chrono::duration<R, P> delay) {
  return sleep_awaiter(detail::saturated(delay));
}
NOSTALL_REFUSE(sleep, "sleep takes a std::chrono duration: sleep(1.5s)")
NOSTALL_NONBLOCKING inline sleep_awaiter sleep_until(loop_time when) {
  return sleep_awaiter(
      sleep_awaiter::until{when.time_since_epoch().count()});
}
NOSTALL_REFUSE(sleep_until, "sleep_until takes a time of the loop: sleep_until(get_running_loop()"
                            ".time() + 1s)")
NOSTALL_NONBLOCKING inline yield_awaiter yield_now() { return {}; }
NOSTALL_NONBLOCKING inline sleep_forever_awaiter sleep_forever() { return {}; }

} // namespace nostall

#endif
