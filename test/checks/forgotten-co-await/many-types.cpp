// RUN: %nostall-verify %s
// What is known of a type stays known while others are asked about.
#include "co.h"

template <int> struct plain {
  ~plain();
};
template <int N> plain<N> make();
co::eager<> run();
co::task<> save();

#define TEN(n) make<n>(), make<n + 1>(), make<n + 2>(), make<n + 3>(), make<n + 4>(), make<n + 5>(), make<n + 6>(), make<n + 7>(), make<n + 8>(), make<n + 9>()
#define HUNDRED(n) TEN(n), TEN(n + 10), TEN(n + 20), TEN(n + 30), TEN(n + 40), TEN(n + 50), TEN(n + 60), TEN(n + 70), TEN(n + 80), TEN(n + 90)

co::task<> all() {
  run();  // warning: task returned by 'run' is never awaited, so it runs, but its result and its exceptions are lost
  save(); // warning: task returned by 'save' is never awaited, so the coroutine never runs
  HUNDRED(0), HUNDRED(100);
  HUNDRED(200), HUNDRED(300);
  HUNDRED(400), HUNDRED(500);
  HUNDRED(600), HUNDRED(700);
  run();  // warning: task returned by 'run' is never awaited, so it runs, but its result and its exceptions are lost
  save(); // warning: task returned by 'save' is never awaited, so the coroutine never runs
  co_return;
}
