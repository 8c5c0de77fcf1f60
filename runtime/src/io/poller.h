//===- poller.h - descriptors, and the wait for them ----------------------===//
//
// One epoll instance. A descriptor is registered once, for the `fd_source` that
// wants its events: an async_fd for both directions and edge-triggered, or the
// callbacks of add_reader and add_writer, level-triggered. The mailbox has no source:
// its event says only that there is mail.
//
// epoll keeps the open file, not the number. A file whose number was closed while a
// duplicate lives goes on to report, and nobody can take it out any more. Hence an
// event names number and generation, not an object; one of an older generation makes
// the poller move to a new epoll instance. The opposite, a number that was closed for
// good, is silent: so what is awaited is looked at once a second, also by a loop that
// never sleeps; in a program with threads also while the loop sleeps.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_POLLER_H
#define NOSTALL_SRC_POLLER_H

#include "process/birthplace.h"
#include "nostall/detail/loop/callback.h"
#include "nostall/detail/io/fd_source.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace nostall::detail {

class poller {
public:
  poller(); ///< throws std::system_error
  poller(const poller&) = delete;
  ~poller();

  /// Edge-triggered. Throws std::system_error for what cannot be polled.
  void add(int fd, std::uint32_t events, fd_source& s);
  void remove(int fd, fd_source& s) noexcept;
  void remove(int fd) noexcept;
  /// The mailbox's.
  void add_wake_up(int fd);

  /// Takes the node over, also when it throws. A new callback replaces the old.
  void watch(int fd, bool writer, callback_node* n);
  bool unwatch(int fd, bool writer) noexcept;
  void drop_callbacks() noexcept;
  bool has_callbacks() const noexcept { return !callbacks_.empty(); }

  /// Something ran that may have closed a descriptor.
  void touch() noexcept { touched_ = true; }

  /// The epoll instance. The number stays.
  int fd() const noexcept { return epoll_; }
  /// Descriptors registered, but for the mailbox's.
  std::size_t watched() const noexcept { return watched_; }

  /// Waits at least that many nanoseconds for an event, below zero for ever, and
  /// hands all events that there are to their sources.
  void poll(std::int64_t timeout) noexcept;

private:
  struct callbacks final : fd_source {
    callback_node* reader = nullptr;
    callback_node* writer = nullptr;
    poller* home = nullptr;
    int fd = -1;
    void on_events(std::uint32_t events) noexcept override;
    void on_gone() noexcept override;
    bool awaited() const noexcept override { return true; }
  };
  /// What a number is registered for; without a source: nothing.
  struct entry {
    fd_source* source = nullptr;
    std::uint32_t events = 0;
    std::uint32_t generation = 0;
  };
  void put(int fd, std::uint32_t events, fd_source& s);
  void change(int fd, std::uint32_t events) noexcept;
  bool control(int operation, int fd) noexcept;
  bool listen_for_wake_up(int epoll) const noexcept;
  void lose(int fd) noexcept;
  void look_after() noexcept;
  bool renew() noexcept;

  int epoll_;
  birthplace made_; ///< a child of fork has the same epoll instance
  int wake_up_ = -1;
  bool touched_ = false;
  bool awaited_ = false; ///< something was, at the last look
  std::size_t watched_ = 0;
  std::int64_t looked_at_ = 0; ///< when `look_after` was last called
  std::vector<entry> entries_; ///< by number
  std::unordered_map<int, std::unique_ptr<callbacks>> callbacks_;
};

} // namespace nostall::detail

#endif
