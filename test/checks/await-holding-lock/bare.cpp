// RUN: %nostall-verify %s
// Bare lock() and unlock(), C's and POSIX's locks.
#include "co.h"
#include <chrono>
#include <mutex>
#include <pthread.h>
#include <shared_mutex>
#include <threads.h>

using co::task;
using namespace std::chrono_literals;
std::mutex m;
std::timed_mutex timed;
std::shared_mutex s;
task<> save();
bool flag();

task<> bare() {
  m.lock(); // note: the lock is taken here
  co_await save(); // warning: mutex 'm' is locked across this co_await
  m.unlock();
  co_await save();
}
task<> bare_shared() {
  s.lock_shared();
  co_await save(); // warning: mutex 's'
  s.unlock_shared();
  co_await save();
}
task<> of_another(std::mutex &a, std::mutex &b) {
  a.lock();
  b.unlock();
  co_await save(); // warning: mutex 'a'
  a.unlock();
}
struct Server {
  std::mutex mutex_;
  std::mutex *pointer_;
  task<> member() {
    mutex_.lock();
    co_await save(); // warning: mutex 'mutex_'
    this->mutex_.unlock();
    co_await save();
    pointer_->lock();
    co_await save(); // warning: mutex 'pointer_'
    pointer_->unlock();
    co_await save();
  }
};
task<> tried() {
  if (m.try_lock()) {
    co_await save(); // warning: mutex 'm'
    m.unlock();
  }
  co_await save();
  if (!m.try_lock())
    co_return;
  co_await save(); // warning: mutex 'm'
  m.unlock();
  while (!m.try_lock())
    co_await save();
  m.unlock();
  if (flag() && m.try_lock()) {
    co_await save(); // warning: mutex 'm'
    m.unlock();
  }
  co_await save();
}
task<> tried_for() {
  if (timed.try_lock_for(10ms)) {
    co_await save(); // warning: mutex 'timed'
    timed.unlock();
  }
  co_await save();
}
task<> tries(pthread_mutex_t *p) {
  if (pthread_mutex_trylock(p) == 0) {
    co_await save(); // warning: mutex 'p'
    pthread_mutex_unlock(p);
  }
  co_await save();
  if (!pthread_mutex_trylock(p)) {
    co_await save(); // warning: mutex 'p'
    pthread_mutex_unlock(p);
  }
  int failed = pthread_mutex_trylock(p);
  if (failed)
    co_await save();
  if (pthread_mutex_trylock(p) != 0)
    co_return;
  co_await save(); // warning: mutex 'p'
  pthread_mutex_unlock(p);
  co_await save();
}
task<> pthreads(pthread_mutex_t *p, pthread_rwlock_t &rw) {
  pthread_mutex_lock(p);
  co_await save(); // warning: mutex 'p'
  pthread_mutex_unlock(p);
  co_await save();
  pthread_rwlock_rdlock(&rw);
  co_await save(); // warning: mutex 'rw'
  pthread_rwlock_unlock(&rw);
  co_await save();
}
task<> c11(mtx_t *lock) {
  mtx_lock(lock);
  co_await save(); // warning: mutex 'lock'
  mtx_unlock(lock);
  co_await save();
}
task<> reassembled() {
  std::unique_lock guard(m);
  guard.release();
  m.unlock();
  co_await save();
}
task<> both_ways(bool c) {
  if (c)
    m.lock();
  else
    m.lock();
  co_await save(); // warning: mutex 'm'
  m.unlock();
}
