// RUN: %nostall-verify %s
// Every place at which the language drops a value.
#include "co.h"
#include <tuple>
#include <utility>

using co::task;
task<> f();
task<int> g();
co::eager<> e();
co::detached d();
co::operation<> op();
co::event ev();
int plain();
bool flag();

task<> statements(int n) {
  f(); // warning: task returned by 'f' is never awaited, so the coroutine never runs; add 'co_await'
  g(); // warning: task returned by 'g' is never awaited, so the coroutine never runs
  (f()); // warning: task returned by 'f'
  ((g())); // warning: task returned by 'g'
  e(); // warning: task returned by 'e' is never awaited, so it runs, but its result and its exceptions are lost
  op(); // warning: awaitable returned by 'op' is never awaited, so nothing waits for its operation
  ev(); // warning: awaitable returned by 'ev'
  d();
  co::sleep(1); // warning: awaitable returned by 'co::sleep'
  co_await f();
  (void)co_await g();
  co_await (co_await []() -> task<int> { co_return 1; }(), e());
  { f(); } // warning: task returned by 'f'
  ; f(); // warning: task returned by 'f'
}

task<> commas() {
  f(), g(); // warning: task returned by 'f' // warning: task returned by 'g'
  f(), plain(); // warning: task returned by 'f'
  plain(), f(); // warning: task returned by 'f'
  (plain(), f()); // warning: task returned by 'f'
  int i = (f(), 1); // warning: task returned by 'f'
  co_await (plain(), f());
  co_await (g(), f()); // warning: task returned by 'g'
  (void)i;
}

task<> branches(bool c) {
  c ? f() : f(); // warning: task returned by 'f' // warning: task returned by 'f'
  c ? (f(), 1) : 2; // warning: task returned by 'f'
  c ? f() : throw 1; // warning: task returned by 'f'
  c ? void(f()) : void(); // warning: task returned by 'f'
  co_await (c ? f() : f());
  auto t = c ? f() : f();
  co_await std::move(t);
  c && (f(), true); // warning: task returned by 'f'
}

task<> casts() {
  (void)f(); // warning: task returned by 'f'
  static_cast<void>(f()); // warning: task returned by 'f'
  (void((f()))); // warning: task returned by 'f'
  (void)e();
  (void)op(); // warning: awaitable returned by 'op'
  (void)(f(), plain()); // warning: task returned by 'f'
  std::ignore = f(); // warning: task returned by 'f'
}

task<> bodies(bool c, int n) {
  if (c)
    f(); // warning: task returned by 'f'
  else
    g(); // warning: task returned by 'g'
  while (flag())
    f(); // warning: task returned by 'f'
  do
    f(); // warning: task returned by 'f'
  while (flag());
  for (;;)
    f(); // warning: task returned by 'f'
  for (int i : {1, 2})
    f(); // warning: task returned by 'f'
}
task<> heads(bool c, int n) {
  for (f(); flag();) // warning: task returned by 'f'
    co_await f();
  for (; flag(); f()) // warning: task returned by 'f'
    co_await f();
  for (int i = 0; i < n; ++i, f()) // warning: task returned by 'f'
    co_await f();
  if (f(); c) // warning: task returned by 'f'
    co_return;
  switch (f(); n) { // warning: task returned by 'f'
  case 1:
    f(); // warning: task returned by 'f'
  case 2: f(); // warning: task returned by 'f'
    break;
  case 3:
  case 4: {
    f(); // warning: task returned by 'f'
    break;
  }
  default:
    f(); // warning: task returned by 'f'
  }
  for (f(); int i : {1}) // warning: task returned by 'f'
    (void)i;
label:
  f(); // warning: task returned by 'f'
  [[likely]] f(); // warning: task returned by 'f'
  try {
    f(); // warning: task returned by 'f'
  } catch (...) {
    f(); // warning: task returned by 'f'
  }
  goto label;
}
task<> statement_expressions() {
  int i = ({
    f(); // warning: task returned by 'f'
    1;
  });
  (void)i;
  co_await ({
    int a = 0;
    (void)a;
    f();
  });
  ({ // warning: task made here is never awaited
    plain();
    f();
  });
}

//===--- not dropped ----------------------------------------------------------------

