// RUN: %nostall-verify %s
// Locks that are no thread locks: a mutex of the coroutine library's own, whose
// locking is awaited, and guards of it.
#include "co.h"
#include <mutex>

using co::task;
task<> save();

namespace lib {
struct mutex {
  co::operation<> lock();
  void unlock();
};
struct scoped_guard {
  explicit scoped_guard(mutex &);
  ~scoped_guard();
};
struct async_mutex {
  co::operation<> async_lock();
  co::operation<scoped_guard *> scoped_lock_async();
  bool try_lock();
  void unlock();
};
// Its own thread mutex, hidden in a class that no model knows.
struct wrapper {
  void lock();
  void unlock();
};
} // namespace lib

task<> awaited_lock(lib::mutex &m) {
  co_await m.lock();
  co_await save();
  m.unlock();
}
task<> adopted(lib::async_mutex &m) {
  co_await m.async_lock();
  std::lock_guard guard(m, std::adopt_lock);
  co_await save();
}
task<> unique_adopted(lib::async_mutex &m) {
  co_await m.async_lock();
  std::unique_lock<lib::async_mutex> guard(m, std::adopt_lock);
  co_await save();
}
task<> own_guard(lib::mutex &m) {
  lib::scoped_guard guard(m);
  co_await save();
}
task<> scoped_awaited(lib::async_mutex &m) {
  auto *guard = co_await m.scoped_lock_async();
  co_await save();
  (void)guard;
}
// std::lock_guard is a thread lock whatever it locks, unless that can be awaited.
task<> guard_of_a_wrapper(lib::wrapper &w) {
  std::lock_guard guard(w);
  co_await save(); // warning: guard 'guard'
}
