// Await in sequence, or at once: two waits of 30 ms take 60 ms one after the other,
// and 30 ms when they are gathered. asyncio: `await a; await b` and
// `await asyncio.gather(a, b)`.

#include <nostall/nostall.h>

#include <cstdio>

using namespace std::chrono_literals;

nostall::task<int> fetch(int n) {
  co_await nostall::sleep(30ms); // stands for a server's answer
  co_return n * n;
}

nostall::task<void> amain() {
  nostall::event_loop& loop = nostall::get_running_loop();

  auto start = loop.time();
  int a = co_await fetch(2);
  int b = co_await fetch(3);
  auto one_by_one = loop.time() - start;

  start = loop.time();
  auto [c, d] = co_await nostall::gather(fetch(2), fetch(3));
  auto at_once = loop.time() - start;

  std::printf("%d %d in sequence, %d %d gathered, %s\n", a, b, c, d,
              at_once < one_by_one ? "gathering is faster" : "no gain");
}

int main() { nostall::run(amain()); }
