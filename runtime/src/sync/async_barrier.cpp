//===- async_barrier.cpp - n tasks meet -----------------------------------===//

#include "nostall/async_barrier.h"

namespace nostall {

async_barrier::async_barrier(detail::any_count parties) : parties_(parties) {
  if (parties_ == 0)
    detail::throw_usage("nostall: an async_barrier needs at least one party");
}

void async_barrier::break_line() noexcept {
  n_waiting_ = 0;
  while (!line_.empty()) {
    waiting* w = line_.pop_front();
    w->broken = true;
    w->task->wake();
  }
}

void async_barrier::abort() {
  used_on_.check("async_barrier::abort");
  broken_ = true;
  break_line();
}

void async_barrier::reset() {
  used_on_.check("async_barrier::reset");
  broken_ = false;
  break_line();
}

// The last to come opens the barrier and goes on at once.
bool async_barrier::awaiter::await_ready() {
  barrier.used_on_.check("async_barrier::wait()");
  return detail::within_budget() && arrive();
}

bool async_barrier::awaiter::arrive() {
  async_barrier& b = barrier;
  if (b.broken_) {
    broken = true;
    return true;
  }
  if (b.n_waiting_ + 1 < b.parties_)
    return false;
  std::size_t place = 0;
  b.n_waiting_ = 0;
  while (!b.line_.empty()) {
    waiting* w = b.line_.pop_front();
    w->index = place++;
    w->task->wake();
  }
  index = place;
  return true;
}

bool async_barrier::awaiter::await_suspend(std::coroutine_handle<> h) {
  detail::task_core& me = detail::current_task_core("async_barrier::wait()");
  if (!me.begin_wait(*this, h))
    return false;
  if (!me.cancel_due() && arrive()) { // only its turn was missing
    me.wake();
    return true;
  }
  barrier.line_.push_back(*this);
  ++barrier.n_waiting_;
  return true;
}

std::size_t async_barrier::awaiter::await_resume() {
  detail::finish_wait(*this);
  if (broken)
    throw broken_barrier_error();
  return index;
}

} // namespace nostall
