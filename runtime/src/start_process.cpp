//===- start_process.cpp - spawning this program's own file ---------------===//

#include "start_process.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <string>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace nostall {

std::string to_string(const exit_status& s) {
  if (s.signal == 0)
    return "exit code " + std::to_string(s.code);
  const char* name = sigdescr_np(s.signal);
  return "signal " + std::to_string(s.signal) + " (" + (name ? name : "unknown") + ")";
}

namespace detail {

namespace {

[[noreturn]] void fail(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

class file_actions {
public:
  file_actions() { check(posix_spawn_file_actions_init(&actions)); }
  file_actions(const file_actions&) = delete;
  ~file_actions() { posix_spawn_file_actions_destroy(&actions); }
  static void check(int error) {
    if (error != 0)
      fail(error, "nostall: preparing a process");
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
  new_process start() override {
    link_worker_entry();
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
      fail(error, "nostall: starting a worker process");
    p.socket = std::move(ends.ours);
    try {
      p.death = open_pidfd(p.pid);
    } catch (...) {
      kill(p.pid, SIGKILL);
      while (waitpid(p.pid, nullptr, 0) < 0 && errno == EINTR) {
      }
      throw;
    }
    return p;
  }

  exit_status reap(new_process& p) noexcept override {
    siginfo_t info{};
    while (waitid(P_PID, static_cast<id_t>(p.pid), &info, WEXITED) != 0)
      if (errno != EINTR)
        return {}; // somebody else has reaped it
    if (info.si_code == CLD_EXITED)
      return {info.si_status, 0};
    return {0, info.si_status};
  }
};

} // namespace

process_starter& spawner() noexcept {
  static spawn_starter s;
  return s;
}

void kill_process(const new_process& p, int signal) noexcept {
  syscall(SYS_pidfd_send_signal, p.death.get(), signal, nullptr, 0);
}

// The kernel's flag PF_EXITING, seventh after the name in /proc/PID/stat.
bool is_exiting(pid_t pid) noexcept {
  char path[32], text[512];
  std::snprintf(path, sizeof path, "/proc/%d/stat", static_cast<int>(pid));
  const unique_fd file(open(path, O_RDONLY | O_CLOEXEC));
  const ssize_t n = file ? read(file.get(), text, sizeof text - 1) : 0;
  if (n <= 0)
    return false;
  text[n] = 0;
  const char* const fields = std::strrchr(text, ')');
  char state;
  unsigned flags;
  if (!fields || std::sscanf(fields + 1, " %c %*d %*d %*d %*d %*d %u", &state, &flags) != 2)
    return false;
  return state == 'Z' || (flags & 0x4) != 0;
}

socket_pair::socket_pair() {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
    fail(errno, "nostall: a socket to another process");
  ours = unique_fd(fds[0]);
  theirs = unique_fd(fds[1]);
}

unique_fd open_pidfd(pid_t pid) {
  unique_fd fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!fd)
    fail(errno, "nostall: watching another process");
  return fd;
}

} // namespace detail
} // namespace nostall
