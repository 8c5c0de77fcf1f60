//===- static_mutex.h - a lock that a child of fork() finds free ----------===//
//
// fork() copies a mutex as it is. If another thread of the parent has it, nobody in the
// child will ever give it back, and what it guards may be half done. So whoever forks
// takes all static mutexes first; both processes give them back afterwards.
//
// No two of them are held at once by anyone else. They are static, so what is made and
// destroyed shares some of them.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_STATIC_MUTEX_H
#define NOSTALL_DETAIL_STATIC_MUTEX_H

#include <atomic>
#include <mutex>

namespace nostall::detail {

class static_mutex {
public:
  constexpr static_mutex() noexcept = default;
  static_mutex(const static_mutex&) = delete;
  void lock() {
    if (!known_.load(std::memory_order_acquire))
      make_known();
    mutex_.lock();
  }
  void unlock() noexcept { mutex_.unlock(); }

  /// Counts the forks between the first process of the program and this one.
  static unsigned forks() noexcept;
  /// Around a fork.
  static void lock_all();
  static void unlock_all() noexcept;

private:
  void make_known();

  std::mutex mutex_;
  std::atomic<bool> known_{false};
  static_mutex* next_ = nullptr;
};

/// One of a few, in turn: for objects that come and go.
static_mutex& shared_mutex() noexcept;

} // namespace nostall::detail

#endif
