//===- timeout.cpp - the deadline of a scope ------------------------------===//
//
// A due deadline cancels the scope where the loop moves timers to ready: a task
// that waits inside becomes ready in the timer's place. Whoever was woken before
// that is ready already, and keeps its value.
//
//===----------------------------------------------------------------------===//

#include "nostall/timeout.h"

namespace nostall {

timeout_scope::timeout_scope(std::int64_t deadline, std::int64_t now, detail::task_core& me)
    : postponed([](detail::postponed* p, std::int64_t now) noexcept {
        auto* self = static_cast<timeout_scope*>(p);
        self->arm(detail::loop_core::sum(now, self->delay), now);
      }),
      scope_(me.loop(), me.in, &me, detail::scope::kind::open),
      cancels_(me.cancels) {
  due = [](detail::timer_node* n) noexcept {
    auto* self = static_cast<timeout_scope*>(n);
    detail::loop_core& l = self->scope_.loop();
    if (self->deadline_ > l.now())
      l.timers.insert(*self, self->deadline_); // it was pushed on meanwhile
    else
      self->scope_.cancel();
  };
  detail::check_thread(me.loop(), "with_timeout()");
  arm(deadline, now);
  me.in = &scope_;
}

timeout_scope::~timeout_scope() {
  scope_.owner()->in = scope_.parent();
  if (armed())
    scope_.loop().timers.erase(*this);
}

void timeout_scope::arm(std::int64_t deadline, std::int64_t now) {
  detail::loop_core& l = scope_.loop();
  unlink();
  deadline_ = deadline;
  if (armed()) {
    // Pushed on, as by each packet of a server: it is armed anew when the time comes.
    if (deadline >= l.timers.deadline_of(*this))
      return;
    l.timers.erase(*this);
  }
  if (deadline <= now)
    scope_.cancel();
  else
    l.timers.insert(*this, deadline);
}

void timeout_scope::reschedule(any_duration later) {
  detail::loop_core& l = scope_.loop();
  detail::check_thread(l, "timeout_scope::reschedule");
  if (scope_.cancelled())
    return;
  if (later.count() <= 0)
    return arm(INT64_MIN, 0);
  delay = later;
  if (!linked())
    l.waits_for_clock.push_back(*this);
}
void timeout_scope::reschedule_at(loop_time when) {
  detail::loop_core& l = scope_.loop();
  detail::check_thread(l, "timeout_scope::reschedule_at");
  if (!scope_.cancelled())
    arm(when.time_since_epoch().count(), l.now());
}
loop_time timeout_scope::when() const noexcept {
  return loop_time(std::chrono::nanoseconds(
      linked() ? scope_.loop().deadline_after(delay) : deadline_));
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
