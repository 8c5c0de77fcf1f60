//===- fd_watch.h - tasks that wait for news of one descriptor ------------===//
//
// For the handles that other processes hold, too: any number of tasks may wait, and
// all are woken by each event, since only trying can tell who has got what. So: try,
// and when there was nothing, wait and try again. The descriptor is registered,
// edge-triggered, with the loop of the first who waits, and stays so until the end
// of the watch or of the loop.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_FD_WATCH_H
#define NOSTALL_DETAIL_FD_WATCH_H

#include "nostall/detail/io/fd_source.h"
#include "nostall/detail/loop/loop_core.h"

#include <coroutine>

namespace nostall::detail {

class mailbox;

class fd_watch final : fd_source {
  using waiting = linked_waiter;

public:
  /// The descriptor stays the caller's, who closes it after the watch.
  explicit fd_watch(int fd) noexcept : fd_(fd) {}
  fd_watch(const fd_watch&) = delete;
  ~fd_watch();

  class [[nodiscard("co_await it")]] awaiter : waiting {
  public:
    awaiter(fd_watch& w, list<waiting>& l) noexcept : watch_(w), list_(l) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> h) {
      task_core& me = current_task_core("news from another process");
      watch_.bind(me.loop());
      if (!me.begin_wait(*this, h))
        return false;
      list_.push_back(*this);
      return true;
    }
    void await_resume() { finish_wait(*this); }

  private:
    fd_watch& watch_;
    list<waiting>& list_;
  };
  awaiter readable() noexcept { return awaiter(*this, readers_); }
  awaiter writable() noexcept { return awaiter(*this, writers_); }
  /// Whoever waits goes on, and looks for itself.
  void wake_all() noexcept;
  /// News of another descriptor wake the readers, too; -1: of none any more. It may
  /// be closed after the next call. Needs a running loop.
  void also(int fd);

private:
  struct second_source final : fd_source {
    fd_watch* home;
    int fd = -1;
    void on_events(std::uint32_t events) noexcept override;
    void on_gone() noexcept override;
    bool awaited() const noexcept override;
  };
  void bind(loop_core& l);
  void on_events(std::uint32_t events) noexcept override;
  void on_gone() noexcept override;
  bool awaited() const noexcept override;
  int fd_;
  bool registered_ = false;
  loop_core* loop_ = nullptr;
  mailbox* mail_ = nullptr; ///< counted: says whether the loop is gone
  list<waiting> readers_;
  list<waiting> writers_;
  second_source second_;
};

} // namespace nostall::detail

#endif
