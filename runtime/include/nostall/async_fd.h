//===- async_fd.h - waiting for a file descriptor -------------------------===//
//
//     async_fd s(fd);                     // non-blocking, stays yours to close
//     while (auto n = co_await s.read_some(buffer, sizeof buffer))
//       co_await s.write_all(buffer, n);
//
// With a std::error_code as last argument an error of the descriptor is no exception.
//
// The descriptor is registered once, for both directions, edge-triggered: waiting
// costs no system call. `readable` and `writable` end when the kernel has
// reported something new since the last EAGAIN; a call may still find nothing, so try
// again in a loop, as read_some and write_all do. Reading, writing and hanging up are
// three facts: a peer that sends no more can still be written to.
//
// The descriptor has to be non-blocking, and belongs to the running loop and to its
// thread. One reader and one writer at a time; a message that is being written has the
// direction until its end. Nothing raises SIGPIPE.
//
// Destroy the async_fd before closing. Destroyed while a task waits, or closed, or
// its number used for another file (noticed within a second, or when the new one is
// given to the loop): the wait ends with std::system_error of EBADF, and so does each
// later one. It may outlive its loop.
//
// Cancelled: waiting has no effect on the descriptor. read_some: nothing was
// read. write_some: nothing was written. write_all: an unknown part was written.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASYNC_FD_H
#define NOSTALL_ASYNC_FD_H

#include "nostall/annotations.h"
#include "nostall/detail/io/fd_source.h"
#include "nostall/detail/loop/loop_core.h"
#include "nostall/detail/task/anything.h"
#include "nostall/task.h"

#include <coroutine>
#include <cstddef>
#include <span>
#include <system_error>

namespace nostall {

class async_fd final : detail::fd_source {
  struct side;
  /// A wait for one direction. Outlives the async_fd, if need be.
  struct waiting : detail::waiter {
    side* at;
    bool gone;
    bool parked = false; ///< `at` has it, and is there
    std::error_code* told; ///< of an error, instead of an exception
    waiting(side& s, std::error_code* to) noexcept;
    waiting(waiting&&) noexcept = default; // until it is awaited
    ~waiting() { leave(); }
    void leave() noexcept;
    bool park(std::coroutine_handle<> h, const char* what);
    /// What was moved; below zero: `error`, which `what` says or `told` is told.
    std::size_t finish(std::ptrdiff_t n, int error, const char* what) const;
  };
  struct side {
    detail::loop_core* loop = nullptr; ///< which the descriptor is registered with
    waiting* first = nullptr; ///< the only one
    /// Asked on news: whether the waiting task may go on.
    bool (*satisfied)(waiting*) noexcept = nullptr;
    bool maybe = true; ///< a call may succeed; false after EAGAIN
    bool gone = false; ///< the descriptor is not ours any more
    void end() noexcept;
  };

public:
  class [[nodiscard("co_await it")]] awaiter : waiting {
  public:
    awaiter(side& s, const char* what, std::error_code* to = nullptr) noexcept
        : waiting(s, to), what_(what) {}
    bool await_ready() const noexcept {
      return gone || (at->maybe && detail::within_budget());
    }
    bool await_suspend(std::coroutine_handle<> h);
    void await_resume() { finish(0, 0, nullptr); }

  private:
    const char* what_;
  };

  /// Throws usage_error without a running loop and for a blocking descriptor,
  /// std::system_error for what cannot be polled.
  explicit async_fd(int fd);
  NOSTALL_REFUSE_NEW(async_fd, async_fd(-1), "an async_fd takes a descriptor that is open and "
                                             "non-blocking: async_fd s(fd)")
  async_fd(const async_fd&) = delete;
  ~async_fd();

  NOSTALL_NONBLOCKING awaiter readable() noexcept { return awaiter(in_, "async_fd::readable()"); }
  NOSTALL_NONBLOCKING awaiter writable() noexcept { return awaiter(out_, "async_fd::writable()"); }
  /// Says that a call found nothing; the next wait is for news.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void not_readable();
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void not_writable();

