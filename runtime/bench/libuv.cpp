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
  uv_loop_close(&loop);
  bench::print(v);
  return v < 0;
}
