// The floor of case f: one mutex and one condition variable each way, no result, no
// errors, one worker. "bulk" hands over a thousand calls, and waits once for all.

#include "measure.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace {

struct pair_of_threads {
  std::mutex m;
  std::condition_variable to_worker, to_caller;
  std::deque<int> calls, results;
  bool over = false;
  std::thread worker{[this] {
    std::unique_lock lock(m);
    for (;;) {
      to_worker.wait(lock, [&] { return over || !calls.empty(); });
      if (calls.empty())
        return;
      const int n = calls.front();
      calls.pop_front();
      lock.unlock();
      int r = n + 1;
      bench::keep(r);
      lock.lock();
      results.push_back(r);
      to_caller.notify_one();
    }
  }};
  ~pair_of_threads() {
    {
      const std::lock_guard lock(m);
      over = true;
    }
    to_worker.notify_one();
    worker.join();
  }
  void call(int n) {
    {
      const std::lock_guard lock(m);
      calls.push_back(n);
    }
    to_worker.notify_one();
  }
  long collect(int n) {
    long sum = 0;
    std::unique_lock lock(m);
    while (n > 0) {
      to_caller.wait(lock, [&] { return !results.empty(); });
      for (; !results.empty(); --n) {
        sum += results.front();
        results.pop_front();
      }
    }
    return sum;
  }
};

double measure(const char* name) {
  pair_of_threads p;
  p.call(0);
  p.collect(1);
  long sum = 0;
  const double t = bench::cpu_ns();
  if (std::strcmp(name, "thread") == 0) {
    for (int i = 0; i < bench::offloads; ++i) {
      p.call(i);
      sum += p.collect(1);
    }
    bench::keep(sum);
    return (bench::cpu_ns() - t) / bench::offloads;
  }
  if (std::strcmp(name, "thread_bulk") == 0) {
    for (int k = 0; k < bench::bulks; ++k) {
      for (int i = 0; i < bench::bulk; ++i)
        p.call(i);
      sum += p.collect(bench::bulk);
    }
    bench::keep(sum);
    return (bench::cpu_ns() - t) / (double(bench::bulks) * bench::bulk);
  }
  return -1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  const double v = measure(argv[1]);
  bench::print(v);
  return v < 0;
}
