// Computing in processes: factorials of ten numbers, and the rows of a picture. Each call
// is a function that another process runs on a copy of its arguments. Python:
// `ProcessPoolExecutor().map(factorial, numbers)`. Beside it the same on one thread, and
// on several: C++ has no interpreter's lock, so threads compute as well as processes.

#include <nostall/nostall.h>
#include <nostall/processes.h>

#include <chrono>
#include <complex>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

/// Decimal digits, nine to an element, the lowest first.
using bigint = std::vector<std::uint32_t>;

NOSTALL_CPU_BOUND bigint factorial(int n) {
  bigint f{1};
  for (int i = 2; i <= n; ++i) {
    std::uint64_t carry = 0;
    for (std::uint32_t& part : f) {
      carry += std::uint64_t{part} * static_cast<std::uint64_t>(i);
      part = static_cast<std::uint32_t>(carry % 1'000'000'000);
      carry /= 1'000'000'000;
    }
    if (carry != 0)
      f.push_back(static_cast<std::uint32_t>(carry));
  }
  return f;
}

constexpr int width = 320, height = 200;

/// One row of the Mandelbrot set: how long each point stays.
NOSTALL_CPU_BOUND std::vector<std::uint8_t> render_row(int y) {
  std::vector<std::uint8_t> row;
  for (int x = 0; x < width; ++x) {
    const std::complex<double> c(3.0 * x / width - 2, 2.0 * y / height - 1);
    std::complex<double> z;
    std::uint8_t steps = 0;
    while (steps < 255 && std::norm(z) < 4) {
      z = z * z + c;
      ++steps;
    }
    row.push_back(steps);
  }
  return row;
}

nostall::task<void> amain() {
  nostall::event_loop& loop = nostall::get_running_loop();
  const auto ms = [](auto t) {
    return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(t).count());
  };
  nostall::process_pool_executor pool;
  std::vector<int> numbers, rows(height);
  for (int n = 1; n <= 10; ++n)
    numbers.push_back(1000 * n);
  std::iota(rows.begin(), rows.end(), 0);

  co_await pool.run<factorial>(1); // the first worker has started

  auto start = loop.time();
  std::vector<bigint> expected = co_await nostall::to_thread([&] {
    std::vector<bigint> all;
    for (const int n : numbers)
      all.push_back(factorial(n));
    return all;
  });
  std::printf("ten factorials, one thread: %4ld ms\n", ms(loop.time() - start));

  start = loop.time();
  std::vector<nostall::task<bigint>> calls;
  for (const int n : numbers)
    calls.push_back(nostall::to_thread(factorial, n));
  const auto in_threads = co_await nostall::gather(std::move(calls));
  std::printf("ten factorials, threads:    %4ld ms\n", ms(loop.time() - start));

  start = loop.time();
  const auto in_processes = co_await pool.map<factorial>(numbers, 1);
  std::printf("ten factorials, processes:  %4ld ms in %zu\n", ms(loop.time() - start),
              pool.worker_pids().size());
  if (in_threads != expected || in_processes != expected)
    throw std::runtime_error("the factorials differ");

  start = loop.time();
  const auto picture = co_await pool.map<render_row>(rows, 10); // ten rows a call
  std::printf("%zu rows of a picture:      %4ld ms in %zu\n", picture.size(),
              ms(loop.time() - start), pool.worker_pids().size());

  // The loop is free meanwhile; other tasks run.
  long inside = 0;
  for (const auto& row : picture)
    for (const std::uint8_t steps : row)
      inside += steps == 255;
  std::printf("%ld of %d points are in the set\n", inside, width * height);
  co_await pool.shutdown();
}

int main() { nostall::run(amain()); }
