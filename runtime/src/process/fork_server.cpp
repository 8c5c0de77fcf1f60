//===- fork_server.cpp - a process that forks workers ---------------------===//
//
//   pool ── request: the worker's socket, and a line of its own ──▶ server
//                                      │                              │ fork
//        ◀── line: started, pid, pidfd ┤                              ▼
//        ◀── line: ended, status ──────┘ when the worker has ended  worker
//
// The server is a worker's parent, so it is the one that can reap. It has one thread.
// Each worker has a line (a socket) on which the server tells of it, so that the pool
// waits for news as for any other descriptor: a server that is slow, stopped or
// swapped out holds up its workers only. A line that ends without a status: the server
// is gone, and took its workers along.
//
//===----------------------------------------------------------------------===//

#include "nostall/fork_server.h"
#include "io/throw_errno.h"
#include "nostall/error.h"
#include "process/birthplace.h"
#include "process/start_process.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <memory>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/single_threaded.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace nostall::detail {

namespace {

/// The content of what the server says on a worker's line.
struct report {
  enum what : std::uint32_t { started, ended, failed };
  what kind;
  pid_t pid; ///< failed: an errno
  exit_status status;
};

// The pool may have lost its interest.
void say(int line, const report& r, int descriptor = -1) noexcept {
  try {
    out_message m;
    m.append(&r, sizeof r);
    m.header.slot = static_cast<std::uint32_t>(r.pid); // to be read in any case
    if (descriptor >= 0)
      m.attach(descriptor);
    m.send(line, MSG_DONTWAIT);
  } catch (const std::exception&) {
  }
}

class server {
public:
  explicit server(int socket) : socket_(socket) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, nullptr);
    signals_ = unique_fd(signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  void serve();

private:
  void fork_worker(unique_fd worker_end, unique_fd line);
  void report_ended();

  int socket_;
  unique_fd signals_;
  std::map<pid_t, unique_fd> lines_; ///< of the workers that have not ended
};

void server::fork_worker(unique_fd worker_end, unique_fd line) {
  const pid_t parent = getpid();
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid < 0)
    return say(line.get(), {report::failed, errno, {}});
  if (pid == 0) {
    close(socket_);
    signals_.reset();
    line.reset();
    lines_.clear(); // the other workers'
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    become_worker(parent);
    const int code = serve_calls(worker_end.get());
    std::fflush(nullptr);
    _exit(code);
  }
  try {
    unique_fd& kept = lines_[pid];
    const unique_fd handle = open_pidfd(pid);
    say(line.get(), {report::started, pid, {}}, handle.get());
    kept = std::move(line);
  } catch (const std::system_error& e) {
    kill(pid, SIGKILL); // reaped as all are
    say(line.get(), {report::failed, e.code().value(), {}});
  }
}

void server::report_ended() {
  for (;;) {
    int status;
    const pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid < 0 && errno == EINTR)
      continue;
    if (pid <= 0)
      return;
    const auto it = lines_.find(pid);
    if (it == lines_.end())
      continue;
    if (it->second)
      say(it->second.get(),
          {report::ended, pid,
           WIFEXITED(status) ? exit_status{WEXITSTATUS(status), 0}
                             : exit_status{0, WTERMSIG(status)}});
    lines_.erase(it);
  }
}

void server::serve() {
  for (;;) {
    pollfd wanted[] = {{socket_, POLLIN, 0}, {signals_.get(), POLLIN, 0}};
    if (poll(wanted, 2, -1) < 0) {
      if (errno != EINTR)
        return;
      continue;
    }
    if (wanted[1].revents) {
      signalfd_siginfo info;
      while (read(signals_.get(), &info, sizeof info) > 0) {
      }
      report_ended();
    }
    if (wanted[0].revents) {
      in_message m;
      if (m.receive(socket_, 0) != in_message::got::message)
        return; // the parent is gone, or has enough
      if (m.damaged())
        continue; // no descriptor was left to receive it: its line has ended
      unique_fd worker_end = m.take_descriptor(0);
      fork_worker(std::move(worker_end), m.take_descriptor(1));
    }
  }
}

// What the program had open belongs to the program. The numbers stay taken, so that
// what still writes to one of them does not write to another file.
void let_go_of_descriptors(int keep) {
  fill_standard_streams();
  const unique_fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null)
    throw_errno("/dev/null");
  dup2(null.get(), 0);
  std::vector<int> open_now;
  for (const auto& e : std::filesystem::directory_iterator("/proc/self/fd"))
    open_now.push_back(std::stoi(e.path().filename()));
  for (const int fd : open_now)
    if (fd > 2 && fd != keep && fd != null.get() && fcntl(fd, F_GETFD) >= 0)
      dup3(null.get(), fd, O_CLOEXEC);
}

