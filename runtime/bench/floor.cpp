// The floor: the least that the machine allows for each case. Bare coroutine handles,
// frames from a free list, a plain array as queue, raw epoll; no errors, no results
// that nobody asks for, no cancellation.
//
// A ratio to it says how far one is from the machine, not what could be left out. What the
// floor does not do, by case:
//
//   yield            no waiter that can be called off, no state, no budget, no clock, no
//                    look at signals and mail between two iterations
//   spawn            no record beside the frame, so nothing is moved into it, no handle, no
//                    reference; nobody waits: the results are read when all has run
//   spawn_one        the same, and no coroutine waits: a plain function runs the queue, where
//                    a task parks, is woken, and takes two iterations of the loop
//   sleep            no coroutine and no task at all: a heap of pairs, from which nothing is
//                    ever taken out of turn, and no memory but the heap's

#include "measure.h"

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <queue>
#include <sys/epoll.h>
#include <utility>
#include <vector>

namespace {

struct free_lists {
  void* head[64];
};
thread_local constinit free_lists lists{};

struct recycled {
  static void* operator new(std::size_t n) {
    const std::size_t c = (n + 15) / 16;
    if (c < 64 && lists.head[c])
      return std::exchange(lists.head[c], *static_cast<void**>(lists.head[c]));
    return std::malloc(c * 16);
  }
  static void operator delete(void* p, std::size_t n) {
    const std::size_t c = (n + 15) / 16;
    if (c >= 64)
      return std::free(p);
    *static_cast<void**>(p) = lists.head[c];
    lists.head[c] = p;
  }
};

#if defined(__clang__) && __has_cpp_attribute(clang::coro_await_elidable)
#define ELIDABLE [[clang::coro_await_elidable]]
#else
#define ELIDABLE
#endif

struct ELIDABLE bare {
  struct promise_type : recycled {
    std::coroutine_handle<> continuation = std::noop_coroutine();
    int value = 0;
    bare get_return_object() {
      return bare(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<>
      await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        return h.promise().continuation;
      }
      void await_resume() noexcept {}
    };
    final final_suspend() noexcept { return {}; }
    void return_value(int v) { value = v; }
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> h;
  explicit bare(std::coroutine_handle<promise_type> f) : h(f) {}
  bare(bare&& o) noexcept : h(std::exchange(o.h, {})) {}
  ~bare() {
    if (h)
      h.destroy();
  }
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> c) noexcept {
    h.promise().continuation = c;
    return h;
  }
  int await_resume() const noexcept { return h.promise().value; }
};

std::vector<std::coroutine_handle<>> ready, running;
struct turn {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const { ready.push_back(h); }
  void await_resume() const noexcept {}
};
void run_all() {
  while (!ready.empty()) {
    std::swap(ready, running);
    for (auto h : running)
      h.resume();
    running.clear();
  }
}

bare leaf(int i) { co_return i; }
[[gnu::noinline]] bare leaf_apart(int i) { co_return i; }
bare chain(int n) {
  if (n == 0)
    co_return 0;
  co_return 1 + co_await chain(n - 1);
}
bare flat(int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i)
    sum += co_await leaf(i);
  co_return sum;
}
bare flat_apart(int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i) {
    auto t = leaf_apart(i);
    sum += co_await t;
  }
  co_return sum;
}
bare chains(int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i)
    sum += co_await chain(bench::depth);
  co_return sum;
}
bare yields(int n) {
  for (int i = 0; i < n; ++i)
    co_await turn();
  co_return 0;
}
bare parks() {
  co_await std::suspend_always();
  co_return 0;
}

double per(double start, double n) { return (bench::cpu_ns() - start) / n; }

