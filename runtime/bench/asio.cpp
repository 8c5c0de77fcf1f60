// Boost.Asio 1.81's awaitable<T>, as its examples write it.

#include "measure.h"

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <string_view>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using namespace std::chrono_literals;

namespace {

awaitable<int> leaf(int i) { co_return i; }
awaitable<int> chain(int n) {
  if (n == 0)
    co_return 0;
  co_return 1 + co_await chain(n - 1);
}
awaitable<void> yields(int n) {
  auto ex = co_await asio::this_coro::executor;
  for (int i = 0; i < n; ++i)
    co_await asio::post(ex, asio::deferred);
}
awaitable<void> sleeps(int us) {
  asio::steady_timer t(co_await asio::this_coro::executor,
                       std::chrono::microseconds(us));
  co_await t.async_wait(use_awaitable);
}
awaitable<void> is_late(std::chrono::steady_clock::time_point until,
                        std::vector<double>& late) {
  asio::steady_timer t(co_await asio::this_coro::executor, until);
  co_await t.async_wait(use_awaitable);
  late.push_back(static_cast<double>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now() - until).count()));
}
awaitable<void> parks(asio::steady_timer& t) {
  co_await t.async_wait(use_awaitable);
}

double per(double start, double n) { return (bench::cpu_ns() - start) / n; }

double measure(asio::io_context& io, std::string_view name) {
  const double t = bench::cpu_ns();
  double result = -1;
  auto main = [&]() -> awaitable<void> {
    auto ex = co_await asio::this_coro::executor;
    long sum = 0;
    if (name == "await" || name == "await_elided") {
      for (int i = 0; i < bench::awaits; ++i)
        sum += co_await leaf(i);
      result = per(t, bench::awaits);
    } else if (name == "chain") {
      for (int i = 0; i < bench::chains; ++i)
        sum += co_await chain(bench::depth);
      result = per(t, double(bench::chains) * bench::depth);
    } else if (name == "spawn_one") {
      for (int i = 0; i < bench::single_spawns; ++i)
        sum += co_await asio::co_spawn(ex, leaf(i), use_awaitable);
      result = per(t, bench::single_spawns);
    } else if (name == "cancel") {
      for (int i = 0; i < bench::cancels; ++i) {
        asio::steady_timer timer(ex, 1h);
        asio::cancellation_signal stop;
        bool ended = false;
        asio::steady_timer done(ex, asio::steady_timer::time_point::max());
        asio::co_spawn(ex, parks(timer),
                       asio::bind_cancellation_slot(
                           stop.slot(), [&](std::exception_ptr) {
                             ended = true;
                             done.cancel();
                           }));
        co_await asio::post(ex, asio::deferred);
        stop.emit(asio::cancellation_type::all);
        if (!ended) {
          boost::system::error_code e;
          co_await done.async_wait(asio::redirect_error(use_awaitable, e));
        }
      }
      result = per(t, bench::cancels);
    } else if (name == "wait_for") {
      using namespace asio::experimental::awaitable_operators;
      for (int i = 0; i < bench::timeouts / 10; ++i) {
        asio::steady_timer timer(ex, 1s);
        auto r = co_await (leaf(i) || timer.async_wait(use_awaitable));
        sum += static_cast<long>(r.index());
      }
      result = per(t, bench::timeouts / 10);
    }
    bench::keep(sum);
  };
  if (name == "yield") {
    for (int i = 0; i < bench::yielders; ++i)
      asio::co_spawn(io, yields(bench::yields), asio::detached);
    io.run();
    result = per(t, double(bench::yielders) * bench::yields);
  } else if (name == "spawn") {
    long sum = 0;
    for (int k = 0; k < bench::spawn_rounds; ++k) {
      for (int i = 0; i < bench::spawned; ++i)
        asio::co_spawn(io, leaf(i),
                       [&](std::exception_ptr, int v) { sum += v; });
      io.restart();
      io.run();
    }
    bench::keep(sum);
    result = per(t, double(bench::spawn_rounds) * bench::spawned);
  } else if (name == "sleep") {
    bench::delays d;
    for (int i = 0; i < bench::sleepers; ++i)
      asio::co_spawn(io, sleeps(d.next_us()), asio::detached);
    io.run();
    result = per(t, bench::sleepers);
  } else if (name == "late") {
    bench::delays d;
    const auto begin = std::chrono::steady_clock::now() + bench::lead;
    std::vector<double> late;
    for (int i = 0; i < bench::sleepers; ++i)
      asio::co_spawn(
          io, is_late(begin + std::chrono::microseconds(d.next_us()), late),
          asio::detached);
    io.run();
    result = bench::lateness(late);
  } else if (name == "parked") {
    asio::steady_timer never(io, 24h);
    const long before = bench::resident_bytes();
    for (int i = 0; i < bench::parked; ++i)
      asio::co_spawn(io, parks(never), asio::detached);
    io.poll();
    result = double(bench::resident_bytes() - before) / bench::parked;
    std::printf("%.2f\n", result);
    std::fflush(stdout);
    _exit(0);
  } else {
    asio::co_spawn(io, main, asio::detached);
    io.run();
  }
  io.restart();
  return result;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  const std::string_view name = argv[1];
  asio::io_context io(1);
  if (name != "parked" && name != "sleep" && name != "late")
    measure(io, name);
  const double v = measure(io, name);
  bench::print(v);
  return name != "late" && v < 0;
}
