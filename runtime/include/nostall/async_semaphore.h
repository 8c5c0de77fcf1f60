//===- async_semaphore.h - at most n at a time ----------------------------===//
//
//     async_semaphore slots(10);
//     auto slot = co_await slots.permit();   // given back where it is destroyed
//
// Fair and cancel-safe as async_mutex. `async_bounded_semaphore` takes it for a
// mistake when more is released than was acquired.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASYNC_SEMAPHORE_H
#define NOSTALL_ASYNC_SEMAPHORE_H

#include "nostall/annotations.h"
#include "nostall/detail/sync/any_count.h"
#include "nostall/detail/sync/holding.h"
#include "nostall/detail/task/anything.h"
#include "nostall/error.h"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace nostall {

class async_semaphore {
public:
  /// Gives its permit back when destroyed. If the semaphore goes first, nothing.
  class [[nodiscard("the permit is given back where this is destroyed")]] permit_guard
      : detail::holder<async_semaphore> {
  public:
    permit_guard() noexcept = default;
    NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void release() { give_back(); }

  private:
    friend async_semaphore;
    explicit permit_guard(async_semaphore& s) noexcept : holder(s) {}
  };

  using acquire_awaiter = detail::acquiring<async_semaphore>;
  class [[nodiscard("co_await it")]] permit_awaiter : public acquire_awaiter {
  public:
    using acquire_awaiter::acquire_awaiter;
    permit_guard await_resume() {
      acquire_awaiter::await_resume();
      return permit_guard(owner_);
    }
  };

  /// Throws usage_error below zero.
  explicit async_semaphore(detail::any_count permits = 1) : free_(permits) {}
  async_semaphore(const async_semaphore&) = delete;

  NOSTALL_NONBLOCKING permit_awaiter permit() noexcept {
    return permit_awaiter(*this);
  }
  NOSTALL_NONBLOCKING acquire_awaiter acquire() noexcept {
    return acquire_awaiter(*this);
  }
  /// Throws usage_error when no more permits can be free: of a bounded one, than there
  /// were at first.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void release() {
    line_.check("async_semaphore::release");
    if (free_ == most_)
      detail::throw_usage("nostall: a semaphore was released more often than acquired: "
                          "all the permits that there can be are free");
    if (!detail::grant_next(line_))
      ++free_;
  }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool try_acquire() {
    line_.check("async_semaphore::try_acquire");
    return take();
  }
  NOSTALL_REFUSE(permit, "async_semaphore::permit takes nothing, and one permit: nostall::wait_for("
                         "s.permit(), 1s) has a time")
  NOSTALL_REFUSE(acquire, "async_semaphore::acquire takes nothing, and one permit: nostall::wait_for("
                          "s.acquire(), 1s) has a time")
  NOSTALL_REFUSE(release, "async_semaphore::release takes nothing, and gives one permit back")
  /// Whether acquire would wait.
  bool locked() const noexcept { return free_ == 0; }
  std::size_t available() const noexcept { return free_; }

protected:
  async_semaphore(std::size_t permits, std::size_t most) noexcept
      : free_(permits), most_(most) {}

private:
  bool take() noexcept {
    if (free_ == 0)
      return false;
    --free_;
    return true;
  }
  template <class> friend class detail::bound;
  template <class> friend class detail::holder;
  template <class> friend class detail::acquiring;
  static constexpr const char* acquire_name = "async_semaphore::acquire()";
  detail::line line_;
  detail::holders<async_semaphore> holders_;
  std::size_t free_;
  std::size_t most_ = SIZE_MAX;
};

class async_bounded_semaphore : public async_semaphore {
public:
  explicit async_bounded_semaphore(detail::any_count permits = 1)
      : async_semaphore(permits, permits) {}
};

} // namespace nostall

#endif
