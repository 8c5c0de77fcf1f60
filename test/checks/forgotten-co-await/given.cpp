// RUN: %nostall-verify %s
// Algorithms that drop what their callable returns.
#include "co.h"
#include <algorithm>
#include <functional>
#include <thread>
#include <vector>

using co::task;
task<> visit_one(int id);
task<int> ask_one(int id);
co::detached start_one(int id);
void note_one(int id);
void go(task<> work);

task<> visit_all(std::vector<int> &ids) {
  std::for_each(ids.begin(), ids.end(), visit_one); // warning: task that 'visit_one' returns to 'std::for_each' is never awaited, so the coroutine never runs; await it, or spawn it
  std::for_each_n(ids.begin(), 2, [](int id) { return ask_one(id); }); // warning: task that the lambda returns to 'std::for_each_n' is never awaited
  std::ranges::for_each(ids, visit_one); // warning: task that 'visit_one' returns to 'std::ranges::for_each' is never awaited
  std::for_each(ids.begin(), ids.end(), start_one);
  std::for_each(ids.begin(), ids.end(), note_one);
  std::ranges::for_each(ids, [](int id) { note_one(id); });
  std::vector<task<>> all;
  std::ranges::for_each(ids, [&](int id) { all.push_back(visit_one(id)); });
  for (auto &t : all)
    co_await std::move(t);
}
void visit_from_outside(std::vector<int> &ids) {
  std::ranges::for_each(ids, visit_one); // warning: is never awaited, so the coroutine never runs; await it in a coroutine, or spawn it
}

//===--- callbacks that return nothing -------------------------------------------------

struct Bus {
  void subscribe(std::function<void(int)> f);
  std::function<void(int)> on_close;
};
void start(std::function<task<>(int)> f);
template <class F> auto run(F f) { return f(); }
struct Bot {
  task<> save();
  void wire(Bus &bus) {
    bus.subscribe([](int n) { return visit_one(n); }); // warning: task that the lambda returns to 'std::function' is never awaited, so the coroutine never runs
    bus.subscribe(visit_one); // warning: task that 'visit_one' returns to 'std::function' is never awaited
    bus.subscribe([](int n) { go(visit_one(n)); });
    bus.subscribe(note_one);
    bus.subscribe(start_one);
    start(visit_one);
    std::function<void()> tick = [this] { return save(); }; // warning: never awaited
    bus.on_close = [](int n) -> task<> { co_await visit_one(n); }; // warning: never awaited
    std::function<task<>()> kept = [this] { return save(); };
    go(run([this] { return save(); }));
  }
  void threads() {
    std::thread a(&Bot::save, this); // warning: task that 'Bot::save' returns to 'std::thread' is never awaited
    a.join();
    std::thread b([this] { go(save()); });
    b.join();
    std::thread c(note_one, 1);
    c.join();
  }
};
struct Hooks {
  std::vector<std::function<void()>> all;
  template <class F> void on(F &&f) { all.emplace_back(std::forward<F>(f)); }
};
void passed_on(Hooks &hooks) {
  hooks.on([] { return visit_one(1); }); // warning@12: task that the lambda returns to 'std::function' is never awaited
  hooks.on([] { return visit_one(2); }); // warning@12: task that the lambda returns to 'std::function' is never awaited
  hooks.on([] { note_one(3); });
}
void each(std::vector<int> &ids) {
  std::ranges::for_each(ids, [](auto id) { return visit_one(id); }); // warning: never awaited
}
