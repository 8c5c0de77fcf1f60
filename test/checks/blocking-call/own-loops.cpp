// RUN: %nostall-verify %s -- -std=c++20
// Loops that a thread of their own runs, beside one that the program runs.
#include <boost/asio.hpp>
#include <fstream>
#include <optional>
#include <thread>
#include <uv.h>
#include <vector>

namespace asio = boost::asio;
static void save() { std::ofstream("state"); }

class Background {
  asio::io_context io_;
  std::thread thread_{[this] { io_.run(); }};

public:
  asio::io_context &context() { return io_; }
  auto executor() { return io_.get_executor(); }
  void store() {
    asio::post(io_, [] { save(); });
  }
};
class Pool {
  asio::io_context io_{4};
  std::vector<std::thread> threads_;

public:
  void start(int n) {
    for (int i = 0; i < n; ++i)
      threads_.emplace_back([this] { io_.run(); });
  }
  asio::io_context &io() { return io_; }
};
asio::awaitable<void> there() {
  save();
  co_return;
}
asio::awaitable<void> serve(Background &b, Pool &p) {
  b.store();
  asio::post(b.context(), [] { save(); });
  co_await asio::co_spawn(b.executor(), there(), asio::use_awaitable);
  asio::post(p.io(), [] { save(); });
  save(); // warning: call to 'save' blocks
}
class Timers {
  uv_loop_t loop_;
  uv_timer_t timer_;
  std::thread thread_;

public:
  void start() {
    uv_loop_init(&loop_);
    uv_timer_init(&loop_, &timer_);
    uv_timer_start(&timer_, [](uv_timer_t *) { save(); }, 100, 100);
    thread_ = std::thread([this] { uv_run(&loop_, UV_RUN_DEFAULT); });
  }
};
int main() {
  asio::io_context io;
  Background b;
  Pool p;
  p.start(2);
  asio::co_spawn(io, serve(b, p), asio::detached);
  asio::post(io, [] { save(); }); // warning: call to 'save' blocks
  io.run();
}
