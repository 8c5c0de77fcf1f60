// RUN: %nostall-verify %s
// Locks that are taken and given back by helpers, lambdas, and guards of the
// user's own: their bodies say what they do.
#include "co.h"
#include <memory>
#include <mutex>
#include <optional>

using co::task;
task<> save();
std::mutex m, n;

//===--- functions and lambdas ----------------------------------------------------------

void enter(std::mutex &mutex) { mutex.lock(); }
void leave(std::mutex &mutex) { mutex.unlock(); }
void leave_further(std::mutex *mutex) { leave(*mutex); }
void balanced(std::mutex &mutex) {
  mutex.lock();
  mutex.unlock();
}
void sometimes(std::mutex &mutex, bool now) {
  if (now)
    mutex.lock();
}

task<> taken_by_a_helper() {
  enter(m);
  co_await save(); // warning: mutex 'm' is locked
  leave(m);
}
task<> given_back_by_a_helper() {
  m.lock();
  leave(m);
  co_await save();
}
task<> by_a_helpers_helper() {
  m.lock();
  leave_further(&m);
  co_await save();
}
task<> of_another_mutex() {
  m.lock();
  leave(n);
  co_await save(); // warning: mutex 'm'
  leave(m);
}
task<> balanced_helper() {
  balanced(m);
  co_await save();
  m.lock();
  balanced(m);
  co_await save(); // warning: mutex 'm'
  m.unlock();
}
task<> sometimes_taken() {
  sometimes(m, false);
  co_await save();
}
task<> by_a_lambda() {
  auto unlock = [&] { m.unlock(); };
  m.lock();
  unlock();
  co_await save();
}
task<> by_a_lambda_that_takes(std::mutex &mutex) {
  auto lock = [&mutex] { mutex.lock(); };
  lock();
  co_await save(); // warning: mutex 'mutex'
  mutex.unlock();
}
void open(std::unique_lock<std::mutex> &guard) { guard.unlock(); }
task<> guard_given_to_a_helper() {
  std::unique_lock guard(m);
  open(guard);
  co_await save();
}

//===--- guards of the user's own --------------------------------------------------------

class Guard {
public:
  explicit Guard(std::mutex &mutex) : mutex_(mutex) { mutex_.lock(); }
  ~Guard() {
    if (held_)
      mutex_.unlock();
  }
  void open() {
    mutex_.unlock();
    held_ = false;
  }

private:
  std::mutex &mutex_;
  bool held_ = true;
};
task<> own_guard() {
  Guard guard(m);
  co_await save(); // warning: guard 'guard' is held across
}
task<> own_guard_in_a_scope() {
  { Guard guard(m); }
  co_await save();
}
task<> own_guard_opened() {
  Guard guard(m);
  guard.open();
  co_await save();
}
struct Unlocker {
  std::mutex &mutex;
  ~Unlocker() { mutex.unlock(); }
};
task<> unlocker() {
  {
    m.lock();
    Unlocker unlocker{m};
  }
  co_await save();
}
task<> unlocker_that_is_alive() {
  m.lock();
  Unlocker unlocker{m};
  co_await save(); // warning: mutex 'm'
}
struct Unlocked {
  explicit Unlocked(std::mutex &mutex) : mutex(&mutex) { mutex.unlock(); }
  ~Unlocked() { mutex->lock(); }
  std::mutex *mutex;
};
task<> unlocked_meanwhile() {
  m.lock();
  {
    Unlocked unlocked(m);
    co_await save();
  }
  co_await save(); // warning: mutex 'm'
  m.unlock();
}
template <class F> struct at_end {
  F function;
  explicit at_end(F f) : function(f) {}
  ~at_end() { function(); }
};
task<> at_the_end_of_a_scope() {
  {
    m.lock();
    at_end unlock([&] { m.unlock(); });
  }
  co_await save();
}
struct Spinlock {
  void lock() { mutex.lock(); }
  void unlock() { mutex.unlock(); }
  std::mutex mutex;
};
task<> own_mutex(Spinlock &spinlock) {
  spinlock.lock();
  co_await save(); // warning: mutex 'spinlock' is locked
  spinlock.unlock();
  co_await save();
}

//===--- guards within others ---------------------------------------------------------

struct Locked {
  std::lock_guard<std::mutex> guard;
};
task<> aggregate() {
  Locked locked{std::lock_guard(m)};
  co_await save(); // warning: guard 'locked'
}
class Session {
public:
  explicit Session(std::mutex &mutex) : guard_(mutex) {}

private:
  std::unique_lock<std::mutex> guard_;
};
task<> member() {
  Session session(m);
  co_await save(); // warning: guard 'session'
}
task<> optional() {
  std::optional<std::lock_guard<std::mutex>> guard;
  co_await save();
  guard.emplace(m);
  co_await save(); // warning: guard 'guard'
  guard.reset();
  co_await save();
}
task<> pointer() {
  auto guard = std::make_unique<std::lock_guard<std::mutex>>(m);
  co_await save(); // warning: guard 'guard'
  guard.reset();
  co_await save();
}

//===--- several at once -----------------------------------------------------------------

task<> two_mutexes() {
  std::lock(m, n);
  co_await save(); // warning: mutex 'm' // warning: mutex 'n'
  m.unlock();
  n.unlock();
  co_await save();
}
task<> two_guards() {
  std::unique_lock a(m, std::defer_lock), b(n, std::defer_lock);
  co_await save();
  std::lock(a, b);
  co_await save(); // warning: guard 'a' // warning: guard 'b'
}

//===--- paths -------------------------------------------------------------------------

task<> moved_on_another_path(bool x) {
  std::unique_lock a(m, std::defer_lock), b(n, std::defer_lock);
  if (x) {
    a.lock();
    b = std::move(a);
    b.unlock();
  } else {
    b = std::move(a);
    co_await save();
  }
}
task<> asked_by_a_switch() {
  switch (m.try_lock()) {
  case false:
    co_await save();
    break;
  default:
    m.unlock();
  }
  switch (m.try_lock()) {
  case true:
    co_await save(); // warning: mutex 'm'
    m.unlock();
    break;
  default:
    co_await save();
  }
}
