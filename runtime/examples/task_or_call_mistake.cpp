// task_or_call.cpp with the classic mistake: the coroutine is called like a plain
// function. It never runs.

#include <nostall/nostall.h>

#include <cstdio>

using namespace std::chrono_literals;

nostall::task<void> save(int& stored, int n) {
  co_await nostall::sleep(5ms);
  stored = n;
}

nostall::task<void> amain() {
  int stored = 0;
  save(stored, 7); // warning: [nostall-forgotten-co-await]
  co_await nostall::sleep(10ms);
  std::printf("stored: %d\n", stored);
}

int main() { nostall::run(amain()); }
