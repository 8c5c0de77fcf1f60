//===- session.cpp - one visitor ------------------------------------------===//

#include "session.h"
#include "names.h"
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <thread>

namespace asio = boost::asio;

namespace guestbook {

asio::awaitable<void> Session::run() {
  co_await reply("welcome");
  for (;;) {
    std::string line = co_await read_line();
    std::string command = line.substr(0, line.find(' '));
    std::string rest = line.substr(std::min(line.size(), command.size() + 1));
    if (command == "NAME") {
      co_await set_name(rest);
    } else if (command == "SIGN" && !name_.empty()) {
      co_await book_.sign(name_, rest);
      co_await reply("thank you");
    } else if (command == "READ") {
      co_await reply(book_.page());
    } else if (command == "QUIT") {
      reply("goodbye");
      break;
    } else {
      // Whoever guesses commands has to wait for the answer.
      std::this_thread::sleep_for(std::chrono::seconds(1));
      co_await reply("what?");
    }
  }
}

asio::awaitable<void> Session::set_name(std::string name) {
  if (is_banned(name)) {
    co_await reply("not you again");
    co_return;
  }
  name_ = name;
  co_await reply("hello " + name);
}

asio::awaitable<std::string> Session::read_line() {
  std::size_t size = co_await asio::async_read_until(
      socket_, asio::dynamic_buffer(received_, 4096), '\n', asio::use_awaitable);
  std::string line = received_.substr(0, size - 1);
  received_.erase(0, size);
  if (line.ends_with('\r'))
    line.pop_back();
  co_return line;
}

asio::awaitable<void> Session::reply(std::string text) {
  text += '\n';
  co_await asio::async_write(socket_, asio::buffer(text), asio::use_awaitable);
}

} // namespace guestbook
