// A coroutine function is not run by calling it: the call makes a task. Awaiting
// runs it now, create_task runs it beside us, and a plain function is just called.

#include <nostall/nostall.h>

#include <cstdio>

using namespace std::chrono_literals;

int plain(int n) { return n + 1; }

nostall::task<int> slow(int n) {
  co_await nostall::sleep(5ms);
  co_return n + 1;
}

nostall::task<void> amain() {
  int a = plain(1);          // runs here
  int b = co_await slow(a);  // runs here, may wait
  auto t = nostall::create_task(slow(b), "beside"); // runs beside us
  std::printf("%d %d, task %s is %s\n", a, b, t.name().c_str(),
              t.done() ? "done" : "on its way");
  int c = co_await t;
  std::printf("and gives %d\n", c);
}

int main() { nostall::run(amain()); }
