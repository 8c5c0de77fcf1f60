// RUN: %nostall-verify %s --checks=-*,nostall-forgotten-co-await
// What spawns a task takes care of it; but what a completion token makes of
// that may be what has to be awaited, and then its type says so.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

asio::awaitable<void> work();

asio::awaitable<void> spawns(asio::io_context &io) {
  asio::co_spawn(io, work(), asio::detached);
  asio::co_spawn(io, work(), asio::use_awaitable); // warning: task returned by 'boost::asio::co_spawn' is never awaited, so the coroutine never runs
  co_await asio::co_spawn(io, work(), asio::use_awaitable);
}

void starts(asio::io_context &io) {
  asio::co_spawn(io, work(), asio::detached);
  asio::co_spawn(io, work(), [](std::exception_ptr) {});
}
