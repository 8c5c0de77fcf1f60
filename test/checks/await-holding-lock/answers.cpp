// RUN: %nostall-verify %s
// Attempts whose answer is a number or comes through a helper, what unlock()
// takes out of a guard with std::exchange, and mutexes behind accessors.
#include "co.h"
#include <mutex>
#include <pthread.h>
#include <utility>

namespace {

co::task<> other();
pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
std::mutex mutex;

//===--- attempts ---------------------------------------------------------===//

class Section {
public:
  void leave() { pthread_mutex_unlock(&m_); }
  bool enter() { return pthread_mutex_trylock(&m_) == 0; }
  bool enterToo() { return !pthread_mutex_trylock(&m_); }
  bool isBusy() { return pthread_mutex_trylock(&m_) != 0; }
  bool enterIf(bool wanted) { return wanted && enter(); }

private:
  pthread_mutex_t m_ = PTHREAD_MUTEX_INITIALIZER;
};

co::task<> attempts(Section &s, bool wanted) {
  if (s.enter()) {
    co_await other(); // warning: is locked across this co_await
    s.leave();
  } else {
    co_await other();
  }
  if (!s.enterToo())
    co_return;
  co_await other(); // warning: is locked across this co_await
  s.leave();
  co_await other();
  if (s.isBusy())
    co_await other();
  if (s.enterIf(wanted)) {
    co_await other(); // warning: is locked across this co_await
    s.leave();
  }
}

co::task<> number() {
  const int failed = pthread_mutex_trylock(&plain);
  if (failed != 0)
    co_return;
  co_await other(); // warning: mutex 'plain' is locked across this co_await
  pthread_mutex_unlock(&plain);
  co_await other();
}

//===--- a guard that gives its mutex away --------------------------------===//

template <class M> class Locked {
public:
  explicit Locked(M &m) : m_(&m) { m_->lock(); }
  Locked(Locked &&o) noexcept : m_(std::exchange(o.m_, nullptr)) {}
  ~Locked() { unlock(); }
  void unlock() {
    if (m_)
      std::exchange(m_, nullptr)->unlock();
  }

private:
  M *m_;
};

co::task<> unlocked() {
  Locked l(mutex);
  co_await other(); // warning: guard 'l' is held across this co_await
  l.unlock();
  co_await other();
}

//===--- accessors --------------------------------------------------------===//

struct Registry {
  static Registry &get() {
    static Registry r;
    return r;
  }
  void begin() { m.lock(); }
  void end() { m.unlock(); }
  std::mutex m;
};

co::task<> singleton() {
  Registry::get().begin();
  co_await other(); // warning: is locked across this co_await
  Registry::get().end();
  co_await other();
  auto &r = Registry::get();
  r.begin();
  co_await other(); // warning: is locked across this co_await
  r.end();
  co_await other();
  Registry::get().m.lock();
  co_await other(); // warning: is locked across this co_await
  Registry::get().m.unlock();
  co_await other();
}

class Owner {
public:
  Registry &registry() { return registry_; }
  co::task<> run() {
    registry().begin();
    co_await other(); // warning: is locked across this co_await
    registry_.end();
    co_await other();
  }

private:
  Registry registry_;
};

co::task<> member(Owner &o) {
  o.registry().begin();
  co_await other(); // warning: is locked across this co_await
  o.registry().end();
  co_await other();
}

} // namespace
