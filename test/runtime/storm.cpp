//===- storm.cpp - the suite under signals that interrupt everything ------===//
//
// With NOSTALL_STORM=1 in the environment, a signal without SA_RESTART comes every
// 100 us: to the thread of the tests, which is the loop's mostly, and from there every
// eighth time to some other thread. Whatever waits in the kernel ends with EINTR then,
// again and again. The tests are the same.
//
// The signal is SIGWINCH, because whoever has no handler for it ignores it: children of
// fork and programs that are started go on undisturbed.
//
//===----------------------------------------------------------------------===//

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<unsigned> interruptions{0};
std::atomic<unsigned> passed_on{0};

// In a signal handler: system calls only.
void pass_on(unsigned turn) {
  const int tasks = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (tasks < 0)
    return;
  alignas(dirent64) char buffer[4096];
  pid_t threads[64];
  unsigned count = 0;
  for (long n; (n = syscall(SYS_getdents64, tasks, buffer, sizeof buffer)) > 0;)
    for (long at = 0; at < n && count < 64;) {
      const auto* e = reinterpret_cast<const dirent64*>(buffer + at);
      pid_t tid = 0;
      for (const char* c = e->d_name; *c >= '0' && *c <= '9'; ++c)
        tid = 10 * tid + (*c - '0');
      if (tid != 0 && tid != getpid())
        threads[count++] = tid;
      at += e->d_reclen;
    }
  close(tasks);
  if (count != 0 &&
      syscall(SYS_tgkill, getpid(), threads[turn / 8 % count], SIGWINCH) == 0)
    passed_on.fetch_add(1);
}

void on_signal(int) {
  const int saved = errno;
  const unsigned turn = interruptions.fetch_add(1);
  if (turn % 8 == 0 && syscall(SYS_gettid) == getpid())
    pass_on(turn);
  errno = saved;
}

struct storm : testing::Environment {
  timer_t timer{};
  void SetUp() override {
    struct sigaction a {};
    a.sa_handler = on_signal; // without SA_RESTART
    sigemptyset(&a.sa_mask);
    ASSERT_EQ(sigaction(SIGWINCH, &a, nullptr), 0);
    sigevent e{};
    e.sigev_notify = SIGEV_SIGNAL;
    e.sigev_signo = SIGWINCH;
    ASSERT_EQ(timer_create(CLOCK_MONOTONIC, &e, &timer), 0);
    const itimerspec often{{0, 100'000}, {0, 100'000}};
    ASSERT_EQ(timer_settime(timer, 0, &often, nullptr), 0);
  }
  void TearDown() override {
    timer_delete(timer);
    EXPECT_GT(interruptions.load(), 1000u) << "that was no storm";
    EXPECT_GT(passed_on.load(), 10u);
  }
};

[[maybe_unused]] const auto* const wanted =
    std::getenv("NOSTALL_STORM") ? testing::AddGlobalTestEnvironment(new storm) : nullptr;

} // namespace
