// RUN: %nostall-verify %s
// Guards that no variable holds: they live to the end of the full expression. And guards and answers that helpers return.
#include "co.h"
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

using co::task;
task<> send(int n);
task<int> ask();

class Shelf {
public:
  class Access {
  public:
    explicit Access(Shelf &shelf) : shelf_(&shelf) { shelf_->mutex_.lock(); }
    ~Access() { shelf_->mutex_.unlock(); }
    std::vector<int> *operator->() { return &shelf_->books_; }

  private:
    Shelf *shelf_;
  };
  struct Locked {
    std::unique_lock<std::mutex> lock;
    std::vector<int> *books;
    std::vector<int> *operator->() { return books; }
    std::vector<int> &operator*() { return *books; }
  };
  Access access() { return Access(*this); }
  Locked lock() { return {std::unique_lock(mutex_), &books_}; }
  std::unique_lock<std::mutex> grab() { return std::unique_lock(mutex_); }
  std::size_t size() {
    std::lock_guard guard(mutex_);
    return books_.size();
  }

private:
  std::mutex mutex_;
  std::vector<int> books_;
};
bool with(std::unique_lock<std::mutex> &&lock, int n);

task<> in_full_expressions(Shelf &s) {
  co_await send(s.access()->size()); // warning: the guard that 'access' returns is held across this co_await: any other coroutine that wants its mutex blocks the event loop; unlock before awaiting // note: taken here
  co_await send((*s.lock()).size()); // warning: the guard that 'lock' returns is held
  s.lock()->at(co_await ask()); // warning: the guard that 'lock' returns is held
  s.access()->push_back(co_await ask()); // warning: the guard that 'access' returns is held
  with(s.grab(), co_await ask());
  s.lock()->at(0) = co_await ask();
  co_await send(s.size());
  const auto n = s.access()->size();
  co_await send(n);
  if (s.access()->empty())
    co_await send(1);
}

//===--- what helpers return ---------------------------------------------------------

class Gate {
  std::mutex mutex_;

public:
  bool try_enter() { return mutex_.try_lock(); }
  bool try_now() {
    if (!mutex_.try_lock())
      return false;
    return true;
  }
  void leave() { mutex_.unlock(); }
};
task<> answers(Gate &g) {
  if (!g.try_enter())
    co_return;
  co_await ask(); // warning: is locked across this co_await
  g.leave();
  co_await ask();
}
task<> answers_now(Gate &g) {
  if (g.try_now()) {
    co_await ask(); // warning: is locked across this co_await
    g.leave();
  } else {
    co_await ask();
  }
  co_await ask();
}
task<> waits_for_the_gate(Gate &g) {
  while (!g.try_enter())
    co_await ask();
  g.leave();
  co_await ask();
}

class Guard {
  std::mutex *mutex_;

public:
  explicit Guard(std::mutex &mutex) : mutex_(&mutex) { mutex_->lock(); }
  Guard(Guard &&other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
  ~Guard() { release(); }
  void release() {
    if (mutex_) {
      mutex_->unlock();
      mutex_ = nullptr;
    }
  }
};
struct Entry {
  int &value;
  Guard guard;
};
Entry open(std::mutex &mutex, int &value) { return {value, Guard(mutex)}; }
task<> bound(std::mutex &mutex, int &v) {
  auto [value, guard] = open(mutex, v);
  co_await ask(); // warning: across this co_await
}
task<> kept_whole(std::mutex &mutex, int &v) {
  auto entry = open(mutex, v);
  co_await ask(); // warning: across this co_await
  entry.guard.release();
  co_await ask();
}
