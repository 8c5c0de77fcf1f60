// mixing_models.cpp with the classic mistake: a plain function wants a coroutine's
// result and runs a loop for it, inside the loop. asyncio refuses that as nostall
// does; a library that did not would wait for ever.

#include <nostall/nostall.h>

#include <cstdio>

using namespace std::chrono_literals;

nostall::task<int> lookup() {
  co_await nostall::sleep(1ms);
  co_return 42;
}

int lookup_now() { return nostall::run(lookup()); }

nostall::task<void> amain() {
  try {
    int n = lookup_now(); // warning: [nostall-blocking-call]
    std::printf("%d\n", n);
  } catch (const nostall::usage_error& e) {
    std::printf("%s\n", e.what());
  }
  co_return;
}

int main() { nostall::run(amain()); }
