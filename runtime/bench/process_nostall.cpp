// Cases g and g2 with the runtime: a pool of one worker.

#include "measure.h"

#include <nostall/nostall.h>
#include <nostall/processes.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string_view>
#include <vector>

using namespace nostall;

namespace {

long add(long n) { return n + 1; }
std::vector<char> echo(std::vector<char> bytes) { return bytes; }
void wait_for_death(ipc_end<int> end) {
  end.send_blocking(1);
  end.receive_blocking();
}

// Nanoseconds from the kill to the exception.
task<double> deaths(process_pool_executor& pool) {
  std::vector<double> seen;
  for (int i = 0; i < bench::deaths; ++i) {
    ipc_pipe<int> pipe;
    auto call = create_task(pool.run<wait_for_death>(std::move(pipe.second)));
    co_await pipe.first.receive();
    const auto t = std::chrono::steady_clock::now();
    kill(pool.worker_pids().front(), SIGKILL);
    try {
      co_await call;
    } catch (const broken_process_pool&) {
      seen.push_back(std::chrono::duration<double, std::nano>(
                         std::chrono::steady_clock::now() - t)
                         .count());
    }
  }
  std::sort(seen.begin(), seen.end());
  co_return seen[seen.size() / 2];
}

task<double> measure(std::string_view name) {
  process_pool_executor pool({.max_workers = 1});
  if (name == "process_death")
    co_return co_await deaths(pool);
  long n = 0;
  for (int i = 0; i < 1000; ++i)
    n += co_await pool.run<add>(i);
  const pid_t worker = pool.worker_pids().front();
  double result = -1;
  double t = bench::cpu_ns_with(worker);
  if (name == "process") {
    for (int i = 0; i < bench::crossings; ++i)
      n += co_await pool.run<add>(i);
    result = (bench::cpu_ns_with(worker) - t) / bench::crossings;
  } else if (name == "process_pipelined") {
    for (int k = 0; k < bench::crossings; k += bench::bulk) {
      std::vector<task_handle<long>> all;
      all.reserve(bench::bulk);
      for (int i = 0; i < bench::bulk; ++i)
        all.push_back(create_task(pool.run<add>(i)));
      for (auto& h : all)
        n += co_await h;
    }
    result = (bench::cpu_ns_with(worker) - t) / bench::crossings;
  } else if (name == "process_mebibyte") {
    std::vector<char> bytes(1 << 20);
    for (int i = 0; i < 10; ++i)
      bytes = co_await pool.run<echo>(bytes);
    t = bench::cpu_ns_with(worker);
    for (int i = 0; i < bench::mebibytes; ++i)
      bytes = co_await pool.run<echo>(bytes);
    result = (bench::cpu_ns_with(worker) - t) / bench::mebibytes;
  }
  bench::keep(n);
  co_await pool.shutdown();
  co_return result;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  const double v = nostall::run(measure(argv[1]));
  bench::print(v);
  return v < 0;
}
