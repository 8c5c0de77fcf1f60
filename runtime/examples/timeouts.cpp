// A time limit: wait_for cancels what takes too long, waits until it has cleaned up,
// and throws timeout_error. A limit can be moved, and work can be shielded from it.

#include <nostall/nostall.h>

#include <cstdio>

using namespace std::chrono_literals;

nostall::task<int> answer(std::chrono::milliseconds after) {
  co_await nostall::sleep(after);
  co_return 42;
}

nostall::task<void> store(int n) {
  co_await nostall::sleep(5ms);
  std::printf("stored %d, whatever happened around\n", n);
}

nostall::task<void> amain() {
  std::printf("in time: %d\n", co_await nostall::wait_for(answer(1ms), 1s));
  try {
    co_await nostall::wait_for(answer(10s), 5ms);
  } catch (const nostall::timeout_error& e) {
    std::printf("too late: %s\n", e.what());
  }
  try {
    co_await nostall::with_timeout(
        5ms, [](nostall::timeout_scope& limit) -> nostall::task<void> {
          limit.reschedule(20ms); // it answered, it may go on
          co_await nostall::sleep(10ms);
          std::printf("past the first limit\n");
          co_await nostall::shield(store(7));
          co_await nostall::sleep(10s);
        });
  } catch (const nostall::timeout_error&) {
    std::printf("stopped at the second\n");
  }
}

int main() { nostall::run(amain()); }
