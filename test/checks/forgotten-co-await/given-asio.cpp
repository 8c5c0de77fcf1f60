// RUN: %nostall-verify %s
// A handler of Asio's returns nothing: a task that it returns never runs.
#include <boost/asio.hpp>

namespace asio = boost::asio;

asio::awaitable<void> work();
void posts_tasks(asio::io_context &io, asio::steady_timer &timer) {
  asio::post(io, [] { return work(); }); // warning: task that the lambda returns to 'boost::asio::post' is never awaited, so the coroutine never runs
  asio::dispatch(io, []() -> asio::awaitable<void> { co_await work(); }); // warning: task that the lambda returns to 'boost::asio::dispatch' is never awaited
  timer.async_wait([](boost::system::error_code) { return work(); }); // warning: is never awaited
  asio::co_spawn(io, [] { return work(); }, asio::detached);
  asio::co_spawn(io, work, asio::detached);
  asio::post(io, [&io] { asio::co_spawn(io, work(), asio::detached); });
}
