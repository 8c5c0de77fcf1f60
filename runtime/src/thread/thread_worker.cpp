//===- thread_worker.cpp - how a thread of a pool sleeps and is woken -----===//

#include "thread/thread_worker.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nostall::detail {

void thread_pool::worker::call() noexcept {
  if (state.exchange(called, std::memory_order_acq_rel) == asleep)
    syscall(SYS_futex, &state, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

bool thread_pool::worker::wait(std::chrono::nanoseconds within) noexcept {
  for (int i = 0; i < 3; ++i) {
    if (state.load(std::memory_order_acquire) == called)
      return true;
    std::this_thread::yield();
  }
  std::uint32_t expected = awake;
  if (!state.compare_exchange_strong(expected, asleep))
    return true;
  // Until a moment, not for a time: signals may cut the wait short any number of times.
  timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  const auto s = std::chrono::duration_cast<std::chrono::seconds>(within);
  constexpr std::int64_t year = 365 * 24 * 3600;
  until.tv_sec += std::min<std::int64_t>(s.count(), 100 * year);
  until.tv_nsec += (within - s).count();
  if (until.tv_nsec >= 1'000'000'000) {
    ++until.tv_sec;
    until.tv_nsec -= 1'000'000'000;
  }
  while (state.load(std::memory_order_acquire) == asleep)
    if (syscall(SYS_futex, &state, FUTEX_WAIT_BITSET_PRIVATE, asleep, &until, nullptr,
                FUTEX_BITSET_MATCH_ANY) != 0 &&
        errno == ETIMEDOUT)
      return false;
  return true;
}

} // namespace nostall::detail
