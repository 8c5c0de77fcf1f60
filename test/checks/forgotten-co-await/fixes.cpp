// RUN: %nostall-verify %s
// The fixed line, exactly; every fix is compiled and linted again.
#include "co.h"
#include <memory>
#include <string>
#include <vector>
#include <utility>

using co::task;
task<> f(int = 0);
task<int> g();
co::eager<> e();
co::event ev();
co::event shared_event;
bool flag();
struct race {
  co::operation<> operator co_await() const;
};
race operator||(const task<> &, const task<> &);
task<> operator|(task<>, int);
struct Server {
  task<> run();
  task<> member_ = f();
  task<> *pointer_;
  task<> operator()(int);
  task<> operator[](int);
  task<> operator-();
};
#define CALL(x) x
#define DROP f()
#define VARIABLE(name) auto name = f()

task<> values(Server &s, Server *p, bool c, task<> (*function)(int)) {
  f();             // warning: 'f'  // fix: co_await f();
  f(1);            // warning: 'f'  // fix: co_await f(1);
  (f());           // warning: 'f'  // fix: (co_await f());
  e();             // warning: 'e'  // fix: co_await e();
  ev();            // warning: 'ev'  // fix: co_await ev();
  s.run();         // warning: 'Server::run'  // fix: co_await s.run();
  p->run();        // warning: 'Server::run'  // fix: co_await p->run();
  s(1);            // warning: 'Server::operator()'  // fix: co_await s(1);
  s[1];            // warning: 'Server::operator[]'  // fix: co_await s[1];
  -s;              // warning: 'Server::operator-'  // fix: co_await -s;
  function(1);     // warning: task made here  // fix: co_await function(1);
  (*function)(1);  // warning: task made here  // fix: co_await (*function)(1);
  f() || f();      // warning: 'operator||'  // fix: co_await (f() || f());
  f() | 1 | 2;     // warning: 'operator|'  // fix: co_await (f() | 1 | 2);
  (f() || f());    // warning: 'operator||'  // fix: (co_await (f() || f()));
  (void)f();       // warning: 'f'  // fix: (void)co_await f();
  f(), g();        // warning: 'f' // warning: 'g'  // fix: co_await f(), co_await g();
  c ? f() : f(2);  // warning: 'f' // warning: 'f'  // fix: c ? co_await f() : co_await f(2);
  []() -> task<> { co_return; }(); // warning: the lambda  // fix: co_await []() -> task<> { co_return; }();
  if (c)
    f();           // warning: 'f'  // fix: co_await f();
  for (f(); flag(); f()) // warning: 'f' // warning: 'f'  // fix: for (co_await f(); flag(); co_await f())
    ;
  f(               // warning: 'f'  // fix: co_await f(
      1);
  /* before */ f() /* after */; // warning: 'f'  // fix: /* before */ co_await f() /* after */;
  co::task<>{f()}; // warning: never awaited  // fix: co_await co::task<>{f()};
  co_return;
}

task<> variables(bool c) {
  auto a = f();              // warning: 'a'  // fix: co_await f();
  task<> b = f();            // warning: 'b'  // fix: co_await f();
  task<> d{f()};             // warning: 'd'  // fix: co_await f();
  task<> h(f());             // warning: 'h'  // fix: co_await f();
  const auto &i = f();       // warning: 'i'  // fix: co_await f();
  [[maybe_unused]] auto j = f(); // warning: 'j'  // fix: co_await f();
  race k = f() || f();       // warning: 'k'  // fix: co_await (f() || f());
  race l{f() || f()};        // warning: 'l'  // fix: co_await (f() || f());
  if (auto m = f(); flag())  // warning: 'm'  // fix: if (co_await f(); flag())
    co_return;
  // Something else would have to change, too: no fix.
  auto n = f(), o = f();     // warning: 'n' // warning: 'o'
  auto p = f();              // warning: 'p'
  if (p.done())
    co_return;
  if (auto q = f())          // warning: 'q'
    co_return;
}

// The variable stays, and holds what the task gives.
class units {
public:
  units();
  units(units &&) noexcept;
  ~units();
};
units &&borrowed();
struct lease { // can be copied, and its last copy gives something back
  lease();
  lease(const lease &);
  ~lease();
};
struct leases {
  lease of_room, of_car;
};
struct reply {
  std::string body;
  std::vector<int> numbers;
};
co::operation<lease> rent();
co::operation<leases> rent_all();
co::operation<reply> answer();
struct by_reference {
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  units &&await_resume();
};
task<int> number(int = 0);
task<std::unique_ptr<int>> unique();
co::operation<units> get_units(int);
by_reference lent();
task<> results(bool c) {
  auto a = number();         // warning: 'a'  // fix: auto a = co_await number();
  task<int> b = number();    // warning: 'b'  // fix: auto b = co_await number();
  const task<int> d{number()}; // warning: 'd'  // fix: const auto d{co_await number()};
  const auto &h = number();  // warning: 'h'  // fix: const auto &h = co_await number();
  auto i = c ? number() : number(1); // warning: 'i'  // fix: auto i = co_await (c ? number() : number(1));
  [[maybe_unused]] co::operation<units> held = get_units(1); // warning: 'held'  // fix: [[maybe_unused]] auto held = co_await get_units(1);
  if (auto j = number(); c)  // warning: 'j'  // fix: if (auto j = co_await number(); c)
    co_return;
  // As a statement it would end at once; a reference would point to nothing.
  get_units(1);              // warning: 'get_units'  // fix-note: co_await get_units(1);
  rent();                    // warning: 'rent'  // fix-note: co_await rent();
  rent_all();                // warning: 'rent_all'  // fix-note: co_await rent_all();
  unique();                  // warning: 'unique'  // fix-note: co_await unique();
  answer();                  // warning: 'answer'  // fix: co_await answer();
  auto &&k = lent();         // warning: 'k'
  auto l = lent();           // warning: 'l'
  auto first = f();
  auto moved = std::move(first); // warning: 'moved'  // fix: co_await std::move(first);
}
task<> awaited_as_well() {
  auto t = f();
  t; // warning: 't'
  co_await static_cast<task<> &&>(t);
}

task<> names(Server &s, task<> parameter, task<> &reference, const task<> &constant, task<> *pointer) {
  auto t = f();
  t;               // warning: 't'  // fix: co_await std::move(t);
  parameter;       // warning: 'parameter'  // fix: co_await std::move(parameter);
  reference;       // warning: 'reference'  // fix: co_await std::move(reference);
  *pointer;        // warning: never awaited  // fix: co_await std::move(*pointer);
  s.member_;       // warning: 'member_'  // fix: co_await std::move(s.member_);
  *s.pointer_;     // warning: never awaited  // fix: co_await std::move(*s.pointer_);
  shared_event;    // warning: 'shared_event'  // fix: co_await shared_event;
  constant;        // warning: 'constant'
  co_return;
}

// In a macro, in a handler, in a plain function: no fix.
task<> withheld() {
  CALL(f());       // warning: 'f'
  DROP;            // warning: 'f'
  VARIABLE(v);     // warning: 'v'
  try {
    f();           // warning: 'f'  // fix: co_await f();
  } catch (int) {
    f();           // warning: 'f'
    auto in_handler = f(); // warning: 'in_handler'
    [] { f(); }(); // warning: 'f'
  } catch (...) {
    if (flag())
      f();         // warning: 'f'
  }
  [] { f(); }();   // warning: 'f'
  co_return;
}
void plain() {
  f(); // warning: 'f'
  auto t = f(); // warning: 't'
}
co::generator<int> cannot_await() {
  f(); // warning: 'f'
  co_yield 1;
}
