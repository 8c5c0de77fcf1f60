//===- guestbook.cpp - the entries, in memory and on disk -----------------===//

#include "guestbook.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>

namespace asio = boost::asio;

namespace guestbook {

asio::awaitable<void> Guestbook::sign(std::string name, std::string text) {
  std::lock_guard lock(mutex_);
  entries_.push_back(name + ": " + text);
  co_await save();
}

asio::awaitable<void> Guestbook::save() {
  auto write = [path = path_, entries = entries_]() -> asio::awaitable<void> {
    std::ofstream out(path);
    for (const std::string &entry : entries)
      out << entry << '\n';
    co_return;
  };
  co_await asio::co_spawn(disk_, write, asio::use_awaitable);
}

std::string Guestbook::page() const {
  std::lock_guard lock(mutex_);
  std::string text;
  for (const std::string &entry : entries_)
    text += entry + '\n';
  return text;
}

} // namespace guestbook
