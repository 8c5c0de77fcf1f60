//===- guestbook.h - the entries, in memory and on disk -------------------===//
//
// One guestbook serves all sessions. Its file is written on a pool of threads,
// so that a slow disk delays nobody who only reads.
//
//===----------------------------------------------------------------------===//

#ifndef GUESTBOOK_GUESTBOOK_H
#define GUESTBOOK_GUESTBOOK_H

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <mutex>
#include <string>
#include <vector>

namespace guestbook {

class Guestbook {
public:
  explicit Guestbook(std::string path) : path_(std::move(path)) {}

  /// Adds an entry and saves the book.
  boost::asio::awaitable<void> sign(std::string name, std::string text);

  /// Writes all entries to the file.
  boost::asio::awaitable<void> save();

  /// All entries, one on each line.
  std::string page() const;

private:
  const std::string path_;
  mutable std::mutex mutex_;
  std::vector<std::string> entries_;
  boost::asio::thread_pool disk_{1};
};

} // namespace guestbook

#endif
