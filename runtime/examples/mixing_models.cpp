// Threads, callbacks and coroutines in one program. The rule: one thread owns the
// loop, and others reach it by call_soon_threadsafe alone. A plain main() enters by
// nostall::run; a callback starts a task; a thread hands over its result.

#include <nostall/nostall.h>

#include <cstdio>
#include <thread>

using namespace std::chrono_literals;

long sum_up(long n) {
  long sum = 0;
  for (long i = 1; i <= n; ++i)
    sum += i;
  return sum;
}

nostall::task<void> amain() {
  nostall::event_loop& loop = nostall::get_running_loop();

  // A thread computes; the loop goes on; the event wakes us.
  nostall::async_event ready;
  long sum = 0;
  std::thread worker([&] {
    const long s = sum_up(1'000'000);
    loop.call_soon_threadsafe([&, s] {
      sum = s;
      ready.set();
    });
  });
  co_await ready.wait();
  worker.join(); // NOLINT(nostall-blocking-call): it has nothing left to do
  std::printf("the thread says %ld\n", sum);

  // A callback of the old style starts a task of the new one.
  nostall::async_queue<int> results;
  loop.call_later(1ms, [&] {
    nostall::create_task([](nostall::async_queue<int>& q) -> nostall::task<void> {
      co_await nostall::sleep(1ms);
      co_await q.put(7);
    }(results)).detach();
  });
  std::printf("the callback's task says %d\n", co_await results.get());
}

int main() { nostall::run(amain()); }
