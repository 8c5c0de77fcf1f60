//===- async_barrier.h - n tasks meet -------------------------------------===//
//
//     async_barrier b(3);
//     if (co_await b.wait() == 0) announce();   // all three go on together
//
// `wait` gives the order of arrival, 0 to n-1; the last to come does not wait.
// Then the barrier is empty again. Cancelled: the task steps back, and one more
// has to come. `abort` breaks the barrier for all who wait and who come later;
// `reset` for those who wait only: they get broken_barrier_error.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASYNC_BARRIER_H
#define NOSTALL_ASYNC_BARRIER_H

#include "nostall/annotations.h"
#include "nostall/detail/loop/loop_core.h"
#include "nostall/detail/loop/used_on.h"
#include "nostall/detail/sync/any_count.h"
#include "nostall/detail/task/anything.h"
#include "nostall/error.h"

#include <coroutine>
#include <cstddef>

namespace nostall {

class async_barrier {
  struct waiting : detail::waiter, detail::link {
    async_barrier& barrier;
    std::size_t index = 0;
    bool broken = false;
    explicit waiting(async_barrier& b) noexcept
        : waiter([](detail::waiter* w) noexcept {
            static_cast<waiting*>(w)->leave();
            return true;
          }),
          barrier(b) {}
    waiting(waiting&& o) noexcept : waiting(o.barrier) {} // until it is awaited
    ~waiting() { leave(); }
    void leave() noexcept {
      if (linked()) {
        unlink();
        --barrier.n_waiting_;
      }
    }
  };

public:
  class [[nodiscard("co_await it")]] awaiter : waiting {
  public:
    using waiting::waiting;
    bool await_ready();
    bool await_suspend(std::coroutine_handle<> h);
    std::size_t await_resume();

  private:
    bool arrive();
  };

  async_barrier() NOSTALL_DELETED("a barrier has a number of parties: async_barrier b(3)");
  /// Throws usage_error for 0 parties, and below.
  explicit async_barrier(detail::any_count parties);

  async_barrier(const async_barrier&) = delete;
  /// Whoever waits gets broken_barrier_error.
  ~async_barrier() { break_line(); }

  NOSTALL_NONBLOCKING awaiter wait() noexcept { return awaiter(*this); }
  NOSTALL_REFUSE(wait, "async_barrier::wait takes nothing: nostall::wait_for(b.wait(), 1s) has a time")
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void abort();
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void reset();
  std::size_t parties() const noexcept { return parties_; }
  std::size_t n_waiting() const noexcept { return n_waiting_; }
  bool broken() const noexcept { return broken_; }

private:
  void break_line() noexcept;
  std::size_t parties_;
  std::size_t n_waiting_ = 0;
  bool broken_ = false;
  detail::list<waiting> line_;
  detail::used_on used_on_;
};

} // namespace nostall

#endif
