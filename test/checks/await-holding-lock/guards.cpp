// RUN: %nostall-verify %s
// RAII guards of thread locks, followed along every path.
#include "co.h"
#include <chrono>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <utility>

using co::task;
using namespace std::chrono_literals;
std::mutex m, n;
std::shared_mutex s;
std::recursive_mutex r;
std::timed_mutex timed;
task<> save();
bool flag();

//===--- every kind of guard -------------------------------------------------------

task<> lock_guard() {
  std::lock_guard guard(m); // note: the lock is taken here
  co_await save(); // warning: guard 'guard' is held across this co_await
}
task<> unique_lock() {
  std::unique_lock<std::mutex> guard(m);
  co_await save(); // warning: guard 'guard'
}
task<> unique_lock_braces() {
  std::unique_lock guard{m};
  co_await save(); // warning: guard 'guard'
}
task<> assigned() {
  auto guard = std::unique_lock(m);
  co_await save(); // warning: guard 'guard'
}
task<> scoped_lock_of_two() {
  std::scoped_lock guard(m, n);
  co_await save(); // warning: guard 'guard'
}
task<> scoped_lock_of_none() {
  std::scoped_lock<> guard;
  co_await save();
}
task<> shared_lock() {
  std::shared_lock guard(s);
  co_await save(); // warning: guard 'guard'
}
task<> exclusive_of_shared() {
  std::unique_lock guard(s);
  co_await save(); // warning: guard 'guard'
}
task<> recursive() {
  std::lock_guard guard(r);
  co_await save(); // warning: guard 'guard'
}
task<> two_guards() {
  std::lock_guard a(m);
  std::lock_guard b(n);
  co_await save(); // warning: guard 'a' // warning: guard 'b'
}
task<> const_guard() {
  const std::lock_guard<std::mutex> guard(m);
  co_await save(); // warning: guard 'guard'
}
task<> maybe_unused_guard() {
  [[maybe_unused]] std::lock_guard _(m);
  co_await save(); // warning: guard '_'
}
std::unique_lock<std::mutex> acquire();
task<> from_function() {
  auto guard = acquire();
  co_await save(); // warning: guard 'guard'
}
task<> extended() {
  const auto &guard = std::unique_lock(m);
  co_await save(); // warning: guard 'guard'
}

//===--- where it is held -------------------------------------------------------------

task<> every_await() {
  co_await save();
  std::lock_guard guard(m);
  co_await save(); // warning: guard 'guard'
  co_await save(); // warning: guard 'guard'
}
co::async_generator<int> yields() {
  std::lock_guard guard(m);
  co_yield 1; // warning: guard 'guard' is held across this co_yield
}
co::generator<int> yields_from_generator() {
  std::lock_guard guard(m);
  co_yield 1; // warning: across this co_yield
}
task<> closed_block() {
  {
    std::lock_guard guard(m);
  }
  co_await save();
}
task<> open_block() {
  std::lock_guard guard(m);
  {
    co_await save(); // warning: guard 'guard'
  }
}
task<> in_statement_head() {
  if (std::lock_guard guard(m); flag())
    co_await save(); // warning: guard 'guard'
  else
    co_await save(); // warning: guard 'guard'
  co_await save();
  switch (std::lock_guard guard(m); 1) {
  case 1:
    co_await save(); // warning: guard 'guard'
  }
  for (std::lock_guard guard(m); flag();)
    co_await save(); // warning: guard 'guard'
  co_await save();
}
task<int> in_the_return() {
  std::lock_guard guard(m);
  co_return co_await co::load(); // warning: guard 'guard'
}
task<int> copies_first() {
  int copy;
  {
    std::lock_guard guard(m);
    copy = 1;
  }
  co_return co_await co::load() + copy;
}
task<> in_arguments() {
  co::save(((void)std::lock_guard(m), 1));
  co_await save();
}
task<> final_suspend_only() {
  std::lock_guard guard(m);
  co_return;
}
task<> in_a_lambda() {
  auto f = [] {
    std::lock_guard guard(m);
    return 1;
  };
  f();
  co_await save();
  [] { std::lock_guard guard(m); }();
  co_await save();
}
auto coroutine_lambda = []() -> task<> {
  std::lock_guard guard(m);
  co_await save(); // warning: guard 'guard'
};
void plain() {
  std::lock_guard guard(m);
  auto f = []() -> task<> { co_await save(); };
}
template <class Mutex> task<> generic(Mutex &mutex) {
  std::lock_guard guard(mutex);
  co_await save(); // warning: guard 'guard'
}
template task<> generic(std::mutex &);
struct Server {
  std::mutex mutex_;
  std::unique_lock<std::mutex> member_;
  task<> handle() {
    std::lock_guard guard(mutex_);
    co_await save(); // warning: guard 'guard'
  }
};

//===--- unlocked, moved, deferred -------------------------------------------------------

