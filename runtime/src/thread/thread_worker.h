//===- thread_worker.h - one thread of a pool, and how it sleeps ----------===//

#ifndef NOSTALL_SRC_THREAD_THREAD_WORKER_H
#define NOSTALL_SRC_THREAD_THREAD_WORKER_H

#include "loop/mailbox.h"
#include "thread/thread_pool.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>

namespace nostall::detail {

// A worker sleeps in a futex of its own, so that the right one is woken, and none
// is if the one that was called has not gone to sleep yet.
struct thread_pool::worker : link {
  enum phase : std::uint32_t { awake, asleep, called };
  std::atomic<std::uint32_t> state{awake};
  thread_job* job = nullptr; ///< in its hand; under the mutex, or just called
  std::thread thread;

  void call() noexcept;
  /// False: the time is over. Yields a few times before it sleeps, since in a
  /// burst the next call is near.
  bool wait(std::chrono::nanoseconds within) noexcept;
};

// Keeps a reference to the mailbox of the last job: its push may be the last
// thing that the loop waits for before it goes.
class thread_pool::sender {
public:
  sender() = default;
  sender(const sender&) = delete;
  ~sender() {
    if (to_)
      to_->unref();
  }
  void set(mailbox& m) noexcept {
    if (to_ == &m)
      return;
    m.ref();
    if (mailbox* before = std::exchange(to_, &m))
      before->unref();
  }
  bool send(ready_node& n) noexcept { return to_->push(n); }

private:
  mailbox* to_ = nullptr;
};

} // namespace nostall::detail

#endif
