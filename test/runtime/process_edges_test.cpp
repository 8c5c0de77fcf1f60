// Where processes meet the rest of the system: children that others reap, forks, filters
// of system calls, descriptors that run out, signals, and strangers at the door. What
// changes the process for good is done in a forked copy of it.

#include "process_support.h"

#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <sstream>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ctime>
#include <sys/wait.h>
#include <thread>

namespace {

struct ProcessEdges : leaves_nothing {};

int twice(int n) { return 2 * n; }
void crash() {
  std::signal(SIGSEGV, SIG_DFL);
  raise(SIGSEGV);
}
int exit_code(int n) { return n; }
int answer_when_told(ipc_end<int> end, int n) {
  end.send_blocking(1);
  (void)end.receive_blocking();
  return n;
}
void hold_for_ever(ipc_end<int> end) {
  end.send_blocking(1);
  (void)end.receive_blocking();
}
void lock_and_hold(ipc_mutex m, ipc_end<int> end) {
  const auto g = m.lock_blocking();
  end.send_blocking(1);
  (void)end.receive_blocking();
}
std::string output_of(std::string command) {
  FILE* f = popen(command.c_str(), "r");
  std::string text;
  for (char c[256]; f && std::fgets(c, sizeof c, f);)
    text += c;
  if (f)
    pclose(f);
  return text;
}

/// Runs `body` in a forked copy of this process, at most 30 s; gives its exit code.
template <class F> int in_a_copy(F body) {
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    alarm(30);
    int code = 120;
    try {
      code = body();
    } catch (const std::exception& e) {
      std::fprintf(stderr, "%s\n", e.what());
    }
    _exit(code);
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// In this process and all that it starts, the call fails from now on.
bool refuse_call(int number, int error) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  sock_fprog program{4, code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
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

TEST_F(ProcessEdges, WhereSigchldIsIgnoredACrashIsNoSuccess) {
  EXPECT_EQ(in_a_copy([] {
              std::signal(SIGCHLD, SIG_IGN);
              return nostall::run(crashes_are_no_success(false));
            }),
            0);
  EXPECT_EQ(to_string(exit_status{}), "exit code 0");
  EXPECT_NE(to_string(exit_status::unknown()).find("unknown"), std::string::npos);
  EXPECT_FALSE(exit_status::unknown() == exit_status{});
}

TEST_F(ProcessEdges, AChildThatSomebodyElseReapsIsNoSuccess) {
  EXPECT_EQ(in_a_copy([] {
              auto p = process::start<crash>();
              while (waitpid(-1, nullptr, 0) != p.pid()) {
              }
              const exit_status s = p.wait_blocking();
              return s.success() || s.known ? 1 : 0;
            }),
            0);
}

TEST_F(ProcessEdges, AForkedChildLeavesItsParentsProcessesAlone) {
  nostall::run([]() -> task<void> {
    auto pool = std::make_unique<process_pool_executor>(
        process_pool_executor::options{.max_workers = 1});
    ipc_pipe<int> a, b;
    auto call = create_task(pool->run<answer_when_told>(std::move(a.second), 7));
    co_await a.first.receive();
    auto p = std::make_unique<process>(process::start<hold_for_ever>(std::move(b.second)));
    co_await b.first.receive();
    auto waits = create_task(p->wait());
    auto receives = create_task(a.first.receive());
    co_await yield_now();
    co_await yield_now();
    EXPECT_EQ(in_a_copy([&] {
                p->kill();
                if (p->status().value_or(exit_status{}).success())
                  return 1;
                p.reset();
                pool.reset();
                ipc_end<int> gone = std::move(a.first);
                return 0;
              }),
              0);
    EXPECT_FALSE(p->status().has_value()); // it lives
    receives.cancel();
    co_await receives.join();
    co_await a.first.send(1);
    EXPECT_EQ(co_await call, 7);
    p->kill();
    EXPECT_EQ((co_await waits).signal, SIGKILL);
    co_await pool->shutdown();
  }());
}

TEST_F(ProcessEdges, APoolOfTheParentRefusesCallsInAForkedChild) {
  process_pool_executor pool({.max_workers = 1});
  EXPECT_EQ(nostall::run([](process_pool_executor& p) -> task<int> {
              co_return co_await p.run<twice>(1);
            }(pool)),
            2);
  EXPECT_EQ(in_a_copy([&] {
              return nostall::run([](process_pool_executor& p) -> task<int> {
                try {
                  co_return co_await p.run<twice>(1);
                } catch (const usage_error&) {
                }
                process_pool_executor own({.max_workers = 1});
                co_return co_await own.run<twice>(2);
              }(pool));
            }),
            4);
}

TEST_F(ProcessEdges, WithoutPidfdsProcessesAreWatchedAndEnded) {
  for (const int error : {ENOSYS, EPERM})
    for (const int call : {SYS_pidfd_open, SYS_pidfd_send_signal})
      EXPECT_EQ(in_a_copy([&] {
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

TEST_F(ProcessEdges, WithoutPidfdsAMutexIsStillRobust) {
  EXPECT_EQ(in_a_copy([] {
              if (!refuse_call(SYS_pidfd_open, EPERM))
                return 10;
              ipc_mutex m;
              ipc_pipe<int> pipe;
              auto p = process::start<lock_and_hold>(m, std::move(pipe.second));
              (void)pipe.first.receive_blocking();
              return nostall::run([](ipc_mutex& mutex, process& owner) -> task<int> {
                if (mutex.try_lock())
                  co_return 1;
                auto waits = create_task(mutex.lock());
                co_await nostall::sleep(120ms);
                if (waits.done())
                  co_return 2;
                owner.kill();
                auto g = co_await std::move(waits);
                co_return g.recovered() ? 0 : 3;
              }(m, p));
            }),
            0);
}

TEST_F(ProcessEdges, WithoutMemfdsMemoryIsSharedAllTheSame) {
  for (const int error : {ENOSYS, EPERM})
    EXPECT_EQ(in_a_copy([&] {
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

TEST_F(ProcessEdges, AProcessThatCannotBeStartedIsAnException) {
  EXPECT_EQ(in_a_copy([] {
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

TEST_F(ProcessEdges, SignalsAllTheTimeDisturbNothing) {
  EXPECT_EQ(in_a_copy([] {
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

TEST_F(ProcessEdges, AMutexIsNotTakenFromTheLivingForWantOfDescriptors) {
  EXPECT_EQ(in_a_copy([] {
              rlimit few{64, 64};
              setrlimit(RLIMIT_NOFILE, &few);
              return nostall::run([]() -> task<int> {
                ipc_mutex m;
                ipc_pipe<int> pipe;
                auto p = process::start<lock_and_hold>(m, std::move(pipe.second));
                co_await pipe.first.receive();
                try { // what a wait needs is there afterwards
                  (void)co_await wait_for(m.lock(), 1ms);
                  co_return 1;
                } catch (const timeout_error&) {
                }
                std::vector<int> all;
                for (int fd; (fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;)
                  all.push_back(fd);
                for (int left = 0; left < 4; ++left) {
                  try {
                    (void)co_await wait_for(m.lock(), 1ms);
                    co_return 2;
                  } catch (const std::exception&) {
                  }
                  try {
                    if (m.try_lock())
                      co_return 3;
                  } catch (const std::system_error&) {
                  }
                  close(all.back());
                  all.pop_back();
                }
                co_return p.status() ? 4 : 0;
              }());
            }),
            0);
}

TEST_F(ProcessEdges, AMutexExcludesWithoutProc) {
  const int r = in_a_copy([] {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("none", "/proc", "tmpfs", 0, nullptr) != 0)
      return 77;
    ipc_mutex m;
    {
      const auto first = m.try_lock();
      if (!first || m.try_lock())
        return 1;
      int status;
      const pid_t other = fork();
      if (other == 0)
        _exit(m.try_lock() ? 1 : 0);
      if (waitpid(other, &status, 0) != other || status != 0)
        return 2;
    }
    return m.try_lock() ? 0 : 3;
  });
  if (r == 77)
    GTEST_SKIP() << "needs the right to hide /proc";
  EXPECT_EQ(r, 0);
}

TEST_F(ProcessEdges, ACopyOfAGuardUnlocksNothing) {
  ipc_mutex m;
  auto mine = m.try_lock();
  ASSERT_TRUE(mine);
  EXPECT_EQ(in_a_copy([&] {
              mine.reset();
              return 0;
            }),
            0);
  EXPECT_FALSE(m.try_lock());
}

TEST_F(ProcessEdges, ThreadsShareAMutexAndItsHandle) {
  ipc_mutex m;
  long count = 0;
  std::vector<std::thread> all;
  for (int t = 0; t < 4; ++t)
    all.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const auto g = m.lock_blocking();
        ++count;
      }
    });
  for (auto& t : all)
    t.join();
  EXPECT_EQ(count, 2000);
}

namespace {
[[gnu::used, gnu::noinline]] void never_offered(detail::in_message&, detail::out_message&) {
  _exit(99);
}
[[gnu::used]] constinit const detail::registered_entry not_itself = {
    {detail::registered_entry::marks[0], detail::registered_entry::marks[1]},
    nullptr, &never_offered};

/// This program (or a copy), started as a worker by somebody who has a socket for it.
/// Its exit code.
int start_as_worker(detail::code_place place, bool true_parent,
                    const char* file = "/proc/self/exe") {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return -1;
  std::fflush(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    if (!true_parent) { // the other end is not the parent's
      int own[2];
      if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, own) != 0)
        _exit(98);
      dup2(own[0], ends[0]);
      dup2(own[1], ends[1]);
    }
    detail::out_message m;
    m.header.kind = detail::message_kind::user;
    m.header.module = place.module;
    m.header.offset = place.offset;
    m.send(ends[0], 0);
    dup2(ends[1], 3);
    const std::string mark = "--nostall-worker=" + std::to_string(parent);
    execl(file, "worker", mark.c_str(), nullptr);
    _exit(97);
  }
  close(ends[1]);
  int status = 0;
  TEMP_FAILURE_RETRY(waitpid(pid, &status, 0)); // also in a storm of signals
  close(ends[0]);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
} // namespace

TEST_F(ProcessEdges, AWorkerRunsOnlyWhatWasOfferedAndForItsParentOnly) {
  const auto offered = detail::place_of(&detail::entry<exit_code, int>::registered);
  detail::place_of(&detail::entry<crash>::registered);
  EXPECT_EQ(start_as_worker(detail::place_of(&never_offered), true), 1);
  EXPECT_EQ(start_as_worker(detail::place_of(&not_itself), true), 1);
  auto beside = offered;
  beside.offset += 8;
  EXPECT_EQ(start_as_worker(beside, true), 1);
  EXPECT_EQ(start_as_worker(offered, false), 70);
}

TEST_F(ProcessEdges, AProgramWithMoreRightsThanItsCallerIsNoWorker) {
  namespace fs = std::filesystem;
  struct statvfs where;
  const fs::path copy = fs::temp_directory_path() / ("nostall-" + std::to_string(getpid()));
  if (getuid() != 0 || statvfs(copy.parent_path().c_str(), &where) != 0 ||
      (where.f_flag & (ST_NOSUID | ST_NOEXEC)))
    GTEST_SKIP() << "needs root, and a place for set-uid programs";
  fs::copy_file("/proc/self/exe", copy);
  ASSERT_EQ(chown(copy.c_str(), 65534, 65534), 0);
  const auto offered = detail::place_of(&detail::entry<exit_code, int>::registered);
  ASSERT_EQ(chmod(copy.c_str(), 0755), 0);
  EXPECT_NE(start_as_worker(offered, true, copy.c_str()), 70);
  ASSERT_EQ(chmod(copy.c_str(), 04755), 0);
  EXPECT_EQ(start_as_worker(offered, true, copy.c_str()), 70);
  fs::remove(copy);
}

TEST_F(ProcessEdges, ALongBacklogCostsTheSameACall) {
  nostall::run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    const auto cost_of_one = [&](int n) -> task<double> {
      std::vector<task<int>> calls;
      for (int i = 0; i < n; ++i)
        calls.push_back(pool.run<twice>(i));
      timespec begin, end;
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
      (void)co_await gather(std::move(calls));
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
      co_return (static_cast<double>(end.tv_sec - begin.tv_sec) +
                 static_cast<double>(end.tv_nsec - begin.tv_nsec) * 1e-9) /
          n;
    };
    (void)co_await cost_of_one(400);
    const double few = co_await cost_of_one(2000);
    const double many = co_await cost_of_one(40'000);
    EXPECT_LT(many, 4 * few);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessEdges, WhatAWorkerStartsInheritsNothing) {
  nostall::run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    const std::string files =
        co_await pool.run<output_of>(std::string("ls -l /proc/self/fd"));
    EXPECT_EQ(files.find("socket:"), std::string::npos) << files;
    std::istringstream status(
        co_await pool.run<output_of>(std::string("grep Sig /proc/self/status")));
    int seen = 0;
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("SigBlk:") || line.starts_with("SigIgn:")) {
        ++seen;
        // 32 and 33 are glibc's own, and not to be set.
        EXPECT_EQ(std::stoull(line.substr(7), nullptr, 16) & ~0x180000000ull, 0u) << line;
      }
    }
    EXPECT_EQ(seen, 2);
    co_await pool.shutdown();
  }());
}

namespace {
// Sends the answers of calls that have ended, and of those that have not, once more.
int answers_too_often(int n) {
  for (std::uint32_t slot = 0; slot < 4; ++slot)
    for (std::uint64_t number : {0, 1, 2, 3})
      for (const auto kind : {detail::message_kind::value, detail::message_kind::error,
                              detail::message_kind::user, detail::message_kind::call}) {
        detail::out_message m;
        const int wrong = -1;
        m.append(&wrong, sizeof wrong);
        m.header.kind = kind;
        m.header.slot = slot;
        m.header.number = number < 3 ? number : 1000;
        if (slot == 1 && number == 2)
          continue; // its own name, if it is the second call
        m.send(3, 0);
      }
  return n;
}
} // namespace

TEST_F(ProcessEdges, WhatAConfusedWorkerSendsReachesNoOtherCall) {
  nostall::run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    EXPECT_EQ(co_await pool.run<twice>(1), 2);
    std::vector<task<int>> calls;
    calls.push_back(pool.run<answers_too_often>(0));
    for (int i = 1; i < 12; ++i)
      calls.push_back(pool.run<twice>(i));
    const std::vector<int> all = co_await gather(std::move(calls));
    for (int i = 0; i < 12; ++i)
      EXPECT_EQ(all[static_cast<std::size_t>(i)], 2 * i);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessEdges, AProcessOutlivesTheThreadThatStartedIt) {
  ipc_pipe<int> pipe;
  std::optional<process> p;
  std::thread([&] {
    p.emplace(process::start<answer_when_told>(std::move(pipe.second), 7));
  }).join();
  EXPECT_EQ(pipe.first.receive_blocking(), 1); // it began after that end, or before
  pipe.first.send_blocking(1);
  EXPECT_EQ(p->wait_blocking(), (exit_status{7, 0}));
}

namespace {
pid_t server_of(const std::vector<pid_t>& before) {
  for (const pid_t p : children())
    if (std::find(before.begin(), before.end(), p) == before.end())
      return p;
  return -1;
}
} // namespace

TEST_F(ProcessEdges, AForkServerThatStandsStillHoldsUpItsOwnWorkersOnly) {
  if (!alone())
    GTEST_SKIP() << "a fork server wants a program of one thread";
  EXPECT_EQ(in_a_copy([] {
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

TEST_F(ProcessEdges, AForkServersWorkersInheritNothing) {
  if (!alone())
    GTEST_SKIP() << "a fork server wants a program of one thread";
  EXPECT_EQ(in_a_copy([] {
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

TEST_F(ProcessEdges, WhatIsClosedOrGoesWhileItIsAwaitedIsAnError) {
  nostall::run([]() -> task<void> {
    const auto receive = [](ipc_end<int>& end) -> task<int> {
      try {
        co_await end.receive();
        co_return 0;
      } catch (const std::system_error& e) {
        co_return e.code().value();
      }
    };
    for (int how = 0; how < 4; ++how) {
      auto pipe = std::make_unique<ipc_pipe<int>>();
      ipc_end<int> elsewhere;
      auto h = create_task(receive(pipe->first));
      co_await yield_now();
      co_await yield_now();
      if (how == 0)
        pipe->first.close();
      else if (how == 1)
        pipe.reset();
      else if (how == 2)
        pipe->first = ipc_end<int>();
      else
        elsewhere = std::move(pipe->first); // moved: it is the same end
      co_await yield_now();
      if (how == 3)
        co_await pipe->second.send(1);
      EXPECT_EQ(co_await h, how == 3 ? 0 : EBADF) << how;
    }
    ipc_end<int> none;
    EXPECT_EQ(co_await receive(none), EBADF);

    ipc_pipe<int> pipe;
    auto p = std::make_unique<process>(process::start<hold_for_ever>(std::move(pipe.second)));
    co_await pipe.first.receive();
    auto waits = create_task(p->wait());
    co_await yield_now();
    co_await yield_now();
    p.reset();
    EXPECT_EQ((co_await waits).signal, SIGKILL);
  }());
}
