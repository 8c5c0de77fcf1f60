//===- session.h - one visitor --------------------------------------------===//
//
// Talks with one client over a connection, a line at a time:
//
//   NAME who    says who is visiting
//   SIGN text   adds an entry
//   READ        shows all entries
//   QUIT        ends the visit
//
//===----------------------------------------------------------------------===//

#ifndef GUESTBOOK_SESSION_H
#define GUESTBOOK_SESSION_H

#include "guestbook.h"
#include <boost/asio/ip/tcp.hpp>

namespace guestbook {

class Session {
public:
  Session(boost::asio::ip::tcp::socket socket, Guestbook &book)
      : socket_(std::move(socket)), book_(book) {}

  /// Serves the client until it leaves.
  boost::asio::awaitable<void> run();

private:
  boost::asio::awaitable<std::string> read_line();
  boost::asio::awaitable<void> reply(std::string text);
  boost::asio::awaitable<void> set_name(std::string name);

  boost::asio::ip::tcp::socket socket_;
  Guestbook &book_;
  std::string received_;
  std::string name_;
};

} // namespace guestbook

#endif
