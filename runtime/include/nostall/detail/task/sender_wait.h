//===- sender_wait.h - the receiver that a task is ------------------------===//
//
// For nostall/stdexec.h. The operation lives on the heap, because it has to live until it
// has completed, and the task may go before.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_TASK_SENDER_WAIT_H
#define NOSTALL_DETAIL_TASK_SENDER_WAIT_H

#include "nostall/detail/task/task_core.h"
#include "nostall/error.h"

#include <stdexec/execution.hpp>

#include <atomic>
#include <coroutine>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace nostall::detail {

struct sender_env {
  stdexec::inplace_stop_token token;
  stdexec::inplace_stop_token query(stdexec::get_stop_token_t) const noexcept {
    return token;
  }
};

template <class... V> using decayed_values = std::tuple<std::decay_t<V>...>;
template <class... A> struct only_one {
  static_assert(sizeof...(A) == 1,
                "nostall: a sender that is awaited completes by one kind of set_value; let "
                "stdexec::into_variant make one of several");
};
template <class A> struct only_one<A> {
  using type = A;
};
template <> struct only_one<> { // it never has a value
  using type = std::tuple<>;
};
template <class S>
using sender_values =
    typename stdexec::value_types_of_t<S, sender_env, decayed_values, only_one>::type;

template <class S> struct sender_state {
  struct receiver {
    using receiver_concept = stdexec::receiver_t;
    sender_state* state;
    template <class... V> void set_value(V&&... v) && noexcept {
      try {
        state->values.emplace(std::forward<V>(v)...);
      } catch (...) {
        state->error = std::current_exception();
      }
      state->complete();
    }
    template <class E> void set_error(E&& e) && noexcept {
      if constexpr (std::is_same_v<std::decay_t<E>, std::exception_ptr>)
        state->error = std::forward<E>(e);
      else
        state->error = std::make_exception_ptr(std::forward<E>(e));
      state->complete();
    }
    void set_stopped() && noexcept { state->complete(); }
    sender_env get_env() const noexcept { return {state->stop.get_token()}; }
  };

  stdexec::inplace_stop_source stop;
  std::atomic<int> refs{2}; ///< the task's, the receiver's
  std::optional<sender_values<S>> values; ///< neither these nor an error: stopped
  std::exception_ptr error;
  std::coroutine_handle<> waiting;
  stdexec::connect_result_t<S, receiver> operation;

  explicit sender_state(S&& s) : operation(stdexec::connect(std::move(s), receiver{this})) {}
  void unref() noexcept {
    if (refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete this;
  }
  void complete() noexcept {
    waiting.resume();
    unref();
  }
};

/// An awaiter of another library, for task: see foreign_wait.h.
template <class S> class sender_wait {
  using state = sender_state<S>;

public:
  explicit sender_wait(S s) : sender_(std::move(s)) {}
  sender_wait(sender_wait&& o) : sender_(std::move(o.sender_)) {} // until it is awaited
  ~sender_wait() {
    if (!state_)
      return;
    if (!asked_)
      state_->stop.request_stop();
    state_->unref();
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    state* const s = state_ = new state(std::move(sender_));
    s->waiting = h;
    stdexec::start(s->operation); // after that, all of this may be gone
  }
  bool cancel_wait() noexcept {
    if (!std::exchange(asked_, true))
      state_->stop.request_stop();
    return false;
  }
  auto await_resume() {
    using values = sender_values<S>;
    if (state_->error)
      std::rethrow_exception(state_->error);
    if (!state_->values) {
      if (asked_)
        throw_refused(current_task_core("a sender"));
      throw_cancelled(nullptr);
    }
    if constexpr (std::tuple_size_v<values> == 1)
      return std::get<0>(std::move(*state_->values));
    else if constexpr (std::tuple_size_v<values> > 1)
      return std::move(*state_->values);
  }

private:
  S sender_;
  state* state_ = nullptr;
  bool asked_ = false;
};

} // namespace nostall::detail

#endif
