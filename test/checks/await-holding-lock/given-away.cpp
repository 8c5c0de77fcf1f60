// RUN: %nostall-verify %s
// Locks that are awaited, and locks that the awaited object is given.
#include "co.h"
#include <mutex>
#include <utility>

using co::task;
task<> save();
std::mutex m;

//===--- asynchronous mutexes that the standard's guards guard ------------------------

namespace lib {
// As folly::coro::Mutex: no thread can wait for it.
struct mutex {
  bool try_lock() noexcept;
  void unlock() noexcept;
  co::operation<> co_lock();
  co::operation<std::unique_lock<mutex>> co_scoped_lock();
};
// What its locking gives cannot be awaited as it is.
struct sender {};
struct other_mutex {
  bool try_lock();
  void unlock();
  sender lock_later();
};
struct shared_mutex {
  bool try_lock_shared();
  void unlock_shared();
  co::operation<std::unique_lock<mutex>> co_scoped_lock_shared();
};
template <class Mutex> struct lock_operation : co::operation<std::unique_lock<Mutex>> {};
// Nobody here knows what it is.
struct strange {
  void lock();
  void unlock();
};
lock_operation<strange> locked(strange &);
} // namespace lib

task<> scoped(lib::mutex &mutex) {
  auto lock = co_await mutex.co_scoped_lock();
  co_await save();
}
task<> adopted(lib::mutex &mutex) {
  co_await mutex.co_lock();
  std::unique_lock<lib::mutex> lock{mutex, std::adopt_lock};
  co_await save();
}
task<> tried(lib::other_mutex &mutex) {
  std::unique_lock lock(mutex, std::try_to_lock);
  co_await save();
}
task<> awaited(lib::strange &strange) {
  std::unique_lock<lib::strange> lock = co_await lib::locked(strange);
  co_await save();
}
// A thread's lock stays one, also where somebody else took it.
co::operation<std::unique_lock<std::mutex>> lock_on_a_thread();
task<> of_a_thread() {
  auto lock = co_await lock_on_a_thread();
  co_await save(); // warning: guard 'lock'
}
task<> taken_at_once(lib::strange &strange) {
  std::unique_lock lock(strange);
  co_await save(); // warning: guard 'lock'
}

//===--- given to the awaited object -----------------------------------------------

struct condition {
  co::operation<> wait(std::unique_lock<std::mutex> &lock);
  co::operation<> wait_until_told(std::unique_lock<std::mutex> lock);
  co::operation<> look(const std::unique_lock<std::mutex> &lock);
  template <class Lock> co::operation<> wait_any(Lock &lock, int rounds);
};
task<> by_reference(condition &changed) {
  std::unique_lock lock(m);
  co_await changed.wait(lock);
  co_await save(); // warning: guard 'lock'
}
task<> moved(condition &changed) {
  std::unique_lock lock(m);
  co_await changed.wait_until_told(std::move(lock));
  co_await save();
}
task<> by_reference_to_const(condition &changed) {
  std::unique_lock lock(m);
  co_await changed.look(lock); // warning: guard 'lock'
}
template <class T> T with_timeout(T operation, int seconds);
task<> within_another(condition &changed) {
  std::unique_lock lock(m);
  co_await with_timeout(changed.wait(lock), 1);
}
task<> the_mutex(condition &changed) {
  m.lock();
  co_await changed.wait_any(m, 1);
  m.unlock();
}
struct unlocked_wait : co::operation<> {
  explicit unlocked_wait(std::unique_lock<std::mutex> *lock);
};
task<> by_an_awaiter() {
  std::unique_lock lock(m);
  co_await unlocked_wait(&lock);
}
task<> kept_first(condition &changed) {
  std::unique_lock lock(m);
  auto wait = changed.wait(lock);
  co_await wait;
}
// A coroutine that gives it back is one; one that only asks for it is not.
task<> gives_back(std::unique_lock<std::mutex> &lock) {
  lock.unlock();
  co_await save();
  lock.lock();
}
task<> only_asks(std::unique_lock<std::mutex> &lock) {
  if (lock.owns_lock())
    co_await save();
}
task<> to_coroutines() {
  std::unique_lock lock(m);
  co_await gives_back(lock);
  co_await only_asks(lock); // warning: guard 'lock'
}
