// A process that forks workers: what it holds up, and what these inherit.

#include "child_support.h"
#include "process_support.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>

namespace fork_server_tests {
namespace {

struct ForkServer : leaves_nothing {};

void crash() {
  std::signal(SIGSEGV, SIG_DFL);
  raise(SIGSEGV);
}
int twice(int n) { return 2 * n; }
pid_t server_of(const std::vector<pid_t>& before) {
  for (const pid_t p : children())
    if (std::find(before.begin(), before.end(), p) == before.end())
      return p;
  return -1;
}

} // namespace

// Its workers end with it; whoever calls is told.
TEST_F(ForkServer, MayGoBeforeItsPools) {
  if (!alone())
    GTEST_SKIP() << "a fork server wants a program of one thread";
  const int r = in_a_child([] {
    auto server = std::make_unique<fork_server>();
    return nostall::run([](std::unique_ptr<fork_server>& server) -> task<int> {
      process_pool_executor pool({.max_workers = 1, .server = server.get()});
      if (co_await pool.run<twice>(3) != 6)
        co_return 1;
      server.reset();
      for (int i = 0; i < 2; ++i)
        try {
          co_await wait_for(pool.run<twice>(4), 20s);
          co_return 2;
        } catch (const broken_process_pool&) {
        } catch (const std::system_error&) {
        }
      co_await pool.shutdown();
      co_return 0;
    }(server));
  });
  EXPECT_EQ(r, 0);
}

TEST_F(ForkServer, OtherThreadsAreNoticedWithoutProc) {
  const int r = in_a_child([] {
    const std::jthread other([](std::stop_token stop) {
      while (!stop.stop_requested())
        std::this_thread::yield();
    });
    if (!refuse_call(SYS_openat, ENOENT))
      return 77;
    try {
      fork_server s;
    } catch (const usage_error&) {
      return 0;
    }
    return 1;
  });
  if (r == 77)
    GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(r, 0);
}

TEST_F(ForkServer, AForkServerThatStandsStillHoldsUpItsOwnWorkersOnly) {
  if (!alone())
    GTEST_SKIP() << "a fork server wants a program of one thread";
  EXPECT_EQ(in_a_child([] {
              fork_server s;
              const pid_t server = server_of({});
              const int r = nostall::run([](fork_server& f, pid_t pid) -> task<int> {
                {
                  process_pool_executor pool({.max_workers = 2, .server = &f});
                  kill(pid, SIGSTOP);
                  try {
                    co_await wait_for(pool.run<twice>(4), 50ms);
                    co_return 1;
                  } catch (const timeout_error&) {
                  }
                } // a pool whose workers have not been made
                process_pool_executor pool({.max_workers = 1, .server = &f});
                auto call = create_task(pool.run<twice>(4));
                co_await nostall::sleep(10ms);
                if (call.done())
                  co_return 2;
                kill(pid, SIGCONT);
                if (co_await call != 8)
                  co_return 3;
                // One of its workers ends while it stands still.
                kill(pid, SIGSTOP);
                auto dies = create_task(pool.run<crash>());
                co_await nostall::sleep(50ms);
                kill(pid, SIGCONT);
                try {
                  co_await dies;
                  co_return 4;
                } catch (const broken_process_pool& e) {
                  if (e.status().signal != SIGSEGV)
                    co_return 5;
                }
                kill(pid, SIGKILL);
                try {
                  for (;;)
                    co_await pool.run<twice>(1);
                } catch (const std::exception& e) {
                  const std::string why = e.what();
                  if (why.find("fork server has ended") == why.npos &&
                      why.find("unknown") == why.npos)
                    co_return 6;
                }
                co_return 0;
              }(s, server));
              return r;
            }),
            0);
}

TEST_F(ForkServer, AForkServersWorkersInheritNothing) {
  if (!alone())
    GTEST_SKIP() << "a fork server wants a program of one thread";
  EXPECT_EQ(in_a_child([] {
              int leaked[2];
              if (pipe2(leaked, 0) != 0)
                return 10;
              std::signal(SIGCHLD, SIG_IGN);
              std::signal(SIGTERM, [](int) {});
              fork_server s;
              close(leaked[1]);
              pollfd f{leaked[0], POLLIN, 0};
              const int r = nostall::run([](fork_server& server) -> task<int> {
                process_pool_executor pool({.max_workers = 2, .server = &server});
                try {
                  co_await pool.run<crash>();
                  co_return 1;
                } catch (const broken_process_pool& e) {
                  if (e.status().signal != SIGSEGV)
                    co_return 2;
                }
                const std::string files =
                    co_await pool.run<output_of>(std::string("ls -l /proc/self/fd"));
                co_return files.find("socket:") == files.npos ? 0 : 3;
              }(s));
              if (r != 0)
                return r;
              return poll(&f, 1, 5000) == 1 && (f.revents & POLLHUP) ? 0 : 4;
            }),
            0);
}

} // namespace fork_server_tests
