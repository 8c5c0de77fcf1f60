// The runtime itself, each case as a user would write it.

#include "measure.h"

#include <nostall/nostall.h>

#include <string_view>
#include <vector>

using namespace nostall;
using namespace std::chrono_literals;

namespace {

task<int> leaf(int i) { co_return i; }
[[gnu::noinline]] task<int> leaf_apart(int i) { co_return i; }
task<int> chain(int n) {
  if (n == 0)
    co_return 0;
  co_return 1 + co_await chain(n - 1);
}
task<void> yields(int n) {
  for (int i = 0; i < n; ++i)
    co_await yield_now();
}
task<void> sleeps(int us) { co_await sleep(std::chrono::microseconds(us)); }
task<double> is_late(loop_time until) {
  co_await sleep_until(until);
  co_return static_cast<double>(
      std::chrono::nanoseconds(get_running_loop().time() - until).count());
}
task<void> parks(async_event& e) { co_await e.wait(); }
task<void> long_sleep() { co_await sleep(1h); }

double per(double start, double n) { return (bench::cpu_ns() - start) / n; }

task<double> yielding() {
  const double t = bench::cpu_ns();
  std::vector<task_handle<void>> all;
  for (int i = 0; i < bench::yielders; ++i)
    all.push_back(create_task(yields(bench::yields)));
  for (auto& h : all)
    co_await h;
  co_return per(t, double(bench::yielders) * bench::yields);
}

task<double> measure(std::string_view name) {
  const double t = bench::cpu_ns();
  long sum = 0;
  if (name == "await_elided") {
    for (int i = 0; i < bench::awaits; ++i)
      sum += co_await leaf(i);
    bench::keep(sum);
    co_return per(t, bench::awaits);
  }
  if (name == "await") {
    for (int i = 0; i < bench::awaits; ++i) {
      auto l = leaf_apart(i);
      sum += co_await std::move(l);
    }
    bench::keep(sum);
    co_return per(t, bench::awaits);
  }
  if (name == "chain") {
    for (int i = 0; i < bench::chains; ++i)
      sum += co_await chain(bench::depth);
    bench::keep(sum);
    co_return per(t, double(bench::chains) * bench::depth);
  }
  if (name == "yield")
    co_return co_await yielding();
  if (name == "watchdog") { // what a step costs more; the best of some pairs
    double with = 1e9, without = 1e9;
    for (int i = 0; i < 40; ++i) {
      without = std::min(without, co_await yielding());
      stall_watchdog w(get_running_loop());
      with = std::min(with, co_await yielding());
    }
    co_return std::max(with - without, 0.0);
  }
  if (name == "spawn") {
    for (int k = 0; k < bench::spawn_rounds; ++k) {
      std::vector<task_handle<int>> all;
      all.reserve(bench::spawned);
      for (int i = 0; i < bench::spawned; ++i)
        all.push_back(create_task(leaf_apart(i)));
      for (auto& h : all)
        sum += co_await h;
    }
    bench::keep(sum);
    co_return per(t, double(bench::spawn_rounds) * bench::spawned);
  }
  if (name == "spawn_one") {
    for (int k = 0; k < bench::single_spawns; ++k)
      sum += co_await create_task(leaf_apart(k));
    bench::keep(sum);
    co_return per(t, bench::single_spawns);
  }
  if (name == "sleep") {
    bench::delays d;
    std::vector<task_handle<void>> all;
    all.reserve(bench::sleepers);
    for (int i = 0; i < bench::sleepers; ++i)
      all.push_back(create_task(sleeps(d.next_us())));
    for (auto& h : all)
      co_await h;
    co_return per(t, bench::sleepers);
  }
  if (name == "late") {
    bench::delays d;
    const loop_time begin = get_running_loop().time() + bench::lead;
    std::vector<task_handle<double>> all;
    for (int i = 0; i < bench::sleepers; ++i)
      all.push_back(create_task(
          is_late(begin + std::chrono::microseconds(d.next_us()))));
    std::vector<double> late;
    for (auto& h : all)
      late.push_back(co_await h);
    co_return bench::lateness(late);
  }
  if (name == "parked") {
    async_event e;
    std::vector<task_handle<void>> all;
    all.resize(bench::parked); // the handles are not the tasks' memory
    const long before = bench::resident_bytes();
    for (int i = 0; i < bench::parked; ++i)
      all[static_cast<std::size_t>(i)] = create_task(parks(e));
    co_await yield_now();
    co_await yield_now();
    const double bytes =
        double(bench::resident_bytes() - before) / bench::parked;
    e.set();
    for (auto& h : all)
      co_await h;
    co_return bytes;
  }
  if (name == "cancel") {
    for (int i = 0; i < bench::cancels; ++i) {
      auto h = create_task(long_sleep());
      co_await yield_now();
      h.cancel();
      co_await h.join();
    }
    co_return per(t, bench::cancels);
  }
  if (name == "wait_for") {
    for (int i = 0; i < bench::timeouts; ++i)
      sum += co_await wait_for(leaf(i), 1s);
    bench::keep(sum);
    co_return per(t, bench::timeouts);
  }
  co_return -1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  const std::string_view name = argv[1];
  runner r;
  if (name != "parked" && name != "sleep" && name != "late")
    r.run(measure(name));
  const double v = r.run(measure(name));
  bench::print(v);
  return name != "late" && v < 0;
}
