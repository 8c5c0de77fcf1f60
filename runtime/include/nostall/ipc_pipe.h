//===- ipc_pipe.h - messages between two processes ------------------------===//
//
//     ipc_pipe<job> pipe;
//     auto worker = process::start<consume>(std::move(pipe.second));
//     co_await pipe.first.send(j);
//     while (auto answer = co_await pipe.first.receive()) ...
//
// Two ends; both send and receive. An item is one message: it arrives whole, in
// order, or not at all, also if its sender dies. `receive` gives nothing when the
// other end is gone and all its items were received. An end goes to another process
// as an argument, a result, or an item; it is moved, so that the end of a pipe can be
// seen.
//
// On a loop: `co_await` send and receive; any number of tasks may. Elsewhere, as in a
// worker's function: send_blocking, receive_blocking.
//
// Cancelled: send has sent nothing, receive has taken nothing. An end that is closed,
// destroyed or given away while a task waits on it: the wait throws std::system_error
// (EBADF).
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_IPC_PIPE_H
#define NOSTALL_IPC_PIPE_H

#include "nostall/annotations.h"
#include "nostall/config.h"
#include "nostall/detail/io/fd_watch.h"
#include "nostall/detail/ipc/wire.h"
#include "nostall/task.h"

#include <memory>
#include <optional>
#include <utility>

namespace nostall {

namespace detail {

/// Untyped half: one end of a socket. What waits for it shares what it needs, so that
/// the end may be moved, closed or destroyed meanwhile.
class ipc_socket {
public:
  ipc_socket() noexcept = default;
  explicit ipc_socket(unique_fd fd);
  ipc_socket(ipc_socket&&) noexcept = default;
  ipc_socket& operator=(ipc_socket&& o) noexcept {
    close();
    core_ = std::move(o.core_);
    return *this;
  }
  ~ipc_socket() { close(); }

  bool valid() const noexcept { return core_ && core_->fd; }
  int fd() const noexcept { return core_ ? core_->fd.get() : -1; }
  /// Whoever waits for it is woken, and throws std::system_error (EBADF).
  void close() noexcept;
  /// Throws std::system_error; EPIPE: nobody is at the other end any more.
  task<void> send(out_message m);
  void send_blocking(out_message m);
  /// Null: the end.
  task<std::unique_ptr<in_message>> receive();
  std::unique_ptr<in_message> receive_blocking();

private:
  struct core {
    unique_fd fd;
    std::optional<fd_watch> watch;
    fd_watch& watched();
    /// Throws if it was closed.
    int open_fd() const;
  };
  static task<void> send_on(std::shared_ptr<core> c, out_message m);
  static task<std::unique_ptr<in_message>> receive_on(std::shared_ptr<core> c);
  std::shared_ptr<core> core_;
};

std::pair<ipc_socket, ipc_socket> make_ipc_sockets();

template <class T> out_message to_message(const T& v) {
  out_message m;
  if constexpr (check_crossing<T>())
    write(m, v);
  return m;
}
template <class T> task<T> item_of(task<std::unique_ptr<in_message>> receive) {
  auto m = co_await std::move(receive);
  co_return read<T>(*m);
}
template <class T>
task<std::optional<T>> optional_item_of(task<std::unique_ptr<in_message>> receive) {
  const auto m = co_await std::move(receive);
  if (!m)
    co_return std::nullopt;
  co_return read<T>(*m);
}

} // namespace detail

template <class T> class ipc_end {
public:
  using crosses_processes = void;
  ipc_end() noexcept = default; ///< closed
  explicit ipc_end(detail::ipc_socket s) noexcept : socket_(std::move(s)) {}

  /// Serialises at once. Throws std::system_error; EPIPE: the other end is gone.
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
  task<void> send(const T& item) {
    return socket_.send(detail::to_message(item));
  }
  /// Nothing at the end.
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
  task<std::optional<T>> receive() {
    return detail::optional_item_of<T>(socket_.receive());
  }
  NOSTALL_BLOCKING(wait) void send_blocking(const T& item) {
    socket_.send_blocking(detail::to_message(item));
  }
  NOSTALL_BLOCKING(wait) std::optional<T> receive_blocking() {
    const auto m = socket_.receive_blocking();
    return m ? std::optional<T>(detail::read<T>(*m)) : std::nullopt;
  }
  /// The other end receives what was sent, and then the end.
  void close() noexcept { socket_.close(); }
  bool is_open() const noexcept { return socket_.valid(); }

  /// For the archives of detail/wire.h: the other process has the end from now on
  /// as well; close this one to let the end of the pipe be seen.
  template <class Archive> void save(Archive& a) const {
    const std::uint32_t n = a.message.attach(socket_.fd());
    a(n);
  }
  template <class Archive> void load(Archive& a) {
    std::uint32_t n;
    a(n);
    socket_ = detail::ipc_socket(a.message.take_descriptor(n));
  }

private:
  detail::ipc_socket socket_;
};

template <class T> struct ipc_pipe {
  ipc_end<T> first, second;
  /// Throws std::system_error.
  ipc_pipe() : ipc_pipe(detail::make_ipc_sockets()) {}

private:
  explicit ipc_pipe(std::pair<detail::ipc_socket, detail::ipc_socket> s)
      : first(std::move(s.first)), second(std::move(s.second)) {}
};

} // namespace nostall

#endif
