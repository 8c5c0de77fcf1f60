// RUN: %nostall-verify %s
// Only what has been seen whole, and neither blocks nor loops.
#include <nostall/annotations.h>
#include <nostall/nostall.h>
#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

using namespace nostall;

int sum(int a, int b) { return a + b; }
int twice(int a) { return sum(a, a); }
int unknown(int a);
int loops(int n) {
  int s = 0;
  for (int i = 0; i < n; ++i)
    s += i;
  return s;
}
int calls_loop(int n) { return loops(n); }
int itself(int n) { return n ? itself(n - 1) : 0; }
int jumps(int n) {
again:
  if (--n)
    goto again;
  return n;
}
NOSTALL_CPU_BOUND int heavy(int n);
NOSTALL_NONBLOCKING int light(int n);
NOSTALL_BLOCKING(file-io) int load(int n);
thread_local int mine = 0;
int of_this_thread() { return ++mine; }

struct point {
  int x = 0, y = 0;
  int area() const { return x * y; }
  virtual int shape() const { return 1; }
  int operator()(int f) const { return f * area(); }
};
struct vec {
  vec(int n) : n(n) {}
  ~vec() { n = 0; }
  int n;
};

task<> flagged(int a, point p) {
  co_await to_thread(sum, a, 2); // warning: 'sum' neither blocks nor loops: handing it to 'nostall::to_thread' costs more than it does; call it directly
  co_await to_thread(&sum, a, 2); // warning: 'sum' neither blocks
  co_await to_thread(twice, a); // warning: 'twice' neither blocks
  co_await to_thread([&] { return a * 2; }); // warning: the lambda neither blocks
  co_await to_thread([&] { return p.area(); }); // warning: the lambda
  co_await to_thread([&] { vec v(a); return v.n; }); // warning: the lambda
  co_await to_thread(p, 3); // warning: 'point::operator()' neither
  co_await to_thread(abandon_on_cancel, [a] { return a; }); // warning: the lambda
  co_await to_thread([](auto n) { return n + 1; }, a); // warning: the lambda
  co_await to_thread([] {}); // warning: the lambda
  thread_pool_executor pool;
  co_await pool.run(sum, 1, 2); // warning: handing it to 'nostall::thread_pool_executor::run' costs more
  co_await get_running_loop().run_in_executor(pool, sum, 1, 2); // warning: 'sum'
  auto [x, y] = co_await gather(to_thread(sum, 1, 2), to_thread(load, 3)); // warning: 'sum'
  co_await pool.shutdown();
}

task<> silent(int a, point &p, std::vector<int> &v, std::string s, std::function<int()> f) {
  co_await to_thread(unknown, a);
  co_await to_thread(loops, a);
  co_await to_thread(calls_loop, a);
  co_await to_thread(itself, a);
  co_await to_thread(jumps, a);
  co_await to_thread(heavy, a);
  co_await to_thread(light, a);
  co_await to_thread(load, a);
  co_await to_thread(of_this_thread);
  co_await to_thread([&] { return p.shape(); });
  co_await to_thread([&] { std::sort(v.begin(), v.end()); });
  co_await to_thread([&] { return s + "x"; });
  co_await to_thread([&] { return s; });
  co_await to_thread(f);
  co_await to_thread([] { return std::this_thread::get_id(); });
  co_await to_thread([&] { return new int[static_cast<unsigned>(a)]; });
  co_await to_thread([&] { return std::accumulate(v.begin(), v.end(), 0); });
  co_await to_thread([&](std::stop_token t) { return t.stop_requested(); });
  std::thread t([&] { a = 1; }); // no await, and no result
  t.detach();
}
