// Each fault ends with exactly the calls that it hit failing, and nothing left behind:
// the fixture counts children, descriptors and shared memory.

#include "child_support.h"
#include "process_support.h"

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace process_faults_tests {
namespace {

struct ProcessFaults : leaves_nothing {};
using mode = shutdown_mode;

int add(int a, int b) { return a + b; }
int die_by(int signal) {
  std::signal(signal, SIG_DFL); // a sanitizer's handler would exit instead
  raise(signal);
  return 0;
}
int leave_with(int code) { _exit(code); }
int exit_with(int code) { std::exit(code); }
int use_up_memory() {
  // What the kernel does to a process when memory runs out, without making it run out.
  kill(getpid(), SIGKILL);
  return 0;
}
int close_own_socket(int) {
  close(3);
  return 0;
}
int stop_itself(ipc_end<int> end, int n) {
  end.send_blocking(1);
  raise(SIGSTOP);
  return n;
}
int print(int n) {
  std::printf("worker says %d\n", n);
  std::fflush(stdout);
  return n;
}
int count_then_die(shared_value<int> begun, int n) {
  begun.fetch_add(1);
  if (n == 5)
    raise(SIGKILL);
  return n;
}
int count(shared_value<int> begun, int n) {
  begun.fetch_add(1);
  return n;
}
int hold(ipc_end<int> end) {
  end.send_blocking(1);
  return end.receive_blocking().value_or(-1);
}
int end_thread(int) { pthread_exit(nullptr); }
std::vector<char> fill_descriptors() {
  rlimit none{4, 4};
  setrlimit(RLIMIT_NOFILE, &none);
  return std::vector<char>(1 << 20); // wants shared memory
}

/// What the call failed with; empty if it did not.
template <class T> task<std::string> failure_of(task<T> call, exit_status& s) {
  try {
    co_await std::move(call);
    co_return "";
  } catch (const broken_process_pool& e) {
    s = e.status();
    EXPECT_GT(e.pid(), 0);
    EXPECT_NE(std::string(e.what()).find(std::to_string(e.pid())), std::string::npos);
    EXPECT_NE(std::string(e.what()).find(e.job()), std::string::npos);
    co_return e.what();
  }
}
bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

/// Whether the process is gone, within a bound.
bool gone(int pidfd) {
  pollfd f{pidfd, POLLIN, 0};
  return TEMP_FAILURE_RETRY(poll(&f, 1, 20'000)) == 1;
}

} // namespace

TEST_F(ProcessFaults, AWorkerKilledByASignalFailsItsCallAlone) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 2});
    for (int signal : {SIGKILL, SIGTERM, SIGSEGV, SIGABRT, SIGFPE, SIGUSR1}) {
      exit_status s;
      auto [what, sum] = co_await gather(failure_of(pool.run<die_by>(signal), s),
                                         pool.run<add>(signal, 1));
      EXPECT_EQ(s, (exit_status{0, signal})) << what;
      EXPECT_TRUE(has(what, "signal " + std::to_string(signal))) << what;
      EXPECT_TRUE(has(what, "die_by")) << what;
      EXPECT_EQ(sum, signal + 1);
    }
    EXPECT_EQ(co_await pool.run<add>(1, 2), 3);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessFaults, ExitAndMemoryAndTheOwnSocket) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    exit_status s;
    std::string what = co_await failure_of(pool.run<leave_with>(3), s);
    EXPECT_EQ(s, (exit_status{3, 0}));
    EXPECT_TRUE(has(what, "exit code 3")) << what;
    co_await failure_of(pool.run<exit_with>(4), s);
    EXPECT_EQ(s.signal, 0);
    what = co_await failure_of(pool.run<use_up_memory>(), s);
    EXPECT_TRUE(has(what, "when memory runs out")) << what;
    what = co_await failure_of(pool.run<close_own_socket>(1), s);
    EXPECT_TRUE(has(what, "closed its connection") || has(what, "exit code 70")) << what;
    EXPECT_EQ(co_await pool.run<print>(5), 5);
    what = co_await failure_of(pool.run<end_thread>(1), s);
    EXPECT_FALSE(what.empty());
    EXPECT_EQ(co_await pool.run<add>(1, 2), 3);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessFaults, NothingIsRunTwiceAndEveryoneElseIsServed) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 2});
    shared_value<int> begun(0);
    std::vector<task<int>> calls;
    constexpr int n = 60;
    for (int i = 0; i < n; ++i)
      calls.push_back(pool.run<count_then_die>(begun, i % 10));
    int served = 0, failed = 0;
    for (auto next : as_completed(std::move(calls))) {
      try {
        EXPECT_NE(co_await next, 5);
        ++served;
      } catch (const broken_process_pool&) {
        ++failed;
      }
    }
    EXPECT_EQ(failed, 6);
    EXPECT_EQ(served, n - 6);
    EXPECT_EQ(begun.load(), n);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessFaults, AStoppedWorkerHoldsUpNobodyElseAndGoesOnOrIsKilled) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 2});
    co_await gather(pool.run<add>(1, 1), pool.run<add>(1, 1));
    ipc_pipe<int> pipe, second_pipe;
    auto stopped = create_task(pool.run<stop_itself>(std::move(pipe.second), 9));
    co_await pipe.first.receive();
    for (int i = 0; i < 20; ++i)
      EXPECT_EQ(co_await pool.run<add>(i, i), 2 * i);
    EXPECT_FALSE(stopped.done());
    // A signal that comes before the stop is taken back by it: until it has ended.
    while (!stopped.done()) {
      for (pid_t p : pool.worker_pids())
        kill(p, SIGCONT);
      co_await pool.run<add>(1, 1);
    }
    EXPECT_EQ(co_await stopped, 9);
    auto again = create_task(pool.run<stop_itself>(std::move(second_pipe.second), 9));
    co_await second_pipe.first.receive();
    EXPECT_FALSE(co_await pool.shutdown(mode::drain, 1s)); // the test clock's
    EXPECT_THROW(co_await again, broken_process_pool);
  }());
}

