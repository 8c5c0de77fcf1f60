//===- async_event.h - a flag that tasks wait for -------------------------===//
//
//     async_event ready;
//     co_await ready.wait();       // elsewhere: ready.set();
//
// `set` makes all who wait ready, in the order in which they came; they resume
// even if the flag is cleared before their turn. `wait` of a set event does not
// suspend. Loop's thread only; from other threads:
// loop.call_soon_threadsafe([&] { ready.set(); }).
//
// Cancelled: leaves the line. Destroyed while tasks wait: their wait ends with
// usage_error.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASYNC_EVENT_H
#define NOSTALL_ASYNC_EVENT_H

#include "nostall/annotations.h"
#include "nostall/detail/loop/loop_core.h"
#include "nostall/detail/loop/used_on.h"
#include "nostall/detail/task/anything.h"

#include <coroutine>

namespace nostall {

class async_event {
  using waiting = detail::linked_waiter;

public:
  class [[nodiscard("co_await it")]] awaiter : waiting {
  public:
    explicit awaiter(async_event& e) noexcept : event_(e) {}
    bool await_ready() const {
      event_.used_on_.check("async_event::wait()");
      return event_.set_ && detail::within_budget();
    }
    bool await_suspend(std::coroutine_handle<> h) {
      detail::task_core& me = detail::current_task_core("async_event::wait()");
      if (!me.begin_wait(*this, h))
        return false;
      if (event_.set_)
        me.wake(); // only its turn is missing
      else
        event_.waiters_.push_back(*this);
      return true;
    }
    void await_resume() { detail::finish_wait(*this); }

  private:
    async_event& event_;
  };

  async_event() noexcept = default;
  async_event(const async_event&) = delete;
  ~async_event() {
    while (!waiters_.empty())
      waiters_.pop_front()->task->abandon();
  }

  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void set() {
    used_on_.check("async_event::set");
    set_ = true;
    while (!waiters_.empty())
      waiters_.pop_front()->task->wake();
  }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void clear() {
    used_on_.check("async_event::clear");
    set_ = false;
  }
  bool is_set() const noexcept { return set_; }
  NOSTALL_NONBLOCKING awaiter wait() noexcept { return awaiter(*this); }
  NOSTALL_REFUSE(wait, "async_event::wait takes nothing: nostall::wait_for(e.wait(), 1s) has a time")

private:
  detail::list<waiting> waiters_;
  bool set_ = false;
  detail::used_on used_on_;
};

} // namespace nostall

#endif
