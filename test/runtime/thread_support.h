//===- thread_support.h - callables that run as long as a test wants ------===//

#ifndef NOSTALL_TEST_RUNTIME_THREAD_SUPPORT_H
#define NOSTALL_TEST_RUNTIME_THREAD_SUPPORT_H

#include "support.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <semaphore>
#include <stop_token>
#include <string>
#include <thread>
#include <unistd.h>

namespace thread_tests {

/// A callable that says when it runs and waits until it may end.
struct gate {
  std::binary_semaphore entered{0};
  std::binary_semaphore open{0};
  std::atomic<int> runs{0};
  int pass() {
    ++runs;
    entered.release();
    open.acquire();
    return 7;
  }
};

/// Whether that thread of this process ends within a minute. The kernel lists a thread for
/// a moment after it has been joined, so a look at once, or a count of all, says nothing.
inline bool ends(pid_t thread) {
  const auto until = std::chrono::steady_clock::now() + 1min;
  while (std::filesystem::exists("/proc/self/task/" + std::to_string(thread))) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::yield();
  }
  return true;
}

/// Runs until its token says stop; says whether it was told.
inline bool listen(std::stop_token token, gate& g) {
  g.entered.release();
  std::binary_semaphore told(0);
  const std::stop_callback on_stop(token, [&] { told.release(); });
  told.acquire();
  return token.stop_requested();
}

} // namespace thread_tests

#endif
