//===- async_condition.h - waiting for a state behind a mutex -------------===//
//
//     auto held = co_await c.mutex().lock();
//     co_await c.wait_for([&] { return !jobs.empty(); });
//
// `wait` gives up the mutex, waits to be notified, and has the mutex again when
// it ends, also when it ends by cancellation: taking it back is shielded. `notify`
// wakes those who have waited longest. A notification is not lost to a task that
// is cancelled: who was notified keeps it, who was cancelled before is skipped.
//
// Destroyed while waiting: the guard around it, which goes next, releases nothing.
//
// Calling without the mutex held is a usage_error.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASYNC_CONDITION_H
#define NOSTALL_ASYNC_CONDITION_H

#include "nostall/annotations.h"
#include "nostall/async_mutex.h"
#include "nostall/detail/task/anything.h"
#include "nostall/task.h"

#include <concepts>
#include <cstddef>
#include <memory>

namespace nostall {

class async_condition {
public:
  /// With a mutex of its own, or with one that must outlive it.
  async_condition();
  explicit async_condition(async_mutex& m NOSTALL_LIFETIMEBOUND) noexcept;
  async_condition(const async_condition&) = delete;
  ~async_condition() { line_.let_go(); }

  async_mutex& mutex() noexcept { return mutex_; }

  task<void> wait();
  NOSTALL_REFUSE(wait, "async_condition::wait takes nothing: wait_for(ready) has a condition, and "
                       "nostall::wait_for(c.wait(), 1s) a time")
  /// Until `ready()` is true; asks it once before waiting.
  template <std::predicate F> task<void> wait_for(F ready) {
    while (!ready())
      co_await wait();
  }
  NOSTALL_REFUSE(wait_for, "async_condition::wait_for takes a callable that says whether the state "
                           "has come; nostall::wait_for(c.wait(), 1s) has a time")
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void notify(std::size_t n = 1);
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void notify_all();

private:
  struct given_up;
  void require_lock(const char* who) const;
  std::shared_ptr<async_mutex> own_; ///< a wait that is on its way has it, too
  async_mutex& mutex_;
  detail::line line_;
};

} // namespace nostall

#endif
