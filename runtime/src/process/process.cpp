//===- process.cpp - a function in a process of its own -------------------===//

#include "nostall/process.h"
#include "io/throw_errno.h"
#include "nostall/detail/io/fd_watch.h"
#include "nostall/sleep.h"
#include "process/birthplace.h"
#include "process/start_process.h"

#include <cerrno>
#include <csignal>
#include <sys/socket.h>
#include <system_error>

namespace nostall {

namespace detail {

struct process_state {
  new_process p;
  std::optional<exit_status> status;
  std::optional<fd_watch> watch;
  birthplace made;

  /// Whether it has ended; then it is reaped. In a child of fork nobody can tell.
  bool look(int milliseconds) noexcept {
    if (!status)
      status = made.here() ? detail::wait(spawner(), p, milliseconds)
                           : exit_status::unknown();
    return status.has_value();
  }
  void signal(int number) noexcept {
    if (!status && made.here())
      kill_process(p, number);
  }
  /// Kills and reaps it. A task that waits for it sees the end, as of any other cause.
  void end() noexcept {
    if (p.pid < 0 || status || !made.here())
      return;
    kill_process(p, SIGKILL);
    look(-1);
    if (watch)
      watch->wake_all();
  }
  ~process_state() { end(); }
};

// The arguments wait in the socket until the process is there to read them.
process_state* start_process(prepared_call call) {
  auto s = std::make_unique<process_state>();
  s->p = spawner().start();
  call.request.header.kind = message_kind::user;
  if (!call.request.send(s->p.socket.get(), MSG_DONTWAIT))
    throw_errno("nostall: sending its arguments to a new process", EAGAIN);
  return s.release();
}

} // namespace detail

process::process(detail::process_state* s) noexcept : state_(s) {}
process::process(process&&) noexcept = default;
process& process::operator=(process&& o) noexcept {
  if (state_ && state_ != o.state_)
    state_->end();
  state_ = std::move(o.state_);
  return *this;
}
process::~process() {
  if (state_)
    state_->end();
}

pid_t process::pid() const noexcept { return state_->p.pid; }

namespace {
task<exit_status> end_of(std::shared_ptr<detail::process_state> s) {
  if (!detail::within_budget())
    co_await yield_now();
  while (!s->look(0)) {
    if (!s->watch)
      s->watch.emplace(s->p.watched());
    co_await s->watch->readable();
  }
  co_return *s->status;
}
} // namespace

NOSTALL_CORO_WRAPPER task<exit_status> process::wait() { return end_of(state_); }

exit_status process::wait_blocking() {
  state_->look(-1);
  return state_->status.value_or(exit_status::unknown());
}

std::optional<exit_status> process::status() {
  state_->look(0);
  return state_->status;
}

void process::send_signal(int signal) noexcept {
  state_->signal(signal);
}
void process::terminate() noexcept { send_signal(SIGTERM); }
void process::kill() noexcept { send_signal(SIGKILL); }

} // namespace nostall
