//===- ipc_queue.h - a queue that many processes share --------------------===//
//
//     ipc_queue<job> jobs;
//     auto a = process::start<work>(jobs), b = process::start<work>(jobs);
//     co_await jobs.put(j);
//
// Any process puts, any gets; each item goes to exactly one. The kernel holds the
// items: a process that dies leaves the queue whole, and loses at most what it had
// already got. Copies are handles to the same queue. `put` waits while the queue is
// full: it holds as much as the system gives a socket (some 200 KiB of small items;
// an item above 64 KiB counts as one small one, and its bytes lie in shared memory).
//
// Every holder could put, so there is no end to be seen: send an item that says so.
//
// Cancelled: put has put nothing, get has taken nothing.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_IPC_QUEUE_H
#define NOSTALL_IPC_QUEUE_H

#include "nostall/annotations.h"
#include "nostall/ipc_pipe.h"

#include <cstdint>
#include <utility>

namespace nostall {

template <class T> class ipc_queue {
public:
  using crosses_processes = void;
  /// Throws std::system_error.
  ipc_queue() : ipc_queue(detail::make_ipc_sockets()) {}
  ipc_queue(ipc_queue&&) noexcept = default;
  ipc_queue& operator=(ipc_queue&&) noexcept = default;

  /// Serialises at once.
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
  task<void> put(const T& item) {
    return in_.send(detail::to_message(item));
  }
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
  task<T> get() {
    return detail::item_of<T>(out_.receive());
  }
  NOSTALL_BLOCKING(wait) void put_blocking(const T& item) {
    in_.send_blocking(detail::to_message(item));
  }
  NOSTALL_BLOCKING(wait) T get_blocking() {
    return detail::read<T>(*out_.receive_blocking());
  }

  /// For the archives of detail/wire.h.
  template <class Archive> void save(Archive& a) const {
    const std::uint32_t in = a.message.attach(in_.fd());
    const std::uint32_t out = a.message.attach(out_.fd());
    a(in, out);
  }
  template <class Archive> void load(Archive& a) {
    std::uint32_t in, out;
    a(in, out);
    in_ = detail::ipc_socket(a.message.take_descriptor(in));
    out_ = detail::ipc_socket(a.message.take_descriptor(out));
  }

private:
  explicit ipc_queue(std::pair<detail::ipc_socket, detail::ipc_socket> s)
      : in_(std::move(s.first)), out_(std::move(s.second)) {}
  detail::ipc_socket in_;
  detail::ipc_socket out_;
};

} // namespace nostall

#endif