void takes(task<>);
void takes_op(const co::operation<> &);
struct Holder {
  task<> t;
};
task<> passes_on() {
  takes(f());
  takes_op(op());
  co_await co::all(f(), f());
  Holder h{f()};
  takes(std::move(h.t));
  new task<>(f());
  co_return;
}
task<> returned() { return f(); }
task<> returned_by_comma() { return plain(), f(); }
task<> co_returned() { co_return co_await f(); }
auto lambda = [] { return f(); };
using Type = decltype(f());
static_assert(sizeof(f()) > 0);

//===--- in plain functions -----------------------------------------------------------

void plain_function() {
  f(); // warning: task returned by 'f' is never awaited, so the coroutine never runs; await it in a coroutine, or spawn it
  e(); // warning: it runs, but its result
  op(); // warning: awaitable returned by 'op'
  auto l = [] { f(); }; // warning: task returned by 'f'
  l();
  auto m = []() -> task<> {
    f(); // warning: never awaited, so the coroutine never runs; add 'co_await'
    co_return;
  };
  (void)m;
}
struct S {
  S() { f(); } // warning: task returned by 'f'
  ~S() { f(); } // warning: task returned by 'f'
  int i = (f(), 1); // warning: task returned by 'f'
  operator int() {
    f(); // warning: task returned by 'f'
    return 1;
  }
  task<> method();
  static task<> static_method();
  task<> operator()();
  task<> operator+(int);
  void calls() {
    method(); // warning: task returned by 'S::method'
    static_method(); // warning: task returned by 'S::static_method'
    (*this)(); // warning: task returned by 'S::operator()'
    *this + 1; // warning: task returned by 'S::operator+'
    this->method(); // warning: task returned by 'S::method'
  }
  virtual task<> overridden();
};
struct Heir : S {
  task<> overridden() override {
    S::overridden(); // warning: task returned by 'S::overridden'
    co_return;
  }
};
task<> pointers(S *s, task<> (*p)(), task<> (S::*m)()) {
  s->method(); // warning: task returned by 'S::method'
  p(); // warning: task made here
  (*p)(); // warning: task made here
  (s->*m)(); // warning: task made here
  [] { return f(); }(); // warning: task returned by the lambda
  []() -> task<> { co_return; }(); // warning: task returned by the lambda
  auto local = []() -> task<> { co_return; };
  local(); // warning: task returned by the lambda
  task<>{f()}; // warning: task
  co_return;
}

// A reference is the way to what somebody else has, and may await; not if it is
// to the object that was made for this call, or must be used. As TooManyCooks has
// it (spawn(...).run_on(...), scope.exit()).
template <class Derived> struct chained {
  Derived &on(int) & { return static_cast<Derived &>(*this); }
  Derived &&on(int) && { return static_cast<Derived &&>(*this); }
};
struct spawned : chained<spawned>, co::operation<> {
  [[nodiscard]] spawned &&leave() { return static_cast<spawned &&>(*this); }
  [[nodiscard]] spawned &kept();
  spawned &configure();
};
spawned spawn_it();
task<> references(spawned s) {
  spawn_it().on(1); // warning: awaitable returned by 'chained::on' is never awaited
  spawn_it().on(1).on(2); // warning: awaitable returned by 'chained::on' is never awaited
  s.leave(); // warning: awaitable returned by 'spawned::leave'
  s.kept(); // warning: awaitable returned by 'spawned::kept' is never awaited, so nothing waits for its operation, which may never start; await it, or spawn it
  s.on(1);
  s.configure().on(2);
  std::move(s).on(3);
  co_await s;
  co_await spawn_it().on(1);
}

// A goto leads into the branch that its condition rules out, as KJ_CATCH does.
task<> jumps() {
  if (true)
    try {
      plain();
    } catch (...) {
      goto handler;
    }
  else
  handler:
    f(); // warning: task returned by 'f'
  if (true)
    plain();
  else
    f();
  co_return;
}

// A builder that gives itself back is the object that was just made.
struct query {
  query &where(int n) {
    last = n;
    return *this;
  }
  bool await_ready();
  void await_suspend(std::coroutine_handle<> waiter);
  int await_resume();
  int last = 0;
};
query select_all();
co::task<> builders(query &kept) {
  select_all().where(1).where(2); // warning: is never awaited
  kept.where(3);
  co_await select_all().where(4);
}
