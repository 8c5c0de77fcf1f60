//===- process.cpp - a function in a process of its own -------------------===//

#include "nostall/process.h"
#include "nostall/detail/fd_watch.h"
#include "start_process.h"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>

namespace nostall {

namespace detail {

struct process_state {
  new_process p;
  std::optional<exit_status> status;
  std::optional<fd_watch> watch;

  /// Whether it has ended; then it is reaped.
  bool look(int timeout) noexcept {
    if (status)
      return true;
    pollfd f{p.death.get(), POLLIN, 0};
    int n;
    do
      n = poll(&f, 1, timeout);
    while (n < 0 && errno == EINTR);
    if (n == 1)
      status = spawner().reap(p);
    return n == 1;
  }
  ~process_state() {
    if (!status) {
      kill_process(p, SIGKILL);
      look(-1);
    }
  }
};

// The arguments wait in the socket until the process is there to read them.
process_state* start_process(prepared_call call) {
  auto s = std::make_unique<process_state>();
  s->p = spawner().start();
  call.request.header.kind = message_kind::user;
  call.request.send(s->p.socket.get(), MSG_DONTWAIT);
  return s.release();
}

} // namespace detail

process::process(detail::process_state* s) noexcept : state_(s) {}
process::process(process&&) noexcept = default;
process& process::operator=(process&&) noexcept = default;
process::~process() = default;

pid_t process::pid() const noexcept { return state_->p.pid; }

task<exit_status> process::wait() {
  detail::process_state& s = *state_;
  while (!s.look(0)) {
    if (!s.watch)
      s.watch.emplace(s.p.death.get());
    co_await s.watch->readable();
  }
  co_return *s.status;
}

exit_status process::wait_blocking() {
  state_->look(-1);
  return *state_->status;
}

std::optional<exit_status> process::status() {
  state_->look(0);
  return state_->status;
}

void process::send_signal(int signal) noexcept {
  if (!state_->status)
    detail::kill_process(state_->p, signal);
}
void process::terminate() noexcept { send_signal(SIGTERM); }
void process::kill() noexcept { send_signal(SIGKILL); }

} // namespace nostall
