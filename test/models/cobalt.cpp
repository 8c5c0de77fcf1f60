// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-forgotten-co-await
// checks/models/cobalt.yaml against declarations like Boost.Cobalt's: one call
// for every entry, and what fix-its make of Asio's operations.
// needs: <boost/asio.hpp>
// fix-adds: #include <boost/cobalt/op.hpp>
// fix-adds: #include <boost/cobalt/this_coro.hpp>
#include <boost/cobalt/fake.hpp>
#include <thread>
#include <unistd.h>

namespace asio = boost::asio;
namespace cobalt = boost::cobalt;
using namespace std::chrono_literals;
using boost::system::error_code;

int slow() { return sleep(1); }
cobalt::task<int> other() { co_return 1; }
cobalt::promise<int> eager() { co_return slow(); } // warning: it reaches 'sleep'

cobalt::task<> waits(cobalt::thread &thread, asio::ip::tcp::socket &socket, std::string text, error_code ec) {
  cobalt::run(other()); // warning: (sync-run)
  thread.join(); // warning: (wait)
  std::this_thread::sleep_for(1s); // warning: (sleep) // fix: co_await boost::asio::steady_timer(co_await boost::cobalt::this_coro::executor, 1s).async_wait(boost::cobalt::use_op);
  sleep(1); // warning: (sleep) // fix: co_await boost::asio::steady_timer(co_await boost::cobalt::this_coro::executor, std::chrono::seconds(1)).async_wait(boost::cobalt::use_op);
  asio::write(socket, asio::buffer(text)); // warning: (net-io) // fix: co_await boost::asio::async_write(socket, asio::buffer(text), boost::cobalt::use_op);
  socket.read_some(asio::buffer(text)); // warning: (net-io) // fix: co_await socket.async_read_some(asio::buffer(text), boost::cobalt::use_op);
  socket.connect(asio::ip::tcp::endpoint(), ec); // warning: (net-io) // fix: co_await socket.async_connect(asio::ip::tcp::endpoint(), boost::asio::redirect_error(boost::cobalt::use_op, ec));
  other(); // warning: is never awaited // fix: co_await other();
  co_return;
}

void spawns(asio::io_context &io, asio::thread_pool &pool) {
  cobalt::spawn(io, []() -> cobalt::task<> { slow(); co_return; }(), asio::detached); // warning: it reaches 'sleep'
  cobalt::spawn(pool, []() -> cobalt::task<> { slow(); co_return; }(), asio::detached);
}
