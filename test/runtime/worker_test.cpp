// Who may be a worker, what it has of the program that started it, and what it cannot do
// to that.

#include "child_support.h"
#include "process_support.h"

#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <thread>

namespace worker_tests {
namespace {

struct Worker : leaves_nothing {};

int twice(int n) { return 2 * n; }
int exit_code(int n) { return n; }
void crash() {
  std::signal(SIGSEGV, SIG_DFL);
  raise(SIGSEGV);
}
int answer_when_told(ipc_end<int> end, int n) {
  end.send_blocking(1);
  (void)end.receive_blocking();
  return n;
}
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

/// In a worker: whether its static objects could start a process. Else there would be one
/// in that, too, and so on.
const bool was_refused = [] {
  if (!std::getenv("NOSTALL_TEST_STATIC_START"))
    return false;
  try {
    process::start([] {}).kill();
    return false;
  } catch (const usage_error&) {
    return true;
  }
}();
void print_more_than_a_buffer() {
  for (int i = 0; i < 1000; ++i)
    std::printf("%s", "this is what a worker prints, and it goes to nobody\n");
  std::fflush(stdout);
}

} // namespace

TEST_F(Worker, AWorkerRunsOnlyWhatWasOfferedAndForItsParentOnly) {
  const auto offered = detail::place_of(&detail::entry<exit_code, int>::registered);
  detail::place_of(&detail::entry<crash>::registered);
  EXPECT_EQ(start_as_worker(detail::place_of(&never_offered), true), 1);
  EXPECT_EQ(start_as_worker(detail::place_of(&not_itself), true), 1);
  auto beside = offered;
  beside.offset += 8;
  EXPECT_EQ(start_as_worker(beside, true), 1);
  EXPECT_EQ(start_as_worker(offered, false), 70);
}

TEST_F(Worker, AProgramWithMoreRightsThanItsCallerIsNoWorker) {
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

TEST_F(Worker, WhatAWorkerStartsInheritsNothing) {
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

TEST_F(Worker, WhatAConfusedWorkerSendsReachesNoOtherCall) {
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

TEST_F(Worker, AProcessOutlivesTheThreadThatStartedIt) {
  ipc_pipe<int> pipe;
  std::optional<process> p;
  std::thread([&] {
    p.emplace(process::start<answer_when_told>(std::move(pipe.second), 7));
  }).join();
  EXPECT_EQ(pipe.first.receive_blocking(), 1); // it began after that end, or before
  pipe.first.send_blocking(1);
  EXPECT_EQ(p->wait_blocking(), (exit_status{7, 0}));
}

TEST_F(Worker, AStaticObjectStartsNoProcess) {
  setenv("NOSTALL_TEST_STATIC_START", "1", 1);
  auto p = process::start([] { return was_refused ? 3 : 4; });
  unsetenv("NOSTALL_TEST_STATIC_START");
  EXPECT_EQ(p.wait_blocking(), (exit_status{3, 0}));
}

// Else the first descriptor that a worker or its server gets would be what it prints to.
TEST_F(Worker, AProgramWithoutStandardStreamsHasWorkers) {
  for (const bool forked : {false, true}) {
    if (forked && !alone())
      GTEST_SKIP() << "a fork server wants a program of one thread";
    EXPECT_EQ(in_a_child([forked] {
                for (int fd : {0, 1, 2})
                  close(fd);
                std::optional<fork_server> server;
                if (forked)
                  server.emplace();
                return run([](fork_server* s) -> task<int> {
                  process_pool_executor pool(
                      {.max_workers = 1,
                       .initializer = in_each_worker<print_more_than_a_buffer>(),
                       .server = s});
                  int n = 0;
                  for (int i = 0; i < 20; ++i)
                    n += co_await pool.run([](int i) {
                      print_more_than_a_buffer();
                      return i;
                    }, i);
                  co_return n;
                }(server ? &*server : nullptr));
              }),
              190);
  }
}

} // namespace worker_tests
