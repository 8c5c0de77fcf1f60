// RUN: %nostall-verify %s
// A virtual call blocks if a known override of it does; a devirtualised one
// only if the function that is called does.
#include "co.h"
#include <memory>
#include <unistd.h>

struct Store {
  virtual ~Store() = default;
  virtual void save() = 0;
  virtual void load() {}
  virtual void slow() { sleep(1); }
  virtual void quick() {}
};
struct DiskStore : Store {
  void save() override { sleep(1); }
  void quick() override {}
};
struct DeepStore : DiskStore {
  void load() override { sleep(1); }
};
struct MemoryStore final : Store {
  void save() override {}
  void slow() override {}
};

co::task<> through_base(Store &s, Store *p, std::unique_ptr<Store> u) {
  s.save();  // warning: call to 'Store::save' blocks the event loop: it reaches 'sleep'
  p->save(); // warning: it reaches 'sleep'
  u->save(); // warning: it reaches 'sleep'
  s.load();  // warning: it reaches 'sleep'
  s.slow();  // warning: it reaches 'sleep'
  s.quick();
  co_return;
}

co::task<> devirtualised(Store &s, MemoryStore &m, DiskStore value) {
  s.Store::load();
  s.Store::slow(); // warning: it reaches 'sleep'
  m.save();
  m.slow();
  value.load();
  value.save(); // warning: it reaches 'sleep'
  DiskStore local;
  local.load();
  DiskStore().load();
  co_return;
}

co::task<> middle(DiskStore &d) {
  d.load();  // warning: it reaches 'sleep'
  d.quick();
  co_return;
}

// A base's own code that calls what its heirs override.
struct Job {
  virtual ~Job() = default;
  void run() { step(); }

protected:
  virtual void step() = 0;
};
struct SleepyJob : Job {
  void step() override { sleep(1); }
};
co::task<> template_method(Job &j) {
  j.run(); // warning: call to 'Job::run' blocks the event loop: it reaches 'sleep'
  co_return;
}

// Overridden by a coroutine: nothing runs when it is called.
struct AsyncStore {
  virtual ~AsyncStore() = default;
  virtual co::task<> save() = 0;
};
struct AsyncDisk : AsyncStore {
  co::task<> save() override {
    sleep(1); // warning: call to 'sleep' blocks
    co_return;
  }
};
co::task<> lazy_override(AsyncStore &s) { co_await s.save(); }

// A virtual destructor.
struct Base {
  virtual ~Base() {}
};
struct Heir : Base {
  ~Heir() override { sleep(1); }
};
co::task<> deletes(Base *b) {
  delete b; // warning: it reaches 'sleep'
  co_return;
}

// An override in a class template, and one by way of a template base.
template <class T> struct TypedStore : Store {
  void save() override { sleep(sizeof(T)); }
};
template struct TypedStore<int>;

template <class Self> struct Crtp {
  void run() { static_cast<Self *>(this)->step(); }
};
struct QuickStep : Crtp<QuickStep> {
  void step() {}
};
struct SlowStep : Crtp<SlowStep> {
  void step() { sleep(1); }
};
co::task<> static_dispatch(QuickStep q, SlowStep s) {
  q.run();
  s.run(); // warning: it reaches 'sleep'
  co_return;
}

// A std::function that is written by hand: which callable it holds is not known.
struct Callback {
  virtual ~Callback() = default;
  virtual void run() = 0;
};
template <class F> struct Holds : Callback {
  explicit Holds(F f) : f(f) {}
  void run() override { f(); }
  F f;
};
template <class F> Callback *hold(F f) { return new Holds<F>(f); }
void elsewhere() {
  hold([] { sleep(1); })->run();
}
// A class template that is no such thing is a class like others.
template <class T> struct Journal : Callback {
  void run() override { sleep(1); }
};
struct Line : Callback {
  void run() override {}
};
co::task<> erased(Callback &callback, Journal<int> &journal) {
  callback.run(); // warning: call to 'Callback::run' // note: which 'Journal::run' overrides
  // Made here, it is known.
  hold([] {})->run();
  hold([] { sleep(1); })->run(); // warning: call to 'Callback::run' // note: which 'Holds::run' overrides
  journal.run();      // warning: call to 'Journal::run'
  co_return;
}
