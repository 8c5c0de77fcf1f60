// limited.cpp with the classic mistake: a thread's lock limits the tasks. It is held
// while its task waits; a second task that wants it would stop the whole loop, the
// first one included. (Here try_to_lock keeps the program from hanging.)

#include <nostall/nostall.h>

#include <cstdio>
#include <mutex>

using namespace std::chrono_literals;

std::mutex one_at_a_time;

nostall::task<void> fetch(int page) {
  std::unique_lock lock(one_at_a_time, std::try_to_lock);
  if (!lock.owns_lock()) {
    std::printf("page %d: would have stopped the loop for ever\n", page);
    co_return;
  }
  co_await nostall::sleep(2ms); // warning: [nostall-await-holding-lock]
  std::printf("page %d\n", page);
}

nostall::task<void> amain() {
  co_await nostall::gather(fetch(1), fetch(2));
}

int main() { nostall::run(amain()); }
