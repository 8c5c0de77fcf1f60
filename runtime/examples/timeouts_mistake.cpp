// timeouts.cpp with the classic mistake: what is limited blocks the thread. The loop
// cannot look at the clock meanwhile, and the limit comes too late.

#include <nostall/nostall.h>

#include <cstdio>
#include <thread>

using namespace std::chrono_literals;

void warm_up() { std::this_thread::sleep_for(20ms); }

nostall::task<int> answer() {
  warm_up(); // warning: [nostall-blocking-call]
  co_return 42;
}

nostall::task<void> amain() {
  auto& loop = nostall::get_running_loop();
  const auto start = loop.time();
  co_await nostall::wait_for(answer(), 5ms);
  std::printf("limit 5 ms, took %s\n",
              loop.time() - start > 15ms ? "far longer" : "less");
}

int main() { nostall::run(amain()); }
