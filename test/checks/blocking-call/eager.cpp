// RUN: %nostall-verify %s
// When a coroutine's body runs: a lazy one when it is awaited, an eager one at
// once, a generator where it is iterated. Each is reported in the body that
// runs on the loop, once.
#include "co.h"
#include <unistd.h>

co::eager<> eager() {
  sleep(1); // warning: call to 'sleep' blocks the event loop
  co_await co::sleep(1);
  sleep(1); // warning: call to 'sleep' blocks the event loop
}
co::detached fire() {
  sleep(1); // warning: call to 'sleep' blocks the event loop
  co_return;
}
co::task<> lazy() {
  sleep(1); // warning: call to 'sleep' blocks the event loop
  co_return;
}

co::task<> calls() {
  co_await eager();
  fire();
  co_await lazy();
  auto t = lazy();
  co_await static_cast<co::task<> &&>(t);
}

//===--- generators -------------------------------------------------------------

co::generator<int> numbers() {
  sleep(1);
  co_yield 1;
}
co::generator<int> quick_numbers() { co_yield 1; }

co::task<> iterates() {
  for (int i : numbers()) // warning: call to 'numbers' blocks the event loop: it reaches 'sleep'
    (void)i;
  for (int i : quick_numbers())
    (void)i;
  auto kept = numbers(); // warning: call to 'numbers' blocks
  for (int i : kept)
    (void)i;
  co_return;
}
int iterates_elsewhere() {
  int sum = 0;
  for (int i : numbers())
    sum += i;
  return sum;
}

co::generator<int> nested() {
  for (int i : numbers())
    co_yield i;
}
co::task<> iterates_nested() {
  for (int i : nested()) // warning: call to 'nested' blocks the event loop: it reaches 'sleep'
    (void)i;
  co_return;
}

//===--- asynchronous generators ---------------------------------------------------

co::async_generator<int> steps() {
  sleep(1); // warning: call to 'sleep' blocks
  co_yield 1;
}

//===--- a plain function that makes a task --------------------------------------------

co::task<> wraps() {
  return lazy();
}
co::task<> prepares() {
  sleep(1);
  return lazy();
}
co::task<> awaits_prepared() {
  co_await wraps();
  co_await prepares(); // warning: call to 'prepares' blocks the event loop: it reaches 'sleep'
}

//===--- coroutine lambdas, methods, templates ---------------------------------------------

auto lambda = []() -> co::task<> {
  sleep(1); // warning: call to 'sleep' blocks
  co_return;
};
auto generic = [](auto seconds) -> co::task<> {
  sleep(seconds); // warning: call to 'sleep' blocks
  co_return;
};
auto instantiated = generic(1);
auto never_instantiated = [](auto seconds) -> co::task<> {
  sleep(1); // warning: call to 'sleep' blocks
  co_return;
};

struct Server {
  co::task<> run() {
    sleep(1); // warning: call to 'sleep' blocks
    co_return;
  }
  static co::task<> accept();
  co::task<> stop();
};
co::task<> Server::accept() {
  sleep(1); // warning: call to 'sleep' blocks
  co_return;
}
co::task<> Server::stop() { co_return; }

template <class T> co::task<T> typed() {
  sleep(sizeof(T)); // warning: call to 'sleep' blocks
  co_return T();
}
template co::task<int> typed<int>();
template co::task<long> typed<long>();
template <class T> co::task<T> untyped() {
  sleep(1); // warning: call to 'sleep' blocks
  co_return T();
}
template <class T> struct Typed {
  co::task<T> get() {
    sleep(1); // warning: call to 'sleep' blocks
    co_return T();
  }
};
template <class T> struct Used {
  co::task<T> get() {
    sleep(1); // warning: call to 'sleep' blocks
    co_return T();
  }
};
co::task<> uses(Used<int> u) { co_await u.get(); }
namespace {
co::task<> hidden() {
  sleep(1); // warning: call to 'sleep' blocks
  co_return;
}
} // namespace
co::task<> local_class() {
  struct Local {
    co::task<> get() {
      sleep(1); // warning: call to 'sleep' blocks
      co_return;
    }
  };
  co_await Local().get();
  co_await hidden();
}
