// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-forgotten-co-await
// checks/models/seastar.yaml against declarations like Seastar's: one call for
// every entry.
// fix-adds: #include <seastar/core/sleep.hh>
#include <seastar/fake.hh>
#include <thread>
#include <unistd.h>

using seastar::future;
using namespace std::chrono_literals;

int slow() { return sleep(1); }
future<> other() { co_return; }

future<> sleeps(seastar::reactor &reactor) {
  std::this_thread::sleep_for(1s); // warning: (sleep) // fix: co_await seastar::sleep(1s);
  sleep(1); // warning: (sleep) // fix: co_await seastar::sleep(std::chrono::seconds(1));
  usleep(1); // warning: (sleep) // fix: co_await seastar::sleep(std::chrono::microseconds(1));
  reactor.run(); // warning: (sync-run)
  other(); // warning: is never awaited // fix: co_await other();
  co_await seastar::sleep(1s);
}

future<> callables(int *begin, int *end) {
  seastar::thread thread([] { slow(); });
  co_await other().then([] { slow(); }); // warning: it reaches 'sleep'
  co_await seastar::parallel_for_each(begin, end, [](int) { slow(); }); // warning: it reaches 'sleep'
  co_await seastar::async([] { slow(); });
}

// As apps/rpc_tester has it.
future<> placeholder(bool wait) {
  auto first = seastar::make_ready_future<>();
  if (wait)
    first = seastar::sleep(1s);
  return std::move(first).then([] {});
}
future<> lost(bool wait) {
  auto first = seastar::sleep(1s);
  if (wait)
    first = seastar::sleep(2s); // warning: await it before another takes its place
  return std::move(first).then([] {});
}
future<> dropped() {
  seastar::make_ready_future<>(); // warning: is never awaited // fix: co_await seastar::make_ready_future<>();
  co_return;
}
