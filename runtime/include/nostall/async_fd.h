//===- async_fd.h - waiting for a file descriptor -------------------------===//
//
//     async_fd s(fd);                     // non-blocking, stays yours to close
//     while (auto n = co_await s.read_some(buffer, sizeof buffer))
//       co_await s.write_all(buffer, n);
//
// The descriptor is registered once, for both directions, edge-triggered: waiting
// costs no system call. `readable` and `writable` end when the kernel has
// reported something new since the last EAGAIN or short read; a call may still
// find nothing, so try again in a loop, as read_some and write_all do.
//
// Make it non-blocking first, and destroy the async_fd before closing. It belongs
// to the running loop and to its thread. One reader and one writer at a time.
//
// Cancelled: waiting has no effect on the descriptor. read_some: nothing was
// read. write_all: an unknown part was written.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASYNC_FD_H
#define NOSTALL_ASYNC_FD_H

#include "nostall/annotations.h"
#include "nostall/detail/fd_source.h"
#include "nostall/detail/loop_core.h"
#include "nostall/task.h"

#include <coroutine>
#include <cstddef>

namespace nostall {

class async_fd : detail::fd_source {
  struct side {
    detail::waiter* waiting = nullptr;
    /// Asked on news: whether the waiting task may go on.
    bool (*satisfied)(detail::waiter*) noexcept = nullptr;
    bool maybe = true; ///< a call may succeed; false after EAGAIN
    [[noreturn]] static void throw_busy();
  };

public:
  class [[nodiscard("co_await it")]] awaiter : detail::waiter {
  public:
    awaiter(side& s, const char* what) noexcept
        : waiter([](detail::waiter* w) noexcept {
            static_cast<awaiter*>(w)->side_.waiting = nullptr;
            return true;
          }),
          side_(s), what_(what) {}
    ~awaiter() {
      if (side_.waiting == this)
        side_.waiting = nullptr;
    }
    bool await_ready() const noexcept { return side_.maybe; }
    bool await_suspend(std::coroutine_handle<> h) {
      if (side_.waiting)
        side::throw_busy();
      if (!detail::current_task_core(what_).begin_wait(*this, h))
        return false;
      side_.waiting = this;
      side_.satisfied = [](detail::waiter*) noexcept { return true; };
      return true;
    }
    void await_resume() { detail::finish_wait(*this); }

  private:
    side& side_;
    const char* what_;
  };

  /// Throws usage_error without a running loop, std::system_error for what
  /// cannot be polled.
  explicit async_fd(int fd);
  async_fd(const async_fd&) = delete;
  ~async_fd();

  NOSTALL_NONBLOCKING awaiter readable() noexcept { return awaiter(in_, "async_fd::readable()"); }
  NOSTALL_NONBLOCKING awaiter writable() noexcept { return awaiter(out_, "async_fd::writable()"); }
  /// Says that a call found nothing; the next wait is for news.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void not_readable() noexcept { in_.maybe = closing_; }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void not_writable() noexcept { out_.maybe = closing_; }

  /// At least one byte, or 0 at the end. Throws std::system_error.
  class read_awaiter;
  NOSTALL_NONBLOCKING read_awaiter read_some(void* buffer, std::size_t size) noexcept;
  /// All of them. Throws std::system_error.
  NOSTALL_NONBLOCKING task<void> write_all(const void* data, std::size_t size);

  int fd() const noexcept { return fd_; }

private:
  void on_events(std::uint32_t events) noexcept override;
  static void news(side& s) noexcept;

  detail::loop_core& loop_;
  int fd_;
  side in_;
  side out_;
  bool socket_;
  bool closing_ = false; ///< the peer is done or broken: calls never wait
};

/// Reads without a frame of its own. Once it has to wait, the loop reads for it
/// when there are news, and wakes the task with the bytes.
class [[nodiscard("co_await it")]] async_fd::read_awaiter : detail::waiter {
public:
  read_awaiter(async_fd& f, void* buffer, std::size_t size) noexcept;
  ~read_awaiter();
  bool await_ready();
  bool await_suspend(std::coroutine_handle<> h);
  std::size_t await_resume();

private:
  friend async_fd;
  bool attempt() noexcept;
  async_fd& fd_;
  void* buffer_;
  std::size_t size_;
  std::ptrdiff_t got_ = -1;
  int error_ = 0;
};

inline async_fd::read_awaiter async_fd::read_some(void* buffer,
                                                  std::size_t size) noexcept {
  return read_awaiter(*this, buffer, size);
}

} // namespace nostall

#endif
