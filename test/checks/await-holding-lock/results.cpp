// RUN: %nostall-verify %s
// What functions return, and what libraries make, is a guard that holds a lock
// if their bodies say so.
#include "co.h"
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

using co::task;
task<> save();
bool flag();

class Store {
public:
  std::unique_lock<std::mutex> acquire() { return std::unique_lock(m); }
  std::unique_lock<std::mutex> deferred() { return std::unique_lock(m, std::defer_lock); }
  std::unique_lock<std::mutex> opened() {
    std::unique_lock<std::mutex> own(m);
    if (flag())
      own.unlock();
    else
      own.unlock();
    return own;
  }
  std::unique_lock<std::mutex> sometimes() {
    if (flag())
      return std::unique_lock(m);
    return {};
  }
  std::unique_lock<std::mutex> forwarded() { return acquire(); }
  std::unique_lock<std::mutex> forwarded_deferred() { return deferred(); }
  std::optional<std::unique_lock<std::mutex>> perhaps() {
    if (!flag())
      return std::nullopt;
    return std::unique_lock(m);
  }
  void enter() { m.lock(); }
  void leave() { m.unlock(); }

  class Entered {
  public:
    explicit Entered(Store &of) : of(&of) { of.enter(); }
    Entered(Entered &&other) : of(std::exchange(other.of, nullptr)) {}
    ~Entered() {
      if (of)
        of->leave();
    }

  private:
    Store *of;
  };
  Entered entered() { return Entered(*this); }
  Entered entered_in_a_variable() {
    Entered inside(*this);
    return inside;
  }
  std::unique_ptr<Entered> owned() { return std::make_unique<Entered>(*this); }
  std::unique_ptr<Entered> none() { return nullptr; }

private:
  std::mutex m;
};

//===--- guards of the library ------------------------------------------------------

task<> acquired(Store &store) {
  auto guard = store.acquire();
  co_await save(); // warning: guard 'guard'
  guard.unlock();
  co_await save();
}
task<> deferred(Store &store) {
  auto guard = store.deferred();
  co_await save();
  guard.lock();
  co_await save(); // warning: guard 'guard'
}
task<> given_back_before(Store &store) {
  auto guard = store.opened();
  co_await save();
}
task<> on_some_path(Store &store) {
  if (auto guard = store.sometimes())
    co_await save(); // warning: guard 'guard'
}
task<> through_another(Store &store) {
  auto guard = store.forwarded();
  co_await save(); // warning: guard 'guard'
}
task<> deferred_through_another(Store &store) {
  std::unique_lock<std::mutex> guard = store.forwarded_deferred();
  co_await save();
}
task<> in_an_optional(Store &store) {
  auto guard = store.perhaps();
  co_await save(); // warning: guard 'guard'
  guard.reset();
  co_await save();
}

//===--- guards of the user's own ---------------------------------------------------

task<> own(Store &store) {
  auto guard = store.entered();
  co_await save(); // warning: guard 'guard'
}
task<> own_in_a_variable(Store &store) {
  const auto guard = store.entered_in_a_variable();
  co_await save(); // warning: guard 'guard'
}
task<> own_in_a_block(Store &store) {
  {
    auto guard = store.entered();
  }
  store.entered();
  co_await save();
}
task<> owned(Store &store) {
  auto guard = store.owned();
  co_await save(); // warning: guard 'guard'
  guard.reset();
  co_await save();
}
task<> not_owned(Store &store) {
  auto guard = store.none();
  co_await save();
}
task<> made_by_the_library(Store &store) {
  auto one = std::make_unique<Store::Entered>(store);
  co_await save(); // warning: guard 'one'
  one.reset();
  std::optional<Store::Entered> two(std::in_place, store);
  co_await save(); // warning: guard 'two'
  two.reset();
  auto three = std::make_shared<Store::Entered>(store);
  co_await save(); // warning: guard 'three'
}
task<> made_anew(std::mutex &m, Store &store) {
  auto guard = std::make_unique<std::lock_guard<std::mutex>>(m);
  guard.reset();
  co_await save();
  guard = std::make_unique<std::lock_guard<std::mutex>>(m);
  co_await save(); // warning: guard 'guard'
  guard = nullptr;
  co_await save();
  auto inside = std::make_unique<Store::Entered>(store);
  inside = nullptr;
  co_await save();
  inside = store.owned();
  co_await save(); // warning: guard 'inside'
}
task<> empty() {
  std::optional<Store::Entered> none;
  std::unique_ptr<Store::Entered> nothing;
  co_await save();
}

//===--- the init-statement of a range-for ---------------------------------------

task<> in_the_head(std::mutex &m, std::vector<int> &all) {
  for (std::lock_guard guard(m); int &i : all) {
    if (i == 3)
      break;
    ++i;
  }
  co_await save();
  for (std::lock_guard guard(m); int i : all) {
    (void)i;
    co_await save(); // warning: guard 'guard'
  }
}

//===--- a helper that moves what has no name ------------------------------------

struct Part {
  Part() = default;
  Part(Part &&other) { at = other.at; }
  int *at = nullptr;
};
struct Whole {
  Part part;
  Whole() = default;
  Whole(Whole &&) = default;
};
Whole everything;
void move_out(std::mutex &m) {
  Whole taken(std::move(everything));
  m.lock();
  m.unlock();
}
task<> after_moving(std::mutex &m) {
  move_out(m);
  co_await save();
}
