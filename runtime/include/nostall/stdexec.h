//===- stdexec.h - senders and receivers (std::execution) -----------------===//
//
//     loop_scheduler here(get_running_loop());
//     auto s = stdexec::schedule(here) | stdexec::then([] { return 1; });  // on the loop
//     auto t = as_sender(count(), loop_handle(loop));                      // a task, there
//     int n = co_await from_sender(std::move(s));                          // in any task
//
// A scheduler of a loop; a task as a sender; a sender as an awaitable. For stdexec, the
// reference implementation of C++26's std::execution, which is not among nostall.h.
//
// A loop that is gone, or goes before the sender's turn has come: set_stopped.
//
// Stopping: a stop that the receiver's token asks for cancels the task. A task that is
// cancelled asks the sender to stop, and the wait goes on until it has completed; if it
// was stopped, cancelled_error is thrown.
//
// Destroyed while it waits: the sender is asked to stop, and completes without the task.
// What it refers to has to live until then.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_STDEXEC_H
#define NOSTALL_STDEXEC_H

#include "nostall/detail/task/sender_wait.h"
#include "nostall/error.h"
#include "nostall/loop_handle.h"
#include "nostall/task.h"
#include "nostall/with_stop.h"

#include <stdexec/execution.hpp>

#include <concepts>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace nostall {

namespace detail {

/// Completes by set_stopped if it is dropped instead of run.
template <class Operation> struct turn_of {
  Operation* op;
  explicit turn_of(Operation& o) noexcept : op(&o) {}
  turn_of(turn_of&& o) noexcept : op(std::exchange(o.op, nullptr)) {}
  ~turn_of() {
    if (op)
      stdexec::set_stopped(std::move(op->receiver));
  }
  void operator()() { std::exchange(op, nullptr)->come(); }
};

template <class Receiver> struct schedule_operation {
  using operation_state_concept = stdexec::operation_state_t;
  loop_handle home;
  Receiver receiver;
  void start() & noexcept { home.post(turn_of<schedule_operation>(*this)); }
  void come() noexcept { stdexec::set_value(std::move(receiver)); }
};

template <class T, class Receiver> struct task_operation {
  using operation_state_concept = stdexec::operation_state_t;
  task<T> work;
  loop_handle home;
  Receiver receiver;
  std::stop_source stop{};
  struct ask {
    std::stop_source source;
    void operator()() noexcept { source.request_stop(); }
  };
  using token = stdexec::stop_token_of_t<stdexec::env_of_t<Receiver>>;
  std::optional<stdexec::stop_callback_for_t<token, ask>> on_stop{};

  void start() & noexcept {
    on_stop.emplace(stdexec::get_stop_token(stdexec::get_env(receiver)), ask{stop});
    home.post(turn_of<task_operation>(*this));
  }
  void come() { create_task(run(turn_of<task_operation>(*this))).detach(); }

  static task<void> run(turn_of<task_operation> turn) {
    task_operation& self = *turn.op;
    std::exception_ptr error;
    try {
      if constexpr (std::is_void_v<T>) {
        co_await with_stop(self.stop.get_token(), std::move(self.work));
        std::exchange(turn.op, nullptr)->on_stop.reset();
        stdexec::set_value(std::move(self.receiver));
      } else {
        T v = co_await with_stop(self.stop.get_token(), std::move(self.work));
        std::exchange(turn.op, nullptr)->on_stop.reset();
        stdexec::set_value(std::move(self.receiver), std::move(v));
      }
      co_return;
    } catch (const cancelled_error&) {
      self.on_stop.reset();
      co_return; // `turn` says so
    } catch (...) {
      error = std::current_exception();
    }
    std::exchange(turn.op, nullptr)->on_stop.reset();
    stdexec::set_error(std::move(self.receiver), std::move(error));
  }
};

template <class T> struct value_signature {
  using type = stdexec::set_value_t(T);
};
template <> struct value_signature<void> {
  using type = stdexec::set_value_t();
};

} // namespace detail

/// Where work runs on a loop. A handle: it may outlive the loop.
class loop_scheduler {
public:
  using scheduler_concept = stdexec::scheduler_t;
  explicit loop_scheduler(event_loop& l) noexcept : home_(l), loop_(&l) {}
  friend bool operator==(const loop_scheduler& a, const loop_scheduler& b) noexcept {
    return a.loop_ == b.loop_;
  }

  class sender;
  sender schedule() const noexcept;

private:
  loop_handle home_;
  const event_loop* loop_; ///< for comparing only
};

class loop_scheduler::sender {
public:
  using sender_concept = stdexec::sender_t;
  using completion_signatures =
      stdexec::completion_signatures<stdexec::set_value_t(), stdexec::set_stopped_t()>;
  struct env {
    loop_scheduler where;
    template <class Tag>
    loop_scheduler query(stdexec::get_completion_scheduler_t<Tag>, auto&&...) const noexcept {
      return where;
    }
  };
  explicit sender(loop_scheduler s) noexcept : where_(std::move(s)) {}
  env get_env() const noexcept { return {where_}; }
  template <class R> detail::schedule_operation<R> connect(R r) const {
    return {where_.home_, std::move(r)};
  }

private:
  loop_scheduler where_;
};
inline loop_scheduler::sender loop_scheduler::schedule() const noexcept {
  return sender(*this);
}

template <class T> class task_sender {
public:
  using sender_concept = stdexec::sender_t;
  using completion_signatures =
      stdexec::completion_signatures<typename detail::value_signature<T>::type,
                                     stdexec::set_error_t(std::exception_ptr),
                                     stdexec::set_stopped_t()>;
  task_sender(task<T> t, loop_handle home) noexcept
      : task_(std::move(t)), home_(std::move(home)) {}
  template <class R> detail::task_operation<T, R> connect(R r) && {
    return {std::move(task_), std::move(home_), std::move(r)};
  }

private:
  task<T> task_;
  loop_handle home_;
};
/// Runs the task on that loop when it is started.
template <class T> task_sender<T> as_sender(task<T> t, loop_handle home) {
  return {std::move(t), std::move(home)};
}

/// Awaits a sender. It may complete by one kind of set_value: its value, nothing, or a
/// tuple. An error that is no exception_ptr is thrown as it is.
template <stdexec::sender S> NOSTALL_NONBLOCKING auto from_sender(S&& s) {
  return detail::sender_wait<std::decay_t<S>>(std::forward<S>(s));
}

} // namespace nostall

#endif
