//===- async_fd.cpp - waiting for a file descriptor -----------------------===//

#include "nostall/async_fd.h"
#include "nostall/error.h"

#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace nostall {

async_fd::async_fd(int fd)
    : loop_(detail::running_loop_core("async_fd")), fd_(fd) {
  struct stat s {};
  socket_ = fstat(fd, &s) == 0 && S_ISSOCK(s.st_mode);
  detail::register_fd(loop_, fd, *this);
}

async_fd::~async_fd() { detail::unregister_fd(loop_, fd_); }

void async_fd::side::throw_busy() {
  detail::throw_usage("nostall: two tasks wait for the same direction of one "
                      "async_fd");
}

void async_fd::news(side& s) noexcept {
  s.maybe = true;
  if (detail::waiter* w = s.waiting; w && s.satisfied(w)) {
    s.waiting = nullptr;
    w->task->wake();
  }
}

void async_fd::on_events(std::uint32_t events) noexcept {
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    closing_ = true;
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    news(in_);
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
    news(out_);
}

async_fd::read_awaiter::read_awaiter(async_fd& f, void* buffer,
                                     std::size_t size) noexcept
    : waiter([](detail::waiter* w) noexcept {
        static_cast<read_awaiter*>(w)->fd_.in_.waiting = nullptr;
        return true;
      }),
      fd_(f), buffer_(buffer), size_(size) {}

async_fd::read_awaiter::~read_awaiter() {
  if (fd_.in_.waiting == this)
    fd_.in_.waiting = nullptr;
}

// False: there is nothing to read, wait for news. A short read of a socket also
// says that the next call would find nothing.
bool async_fd::read_awaiter::attempt() noexcept {
  do
    got_ = fd_.socket_ ? recv(fd_.fd_, buffer_, size_, 0)
                       : read(fd_.fd_, buffer_, size_);
  while (got_ < 0 && errno == EINTR);
  if (got_ < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    fd_.in_.maybe = false;
    return false;
  }
  if (got_ < 0)
    error_ = errno;
  else if (got_ > 0 && static_cast<std::size_t>(got_) < size_)
    fd_.not_readable();
  return true;
}

bool async_fd::read_awaiter::await_ready() {
  return fd_.in_.maybe && attempt();
}

bool async_fd::read_awaiter::await_suspend(std::coroutine_handle<> h) {
  if (fd_.in_.waiting)
    side::throw_busy();
  if (!detail::current_task_core("async_fd::read_some()").begin_wait(*this, h))
    return false;
  fd_.in_.waiting = this;
  fd_.in_.satisfied = [](detail::waiter* w) noexcept {
    return static_cast<read_awaiter*>(w)->attempt();
  };
  return true;
}

std::size_t async_fd::read_awaiter::await_resume() {
  detail::finish_wait(*this);
  if (got_ < 0)
    throw std::system_error(error_, std::generic_category(), "nostall: read");
  return static_cast<std::size_t>(got_);
}

task<void> async_fd::write_all(const void* data, std::size_t size) {
  const char* from = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t n = socket_ ? send(fd_, from, size, MSG_NOSIGNAL)
                              : write(fd_, from, size);
    if (n >= 0) {
      from += n;
      size -= static_cast<std::size_t>(n);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      not_writable();
      co_await writable();
    } else if (errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "nostall: write");
    }
  }
}

} // namespace nostall
