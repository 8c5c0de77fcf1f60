//===- start_process.cpp - spawning this program's own file ---------------===//

#include "process/start_process.h"
#include "process/process_facts.h"
#include "io/throw_errno.h"
#include "ipc/shortage.h"
#include "nostall/error.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string>
#include <sys/auxv.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace nostall {

std::string to_string(const exit_status& s) {
  if (!s.known)
    return "an unknown status (it was not this library that reaped it: SIGCHLD is "
           "ignored, or something else waits for all children)";
  if (s.signal == 0)
    return "exit code " + std::to_string(s.code);
  const char* name = sigdescr_np(s.signal);
  return "signal " + std::to_string(s.signal) + " (" + (name ? name : "unknown") + ")";
}

namespace detail {

namespace {

class file_actions {
public:
  file_actions() { check(posix_spawn_file_actions_init(&actions)); }
  file_actions(const file_actions&) = delete;
  ~file_actions() { posix_spawn_file_actions_destroy(&actions); }
  static void check(int error) {
    if (error != 0)
      throw_errno("nostall: preparing a process", error);
  }
  posix_spawn_file_actions_t actions;
};

class attributes {
public:
  attributes() { file_actions::check(posix_spawnattr_init(&value)); }
  attributes(const attributes&) = delete;
  ~attributes() { posix_spawnattr_destroy(&value); }
  posix_spawnattr_t value;
};

class spawn_starter final : public process_starter {
public:
  std::shared_ptr<process_starter> share() override {
    return {std::shared_ptr<void>(), this}; // there is one, for ever
  }
  new_process start() override {
    link_worker_entry();
    if (is_under_construction())
      throw usage_error("nostall: a static object starts a process in its constructor, and "
                        "so it would in each worker, which has the same static objects: "
                        "start it in main");
    if (getauxval(AT_SECURE) != 0)
      throw_errno("nostall: a program with raised privileges (set-uid, capabilities) "
                  "starts no workers", EPERM);
    socket_pair ends;
    file_actions files;
    files.check(posix_spawn_file_actions_adddup2(&files.actions, ends.theirs.get(),
                                                 worker_socket));
    files.check(posix_spawn_file_actions_addopen(&files.actions, 0, "/dev/null",
                                                 O_RDONLY, 0));
    files.check(
        posix_spawn_file_actions_addclosefrom_np(&files.actions, worker_socket + 1));
    attributes with;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&with.value, &none);
    posix_spawnattr_setsigdefault(&with.value, &all);
    posix_spawnattr_setflags(&with.value,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::string mark = "--nostall-worker=" + std::to_string(getpid());
    char* argv[] = {program_invocation_name, mark.data(), nullptr};
    new_process p;
    const int error = posix_spawn(&p.pid, "/proc/self/exe", &files.actions,
                                  &with.value, argv, environ);
    if (error != 0)
      throw_errno("nostall: starting a worker process", error);
    p.socket = std::move(ends.ours);
    try {
      p.handle = open_pidfd(p.pid);
      if (!p.handle)
        p.news = watch_child(p.pid);
    } catch (...) {
      kill(p.pid, SIGKILL);
      while (waitpid(p.pid, nullptr, 0) < 0 && errno == EINTR) {
      }
      throw;
    }
    return p;
  }

  std::optional<exit_status> look(new_process& p) noexcept override {
    if (!is_readable(p.watched()))
      return std::nullopt;
    siginfo_t info{};
    // By the pidfd, so that it is never another child of the same number.
    const auto ask = [&] {
      return p.handle && by_pidfd_
                 ? waitid(static_cast<idtype_t>(3), static_cast<id_t>(p.handle.get()),
                          &info, WEXITED | WNOHANG)
                 : waitid(P_PID, static_cast<id_t>(p.pid), &info, WEXITED | WNOHANG);
    };
    while (ask() != 0) {
      if (errno == EINVAL && by_pidfd_)
        by_pidfd_ = false; // Linux before 5.4
      else if (errno != EINTR)
        return exit_status::unknown(); // somebody else has reaped it
    }
    if (info.si_pid == 0)
      return std::nullopt;
    if (info.si_code == CLD_EXITED)
      return exit_status{info.si_status, 0};
    return exit_status{0, info.si_status};
  }

private:
  std::atomic<bool> by_pidfd_{true};
};

} // namespace

process_starter& spawner() noexcept {
  static spawn_starter s;
  return s;
}

void kill_process(new_process& p, int signal) noexcept {
  if (p.pid < 0) {
    p.doomed = p.doomed || signal == SIGKILL;
    return;
  }
  if (p.handle && (syscall(SYS_pidfd_send_signal, p.handle.get(), signal, nullptr, 0) ==
                       0 ||
                   errno == ESRCH))
    return;
  // By number, which is its own until it is reaped, and that is done here.
  if (!is_readable(p.handle ? p.handle.get() : p.news.get()))
    kill(p.pid, signal);
}

std::optional<exit_status> wait(process_starter& s, new_process& p,
                                int milliseconds) noexcept {
  const auto until =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  for (;;) {
    if (const auto status = s.look(p))
      return status;
    int left = -1;
    if (milliseconds >= 0) {
      const auto rest = std::chrono::ceil<std::chrono::milliseconds>(
          until - std::chrono::steady_clock::now());
      if (rest.count() <= 0)
        return std::nullopt;
      left = static_cast<int>(rest.count());
    }
    pollfd f{p.watched(), POLLIN, 0};
    if (poll(&f, 1, left) < 0 && errno != EINTR)
      return std::nullopt;
  }
}

bool is_readable(int fd) noexcept {
  pollfd f{fd, POLLIN, 0};
  int n;
  do
    n = poll(&f, 1, 0);
  while (n < 0 && errno == EINTR);
  return n == 1;
}

bool is_exiting(pid_t pid) noexcept {
  if (kill(pid, 0) != 0 && errno == ESRCH)
    return true;
  try {
    return facts_of(pid).exiting;
  } catch (const std::system_error&) {
    return false;
  }
}

socket_pair::socket_pair() {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
    throw_errno("nostall: a socket to another process");
  ours = unique_fd(fds[0]);
  theirs = unique_fd(fds[1]);
  ours = beyond_standard(std::move(ours));
  theirs = beyond_standard(std::move(theirs));
  // For a full packet; as much as the system allows, which may be less.
  const int bytes = 4 * static_cast<int>(inline_bytes);
  for (const int fd : {ours.get(), theirs.get()})
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

unique_fd open_pidfd(pid_t pid) {
  unique_fd fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  // Containers refuse by any error.
  if (!fd && (is_shortage(errno) || errno == ESRCH))
    throw_errno("nostall: watching another process");
  return fd;
}

unique_fd watch_child(pid_t pid) {
  unique_fd ended(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!ended)
    throw_errno("nostall: watching another process");
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before); // not the one to run the program's handlers
  try {
    std::thread([pid, mine = duplicate(ended.get())] {
      siginfo_t info;
      while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 &&
             errno == EINTR) {
      }
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto n = ::write(mine.get(), &one, sizeof one);
    }).detach();
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return ended;
}

} // namespace detail
} // namespace nostall
