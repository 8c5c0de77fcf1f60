// RUN: %nostall-verify %s
// Dropped after all: what a task was put into, and nobody touches.
#include "co.h"
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

using co::task;
task<> f();
task<> g();
task<int> number();
co::eager<int> e();
std::pair<task<>, task<>> two_tasks();
std::optional<task<>> next();
bool flag();
void keep(task<> &&);

task<> moved_on() {
  auto t = f();
  auto out = std::move(t); // warning: task in variable 'out' is never awaited
  auto u = f();
  task<> again{std::move(u)}; // warning: task in variable 'again'
  auto chosen = flag() ? f() : g(); // warning: task in variable 'chosen'
  co_return;
}
task<> from_parameter(task<> given) {
  task<> out = std::move(given); // warning: task in variable 'out'
  co_return;
}

task<> containers() {
  std::pair<task<>, task<>> pair(f(), g()); // warning: task in variable 'pair' is never awaited
  auto tuple = std::make_tuple(f(), 1); // warning: task in variable 'tuple'
  std::optional<task<>> maybe(f()); // warning: task in variable 'maybe'
  std::array<task<>, 2> array{f(), g()}; // warning: task in variable 'array'
  task<> plain[] = {f(), g()}; // warning: task in variable 'plain'
  std::optional<task<>> none;
  std::optional<task<>> empty = std::nullopt;
  auto [a, b] = std::pair(f(), g()); // warning: task in variable 'a' // warning: task in variable 'b'
  auto [c, d] = two_tasks(); // warning: task in variable 'd'
  co_await std::move(c);
  task<> used[] = {f(), g()};
  for (auto &t : used)
    co_await std::move(t);
  std::pair<int, task<>> second(1, f());
  co_await std::move(second.second);
}

task<> replaced(bool c) {
  auto a = f();
  a = g(); // warning: task in variable 'a' is never awaited, so the coroutine never runs; await it before another takes its place
  co_await std::move(a);
  a = f();
  co_await std::move(a);
  auto b = f();
  if (c)
    b = g(); // warning: task in variable 'b'
  co_await std::move(b);
  auto d = f();
  d = co::all(std::move(d), g());
  co_await std::move(d);
  auto h = f();
  while (flag()) {
    co_await std::move(h);
    h = g();
  }
  auto i = f(); // warning: task in variable 'i'
  i = g();
  auto j = f();
  if (c)
    co_await std::move(j);
  j = g();
  co_await std::move(j);
}

void looks_away(task<> given, int) {} // warning: task in parameter 'given' is never awaited
void unnamed(task<>) {}
void meant([[maybe_unused]] co::eager<> given) {}
template <class T> void generic(T value) {}
template <class T> void in_a_template(task<T> given) { // warning: task in parameter 'given'
}
template <bool Keeps> void sometimes(task<> given) {
  if constexpr (Keeps)
    keep(std::move(given));
}
struct Sink {
  virtual void take(task<> given) {}
};
struct Null : Sink {
  void take(task<> given) override {}
};
void calls() {
  generic(f());
  in_a_template(number());
  sometimes<false>(f());
}

task<> captured() {
  auto t = f();
  auto a = [t = std::move(t)] {}; // warning: task captured as 't' is never awaited
  auto b = [work = f()]() mutable -> task<> { co_await std::move(work); };
  auto c = [work = f()]() mutable { return [inner = std::move(work)]() mutable { keep(std::move(inner)); }; };
  a(), c();
  co_await b();
}
template <class T> task<> default_capture(T value) {
  auto t = f();
  auto run = [&](auto x) { keep(std::move(t)); };
  run(value);
  co_return;
}
template task<> default_capture(int);

template <class T> struct constant {};
inline constexpr co::event shared{};
task<> constants() {
  shared; // warning: awaitable 'shared' is never awaited
  co_return;
}

//===--- filled after it was made, and only asked ------------------------------

task<> filled() {
  std::optional<task<int>> a; // warning: task in variable 'a' is never awaited
  if (flag())
    a = number();
  std::optional<task<int>> b; // warning: task in variable 'b'
  b.emplace(number());
  std::optional<task<int>> c = number(); // warning: task in variable 'c'
  c.reset();
  std::optional<task<int>> d = number(); // warning: task in variable 'd'
  if (d.has_value())
    co_return;
  std::vector<task<>> e; // warning: task in variable 'e'
  e.reserve(2);
  for (int i = 0; i < 3; ++i)
    e.push_back(f());
  std::map<int, task<>> g; // warning: task in variable 'g'
  g.emplace(1, f());
  if (g.size() > 1)
    co_return;
  std::tuple<task<int>, int> h{number(), 2}; // warning: task in variable 'h'
  int n = std::get<1>(h);
  std::pair<task<int>, int> i{number(), n}; // warning: task in variable 'i'
  n = i.second;
  co_return;
}
task<> all(std::vector<task<>>);
struct job : task<> {
  job();
  job(task<> &&);
  void start();
};
job started();
task<> taken_out() {
  std::optional<task<int>> a;
  if (flag())
    a = number();
  if (a)
    co_await std::move(*a);
  std::vector<task<>> b;
  b.push_back(f());
  for (task<> &t : b)
    co_await std::move(t);
  b.clear();
  std::vector<task<>> c;
  c.push_back(f());
  co_await all(std::move(c));
  std::tuple<task<int>, int> d{number(), 2};
  co_await std::get<0>(std::move(d));
  std::vector<task<>> e;
  task<> &last = e.emplace_back(f());
  co_await std::move(last);
  std::vector<co::eager<int>> running;
  running.push_back(::e());
  std::optional<task<int>> h;
  h.emplace(number());
  co_await std::move(h.value());
  std::optional<job> i;
  i.emplace(started());
  i->start();
  std::unique_ptr<job> j;
  j = std::make_unique<job>(started());
  j->start();
  std::optional<co::eager<int>> kept(::e());
  if (kept)
    co_await f();
  co_await f();
}
std::optional<task<int>> returned() {
  std::optional<task<int>> a;
  if (flag())
    a = number();
  return a;
}

// What runs anyway is taken along to live, or to end, with the closure.
task<> taken_along() {
  auto running = ::e();
  auto stop = [running = std::move(running)] {};
  stop();
  co_return;
}

//===--- what a function returns in a container, or the like --------------------

std::vector<task<>> make_all(int n) {
  std::vector<task<>> v;
  for (int i = 0; i < n; ++i)
    v.push_back(f());
  return v;
}
std::optional<task<>> maybe(bool b);
std::pair<int, task<>> numbered();
std::vector<co::eager<int>> run_all();
task<> in_containers() {
  make_all(3); // warning: task in what 'make_all' returned is never awaited, so the coroutine never runs
  maybe(true); // warning: task in what 'maybe' returned
  numbered(); // warning: task in what 'numbered' returned
  run_all();
  auto left = make_all(3); // warning: task in variable 'left'
  auto m = maybe(true); // warning: task in variable 'm'
  auto taken = make_all(2);
  co_await all(std::move(taken));
  co_await all(make_all(1));
  auto [k, t] = numbered();
  co_await std::move(t);
  if (auto o = maybe(false))
    co_await std::move(*o);
}
