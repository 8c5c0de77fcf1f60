//===- fork_server.cpp - a process that forks workers ---------------------===//
//
//   pool ── request, the worker's socket ──▶ server ── fork ──▶ worker
//        ◀── pid, pidfd ────────────────────   │
//        ◀── pid, status ──────────────────────┘ when the worker has ended
//
// The server is a worker's parent, so it is the one that can reap. It has one thread.
//
//===----------------------------------------------------------------------===//

#include "nostall/fork_server.h"
#include "nostall/error.h"
#include "start_process.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace nostall::detail {

namespace {

/// The content of what the server says.
struct report {
  enum what : std::uint32_t { started, ended, failed };
  what kind;
  pid_t pid; ///< failed: an errno
  exit_status status;
};

void say(int socket, const report& r, int descriptor = -1) {
  out_message m;
  m.append(&r, sizeof r);
  if (descriptor >= 0)
    m.attach(descriptor);
  m.send(socket, 0);
}

void fork_worker(int socket, int signals, int worker_end) {
  const pid_t parent = getpid();
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid < 0) {
    say(socket, {report::failed, errno, {}});
    return;
  }
  if (pid == 0) {
    close(socket);
    close(signals);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    become_worker(parent);
    const int code = serve_calls(worker_end);
    std::fflush(nullptr);
    _exit(code);
  }
  try {
    const unique_fd death = open_pidfd(pid);
    say(socket, {report::started, pid, {}}, death.get());
  } catch (const std::system_error& e) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    say(socket, {report::failed, e.code().value(), {}});
  }
}

void report_ended(int socket) {
  for (;;) {
    int status;
    const pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid <= 0)
      return;
    say(socket, {report::ended, pid,
                 WIFEXITED(status) ? exit_status{WEXITSTATUS(status), 0}
                                   : exit_status{0, WTERMSIG(status)}});
  }
}

void serve_forks(int socket) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, nullptr);
  const unique_fd signals(signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  for (;;) {
    pollfd wanted[] = {{socket, POLLIN, 0}, {signals.get(), POLLIN, 0}};
    if (poll(wanted, 2, -1) < 0 && errno != EINTR)
      return;
    if (wanted[1].revents) {
      signalfd_siginfo info;
      while (read(signals.get(), &info, sizeof info) > 0) {
      }
      report_ended(socket);
    }
    if (wanted[0].revents) {
      in_message m;
      if (m.receive(socket, 0) != in_message::got::message)
        return; // the parent is gone, or has enough
      const unique_fd worker_end = m.take_descriptor(0);
      fork_worker(socket, signals.get(), worker_end.get());
    }
  }
}

} // namespace

class fork_starter final : public process_starter {
public:
  fork_starter() {
    const auto threads = std::filesystem::directory_iterator("/proc/self/task");
    if (std::distance(begin(threads), end(threads)) != 1)
      throw usage_error("nostall: a fork_server was made when there were other threads "
                        "already; make it at the beginning of main");
    socket_pair ends;
    const pid_t parent = getpid();
    std::fflush(nullptr);
    server_.pid = fork();
    if (server_.pid < 0)
      throw std::system_error(errno, std::generic_category(),
                              "nostall: starting a fork server");
    if (server_.pid == 0) {
      ends.ours.reset();
      become_worker(parent);
      const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
      dup2(null, 0);
      close(null);
      try {
        serve_forks(ends.theirs.get());
      } catch (const std::exception& e) {
        std::fprintf(stderr, "nostall: the fork server: %s\n", e.what());
      }
      _exit(0);
    }
    socket_ = std::move(ends.ours);
  }
  ~fork_starter() {
    socket_.reset();
    while (waitpid(server_.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  new_process start() override {
    socket_pair ends;
    out_message request;
    request.attach(ends.theirs.get());
    request.send(socket_.get(), 0);
    for (;;) {
      unique_fd death;
      const report r = listen(&death);
      if (r.kind == report::ended) {
        ended_[r.pid] = r.status;
      } else if (r.kind == report::failed) {
        throw std::system_error(r.pid, std::generic_category(),
                                "nostall: starting a worker process");
      } else {
        new_process p;
        p.pid = r.pid;
        p.death = std::move(death);
        p.socket = std::move(ends.ours);
        return p;
      }
    }
  }

  exit_status reap(new_process& p) noexcept override {
    try {
      auto it = ended_.find(p.pid);
      while (it == ended_.end()) {
        const report r = listen(nullptr);
        ended_[r.pid] = r.status;
        it = ended_.find(p.pid);
      }
      const exit_status s = it->second;
      ended_.erase(it);
      return s;
    } catch (const std::exception&) {
      return {0, SIGKILL}; // the server is gone, and took its workers along
    }
  }

private:
  report listen(unique_fd* death) {
    in_message m;
    if (m.receive(socket_.get(), 0) != in_message::got::message || m.damaged())
      throw std::system_error(EPIPE, std::generic_category(),
                              "nostall: the fork server has ended");
    report r;
    m.take(&r, sizeof r);
    if (death && m.header.descriptors != 0)
      *death = m.take_descriptor(0);
    return r;
  }

  new_process server_;
  unique_fd socket_;
  std::map<pid_t, exit_status> ended_; ///< reported, and not asked for yet
};

} // namespace nostall::detail

namespace nostall {

fork_server::fork_server() : core_(std::make_unique<detail::fork_starter>()) {}
fork_server::~fork_server() = default;
detail::process_starter& fork_server::starter() const noexcept { return *core_; }

} // namespace nostall