task<> unlocked() {
  std::unique_lock guard(m);
  guard.unlock();
  co_await save();
  guard.lock();
  co_await save(); // warning: guard 'guard'
  guard.unlock();
  co_await save();
}
task<> unlocked_around() {
  std::unique_lock guard(m);
  for (;;) {
    guard.unlock();
    co_await save();
    guard.lock();
  }
}
task<> released() {
  std::unique_lock guard(m);
  auto *mutex = guard.release();
  co_await save();
  mutex->unlock();
}
task<> deferred() {
  std::unique_lock guard(m, std::defer_lock);
  co_await save();
  guard.lock();
  co_await save(); // warning: guard 'guard'
}
task<> adopted() {
  m.lock();
  std::lock_guard guard(m, std::adopt_lock);
  co_await save(); // warning: guard 'guard'
}
task<> adopted_and_gone() {
  m.lock();
  {
    std::lock_guard guard(m, std::adopt_lock);
  }
  co_await save();
}
void take(std::unique_lock<std::mutex>);
task<> moved_away() {
  std::unique_lock guard(m);
  take(std::move(guard));
  co_await save();
}
task<> moved_to_another() {
  std::unique_lock guard(m);
  auto other = std::move(guard);
  co_await save(); // warning: guard 'other'
}
task<> moved_to_inner() {
  std::unique_lock guard(m);
  {
    auto inner = std::move(guard);
  }
  co_await save();
}
task<> moved_to_the_lambda() {
  std::unique_lock guard(m);
  auto f = [guard = std::move(guard)] {};
  co_await save();
}
task<> empty_guard() {
  std::unique_lock<std::mutex> guard;
  co_await save();
  guard = std::unique_lock(m);
  co_await save(); // warning: guard 'guard'
  guard = {};
  co_await save();
}

//===--- try_lock ----------------------------------------------------------------------------

task<> tried() {
  std::unique_lock guard(m, std::try_to_lock);
  if (!guard.owns_lock()) {
    co_await save();
    co_return;
  }
  co_await save(); // warning: guard 'guard'
}
task<> tried_as_bool() {
  std::unique_lock guard(m, std::try_to_lock);
  if (guard)
    co_await save(); // warning: guard 'guard'
  else
    co_await save();
}
task<> tried_in_condition() {
  if (std::unique_lock guard(m, std::try_to_lock); guard.owns_lock())
    co_await save(); // warning: guard 'guard'
}
task<> tried_in_a_loop() {
  std::unique_lock guard(m, std::defer_lock);
  while (!guard.try_lock())
    co_await save();
  guard.unlock();
  co_await save();
}
task<> tried_and_held() {
  std::unique_lock guard(m, std::defer_lock);
  if (guard.try_lock())
    co_await save(); // warning: guard 'guard'
}
task<> timed_guard() {
  std::unique_lock guard(timed, 10ms);
  if (!guard)
    co_return;
  co_await save(); // warning: guard 'guard'
}
task<> tried_and_more(bool wanted) {
  std::unique_lock guard(m, std::try_to_lock);
  if (wanted && guard.owns_lock()) {
    guard.unlock();
    co_await save();
  }
  if (!guard.owns_lock() || !wanted)
    co_return;
}

//===--- in structured bindings, and in what a function returns --------------------

struct Account {
  int balance = 0;
  std::mutex mutex;
  struct Locked {
    std::unique_lock<std::mutex> guard;
    int &value;
  };
  Locked lock() { return {std::unique_lock(mutex), balance}; }
  std::pair<std::unique_lock<std::mutex>, int> both() { return {std::unique_lock(mutex), balance}; }
};
task<> bound(Account &account) {
  auto [guard, value] = account.both();
  co_await save(); // warning: is held across this co_await
  guard.unlock();
  co_await save();
}
task<> bound_pair(std::mutex &m) {
  auto [guard, n] = std::pair(std::unique_lock(m), 3);
  co_await save(); // warning: is held across this co_await
  guard.unlock();
  co_await save();
}
task<> bound_members(Account &account) {
  auto [guard, value] = account.lock();
  co_await save(); // warning: across this co_await
  guard.unlock();
  co_await save();
}
task<> returned(Account &account) {
  {
    auto locked = account.lock();
    co_await save(); // warning: across this co_await
  }
  co_await save();
}

//===--- given to what is awaited, and made by a function ---------------------------

template <class Lock> struct releasing {
  Lock &lock;
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<>) { lock.unlock(); }
  void await_resume() { lock.lock(); }
};
struct condition {
  template <class Lock> releasing<Lock> wait(Lock &lock) { return {lock}; }
};
task<> waits_for(std::mutex &mutex, condition &changed, bool &done) {
  std::unique_lock lock(mutex);
  while (!done)
    co_await changed.wait(lock);
  lock.unlock();
  co_await save();
}
task<> waits_and_keeps(std::mutex &mutex, condition &changed) {
  std::unique_lock lock(mutex);
  co_await changed.wait(lock);
  co_await save(); // warning: is held across this co_await
  lock.unlock();
  co_await save();
}

template <class T> class synchronized {
  T value_;
  std::mutex mutex_;

public:
  class pointer {
    std::unique_lock<std::mutex> lock_;
    T *to_;

  public:
    pointer(std::mutex &mutex, T *to) : lock_(mutex), to_(to) {}
    T *operator->() { return to_; }
    void unlock() { lock_.unlock(); }
  };
  pointer write() { return pointer(mutex_, &value_); }
};
task<> writes(synchronized<Account> &account) {
  account.write()->balance = 1;
  co_await save();
  auto open = account.write();
  open->balance = 2;
  co_await save(); // warning: is held across this co_await
  open.unlock();
  co_await save();
}
