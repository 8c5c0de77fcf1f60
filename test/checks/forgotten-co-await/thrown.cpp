// RUN: %nostall-verify %s
// A test that a call throws never gets a task: the call stands in a macro's try
// block (after GoogleTest 1.17, Catch2 3.8), or in a callable for a template
// that catches what its caller names (after concurrencpp's own tests).
#include "co.h"
#include <exception>
#include <utility>

using co::task;
struct closed {};
task<> send(int);
task<int> fetch();
void fail();
void keep(task<>);

#define EXPECT_THROW(statement, expected)                                      \
  do {                                                                         \
    bool caught = false;                                                       \
    try {                                                                      \
      if (true) {                                                              \
        statement;                                                             \
      }                                                                        \
    } catch (expected const &) {                                               \
      caught = true;                                                           \
    } catch (...) {                                                            \
      fail();                                                                  \
    }                                                                          \
    if (!caught)                                                               \
      fail();                                                                  \
  } while (false)
#define REQUIRE_THROWS_AS(expression, type)                                    \
  try {                                                                        \
    static_cast<void>(expression);                                             \
    fail();                                                                    \
  } catch (type const &) {                                                     \
  }
#define EXPECT_NO_THROW(statement)                                             \
  try {                                                                        \
    statement;                                                                 \
  } catch (std::exception const &) {                                           \
    fail();                                                                    \
  } catch (...) {                                                              \
    fail();                                                                    \
  }

void macros() {
  EXPECT_THROW(send(-1), closed);
  EXPECT_THROW({ send(-1); }, std::exception);
  REQUIRE_THROWS_AS(fetch(), closed);
  EXPECT_NO_THROW(send(1)); // warning: task returned by 'send'
  try {
    send(1); // warning: task returned by 'send'
  } catch (const closed &) {
  }
}
// Here it could have been awaited.
task<> in_a_coroutine() {
  EXPECT_THROW(send(-1), closed); // warning: task returned by 'send'
  co_return;
}

template <class E, class F> void assert_throws(F &&f) {
  try {
    f();
  } catch (const E &) {
    return;
  } catch (...) {
  }
  fail();
}
template <class E, class F> bool throws(F f) {
  try {
    std::forward<F>(f)();
    return false;
  } catch (E &) {
    return true;
  }
}
template <class F> void assert_quiet(F &&f) {
  try {
    f();
  } catch (const std::exception &) {
    fail();
  }
}
template <class E, class F> task<> throws_awaited(F f) {
  try {
    co_await f();
  } catch (E &) {
    co_return;
  }
  fail();
}
void callables(int n) {
  assert_throws<closed>([] { send(-1); });
  assert_throws<closed>([n] {
    int wrong = -n;
    send(wrong);
  });
  throws<closed>([] { fetch(); });
  assert_throws<closed>([] {
    send(1); // warning: task returned by 'send'
    fail();
  });
  assert_quiet([] { send(1); }); // warning: task returned by 'send'
  // What is to return a task is called for that task, which lost its co_await.
  keep(throws_awaited<closed>([]() -> task<> { send(1); })); // warning: task returned by 'send'
}

// One that is to return a task has lost its co_await: it could be awaited there.
task<> lost_its_await() { EXPECT_THROW(send(1), closed); } // warning: task returned by 'send' is never awaited
void cannot_await() { EXPECT_THROW(send(1), closed); }
