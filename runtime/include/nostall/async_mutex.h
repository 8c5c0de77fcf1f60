//===- async_mutex.h - one task at a time ---------------------------------===//
//
//     {
//       auto held = co_await m.lock();
//       ...                              // may co_await
//     }                                  // released here
//
// Fair: a release hands the mutex to the one who has waited longest; nobody
// overtakes. Not recursive. An uncontended lock does not suspend. This is no lock
// between threads: it keeps tasks of one loop apart across their waits.
//
// Cancelled while waiting: the mutex is not taken. Destroyed while waiting:
// likewise, and a mutex that was handed over already goes to the next.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASYNC_MUTEX_H
#define NOSTALL_ASYNC_MUTEX_H

#include "nostall/annotations.h"
#include "nostall/detail/sync/holding.h"
#include "nostall/detail/task/anything.h"
#include "nostall/error.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace nostall {

class async_mutex {
public:
  /// Holds the mutex until destroyed or unlocked. If the mutex goes first, nothing.
  class [[nodiscard("the mutex is released where this is destroyed")]] guard
      : detail::holder<async_mutex> {
  public:
    guard() noexcept = default;
    bool owns_lock() const noexcept { return holds(); }
    NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void unlock() { give_back(); }

  private:
    friend async_mutex;
    explicit guard(async_mutex& m) noexcept : holder(m) {}
  };

  using acquire_awaiter = detail::acquiring<async_mutex>;
  class [[nodiscard("co_await it")]] lock_awaiter : public acquire_awaiter {
  public:
    using acquire_awaiter::acquire_awaiter;
    guard await_resume() {
      acquire_awaiter::await_resume();
      return guard(owner_);
    }
  };

  async_mutex() noexcept = default;
  async_mutex(const async_mutex&) = delete;

  NOSTALL_NONBLOCKING lock_awaiter lock() noexcept { return lock_awaiter(*this); }
  /// asyncio's pair, for where a guard does not fit.
  NOSTALL_NONBLOCKING acquire_awaiter acquire() noexcept {
    return acquire_awaiter(*this);
  }
  NOSTALL_REFUSE(lock, "async_mutex::lock takes nothing: nostall::wait_for(m.lock(), 1s) has a time")
  NOSTALL_REFUSE(acquire, "async_mutex::acquire takes nothing: nostall::wait_for(m.acquire(), 1s) "
                          "has a time")
  /// Throws usage_error if nobody holds the mutex.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void release() {
    line_.check("async_mutex::release");
    if (void_releases_ > 0 && void_in_ == detail::this_thread.killing) {
      --void_releases_;
      return;
    }
    if (!locked_)
      detail::throw_usage("nostall: async_mutex::release() of a mutex that is "
                          "not locked");
    if (!detail::grant_next(line_))
      locked_ = false;
  }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool try_acquire() {
    line_.check("async_mutex::try_acquire");
    return take();
  }
  /// A guard, if nobody holds the mutex.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) std::optional<guard> try_lock() {
    line_.check("async_mutex::try_lock");
    return take() ? std::optional<guard>(guard(*this)) : std::nullopt;
  }
  bool locked() const noexcept { return locked_; }

private:
  friend class async_condition;
  template <class> friend class detail::bound;
  template <class> friend class detail::holder;
  template <class> friend class detail::acquiring;
  static constexpr const char* acquire_name = "async_mutex::acquire()";
  bool take() noexcept { return !std::exchange(locked_, true); }
  detail::line line_;
  detail::holders<async_mutex> holders_;
  bool locked_ = false;
  /// Guards around a destroyed async_condition::wait, which gave the mutex up and did
  /// not get it back: what they release they do not hold. They go with the task that is
  /// destroyed; what it does not release by then, it never held.
  void expect_void_release() noexcept {
    const std::uint64_t now = detail::this_thread.killing;
    void_releases_ = void_in_ == now ? void_releases_ + 1 : 1;
    void_in_ = now;
  }
  unsigned void_releases_ = 0;
  std::uint64_t void_in_ = 0;
};

} // namespace nostall

#endif
