// RUN: %nostall-verify %s
// Guards that are moved, or part of something, and mutexes that lock nothing.
#include "co.h"
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

using co::task;
task<> save();

template <class M> class Grip {
  M *mutex_;

public:
  explicit Grip(M &m) : mutex_(&m) { mutex_->lock(); }
  Grip(Grip &&other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
  ~Grip() { let_go(); }
  void let_go() {
    if (mutex_) {
      mutex_->unlock();
      mutex_ = nullptr;
    }
  }
};
void keep_grip(Grip<std::mutex>) {}

struct Vault {
  std::mutex m;
  std::vector<int> coins;
  struct Held {
    std::unique_lock<std::mutex> lock;
    std::vector<int> *coins;
  };
  Held open() { return {std::unique_lock(m), &coins}; }

  task<> moved() {
    Grip grip(m);
    auto other = std::move(grip);
    other.let_go();
    co_await save();
  }
  task<> moved_and_held() {
    Grip grip(m);
    auto other = std::move(grip);
    co_await save(); // warning: held across this co_await
  }
  task<> given_away() {
    Grip grip(m);
    keep_grip(std::move(grip));
    co_await save();
  }
  task<> in_an_optional() {
    std::optional<Grip<std::mutex>> grip;
    co_await save();
    grip.emplace(m);
    co_await save(); // warning: held across this co_await
    grip.reset();
    co_await save();
  }
  task<> in_a_tuple() {
    std::tuple<std::unique_lock<std::mutex>, int> both{std::unique_lock(m), 3};
    co_await save(); // warning: guard 'both' is held
    std::get<0>(both).unlock();
    co_await save();
  }
  task<> taken_apart() {
    auto both = std::make_pair(std::unique_lock(m), 3);
    co_await save(); // warning: guard 'both' is held
    auto [lock, number] = std::move(both);
    co_await save(); // warning: guard 'lock' is held
    lock.unlock();
    co_await save();
  }
  task<> parts() {
    auto [lock, held] = open();
    held->clear();
    co_await save(); // warning: held across this co_await
    lock.unlock();
    co_await save();
  }
};

// A throw leaves the scopes on its way to the handler.
struct Thrower {
  std::mutex m;
  bool bad = false;
  task<> in_a_scope() {
    try {
      std::lock_guard guard(m);
      if (bad)
        throw 3;
    } catch (int) {
    }
    co_await save();
  }
  task<> in_an_inner_scope() {
    try {
      if (std::unique_lock lock(m); bad)
        throw 3;
      co_await save();
    } catch (int) {
    }
    co_await save();
  }
  task<> around_it() {
    std::lock_guard guard(m);
    try {
      if (bad)
        throw 3;
    } catch (int) {
    }
    co_await save(); // warning: guard 'guard' is held
  }
  task<> by_hand() {
    m.lock();
    try {
      if (bad)
        throw 3;
      m.unlock();
    } catch (int) {
      m.unlock();
    }
    co_await save();
  }
};

// In a program of one thread, nobody waits.
struct NoMutex {
  void lock() {}
  void unlock() {}
  bool try_lock() { return true; }
};
struct Counter {
  int depth = 0;
  void lock() { ++depth; }
  void unlock() { --depth; }
  bool try_lock() { return true; }
};
struct Spin {
  bool taken = false;
  void lock() {
    while (taken) {
    }
    taken = true;
  }
  void unlock() { taken = false; }
};
template <class M> struct Shelf {
  M m;
  Counter depth;
  task<> none() {
    std::lock_guard<M> guard(m);
    co_await save(); // warning: guard 'guard' is held
  }
};
template <class M> struct Quiet {
  M m;
  Counter depth;
  task<> none() {
    std::lock_guard<M> guard(m);
    co_await save();
    std::scoped_lock both(m, depth);
    co_await save();
  }
};
task<> shelves(Shelf<std::mutex> &real, Quiet<NoMutex> &none, Spin &spin) {
  co_await real.none();
  co_await none.none();
  std::lock_guard spinning(spin);
  co_await save(); // warning: guard 'spinning' is held
}