TEST_F(ProcessFaults, ShuttingDownInABurst) {
  for (const mode how : {mode::drain, mode::cancel, mode::abandon}) {
    world w;
    w.run([](mode how) -> task<void> {
      process_pool_executor pool({.max_workers = 2});
      shared_value<int> begun(0);
      std::vector<task_handle<int>> calls;
      for (int i = 0; i < 200; ++i)
        calls.push_back(create_task(pool.run<count>(begun, i)));
      co_await calls.front().join();
      co_await pool.shutdown(how);
      int served = 0;
      for (auto& c : calls) {
        co_await c.join();
        served += c.exception() == nullptr;
      }
      EXPECT_LE(served, begun.load());
      EXPECT_GE(served + 2, begun.load()); // killed between counting and answering
      if (how == mode::drain) {
        EXPECT_EQ(served, 200);
      }
    }(how));
  }
}

TEST_F(ProcessFaults, NoOrphanOutlivesAParentThatIsKilled) {
  int pipe_fds[2];
  ASSERT_EQ(pipe(pipe_fds), 0);
  std::fflush(nullptr);
  const pid_t parent = fork();
  if (parent == 0) {
    nostall::run([](int out) -> task<void> {
      process_pool_executor pool({.max_workers = 2});
      ipc_pipe<int> a, b;
      process p = process::start<hold>(std::move(b.second));
      auto call = create_task(pool.run<hold>(std::move(a.second)));
      co_await a.first.receive(); // one worker is busy
      co_await b.first.receive();
      co_await pool.run<add>(1, 2); // the other idle
      for (pid_t w : pool.worker_pids())
        if (write(out, &w, sizeof w) < 0)
          _exit(1);
      const pid_t q = p.pid();
      if (write(out, &q, sizeof q) < 0)
        _exit(1);
      co_await sleep_forever();
    }(pipe_fds[1]));
    _exit(0);
  }
  close(pipe_fds[1]);
  std::vector<int> watched;
  for (int i = 0; i < 3; ++i) {
    pid_t p = 0;
    ASSERT_EQ(TEMP_FAILURE_RETRY(read(pipe_fds[0], &p, sizeof p)), static_cast<ssize_t>(sizeof p));
    watched.push_back(static_cast<int>(syscall(SYS_pidfd_open, p, 0)));
    ASSERT_GE(watched.back(), 0);
  }
  kill(parent, SIGKILL);
  TEMP_FAILURE_RETRY(waitpid(parent, nullptr, 0));
  for (int fd : watched) {
    EXPECT_TRUE(gone(fd));
    close(fd);
  }
  close(pipe_fds[0]);
}

