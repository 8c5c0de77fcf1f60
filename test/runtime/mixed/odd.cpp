// The other half: see even.cpp.

#include "halves.h"

task<int> odd(int n) { co_return 1 + co_await even(n - 1); }

task<int> notifies(async_condition& c) {
  auto held = co_await c.mutex().lock();
  c.notify();
  co_return 7;
}
