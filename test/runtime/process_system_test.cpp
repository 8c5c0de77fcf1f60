// What the system refuses, or others take: children that others reap, filters of system
// calls, processes that cannot be started, signals all the time.

#include "child_support.h"
#include "process_support.h"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <thread>

namespace process_system_tests {
namespace {

struct ProcessSystem : leaves_nothing {};

void lock_and_hold(ipc_mutex m, ipc_end<int> end) {
  const auto g = m.lock_blocking();
  end.send_blocking(1);
  (void)end.receive_blocking();
}
int twice(int n) { return 2 * n; }
void crash() {
  std::signal(SIGSEGV, SIG_DFL);
  raise(SIGSEGV);
}
int exit_code(int n) { return n; }
void hold_for_ever(ipc_end<int> end) {
  end.send_blocking(1);
  (void)end.receive_blocking();
}
/// 0: a crash is told as one, or as an end that is not known; never as a success.
task<int> crashes_are_no_success(bool known) {
  auto p = process::start<crash>();
  const exit_status s = co_await p.wait();
  if (s.success() || s.known != known || (known && s.signal != SIGSEGV))
    co_return 1;
  process_pool_executor pool({.max_workers = 1});
  try {
    co_await pool.run<crash>();
    co_return 2;
  } catch (const broken_process_pool& e) {
    if (e.status().success() || e.status().known != known ||
        std::string(e.what()).find("exit code 0") != std::string::npos)
      co_return 3;
  }
  if (co_await pool.run<twice>(4) != 8)
    co_return 4;
  co_return 0;
}

} // namespace

TEST_F(ProcessSystem, WhereSigchldIsIgnoredACrashIsNoSuccess) {
  EXPECT_EQ(in_a_child([] {
              std::signal(SIGCHLD, SIG_IGN);
              return nostall::run(crashes_are_no_success(false));
            }),
            0);
  EXPECT_EQ(to_string(exit_status{}), "exit code 0");
  EXPECT_NE(to_string(exit_status::unknown()).find("unknown"), std::string::npos);
  EXPECT_FALSE(exit_status::unknown() == exit_status{});
}

TEST_F(ProcessSystem, AChildThatSomebodyElseReapsIsNoSuccess) {
  EXPECT_EQ(in_a_child([] {
              auto p = process::start<crash>();
              while (waitpid(-1, nullptr, 0) != p.pid()) {
              }
              const exit_status s = p.wait_blocking();
              return s.success() || s.known ? 1 : 0;
            }),
            0);
}

TEST_F(ProcessSystem, WithoutPidfdsProcessesAreWatchedAndEnded) {
  for (const int error : {ENOSYS, EPERM, EACCES, EINVAL})
    for (const int call : {SYS_pidfd_open, SYS_pidfd_send_signal})
      EXPECT_EQ(in_a_child([&] {
                  if (!refuse_call(call, error))
                    return 10;
                  const int r = nostall::run(crashes_are_no_success(true));
                  if (r != 0)
                    return r;
                  ipc_pipe<int> pipe;
                  {
                    auto p = process::start<hold_for_ever>(std::move(pipe.second));
                    (void)pipe.first.receive_blocking();
                  } // killed and reaped here
                  return children().empty() ? 0 : 11;
                }),
                0)
          << "call " << call << ", error " << error;
}

TEST_F(ProcessSystem, WithoutMemfdsMemoryIsSharedAllTheSame) {
  for (const int error : {ENOSYS, EPERM, EACCES, EINVAL})
    EXPECT_EQ(in_a_child([&] {
                if (!refuse_call(SYS_memfd_create, error))
                  return 10;
                return nostall::run([]() -> task<int> {
                  process_pool_executor pool({.max_workers = 1});
                  const auto back = co_await pool.run(
                      [](std::vector<char> v) { return v; }, std::vector<char>(1 << 20, 'x'));
                  if (back.size() != 1 << 20 || back.back() != 'x')
                    co_return 1;
                  shared_memory m(4096);
                  co_await pool.run([](shared_memory s) { s.data()[7] = std::byte{9}; }, m.share());
                  co_return m.data()[7] == std::byte{9} ? 0 : 2;
                }());
              }),
              0);
}

TEST_F(ProcessSystem, AProcessThatCannotBeStartedIsAnException) {
  EXPECT_EQ(in_a_child([] {
              rlimit few{32, 32};
              setrlimit(RLIMIT_NOFILE, &few);
              while (open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0) {
              }
              for (int left = 0; left < 6; ++left) { // one descriptor more each time
                try {
                  auto p = process::start<exit_code>(3);
                  const exit_status s = p.wait_blocking();
                  if (s.code != 3)
                    return 1;
                } catch (const std::system_error&) {
                }
                close(10 + left);
              }
              return process::start<exit_code>(3).wait_blocking().code == 3 ? 0 : 2;
            }),
            0);
}

TEST_F(ProcessSystem, SignalsAllTheTimeDisturbNothing) {
  EXPECT_EQ(in_a_child([] {
              struct sigaction a{};
              a.sa_handler = [](int) {}; // without SA_RESTART
              sigaction(SIGALRM, &a, nullptr);
              alarm(0);
              const itimerval often{{0, 1000}, {0, 1000}};
              setitimer(ITIMER_REAL, &often, nullptr);
              const int r = nostall::run(crashes_are_no_success(true));
              if (r != 0)
                return r;
              for (int i = 0; i < 20; ++i)
                if (process::start<exit_code>(5).wait_blocking().code != 5)
                  return 20;
              ipc_mutex m;
              ipc_pipe<int> pipe;
              auto p = process::start<lock_and_hold>(m, std::move(pipe.second));
              (void)pipe.first.receive_blocking();
              std::thread killer([&] { p.kill(); });
              const bool recovered = m.lock_blocking().recovered();
              killer.join();
              return recovered ? 0 : 21;
            }),
            0);
}

} // namespace process_system_tests