// Handlers that the program has set act for the program: through its loop, which is
// not here. Those for crashes stay.
void let_go_of_signals() {
  for (int s = 1; s < NSIG; ++s)
    switch (s) {
    case SIGSEGV: case SIGBUS: case SIGFPE: case SIGILL: case SIGTRAP: case SIGABRT:
    case SIGSYS:
      break;
    default:
      std::signal(s, SIG_DFL); // fails for those that have no handler
    }
}

// What fork copies is one thread; the others' locks would stay taken.
bool has_one_thread() {
  std::error_code error;
  const std::filesystem::directory_iterator threads("/proc/self/task", error);
  if (error == std::errc::no_such_file_or_directory)
    return __libc_single_threaded; // no /proc: no thread was ever started
  if (error)
    throw std::system_error(error, "nostall: counting the threads of this program");
  return std::distance(begin(threads), end(threads)) == 1;
}

} // namespace

/// The way to a server. Its pools hold it, too: they may outlive the fork_server.
class server_line final : public process_starter,
                          public std::enable_shared_from_this<server_line> {
public:
  server_line() {
    if (!has_one_thread())
      throw usage_error("nostall: a fork_server was made when there were other threads "
                        "already; make it at the beginning of main");
    socket_pair ends;
    const pid_t parent = getpid();
    std::fflush(nullptr);
    server_.pid = fork();
    if (server_.pid < 0)
      throw_errno("nostall: starting a fork server");
    if (server_.pid == 0) {
      try {
        ends.ours.reset();
        let_go_of_signals();
        become_worker(parent);
        let_go_of_descriptors(ends.theirs.get());
        server(ends.theirs.get()).serve();
      } catch (const std::exception& e) {
        std::fprintf(stderr, "nostall: the fork server: %s\n", e.what());
      }
      _exit(0);
    }
    socket_ = std::move(ends.ours);
  }
  ~server_line() { end(); }
  void end() noexcept {
    if (!made_.here() || std::exchange(ended_, true))
      return;
    shutdown(socket_.get(), SHUT_RDWR); // a forked child may have it, too
    kill(server_.pid, SIGCONT);
    while (waitpid(server_.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  std::shared_ptr<process_starter> share() override { return shared_from_this(); }

  new_process start() override {
    socket_pair ends, line;
    out_message request;
    request.attach(ends.theirs.get());
    request.attach(line.theirs.get());
    try {
      if (!request.send(socket_.get(), MSG_DONTWAIT))
        throw_errno("nostall: the fork server does not keep up", EAGAIN);
    } catch (const std::system_error& e) {
      if (e.code().value() != EPIPE)
        throw;
      throw std::system_error(e.code(), "nostall: the fork server has ended");
    }
    new_process p;
    p.socket = std::move(ends.ours);
    p.news = std::move(line.ours);
    return p;
  }

  std::optional<exit_status> look(new_process& p) noexcept override {
    try {
      for (;;) {
        in_message m;
        switch (m.receive(p.news.get(), MSG_DONTWAIT)) {
        case in_message::got::nothing:
          return std::nullopt;
        case in_message::got::end:
          return exit_status::unknown();
        case in_message::got::message:
          break;
        }
        report r{report::started, static_cast<pid_t>(m.header.slot), {}};
        if (!m.damaged()) // else the pidfd found no place here, and is done without
          m.take(&r, sizeof r);
        switch (r.kind) {
        case report::ended:
          return r.status;
        case report::failed:
          p.failed = r.pid;
          return exit_status::unknown();
        case report::started:
          p.pid = r.pid;
          if (!m.damaged() && m.header.descriptors != 0)
            p.handle = m.take_descriptor(0);
          if (p.doomed)
            kill_process(p, SIGKILL);
        }
      }
    } catch (const std::exception&) {
      return exit_status::unknown();
    }
  }

private:
  new_process server_;
  unique_fd socket_;
  birthplace made_;
  bool ended_ = false;
};

class fork_starter {
public:
  fork_starter() = default;
  fork_starter(const fork_starter&) = delete;
  ~fork_starter() { line_->end(); }
  process_starter& line() const noexcept { return *line_; }

private:
  std::shared_ptr<server_line> line_ = std::make_shared<server_line>();
};

} // namespace nostall::detail

namespace nostall {

fork_server::fork_server() : core_(std::make_unique<detail::fork_starter>()) {}
fork_server::~fork_server() = default;
detail::process_starter& fork_server::core() const noexcept { return core_->line(); }

} // namespace nostall
