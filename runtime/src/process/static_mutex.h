//===- static_mutex.h - a lock that a child of fork() finds free ----------===//
//
// fork() copies a mutex as it is. If another thread of the parent has it, nobody in the
// child will ever give it back, and what it guards may be half done. So whoever forks
// takes all static mutexes first; both processes give them back afterwards.
//
// Of static objects only, and no two of them are held at once by anyone else.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_STATIC_MUTEX_H
#define NOSTALL_SRC_STATIC_MUTEX_H

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

  /// Around a fork.
  static void lock_all();
  static void unlock_all() noexcept;

private:
  void make_known();

  std::mutex mutex_;
  std::atomic<bool> known_{false};
  static_mutex* next_ = nullptr;
};

} // namespace nostall::detail

#endif
