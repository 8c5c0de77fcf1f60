// Half of a chain: the other half, odd.cpp, is compiled by another compiler.

#include "halves.h"

#include <cstdio>

task<int> even(int n) {
  if (n == 0)
    co_return 0;
  co_return 1 + co_await odd(n - 1);
}

namespace {
task<int> flat(int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i)
    sum += co_await odd(1);
  co_return sum;
}
task<int> meets(async_mutex& m) { // the library's own coroutines, too
  async_condition c(m);
  auto held = co_await m.lock();
  auto h = create_task(notifies(c));
  co_await c.wait();
  co_return co_await h;
}
} // namespace

int main() {
  constexpr int million = 1'000'000;
  async_mutex m;
  const int c = run(even(million)), f = run(flat(million)), n = run(meets(m));
  std::printf("chain %d, flat %d, notified %d\n", c, f, n);
  return c == million && f == million && n == 7 ? 0 : 1;
}
