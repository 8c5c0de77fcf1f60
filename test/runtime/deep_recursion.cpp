// A million awaits in a flat loop, a chain of a million, and a million tasks in a
// row: none may grow the stack, whatever the compiler does with tail calls.

#include <nostall/nostall.h>

#include <cstdio>

using namespace nostall;

namespace {

constexpr int million = 1'000'000;

task<int> leaf(int i) { co_return i; }
task<int> chain(int n) {
  if (n == 0)
    co_return 0;
  co_return 1 + co_await chain(n - 1);
}
task<int> flat() {
  long sum = 0;
  for (int i = 0; i < million; ++i)
    sum += co_await leaf(1);
  co_return static_cast<int>(sum);
}
task<int> spawned() {
  int sum = 0;
  for (int i = 0; i < million / 10; ++i)
    sum += co_await create_task(leaf(1));
  co_return sum;
}

} // namespace

int main() {
  const int f = run(flat()), c = run(chain(million)), s = run(spawned());
  std::printf("flat %d, chain %d, spawned %d\n", f, c, s);
  return f == million && c == million && s == million / 10 ? 0 : 1;
}
