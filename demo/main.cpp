//===- main.cpp - a guestbook over TCP ------------------------------------===//
//
// Listens on a host and port and gives every client a session of its own, all
// on one thread. Saves the book once a minute and when it is told to stop.
//
//   guestbook [HOST [PORT]]
//
//===----------------------------------------------------------------------===//

#include "session.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <iostream>

namespace asio = boost::asio;
using asio::ip::tcp;
using guestbook::Guestbook;
using guestbook::Session;

namespace {

asio::awaitable<void> serve(tcp::socket socket, Guestbook &book) {
  Session session(std::move(socket), book);
  try {
    co_await session.run();
  } catch (const std::exception &error) {
    std::cerr << "a session ended: " << error.what() << '\n';
  }
}

asio::awaitable<void> listen(std::string host, std::string port,
                             Guestbook &book) {
  auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  auto found = resolver.resolve(host, port);
  tcp::acceptor acceptor(executor, *found.begin());
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(executor, serve(std::move(socket), book), asio::detached);
  }
}

asio::awaitable<void> save_every_minute(Guestbook &book) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    timer.expires_after(std::chrono::minutes(1));
    co_await timer.async_wait(asio::use_awaitable);
    auto saved = book.save();
  }
}

} // namespace

int main(int argc, char **argv) {
  std::string host = argc > 1 ? argv[1] : "localhost";
  std::string port = argc > 2 ? argv[2] : "7007";
  Guestbook book("guestbook.txt");
  asio::io_context loop;

  asio::co_spawn(loop, listen(host, port, book), asio::detached);
  asio::co_spawn(loop, save_every_minute(book), asio::detached);

  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code, int) {
    auto last_save = book.save();
    loop.stop();
  });
  loop.run();
}