  /// At least one byte, or 0 at the end. Throws std::system_error. Into an empty buffer:
  /// 0 at once, whatever there is to read.
  class read_awaiter;
  NOSTALL_NONBLOCKING read_awaiter read_some(std::span<std::byte> buffer) noexcept;
  NOSTALL_NONBLOCKING read_awaiter read_some(void* buffer, std::size_t size) noexcept;
  /// As it, but an error is told and not thrown: then 0 bytes. So do those below.
  NOSTALL_NONBLOCKING read_awaiter read_some(void* buffer, std::size_t size,
                                             std::error_code& error) noexcept;
  /// What fits, at least one byte if there are any: how many. Without a frame of its
  /// own. Throws std::system_error, and usage_error while another task writes.
  class write_awaiter;
  NOSTALL_NONBLOCKING write_awaiter write_some(std::span<const std::byte> data) noexcept;
  NOSTALL_NONBLOCKING write_awaiter write_some(const void* data, std::size_t size) noexcept;
  NOSTALL_NONBLOCKING write_awaiter write_some(const void* data, std::size_t size,
                                               std::error_code& error) noexcept;
  NOSTALL_REFUSE(read_some, "read_some takes a std::span of bytes, or a pointer and a size: "
                            "read_some(buffer, sizeof buffer)")
  NOSTALL_REFUSE(write_some, "write_some takes a std::span of bytes, or a pointer and a size: "
                             "write_some(text.data(), text.size())")
  /// All of them, or throws as write_some does.
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
  task<void> write_all(const void* data, std::size_t size) {
    return write_whole(data, size, nullptr);
  }
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
  task<void> write_all(const void* data, std::size_t size, std::error_code& error) {
    return write_whole(data, size, &error);
  }
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
  task<void> write_all(std::span<const std::byte> data) {
    return write_all(data.data(), data.size());
  }
  NOSTALL_REFUSE(write_all, "write_all takes a std::span of bytes, or a pointer and a size: "
                            "write_all(text.data(), text.size())")

  int fd() const noexcept { return fd_; }

private:
  struct message;
  task<void> write_whole(const void* data, std::size_t size, std::error_code* told);
  void on_events(std::uint32_t events) noexcept override;
  void on_gone() noexcept override;
  bool awaited() const noexcept override { return in_.first || out_.first; }
  static void news(side& s) noexcept;
  void refuse_second_writer() const;
  std::ptrdiff_t send(const void* data, std::size_t size) noexcept;

  detail::loop_core* loop_; ///< null when the descriptor is not registered any more
  int fd_;
  side in_;
  side out_;
  message* writing_ = nullptr; ///< has the direction
  bool socket_ = false;
  bool short_is_all_ = false;  ///< after a short read there is nothing to read
  bool ended_ = false;         ///< the kernel has spoken of an end or an error
};

/// Reads without a frame of its own. Once it has to wait, the loop reads for it
/// when there are news, and wakes the task with the bytes.
class [[nodiscard("co_await it")]] async_fd::read_awaiter : async_fd::waiting {
public:
  read_awaiter(async_fd& f, void* buffer, std::size_t size,
               std::error_code* told = nullptr) noexcept;
  bool await_ready();
  bool await_suspend(std::coroutine_handle<> h);
  std::size_t await_resume();

private:
  friend async_fd;
  bool attempt() noexcept;
  async_fd* fd_;
  void* buffer_;
  std::size_t size_;
  std::ptrdiff_t got_ = -1;
  int error_ = 0;
};

/// Writes as read_awaiter reads.
class [[nodiscard("co_await it")]] async_fd::write_awaiter : async_fd::waiting {
public:
  write_awaiter(async_fd& f, const void* data, std::size_t size,
                std::error_code* told = nullptr) noexcept;
  bool await_ready();
  bool await_suspend(std::coroutine_handle<> h);
  std::size_t await_resume();

private:
  friend async_fd;
  bool attempt() noexcept;
  async_fd* fd_;
  const void* data_;
  std::size_t size_;
  std::ptrdiff_t put_ = -1;
  int error_ = 0;
};

inline async_fd::read_awaiter async_fd::read_some(void* buffer,
                                                  std::size_t size) noexcept {
  return read_awaiter(*this, buffer, size);
}
inline async_fd::read_awaiter async_fd::read_some(void* buffer, std::size_t size,
                                                  std::error_code& error) noexcept {
  return read_awaiter(*this, buffer, size, &error);
}
inline async_fd::read_awaiter async_fd::read_some(std::span<std::byte> buffer) noexcept {
  return read_some(buffer.data(), buffer.size());
}
inline async_fd::write_awaiter async_fd::write_some(const void* data,
                                                    std::size_t size) noexcept {
  return write_awaiter(*this, data, size);
}
inline async_fd::write_awaiter async_fd::write_some(const void* data, std::size_t size,
                                                    std::error_code& error) noexcept {
  return write_awaiter(*this, data, size, &error);
}
inline async_fd::write_awaiter
async_fd::write_some(std::span<const std::byte> data) noexcept {
  return write_some(data.data(), data.size());
}

} // namespace nostall

#endif