TEST_F(ProcessFaults, WithoutDescriptorsCallsFailAndThePoolRecovers) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    rlimit none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    // No worker, and none can be started.
    EXPECT_THROW(co_await pool.run<add>(1, 2), std::system_error);
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(co_await pool.run<add>(1, 2), 3);
    // With a worker there, small calls go on; large ones want a descriptor.
    setrlimit(RLIMIT_NOFILE, &none);
    EXPECT_EQ(co_await pool.run<add>(2, 2), 4);
    EXPECT_THROW((void)pool.run([](std::vector<char> v) { return v.size(); },
                                std::vector<char>(1 << 20)),
                 std::system_error);
    bool failed = false;
    try { // the result's descriptor cannot be received
      co_await pool.run([] { return std::vector<char>(1 << 20); });
    } catch (const std::system_error&) {
      failed = true;
    }
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_TRUE(failed);
    EXPECT_EQ(co_await pool.run<add>(3, 2), 5);
    // The worker is the one without descriptors.
    failed = false;
    try {
      co_await pool.run<fill_descriptors>();
    } catch (const std::system_error&) {
      failed = true;
    }
    EXPECT_TRUE(failed);
    EXPECT_EQ(co_await pool.run<add>(4, 2), 6);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessFaults, AForkThatFailsIsAnErrorOfTheCall) {
  if (getuid() != 0)
    GTEST_SKIP() << "needs root, to become somebody whom the limit binds";
  EXPECT_EQ(in_a_child([] {
              rlimit none{0, 0};
              if (setrlimit(RLIMIT_NPROC, &none) != 0 || setresuid(65534, 65534, 65534) != 0)
                return 90;
              return nostall::run([]() -> task<int> {
                process_pool_executor pool({.max_workers = 2});
                for (int i = 0; i < 3; ++i) {
                  try {
                    co_await pool.run<add>(1, 2);
                    co_return 91;
                  } catch (const std::system_error& e) {
                    if (e.code().value() != EAGAIN)
                      co_return 92;
                  }
                }
                co_return 0;
              }());
            }),
            0);
}

TEST_F(ProcessFaults, AForkServerSeesTheSameDeaths) {
  if (!alone())
    GTEST_SKIP() << "a fork server wants a program of one thread";
  fork_server server;
  world w;
  w.run([](fork_server& server) -> task<void> {
    process_pool_executor pool({.max_workers = 2, .server = &server});
    EXPECT_EQ(co_await pool.run<add>(1, 2), 3);
    exit_status s;
    for (int signal : {SIGKILL, SIGSEGV}) {
      co_await failure_of(pool.run<die_by>(signal), s);
      EXPECT_EQ(s, (exit_status{0, signal}));
    }
    co_await failure_of(pool.run<leave_with>(3), s);
    EXPECT_EQ(s, (exit_status{3, 0}));
    std::vector<task<int>> calls;
    for (int i = 0; i < 50; ++i)
      calls.push_back(pool.run<add>(i, 1));
    EXPECT_EQ((co_await gather(std::move(calls)))[49], 50);
    EXPECT_TRUE(co_await pool.shutdown());
  }(server));
}

namespace {
int loaded_before_the_fork = 0;
int what_was_loaded() { return loaded_before_the_fork; }
} // namespace

TEST_F(ProcessFaults, AForkServersWorkersShareWhatWasThere) {
  if (!alone())
    GTEST_SKIP() << "a fork server wants a program of one thread";
  loaded_before_the_fork = 11;
  fork_server server;
  loaded_before_the_fork = 12;
  world w;
  const int seen = w.run([](fork_server& server) -> task<int> {
    process_pool_executor pool({.max_workers = 1, .server = &server});
    co_return co_await pool.run<what_was_loaded>();
  }(server));
  EXPECT_EQ(seen, 11);
}

} // namespace process_faults_tests
