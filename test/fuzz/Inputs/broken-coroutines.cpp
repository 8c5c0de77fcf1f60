// The third corpus of nostall-survive: coroutines that do not compile as they
// stand. Whatever the compiler makes of them, the analysis has to end.
#include "co.h"

using co::task;
task<int> one();
task<bool> yes();
task<> nothing();
struct turns {
  turns operator co_await() { return {}; }
};
struct by_conversion {
  operator std::suspend_always() const { return {}; }
};

void not_a_coroutine_type() { co_await nothing(); }
task<> wrong_operand() { co_await 1; co_await; co_await undeclared(); co_await wrong_operand; }
task<> turned() { co_await turns(); co_await by_conversion(); }
task<> in_a_handler() {
  try {
  } catch (...) {
    co_await nothing();
  }
}
task<> in_an_operand() {
  using t = decltype(co_await one());
  sizeof(co_await one());
  int bounds[co_await one()];
  static int once = co_await one();
  co_await co_await co_await nothing();
}
task<> default_argument(int n = co_await one()) { co_return; }
struct member { int n = co_await one(); member() : n(co_await one()) { co_return; } };
auto deduced() { co_return 1; }
task<> variadic(int, ...) { co_await; }
constexpr task<> evaluated() { co_return; }
task<> main(int) { co_return 1, return; }
co::generator<int> awaits_in_a_generator() { co_await nothing(); co_yield; }
struct no_promise {};
no_promise lacks_one() { co_return; }
task<> open(int n) { if (co_await yes() { for (auto x : co_await
