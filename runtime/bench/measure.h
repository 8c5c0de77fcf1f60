//===- measure.h - CPU time of one case -----------------------------------===//
//
// Every contender is a program `NAME CASE` that prints one number: CPU nanoseconds
// an operation (bytes for `parked`). The driver, run.py, calls the contenders in
// turn, round after round, and takes medians; so this file only has to do one
// measurement well. A first run warms up caches and free lists, and does not
// count.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_BENCH_MEASURE_H
#define NOSTALL_BENCH_MEASURE_H

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <unistd.h>
#include <vector>

namespace bench {

inline double cpu_ns() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

/// CPU time of this process and another.
inline double cpu_ns_with(pid_t other) {
  char path[40];
  std::snprintf(path, sizeof path, "/proc/%d/schedstat", static_cast<int>(other));
  double ns = 0;
  if (std::FILE* f = std::fopen(path, "r")) {
    if (std::fscanf(f, "%lf", &ns) != 1)
      ns = 0;
    std::fclose(f);
  }
  return cpu_ns() + ns;
}

inline long resident_bytes() {
  long total = 0, resident = 0;
  if (std::FILE* f = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(f, "%ld %ld", &total, &resident) != 2)
      resident = 0;
    std::fclose(f);
  }
  return resident * sysconf(_SC_PAGESIZE);
}

/// Keeps a value from being optimised away.
template <class T> inline void keep(T& v) { asm volatile("" : "+m"(v)); }

inline void print(double v) { std::printf("%.2f\n", v); }

/// What `late` prints, in microseconds: the median of how late the timers were, or
/// the least if one was early.
inline double lateness(std::vector<double>& late) {
  std::sort(late.begin(), late.end());
  return (late.front() < 0 ? late.front() : late[late.size() / 2]) / 1000;
}
/// The timers of `late` begin to fire so long after the start: setting them up is
/// measured by `sleep`.
constexpr std::chrono::seconds lead(1);

/// The delays of case d: 0 to 100 ms, the same for every contender.
struct delays {
  unsigned x = 1;
  int next_us() {
    x = x * 1664525u + 1013904223u;
    return static_cast<int>((x >> 8) % 100'000u);
  }
};

// How often; the same for every contender.
constexpr int awaits = 3'000'000;
constexpr int depth = 1000, chains = 1000;
constexpr int yielders = 100, yields = 10'000;
constexpr int spawned = 1000, spawn_rounds = 1000;
constexpr int single_spawns = 1'000'000;
constexpr int sleepers = 100'000;
constexpr int parked = 100'000;
constexpr int cancels = 100'000;
constexpr int timeouts = 500'000;
constexpr int offloads = 50'000;
constexpr int bulk = 1000, bulks = 300;
constexpr int crossings = 20'000, mebibytes = 300, deaths = 31;

} // namespace bench

#endif
