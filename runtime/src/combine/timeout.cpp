//===- timeout.cpp - the deadline of a scope ------------------------------===//
//
// A due deadline cancels the scope where the loop moves timers to ready: a task
// that waits inside becomes ready in the timer's place. Whoever was woken before
// that is ready already, and keeps its value.
//
//===----------------------------------------------------------------------===//

#include "nostall/timeout.h"

namespace nostall {

timeout_scope::timeout_scope(std::int64_t deadline, detail::task_core& me)
    : scope_(me.loop(), me.in, &me, detail::scope::kind::open),
      cancels_(me.cancels) {
  due = [](detail::timer_node* n) noexcept {
    auto* self = static_cast<timeout_scope*>(n);
    detail::loop_core& l = self->scope_.loop();
    if (self->deadline_ > l.now())
      l.timers.insert(*self, self->deadline_); // it was pushed on meanwhile
    else
      self->scope_.cancel();
  };
  set(deadline, "with_timeout()");
  me.in = &scope_;
}

timeout_scope::~timeout_scope() {
  scope_.owner()->in = scope_.parent();
  if (armed())
    scope_.loop().timers.erase(*this);
}

void timeout_scope::set(std::int64_t deadline, const char* who) {
  detail::loop_core& l = scope_.loop();
  detail::check_thread(l, who);
  if (scope_.cancelled())
    return;
  deadline_ = deadline;
  if (armed()) {
    // Pushed on, as by each packet of a server: it is armed anew when the time comes.
    if (deadline >= l.timers.deadline_of(*this))
      return;
    l.timers.erase(*this);
  }
  if (deadline <= l.now())
    scope_.cancel();
  else
    l.timers.insert(*this, deadline);
}

void timeout_scope::reschedule(std::chrono::nanoseconds delay) {
  set(scope_.loop().deadline_after(delay), "timeout_scope::reschedule");
}
void timeout_scope::reschedule_at(loop_time when) {
  set(when.time_since_epoch().count(), "timeout_scope::reschedule_at");
}

bool timeout_scope::stopped_outside() const noexcept {
  return !scope_.holds_requests() && scope_.owner()->cancels > cancels_;
}

void timeout_scope::throw_end() {
  detail::task_core& me = *scope_.owner();
  if (!stopped_outside())
    throw timeout_error();
  me.requested = false; // this is it
  detail::throw_cancelled(&me);
}

bool timeout_scope::cut_short(detail::task_core& me) noexcept {
  if (!me.refused_scope || me.in->origin() != &scope_)
    return false;
  me.refused_scope = false;
  return true;
}

} // namespace nostall
