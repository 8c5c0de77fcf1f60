// Costs that must not grow: each case beside what it shall be near to, which is the floor
// of that case. One source, two programs; only their ratio counts. In the order of run.py:
//
//   yield_idle   yields in turn with one idle descriptor      the same without
//   backlog      a call in a process pool, 40 000 waiting     the same, 400 waiting
//   push_on      an idle timeout is pushed on                 looking at the clock
//   cancel_quiet a wait ends by its time, and nothing throws  nothing: 300 ns
//   uncontended  a lock with the budget of a step             the same without co_await

#include "measure.h"

#include <nostall/nostall.h>
#include <nostall/processes.h>

#include <string_view>
#include <sys/socket.h>
#include <vector>

using namespace nostall;
using namespace std::chrono_literals;

namespace {

#ifdef NOSTALL_BENCH_FLOOR
constexpr bool floor_of_it = true;
#else
constexpr bool floor_of_it = false;
#endif

double per(double start, double n) { return (bench::cpu_ns() - start) / n; }

task<void> yields(int n) {
  for (int i = 0; i < n; ++i)
    co_await yield_now();
}

task<double> yield_idle() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
    co_return -1;
  std::optional<async_fd> idle;
  if (!floor_of_it)
    idle.emplace(ends[0]);
  const double t = bench::cpu_ns();
  co_await yields(bench::yielders * bench::yields);
  co_return per(t, double(bench::yielders) * bench::yields);
}

long add(long n) { return n + 1; }
task<double> backlog() {
  process_pool_executor pool({.max_workers = 1});
  co_await pool.run<add>(1);
  const int waiting = floor_of_it ? 400 : 40'000;
  const double t = bench::cpu_ns();
  for (int done = 0; done < 40'000; done += waiting) {
    std::vector<task_handle<long>> all;
    all.reserve(static_cast<std::size_t>(waiting));
    for (int i = 0; i < waiting; ++i)
      all.push_back(create_task(pool.run<add>(i)));
    for (auto& h : all)
      co_await h;
  }
  const double ns = per(t, 40'000);
  co_await pool.shutdown();
  co_return ns;
}

task<double> push_on() {
  constexpr int n = 3'000'000;
  // Others wait, too, as in a server.
  std::vector<task_handle<void>> others;
  for (int i = 0; i < 10'000; ++i)
    others.push_back(create_task([](int i) -> task<void> {
      co_await sleep(1h + std::chrono::microseconds(i));
    }(i)));
  co_await yield_now();
  double ns = 0;
  co_await with_timeout(1h, [&ns](timeout_scope& scope) -> task<void> {
    const double t = bench::cpu_ns();
    for (int i = 0; i < n; ++i) {
      if (floor_of_it) {
        auto now = std::chrono::steady_clock::now();
        bench::keep(now);
      } else {
        scope.reschedule(1h);
      }
    }
    ns = per(t, n);
    co_return;
  });
  for (auto& h : others)
    h.cancel();
  co_return ns;
}

task<double> cancel_quiet() {
  constexpr int n = 300'000;
  if (floor_of_it)
    co_return -1;
  async_event e;
  int none = 0;
  const double t = bench::cpu_ns();
  for (int i = 0; i < n; ++i)
    none += !co_await try_wait_for(e.wait(), 0s);
  const double ns = per(t, n);
  co_return none == n ? ns : -1;
}

task<double> uncontended() {
  constexpr int n = 10'000'000;
  async_mutex m;
  const double t = bench::cpu_ns();
  for (int i = 0; i < n; ++i) {
    if (floor_of_it) {
      bool got = m.try_acquire();
      bench::keep(got);
    } else {
      co_await m.acquire();
    }
    m.release();
  }
  co_return per(t, n);
}

task<double> measure(std::string_view name) {
  if (name == "yield_idle")
    co_return co_await yield_idle();
  if (name == "backlog")
    co_return co_await backlog();
  if (name == "push_on")
    co_return co_await push_on();
  if (name == "cancel_quiet")
    co_return co_await cancel_quiet();
  if (name == "uncontended")
    co_return co_await uncontended();
  co_return -1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  runner r;
  r.run(measure(argv[1]));
  const double v = r.run(measure(argv[1]));
  bench::print(v);
  return v < 0;
}
