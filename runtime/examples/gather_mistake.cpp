// gather.cpp with the classic mistake: the gather is made, and never awaited.
// Nothing is fetched.

#include <nostall/nostall.h>

#include <cstdio>

using namespace std::chrono_literals;

nostall::task<int> fetch(int n) {
  co_await nostall::sleep(30ms);
  std::printf("fetched %d\n", n);
  co_return n * n;
}

nostall::task<void> amain() {
  nostall::gather(fetch(2), fetch(3)); // warning: [nostall-forgotten-co-await]
  std::printf("done, they say\n");
  co_return;
}

int main() { nostall::run(amain()); }
