// RUN: %nostall-verify %s
// The worker contexts of nostall's own runtime.
#include <nostall/annotations.h>
#include <nostall/nostall.h>
#include <nostall/processes.h>
#include <cmath>
#include <string>
#include <thread>

using namespace nostall;
using namespace std::chrono_literals;

NOSTALL_BLOCKING(file-io) std::string load(int n);
NOSTALL_CPU_BOUND double compute(double x);
double doubled(double x) { return 2 * compute(x); }

struct reader {
  std::string operator()() const { return load(1); }
};

task<> right(event_loop &loop) {
  co_await to_thread(load, 1);
  co_await to_thread([] { return load(1); });
  co_await to_thread(abandon_on_cancel, [] { return load(1); });
  co_await to_thread(reader{});
  thread_pool_executor threads;
  co_await threads.run([] { return load(1); });
  co_await threads.run(abandon_on_cancel, [] { return load(1); });
  co_await loop.run_in_executor(threads, [] { return load(1); });
  process_pool_executor processes;
  co_await processes.run<doubled>(1.0);
  co_await processes.run([](double x) { return compute(x); }, 1.0);
  co_await loop.run_in_executor(processes, [](double x) { return compute(x); }, 1.0);
  process child = process::start([] { load(1); });
  co_await child.wait();
  co_await gather(to_thread(load, 1), to_thread([] { std::this_thread::sleep_for(1s); }));
}

task<> wrong(event_loop &loop) {
  load(1);      // warning: blocks the event loop (file-io)
  doubled(1.0); // warning: call to 'doubled' blocks the event loop: it reaches 'compute' (cpu); run it on a thread or process pool
  reader{}();   // warning: blocks the event loop
  std::string text = load(2); // warning: blocks the event loop
  co_await to_thread([n = load(3)] { return n; }); // warning: blocks the event loop
  loop.call_soon([] { load(1); }); // warning: blocks the event loop
  co_await to_thread([&] { loop.call_soon_threadsafe([] { load(1); }); }); // warning: blocks the event loop
  process child = process::start([] { load(1); });
  child.wait_blocking(); // warning: blocks the event loop (process)
}
