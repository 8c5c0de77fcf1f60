// libuv: callbacks instead of coroutines, so only the cases that it can have.

#include "measure.h"

#include <uv.h>
#include <vector>

namespace {

long turns = 0;

double yields(uv_loop_t* loop) {
  std::vector<uv_idle_t> all(bench::yielders);
  turns = 0;
  const double t = bench::cpu_ns();
  for (uv_idle_t& h : all) {
    uv_idle_init(loop, &h);
    uv_idle_start(&h, [](uv_idle_t* i) {
      if (++turns >= long(bench::yielders) * bench::yields)
        uv_stop(i->loop);
    });
  }
  uv_run(loop, UV_RUN_DEFAULT);
  const double v = (bench::cpu_ns() - t) / double(turns);
  for (uv_idle_t& h : all)
    uv_close(reinterpret_cast<uv_handle_t*>(&h), nullptr);
  uv_run(loop, UV_RUN_DEFAULT);
  return v;
}

double sleeps(uv_loop_t* loop) { // whole milliseconds: all that it knows
  std::vector<uv_timer_t> all(bench::sleepers);
  bench::delays d;
  const double t = bench::cpu_ns();
  for (uv_timer_t& h : all) {
    uv_timer_init(loop, &h);
    uv_timer_start(
        &h,
        [](uv_timer_t* x) { uv_close(reinterpret_cast<uv_handle_t*>(x), nullptr); },
        static_cast<unsigned long>(d.next_us() / 1000), 0);
  }
  uv_run(loop, UV_RUN_DEFAULT);
  return (bench::cpu_ns() - t) / bench::sleepers;
}

struct late_timer {
  uv_timer_t timer;
  std::chrono::steady_clock::time_point until;
  std::vector<double>* late;
};

double is_late(uv_loop_t* loop) {
  std::vector<late_timer> all(bench::sleepers);
  std::vector<double> late;
  bench::delays d;
  const auto begin = std::chrono::steady_clock::now();
  for (late_timer& l : all) {
    const int us = d.next_us();
    l.until = begin + bench::lead + std::chrono::microseconds(us);
    l.late = &late;
    l.timer.data = &l;
    uv_timer_init(loop, &l.timer);
    uv_update_time(loop);
    const auto left = l.until - std::chrono::steady_clock::now();
    uv_timer_start(
        &l.timer,
        [](uv_timer_t* x) {
          const auto& self = *static_cast<late_timer*>(x->data);
          self.late->push_back(static_cast<double>(
              std::chrono::nanoseconds(std::chrono::steady_clock::now() - self.until)
                  .count()));
          uv_close(reinterpret_cast<uv_handle_t*>(x), nullptr);
        },
        static_cast<unsigned long>(
            std::chrono::duration_cast<std::chrono::milliseconds>(left).count()),
        0);
  }
  uv_run(loop, UV_RUN_DEFAULT);
  return bench::lateness(late);
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  uv_loop_t loop;
  uv_loop_init(&loop);
  double v = -1;
  if (std::strcmp(argv[1], "yield") == 0)
    v = yields(&loop);
  else if (std::strcmp(argv[1], "sleep") == 0)
    v = sleeps(&loop);
  else if (std::strcmp(argv[1], "late") == 0)
    v = is_late(&loop);
  uv_loop_close(&loop);
  bench::print(v);
  return std::strcmp(argv[1], "late") != 0 && v < 0;
}
