// RUN: %nostall-verify %s
// Tasks in variables: dropped when no path awaits, returns, moves, stores or
// passes them on.
#include "co.h"
#include <functional>
#include <map>
#include <memory>
#include <nostall/annotations.h>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

using co::task;
task<> f();
task<int> g();
co::eager<int> e();
co::operation<> op();
bool flag();

task<> dropped() {
  auto a = f(); // warning: task in variable 'a' is never awaited, so the coroutine never runs
  task<> b = f(); // warning: task in variable 'b'
  task<> c{f()}; // warning: task in variable 'c'
  task<> c2(f()); // warning: task in variable 'c2'
  const auto d = f(); // warning: task in variable 'd'
  auto &&i = f(); // warning: task in variable 'i'
  const auto &j = f(); // warning: task in variable 'j'
  auto k = e(); // warning: task in variable 'k' is never awaited, so it runs, but
  auto l = op(); // warning: awaitable in variable 'l'
  [[maybe_unused]] auto m = f(); // warning: task in variable 'm'
  auto n = f(), o = f(); // warning: task in variable 'n' // warning: task in variable 'o'
  auto p = flag() ? f() : f();
  co_await std::move(p);
}

task<> asked_only() {
  auto a = f(); // warning: task in variable 'a'
  if (a.done())
    co_return;
  auto b = f(); // warning: task in variable 'b'
  if (b)
    co_return;
  auto c = f(); // warning: task in variable 'c'
  while (!c)
    co_await co::sleep(1);
}

task<> named_as_statement(task<> parameter, std::vector<task<>> &many, task<> *pointer) {
  auto t = f();
  t; // warning: task 't' is never awaited
  auto u = f();
  std::move(u); // warning: task 'u' is never awaited
  auto v = f(); // warning: task in variable 'v'
  (void)v;
  parameter; // warning: task 'parameter' is never awaited
  many[0]; // warning: never awaited
  *pointer; // warning: never awaited
  (t); // warning: task 't'
  co_return;
}

task<> taken_care_of(std::vector<task<>> &many) {
  auto a = f();
  co_await std::move(a);
  auto b = f();
  many.push_back(std::move(b));
  auto c = f();
  auto d = std::move(c);
  co_await std::move(d);
  auto i = f();
  co_await static_cast<task<> &&>(i);
  auto j = e();
  co_await j;
  auto k = f();
  k.start();
  auto l = f();
  auto lambda = [l = std::move(l)] { return l.done(); };
  auto m = f();
  auto by_reference = [&m]() -> task<> { co_await std::move(m); };
  co_await by_reference();
  auto n = f();
  auto all_captured = [&]() -> task<> { co_await std::move(n); };
  co_await all_captured();
  auto o = f();
  task<> *p = &o;
  co_await std::move(*p);
  auto q = f();
  task<> &r = q;
  co_await std::move(r);
  auto s = f();
  std::optional<task<>> maybe(std::move(s));
  co_await std::move(*maybe);
  auto t = f();
  std::tuple<task<>> tuple(std::move(t));
  co_await std::move(std::get<0>(tuple));
  auto u = f();
  auto shared = std::make_shared<task<>>(std::move(u));
  many.push_back(std::move(*shared));
  auto &&v = f();
  co_await std::move(v);
  (void)lambda;
}
task<> returns() {
  auto t = f();
  return t;
}
task<> returns_moved() {
  auto t = f();
  return std::move(t);
}
task<int> co_returns() {
  auto t = g();
  co_return co_await std::move(t);
}

struct Server {
  task<> accept_ = f();
  std::map<int, task<>> all_;
  std::optional<task<>> maybe_;
  static task<> shared_;
  void start() {
    accept_ = f();
    all_.emplace(1, f());
    all_.insert_or_assign(2, f());
    maybe_ = f();
    maybe_.emplace(f());
    shared_ = f();
  }
};
task<> global = f();
void plain() {
  static task<> once = f();
  auto t = f(); // warning: task in variable 't' is never awaited, so the coroutine never runs; await it in a coroutine, or spawn it
}

task<> structured() {
  auto [a, b] = std::pair(f(), f());
  co_await std::move(a);
  co_await std::move(b);
}
task<> init_statements() {
  if (auto t = f(); flag()) // warning: task in variable 't'
    co_return;
  for (auto t = f(); flag();) // warning: task in variable 't'
    co_await co::sleep(1);
  if (auto t = f()) // warning: task in variable 't'
    co_return;
  switch (auto t = f(); 1) { // warning: task in variable 't'
  default:
    break;
  }
}

task<> reassigned() {
  auto t = f();
  t = f(); // warning: task in variable 't' is never awaited, so the coroutine never runs; await it before another takes its place
  co_await std::move(t);
}
task<> declared_first(bool c) {
  std::optional<task<>> t; // warning: task in variable 't'
  if (c)
    t = f();
  co_return;
}

task<> elements(std::vector<task<>> &many) {
  for (auto &t : many)
    co_await std::move(t);
  for (auto &t : many)
    (void)t;
  for (auto &t : many)
    if (t.done())
      co_return;
}
task<> made_elements(std::vector<co::event> events) {
  for (auto ev : events)
    co_await ev;
  for (auto ev : events) // warning: awaitable in loop variable 'ev'
    co_await co::sleep(1);
}

task<> looks_away(task<> given) { co_await co::sleep(1); } // warning: task in parameter 'given' is never awaited
// Without a name it is asked for by others.
void sink(task<>) {}

