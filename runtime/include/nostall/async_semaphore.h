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
#include "nostall/detail/sync/grant.h"
#include "nostall/error.h"

#include <coroutine>
#include <cstddef>
#include <utility>

namespace nostall {

class async_semaphore {
public:
  class [[nodiscard("the permit is given back where this is destroyed")]]
  permit_guard : detail::link { // in the semaphore's guards; if that goes first, nothing
  public:
    permit_guard() noexcept = default;
    permit_guard(permit_guard&& o) noexcept { take_from(o); }
    permit_guard& operator=(permit_guard o) noexcept {
      release();
      take_from(o);
      return *this;
    }
    ~permit_guard() { release(); }
    NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void release() {
      unlink();
      if (semaphore_)
        std::exchange(semaphore_, nullptr)->release();
    }

  private:
    friend async_semaphore;
    template <class> friend class detail::list;
    explicit permit_guard(async_semaphore& s) noexcept : semaphore_(&s) {
      s.guards_.push_back(*this);
    }
    void take_from(permit_guard& o) noexcept {
      o.unlink();
      semaphore_ = std::exchange(o.semaphore_, nullptr);
      if (semaphore_)
        semaphore_->guards_.push_back(*this);
    }
    async_semaphore* semaphore_ = nullptr;
  };

  class [[nodiscard("co_await it")]] acquire_awaiter : detail::grantee {
  public:
    acquire_awaiter(acquire_awaiter&&) noexcept = default; // until it is awaited
    explicit acquire_awaiter(async_semaphore& s) noexcept : semaphore_(s) {}
    ~acquire_awaiter() {
      unlink();
      if (granted)
        semaphore_.release();
    }
    bool await_ready() {
      semaphore_.line_.check("async_semaphore::acquire()");
      return detail::within_budget() && semaphore_.take();
    }
    bool await_suspend(std::coroutine_handle<> h) {
      return detail::stand_in_line(*this, semaphore_.line_, h, "async_semaphore::acquire()",
                                   [this] { return semaphore_.take(); });
    }
    void await_resume() {
      detail::finish_wait(*this);
      granted = false;
      unlink();
    }

  protected:
    async_semaphore& semaphore_;
  };
  class [[nodiscard("co_await it")]] permit_awaiter : public acquire_awaiter {
  public:
    using acquire_awaiter::acquire_awaiter;
    permit_guard await_resume() {
      acquire_awaiter::await_resume();
      return permit_guard(semaphore_);
    }
  };

  explicit async_semaphore(std::size_t permits = 1) noexcept
      : free_(permits) {}
  async_semaphore(const async_semaphore&) = delete;
  ~async_semaphore() {
    while (!guards_.empty())
      guards_.pop_front()->semaphore_ = nullptr;
  }

  NOSTALL_NONBLOCKING permit_awaiter permit() noexcept {
    return permit_awaiter(*this);
  }
  NOSTALL_NONBLOCKING acquire_awaiter acquire() noexcept {
    return acquire_awaiter(*this);
  }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void release() {
    line_.check("async_semaphore::release");
    if (bounded_ && free_ == initial_)
      detail::throw_usage("nostall: async_bounded_semaphore was released more "
                          "often than acquired");
    if (!detail::grant_next(line_))
      ++free_;
  }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool try_acquire() {
    line_.check("async_semaphore::try_acquire");
    return take();
  }
  /// Whether acquire would wait.
  bool locked() const noexcept { return free_ == 0; }
  std::size_t available() const noexcept { return free_; }

protected:
  async_semaphore(std::size_t permits, bool bounded) noexcept
      : free_(permits), initial_(permits), bounded_(bounded) {}

private:
  bool take() noexcept {
    if (free_ == 0)
      return false;
    --free_;
    return true;
  }
  detail::line line_;
  detail::list<permit_guard> guards_;
  std::size_t free_;
  std::size_t initial_ = 0;
  bool bounded_ = false;
};

class async_bounded_semaphore : public async_semaphore {
public:
  explicit async_bounded_semaphore(std::size_t permits = 1) noexcept
      : async_semaphore(permits, true) {}
};

} // namespace nostall

#endif
