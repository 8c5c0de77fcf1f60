// Case f with the runtime: to_thread and back, one at a time and in bulk, on a pool of
// one worker as in the floor.

#include "measure.h"

#include <nostall/nostall.h>

#include <string_view>
#include <vector>

using namespace nostall;

namespace {

int add(int n) {
  bench::keep(n);
  return n + 1;
}

task<double> measure(std::string_view name) {
  get_running_loop().set_default_executor(std::make_unique<thread_pool_executor>(
      thread_pool_executor::options{.max_workers = 1}));
  co_await to_thread(add, 0);
  long sum = 0;
  const double t = bench::cpu_ns();
  if (name == "thread") {
    for (int i = 0; i < bench::offloads; ++i)
      sum += co_await to_thread(add, i);
    bench::keep(sum);
    co_return (bench::cpu_ns() - t) / bench::offloads;
  }
  if (name == "thread_bulk") {
    for (int k = 0; k < bench::bulks; ++k) {
      std::vector<task_handle<int>> all;
      all.reserve(bench::bulk);
      for (int i = 0; i < bench::bulk; ++i)
        all.push_back(create_task(to_thread(add, i)));
      for (auto& h : all)
        sum += co_await h;
    }
    bench::keep(sum);
    co_return (bench::cpu_ns() - t) / (double(bench::bulks) * bench::bulk);
  }
  co_return -1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  const double v = nostall::run(measure(argv[1]));
  bench::print(v);
  return v < 0;
}