// Named for its type alone, it may well be meant to be dropped.
task<> only_its_type() {
  auto t = f();
  using type = decltype(t);
  static_assert(sizeof(type) != 0);
  co_return;
}
// Nothing was in it: what is moved out is nothing, too.
struct empty_at_first : co::operation<> {
  empty_at_first() = default;
  empty_at_first(empty_at_first &&) = default;
  empty_at_first &operator=(empty_at_first &&) = default;
};
empty_at_first filled();
task<> never_held_a_task() {
  empty_at_first none;
  auto still_none = std::move(none);
  empty_at_first one;
  one = filled();
  auto moved = std::move(one); // warning: awaitable in variable 'moved'
  co_return;
}
// What may be dropped is dropped by letting go of it; to name it does nothing.
struct NOSTALL_DROPPABLE ticket : co::operation<> {};
ticket print();
task<> names_a_ticket(ticket given) {
  print();
  auto kept = print();
  given; // warning: awaitable 'given' is never awaited
  (void)given;
  co_return;
}
void names_a_ticket_elsewhere(ticket given) { given; }

// To wait for it, or to take its result, is more than a question.
struct runs_anyway : co::eager<int> {
  using co::eager<int>::eager;
  enum class status { started, completed };
  status wait_for(int seconds) const;
  status now() const;
  int result() const;
};
runs_anyway begin();
task<> asks_and_waits() {
  auto waited = begin();
  if (waited.wait_for(5) == runs_anyway::status::completed)
    co_return;
  auto taken = begin();
  taken.result();
  auto asked = begin(); // warning: variable 'asked'
  if (asked.now() == runs_anyway::status::completed)
    co_return;
}

// What was awaited is moved as what it has become.
task<> moved_when_done() {
  auto first = f();
  co_await std::move(first);
  auto done = std::move(first);
  auto second = f();
  auto open = std::move(second); // warning: task in variable 'open'
}

// `if constexpr` has taken the use away from one instance.
template <class T> void keeps_some() {
  auto t = f();
  if (t.done())
    return;
  auto u = f(); // warning: task in variable 'u'
  if (u.done())
    return;
  if constexpr (sizeof(T) == 1)
    std::move(t).start();
}
template void keeps_some<char>();
template void keeps_some<int>();

// It runs while others are waited for, and the test is whether it has.
#define CHECK(...)                                                             \
  do {                                                                         \
    if (!(__VA_ARGS__))                                                        \
      throw 1;                                                                 \
  } while (false)
runs_anyway eager_one();
task<> watches() {
  auto checked = eager_one();
  CHECK(checked.now() == runs_anyway::status::started);
  co_await co::sleep(1);
  CHECK(checked.now() == runs_anyway::status::completed);
  auto too_early = eager_one(); // warning: task in variable 'too_early'
  CHECK(too_early.now() == runs_anyway::status::started);
  auto polled = eager_one();
  while (polled.now() == runs_anyway::status::started)
    co_await co::sleep(1);
  auto lazy = f(); // warning: task in variable 'lazy'
  CHECK(!lazy.done());
  co_await co::sleep(1);
  CHECK(lazy.done());
}

//===--- what ends with its variable ----------------------------------------------

// It runs at once; its destructor destroys the coroutine.
struct scoped {
  struct promise_type {
    scoped get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  scoped(std::coroutine_handle<promise_type> h) : handle(h) {}
  scoped(scoped &&other) noexcept : handle(std::exchange(other.handle, {})) {}
  ~scoped() {
    if (handle)
      handle.destroy();
  }
  bool await_ready() const noexcept { return handle.done(); }
  void await_suspend(std::coroutine_handle<> waiter);
  void await_resume() {}
  std::coroutine_handle<promise_type> handle;
};
scoped serve();
task<> while_it_lives() {
  scoped server = serve();
  co_await f();
}
task<> at_the_end() {
  co_await f();
  scoped server = serve(); // warning: task in variable 'server' is never awaited, so it is destroyed before it has finished
}
task<> at_once() {
  serve(); // warning: task returned by 'serve' is never awaited, so it is destroyed before it has finished
  co_await f();
}

// Its own destructor is elsewhere: it does what that of another instance does.
template <class T> struct job {
  struct promise_type {
    job get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(T);
    void unhandled_exception() {}
  };
  ~job() { handle.destroy(); }
  bool await_ready();
  void await_suspend(std::coroutine_handle<> waiter);
  T await_resume();
  std::coroutine_handle<promise_type> handle;
};
template <> struct job<void> {
  struct promise_type {
    job get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void();
    void unhandled_exception() {}
  };
  ~job();
  bool await_ready();
  void await_suspend(std::coroutine_handle<> waiter);
  void await_resume();
  std::coroutine_handle<promise_type> handle;
};
job<int> count();
job<void> accept_all();
task<> specialised() {
  auto server = accept_all();
  co_await count();
  accept_all(); // warning: so it is destroyed before it has finished
}

// A cast to void starts nothing.
task<> fetch_lazily(int n);
co::eager<> fetch_at_once(int n);
#define QUIET(x) (void)(x)
task<> silenced(bool now) {
  auto a = fetch_lazily(1); // warning: task in variable 'a' is never awaited, so the coroutine never runs
  (void)a;
  auto b = fetch_lazily(2); // warning: task in variable 'b' is never awaited
  QUIET(b);
  auto c = fetch_at_once(3);
  (void)c;
  auto d = fetch_lazily(4);
  (void)d;
  co_await std::move(d);
  auto e = fetch_lazily(5);
  QUIET(e);
  if (now)
    co_await std::move(e);
}

task<> assigned_over() {
  auto one = count();
  one = count(); // warning: so it is destroyed before it has finished; await it before another takes its place
  co_await one;
}
