//===- future.cpp - a value that somebody else brings ---------------------===//
//
//   empty ──▶ waiting ──▶ filled        (who fills it pushes, and the loop wakes the task)
//     │  ◀──────┘  cancelled
//     └─────────────────▶ filled        (await goes on at once)
//
// `at` is all that two threads dispute. The mailbox belongs to whoever moves `at` away
// from `waiting`; `waiting` is looked at by the loop's thread alone.
//
//===----------------------------------------------------------------------===//

#include "nostall/future.h"
#include "loop/loop_impl.h"

#include <future>
#include <utility>

namespace nostall::detail {

future_core::future_core() noexcept {
  perform = [](ready_node* n, op what) noexcept {
    auto* self = static_cast<future_core*>(n);
    if (what == op::describe) {
      if (self->waiting)
        this_thread.described_task = self->waiting->task;
      return;
    }
    waiter* const w = std::exchange(self->waiting, nullptr);
    if (w && what == op::run)
      w->task->wake();
    self->unref();
  };
}

void future_core::publish() noexcept {
  if (at.exchange(stage::filled, std::memory_order_acq_rel) != stage::waiting)
    return;
  mailbox* const to = std::exchange(mail, nullptr);
  ref(); // the node's
  if (!to->push(*this))
    unref(); // the loop is gone, and with it who waited
  to->unref();
}

void future_core::let_go() noexcept {
  if (promises.fetch_sub(1, std::memory_order_acq_rel) == 1 && claim()) {
    error = std::make_exception_ptr(std::future_error(std::future_errc::broken_promise));
    publish();
  }
  unref();
}

bool future_core::park(waiter& w, loop_core& l) noexcept {
  mail = impl_of(l).mail;
  mail->ref();
  waiting = &w;
  stage expected = stage::empty;
  if (at.compare_exchange_strong(expected, stage::waiting, std::memory_order_acq_rel))
    return true;
  waiting = nullptr;
  std::exchange(mail, nullptr)->unref();
  return false;
}

bool future_core::unpark() noexcept {
  stage expected = stage::waiting;
  if (!at.compare_exchange_strong(expected, stage::empty, std::memory_order_acq_rel))
    return false;
  waiting = nullptr;
  std::exchange(mail, nullptr)->unref();
  return true;
}

std::exception_ptr whole_error(const std::exception& part) {
  if (const std::exception_ptr handled = std::current_exception())
    try {
      std::rethrow_exception(handled);
    } catch (const std::exception& e) {
      if (&e == &part)
        return handled;
    } catch (...) { // another one
    }
  throw_usage("nostall: set_exception was given a base of an exception, which it cannot copy as "
              "a whole; give it a std::exception_ptr");
}

void throw_no_error() {
  throw_usage("nostall: set_exception was given no exception: std::current_exception() gives "
              "none outside of a catch block");
}

} // namespace nostall::detail
