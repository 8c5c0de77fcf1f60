//===- ipc.cpp - shared memory, and sockets as pipes and queues -----------===//

#include "nostall/ipc_pipe.h"
#include "nostall/shared_memory.h"
#include "nostall/sleep.h"
#include "ipc/damage.h"
#include "process/start_process.h"

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace nostall {

namespace {
// Nobody who has it can take a part of it away from the others.
detail::unique_fd sealed(detail::unique_fd fd) noexcept {
  fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  return fd;
}
// What comes from another process need not be as long as that says.
std::size_t checked(const detail::unique_fd& fd, std::size_t size) {
  struct stat s;
  if (fstat(fd.get(), &s) != 0 || static_cast<std::uint64_t>(s.st_size) < size)
    throw std::runtime_error("nostall: shared memory is shorter than its handle says");
  return size;
}
} // namespace

shared_memory::shared_memory(std::size_t bytes)
    : shared_memory(sealed(detail::make_shared_memory("nostall shared_memory", bytes)),
                    bytes) {}

shared_memory::shared_memory(detail::unique_fd fd, std::size_t size)
    : fd_(std::move(fd)), map_(fd_.get(), checked(fd_, size), true, false) {}

shared_memory shared_memory::share() const {
  return fd_ ? shared_memory(detail::duplicate(fd_.get()), size()) : shared_memory();
}

namespace detail {

std::pair<ipc_socket, ipc_socket> make_ipc_sockets() {
  socket_pair p;
  return {ipc_socket(std::move(p.ours)), ipc_socket(std::move(p.theirs))};
}

ipc_socket::ipc_socket(unique_fd fd) : core_(std::make_shared<core>()) {
  core_->fd = std::move(fd);
}

void ipc_socket::close() noexcept {
  const auto c = std::exchange(core_, nullptr);
  if (!c)
    return;
  if (c->watch)
    c->watch->wake_all();
  c->watch.reset(); // before what it watches
  c->fd.reset();
}

fd_watch& ipc_socket::core::watched() {
  if (!watch)
    watch.emplace(fd.get());
  return *watch;
}

int ipc_socket::core::open_fd() const {
  if (!fd)
    throw_errno("nostall: an end of a pipe or queue that was closed", EBADF);
  return fd.get();
}

NOSTALL_CORO_WRAPPER task<void> ipc_socket::send(out_message m) {
  return send_on(core_ ? core_ : std::make_shared<core>(), std::move(m));
}
task<void> ipc_socket::send_on(std::shared_ptr<core> c, out_message m) {
  if (!within_budget())
    co_await yield_now();
  while (!m.send(c->open_fd(), MSG_DONTWAIT))
    co_await c->watched().writable();
}

void ipc_socket::send_blocking(out_message m) { m.send(fd(), 0); }

NOSTALL_CORO_WRAPPER task<std::unique_ptr<in_message>> ipc_socket::receive() {
  return receive_on(core_ ? core_ : std::make_shared<core>());
}
task<std::unique_ptr<in_message>> ipc_socket::receive_on(std::shared_ptr<core> c) {
  if (!within_budget())
    co_await yield_now();
  auto m = std::make_unique<in_message>();
  for (;;) {
    switch (m->receive(c->open_fd(), MSG_DONTWAIT)) {
    case in_message::got::end:
      co_return nullptr;
    case in_message::got::message:
      require_whole(*m, "nostall: receiving an item");
      co_return m;
    case in_message::got::nothing:
      co_await c->watched().readable();
    }
  }
}

std::unique_ptr<in_message> ipc_socket::receive_blocking() {
  auto m = std::make_unique<in_message>();
  if (m->receive(fd(), 0) == in_message::got::end)
    return nullptr;
  require_whole(*m, "nostall: receiving an item");
  return m;
}

} // namespace detail
} // namespace nostall
