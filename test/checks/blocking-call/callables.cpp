// RUN: %nostall-verify %s
// Callables: those that are called, by whomever, before the coroutine goes on,
// and those that are only kept or run elsewhere.
#include "co.h"
#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>
#include <tuple>
#include <unistd.h>
#include <variant>
#include <vector>

void slow() { sleep(1); }
int slow_of(int) { return sleep(1); }
void quick() {}

//===--- lambdas ----------------------------------------------------------------

co::task<> lambdas() {
  [] { sleep(1); }(); // warning: call to the lambda blocks the event loop: it reaches 'sleep'
  auto f = [] { sleep(1); };
  f(); // warning: it reaches 'sleep'
  auto unused = [] { sleep(1); };
  (void)unused;
  auto nested = [] { return [] { sleep(1); }; };
  nested()(); // warning: it reaches 'sleep'
  auto inner_not_called = [] { auto g = [] { sleep(1); }; (void)g; };
  inner_not_called();
  auto generic = [](auto seconds) { sleep(seconds); };
  generic(1); // warning: it reaches 'sleep'
  auto generic_quick = [](auto call) { call(); };
  generic_quick([] {});
  generic_quick([] { sleep(1); }); // warning: it reaches 'sleep'
  const auto &alias = f;
  alias(); // warning: it reaches 'sleep'
  int (*pointer)() = [] { return (int)sleep(1); };
  (void)pointer;
  co_return;
}

//===--- the standard library calls what it is given --------------------------------

co::task<> algorithms(std::vector<int> v, std::once_flag &once,
                      std::variant<int, long> either, std::optional<int> maybe) {
  std::for_each(v.begin(), v.end(), [](int) { sleep(1); }); // warning: call to 'std::for_each' blocks the event loop: it reaches 'sleep'
  std::for_each(v.begin(), v.end(), [](int) {});
  std::for_each(v.begin(), v.end(), slow_of); // warning: it reaches 'sleep'
  std::for_each(v.begin(), v.end(), &slow_of); // warning: it reaches 'sleep'
  std::sort(v.begin(), v.end(), [](int a, int b) { sleep(1); return a < b; }); // warning: call to 'std::sort'
  std::ranges::for_each(v, [](int) { sleep(1); }); // warning: it reaches 'sleep'
  std::call_once(once, [] { sleep(1); }); // warning: call to 'std::call_once'
  std::call_once(once, slow); // warning: it reaches 'sleep'
  std::visit([](auto) { sleep(1); }, either); // warning: call to 'std::visit'
  std::invoke([] { sleep(1); }); // warning: it reaches 'sleep'
  std::invoke(slow);             // warning: it reaches 'sleep'
  std::apply([](int) { sleep(1); }, std::tuple(1)); // warning: it reaches 'sleep'
  int sum = std::accumulate(v.begin(), v.end(), 0, [](int a, int b) { sleep(1); return a + b; }); // warning: it reaches 'sleep'
  auto visitor = [](int) { sleep(1); };
  std::for_each(v.begin(), v.end(), visitor);            // warning: it reaches 'sleep'
  std::for_each(v.begin(), v.end(), std::move(visitor)); // warning: it reaches 'sleep'
  std::erase_if(v, [](int i) { sleep(1); return i == 1; }); // warning: it reaches 'sleep'
  (void)sum;
  (void)maybe;
  co_return;
}

struct Functor {
  void operator()(int) const { sleep(1); }
};
struct Less {
  bool operator()(int a, int b) const {
    sleep(1);
    return a < b;
  }
};
co::task<> functors(std::vector<int> v) {
  std::for_each(v.begin(), v.end(), Functor()); // warning: it reaches 'sleep'
  Functor f;
  std::for_each(v.begin(), v.end(), f); // warning: it reaches 'sleep'
  f(1);                                 // warning: it reaches 'sleep'
  std::sort(v.begin(), v.end(), Less{}); // warning: it reaches 'sleep'
  co_return;
}

//===--- the project's own higher-order functions ----------------------------------

template <class F> void call(F f) { f(); }
template <class F> void call_through(F &&f) { call(std::forward<F>(f)); }
template <class F> void keep(F f) {
  static std::deque<std::function<void()>> kept;
  kept.push_back(f);
}
void call_function(const std::function<void()> &f) { f(); }
void call_pointer(void (*f)()) { f(); }
void pass_pointer(void (*f)()) { call_pointer(f); }
template <class F> struct Guard {
  F f;
  explicit Guard(F f) : f(f) {}
  ~Guard() { f(); }
};

co::task<> higher_order() {
  call([] { sleep(1); });          // warning: call to 'call' blocks the event loop: it reaches 'sleep'
  call([] {});
  call(slow);                      // warning: it reaches 'sleep'
  call(quick);
  call_through([] { sleep(1); });  // warning: it reaches 'sleep'
  call_through([] {});
  call_function([] { sleep(1); }); // warning: it reaches 'sleep'
  call_function(slow);             // warning: it reaches 'sleep'
  call_function(quick);
  call_function([] {});
  call_pointer(slow);              // warning: it reaches 'sleep'
  call_pointer([] { sleep(1); });  // warning: it reaches 'sleep'
  call_pointer(quick);
  pass_pointer(&slow);             // warning: it reaches 'sleep'
  keep([] { sleep(1); });
  keep(slow);
  co_return;
}

co::task<> scope_guard() {
  Guard g([] { sleep(1); }); // warning: destruction of 'g' blocks
  Guard h([] {});
  co_return;
}

//===--- what is only kept ------------------------------------------------------------

std::function<void()> callback;
struct Registry {
  std::vector<std::function<void()>> all;
  std::map<int, void (*)()> named;
  void add(std::function<void()> f) { all.push_back(std::move(f)); }
};
co::task<> kept(Registry &r) {
  callback = [] { sleep(1); };
  r.add([] { sleep(1); });
  r.all.push_back(slow);
  r.all.emplace_back([] { sleep(1); });
  r.named[1] = slow;
  std::function<void()> local = [] { sleep(1); };
  auto shared = std::make_shared<std::function<void()>>(slow);
  auto bound = std::bind(slow);
  auto deleter = std::unique_ptr<int, void (*)(int *)>(nullptr, [](int *) { sleep(1); });
  co_return;
}

//===--- a function handed to a thread ---------------------------------------------------

co::task<> threads() {
  std::thread a([] { sleep(1); });
  std::thread b(slow);
  std::thread c{&slow};
  std::thread d(Functor(), 1);
  auto e = std::make_unique<std::thread>([] { sleep(1); });
  std::thread([] { sleep(1); }).detach();
  a.detach();
  b.detach();
  c.detach();
  d.detach();
  e->detach();
  std::vector<std::thread> pool;
  pool.emplace_back([] { sleep(1); });
  pool.push_back(std::thread(slow));
  for (auto &t : pool)
    t.join(); // warning: call to 'std::thread::join' blocks the event loop (wait)
  co_return;
}

// A thread that is started by assignment runs its callable, not the assignment.
struct Worker {
  std::thread thread;
  std::function<void()> later;
  void start() {
    thread = std::thread([] { sleep(1); });
    later = [] { sleep(1); };
  }
};
co::task<> assigns(Worker &worker) {
  worker.start();
  co_return;
}
