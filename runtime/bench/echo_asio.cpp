// Echo with Boost.Asio 1.81's coroutines.

#include "echo.h"

#include <boost/asio.hpp>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;

namespace {

long messages = 0;

awaitable<void> serve(tcp::socket s) {
  char buffer[4096];
  for (;;) {
    boost::system::error_code e;
    const std::size_t n = co_await s.async_read_some(
        asio::buffer(buffer), asio::redirect_error(use_awaitable, e));
    if (e)
      co_return;
    co_await asio::async_write(s, asio::buffer(buffer, n), use_awaitable);
    ++messages;
  }
}

awaitable<void> listens(int connections) {
  auto ex = co_await asio::this_coro::executor;
  tcp::acceptor a(ex, tcp::v4(), bench::listen_on_loopback());
  for (int i = 0; i < connections; ++i) {
    tcp::socket s = co_await a.async_accept(use_awaitable);
    s.set_option(tcp::no_delay(true));
    asio::co_spawn(ex, serve(std::move(s)), asio::detached);
  }
}

} // namespace

int main(int argc, char** argv) {
  const double start = bench::cpu_ns();
  asio::io_context io(1);
  asio::co_spawn(io, listens(argc == 2 ? std::atoi(argv[1]) : 1), asio::detached);
  io.run();
  bench::print((bench::cpu_ns() - start) / static_cast<double>(messages));
}