// `late`: all are set up first, and how late they came is the result.
double sleeps(bool late) {
  using timer = std::pair<std::int64_t, int>;
  std::priority_queue<timer, std::vector<timer>, std::greater<>> heap;
  const int epoll = epoll_create1(0);
  auto now = [] {
    return std::chrono::nanoseconds(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  const double start = bench::cpu_ns();
  bench::delays d;
  const std::int64_t begin = now() + std::chrono::nanoseconds(bench::lead).count();
  std::vector<double> delays;
  if (late)
    delays.reserve(bench::sleepers);
  for (int i = 0; i < bench::sleepers; ++i)
    heap.push({(late ? begin : now()) + d.next_us() * 1000LL, i});
  while (!heap.empty()) {
    const std::int64_t t = now();
    while (!heap.empty() && heap.top().first <= t) {
      if (late)
        delays.push_back(double(now() - heap.top().first));
      heap.pop();
    }
    if (heap.empty())
      break;
    const std::int64_t wait = heap.top().first - now();
    if (wait > 0) {
      timespec s{wait / 1'000'000'000, wait % 1'000'000'000};
      epoll_event e;
      epoll_pwait2(epoll, &e, 1, &s, nullptr);
    }
  }
  close(epoll);
  return late ? bench::lateness(delays) : per(start, bench::sleepers);
}

double measure(const char* name) {
  const double t = bench::cpu_ns();
  auto is = [&](const char* n) { return std::strcmp(name, n) == 0; };
  if (is("await_elided")) {
    auto f = flat(bench::awaits);
    f.h.resume();
    return per(t, bench::awaits);
  }
  if (is("await")) {
    auto f = flat_apart(bench::awaits);
    f.h.resume();
    return per(t, bench::awaits);
  }
  if (is("chain")) {
    auto f = chains(bench::chains);
    f.h.resume();
    return per(t, double(bench::chains) * bench::depth);
  }
  if (is("yield")) {
    std::vector<bare> all;
    for (int i = 0; i < bench::yielders; ++i) {
      all.push_back(yields(bench::yields));
      ready.push_back(all.back().h);
    }
    run_all();
    return per(t, double(bench::yielders) * bench::yields);
  }
  if (is("spawn")) {
    int sum = 0;
    for (int k = 0; k < bench::spawn_rounds; ++k) {
      std::vector<bare> all;
      all.reserve(bench::spawned);
      for (int i = 0; i < bench::spawned; ++i) {
        all.push_back(leaf_apart(i));
        ready.push_back(all.back().h);
      }
      run_all();
      for (bare& b : all)
        sum += b.await_resume();
    }
    bench::keep(sum);
    return per(t, double(bench::spawn_rounds) * bench::spawned);
  }
  if (is("spawn_one")) {
    int sum = 0;
    for (int k = 0; k < bench::single_spawns; ++k) {
      auto b = leaf_apart(k);
      ready.push_back(b.h);
      run_all();
      sum += b.await_resume();
    }
    bench::keep(sum);
    return per(t, bench::single_spawns);
  }
  if (is("sleep") || is("late"))
    return sleeps(is("late"));
  if (is("parked")) {
    std::vector<bare> all;
    all.reserve(bench::parked);
    std::memset(static_cast<void*>(all.data()), 0,
                bench::parked * sizeof(bare)); // not the tasks' memory
    const long before = bench::resident_bytes();
    for (int i = 0; i < bench::parked; ++i) {
      all.push_back(parks());
      all.back().h.resume();
    }
    return double(bench::resident_bytes() - before) / bench::parked;
  }
  if (is("cancel")) { // one throw through one frame
    int caught = 0;
    for (int i = 0; i < bench::cancels; ++i)
      try {
        throw 1;
      } catch (int) {
        ++caught;
      }
    bench::keep(caught);
    return per(t, bench::cancels);
  }
  return -1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  if (std::strcmp(argv[1], "parked") != 0 && std::strcmp(argv[1], "sleep") != 0 &&
      std::strcmp(argv[1], "late") != 0)
    measure(argv[1]);
  const double v = measure(argv[1]);
  bench::print(v);
  return v < 0;
}
