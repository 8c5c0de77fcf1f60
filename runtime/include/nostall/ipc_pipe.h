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
// Cancelled: send has sent nothing, receive has taken nothing.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_IPC_PIPE_H
#define NOSTALL_IPC_PIPE_H

#include "nostall/annotations.h"
#include "nostall/config.h"
#include "nostall/detail/fd_watch.h"
#include "nostall/detail/wire.h"
#include "nostall/task.h"

#include <memory>
#include <optional>
#include <utility>

namespace nostall {

namespace detail {

/// Untyped half: one end of a socket.
class ipc_socket {
public:
  ipc_socket() noexcept = default;
  explicit ipc_socket(unique_fd fd) : fd_(std::move(fd)) {}
  ipc_socket(ipc_socket&&) noexcept = default;
  ipc_socket& operator=(ipc_socket&& o) noexcept {
    watch_.reset(); // before what it watches
    fd_ = std::move(o.fd_);
    watch_ = std::move(o.watch_);
    return *this;
  }
  ~ipc_socket() { watch_.reset(); }

  bool valid() const noexcept { return static_cast<bool>(fd_); }
  int fd() const noexcept { return fd_.get(); }
  void close() noexcept {
    watch_.reset();
    fd_.reset();
  }
  /// Throws std::system_error; EPIPE: nobody is at the other end any more.
  task<void> send(out_message m);
  void send_blocking(out_message m);
  /// Null: the end.
  task<std::unique_ptr<in_message>> receive();
  std::unique_ptr<in_message> receive_blocking();

private:
  fd_watch& watch();
  unique_fd fd_;
  std::unique_ptr<fd_watch> watch_;
};

std::pair<ipc_socket, ipc_socket> make_ipc_sockets();

template <class T> out_message to_message(const T& v) {
  static_assert(check_crossing<T>());
  out_message m;
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
