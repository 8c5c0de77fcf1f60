//===- poller.h - descriptors, and the wait for them ----------------------===//
//
// One epoll instance. A descriptor is registered once, with a pointer to the
// `fd_source` that wants its events: an async_fd for both directions and
// edge-triggered, or the callbacks of add_reader and add_writer, level-triggered.
// A null source is the mailbox's, whose event says only that there is mail.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_POLLER_H
#define NOSTALL_SRC_POLLER_H

#include "birthplace.h"
#include "nostall/detail/callback.h"
#include "nostall/detail/fd_source.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace nostall::detail {

class poller {
public:
  poller(); ///< throws std::system_error
  poller(const poller&) = delete;
  ~poller();

  /// Edge-triggered. Throws std::system_error for what cannot be polled.
  void add(int fd, std::uint32_t events, fd_source* s);
  void remove(int fd) noexcept;

  /// Takes the node over, also when it throws. A new callback replaces the old.
  void watch(int fd, bool writer, callback_node* n);
  bool unwatch(int fd, bool writer) noexcept;
  void drop_callbacks() noexcept;

  /// Descriptors registered, but for those with a null source.
  std::size_t watched() const noexcept { return watched_; }

  /// Waits at least that many nanoseconds for an event, below zero for ever, and
  /// hands all events that there are to their sources.
  void poll(std::int64_t timeout) noexcept;

private:
  struct callbacks final : fd_source {
    callback_node* reader = nullptr;
    callback_node* writer = nullptr;
    void on_events(std::uint32_t events) noexcept override;
  };
  void control(int operation, int fd, std::uint32_t events, fd_source* s);

  int epoll_;
  birthplace made_; ///< a child of fork has the same epoll instance
  std::size_t watched_ = 0;
  std::unordered_map<int, std::unique_ptr<callbacks>> callbacks_;
};

} // namespace nostall::detail

#endif
