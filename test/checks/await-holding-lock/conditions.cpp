// RUN: %nostall-verify %s
// What a condition has asked of a lock, however it asks, and of which lock.
#include "co.h"
#include <mutex>
#include <utility>

using co::task;
std::mutex m, other;
task<> save();
bool flag();

//===--- answers in variables -------------------------------------------------------------

task<> kept() {
  bool got = m.try_lock();
  if (got) {
    co_await save(); // warning: mutex 'm'
    m.unlock();
  }
  co_await save();
}
task<> kept_in_the_condition() {
  if (bool got = m.try_lock())
    co_await save(); // warning: mutex 'm'
}
task<> kept_and_negated() {
  const bool missed = !m.try_lock();
  if (missed)
    co_return;
  co_await save(); // warning: mutex 'm'
  m.unlock();
}
task<> both_kept() {
  bool got = flag() && m.try_lock();
  if (!got)
    co_return;
  co_await save(); // warning: mutex 'm'
  m.unlock();
}
task<> asked_twice() {
  bool got = m.try_lock();
  if (got)
    flag();
  if (got)
    m.unlock();
  co_await save();
}
task<> given_back_in_between() {
  bool got = m.try_lock();
  if (got)
    m.unlock();
  if (got)
    co_await save();
}
task<> another_answer() {
  bool got = m.try_lock();
  got = flag();
  if (got)
    co_await save();
}
task<> the_guard_has_said(bool c) {
  std::unique_lock guard(m, std::try_to_lock);
  bool owns = guard.owns_lock();
  if (!owns) {
    co_await save();
    co_return;
  }
  co_await save(); // warning: guard 'guard'
}
task<> the_guard_has_changed_since() {
  std::unique_lock guard(m, std::defer_lock);
  bool owns = guard.owns_lock();
  guard.lock();
  if (owns)
    flag();
  co_await save(); // warning: guard 'guard'
}

//===--- comparisons and switch -----------------------------------------------------------

task<> compared() {
  if (m.try_lock() == false)
    co_return;
  co_await save(); // warning: mutex 'm'
  m.unlock();
}
task<> compared_with_true() {
  if (m.try_lock() != true) {
    co_await save();
    co_return;
  }
  m.unlock();
  co_await save();
}
task<> switched() {
  bool got = m.try_lock();
  switch (got) {
  case true:
    co_await save(); // warning: mutex 'm'
    m.unlock();
    break;
  default:
    co_await save();
  }
}
task<> under_and() {
  bool got = m.try_lock();
  if (got && flag()) {
    co_await save(); // warning: mutex 'm'
    m.unlock();
    co_return;
  }
  if (got)
    m.unlock();
  co_await save();
}

//===--- which lock ------------------------------------------------------------------------

struct account {
  std::mutex m;
  int sum;
};
task<> of_two_accounts() {
  account a, b;
  a.m.lock();
  b.m.lock();
  b.m.unlock();
  co_await save(); // warning: mutex 'm'
  a.m.unlock();
  co_await save();
}
struct session {
  std::mutex m;
  task<> through_a_pointer() {
    session *self = this;
    self->m.lock();
    m.unlock();
    co_await save();
  }
};
task<> swapped() {
  std::unique_lock a(m), b(other, std::defer_lock);
  std::swap(a, b);
  b.unlock();
  co_await save();
}
task<> swapped_into() {
  std::unique_lock<std::mutex> b;
  {
    std::unique_lock a(m);
    a.swap(b);
  }
  co_await save(); // warning: guard 'b'
}

//===--- two conditions that go the same way --------------------------------------------

task<> same_way(bool shared) {
  std::unique_lock l(m, std::defer_lock);
  if (shared)
    l.lock();
  if (shared)
    l.unlock();
  co_await save();
}
task<> the_other_way(const bool shared) {
  if (shared)
    m.lock();
  if (!shared)
    co_await save();
  if (shared && flag())
    m.unlock();
  else if (shared)
    m.unlock();
  co_await save();
}
task<> by_a_local() {
  const bool two = flag();
  if (two)
    m.lock();
  int sum = 0;
  if (two) {
    sum = 2;
    m.unlock();
  }
  co_await save();
  (void)sum;
}
task<> not_the_same(bool shared, bool wanted) {
  if (shared)
    m.lock();
  if (wanted)
    m.unlock();
  co_await save(); // warning: mutex 'm' is locked across this co_await
}
task<> held_for_one(bool shared) {
  if (shared)
    m.lock();
  if (shared)
    co_await save(); // warning: mutex 'm' is locked across this co_await
  if (shared)
    m.unlock();
}
task<> changed_between(bool shared) {
  if (shared)
    m.lock();
  shared = flag();
  if (shared)
    m.unlock();
  co_await save(); // warning: mutex 'm' is locked across this co_await
}
task<> anew_in_each_round() {
  for (;;) {
    const bool now = flag();
    if (now)
      m.lock();
    if (!now)
      co_await save(); // warning: mutex 'm' is locked across this co_await
  }
}
