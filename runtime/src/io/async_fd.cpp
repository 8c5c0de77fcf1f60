//===- async_fd.cpp - waiting for a file descriptor -----------------------===//

#include "nostall/async_fd.h"
#include "io/throw_errno.h"
#include "nostall/error.h"
#include "nostall/sleep.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace nostall {

namespace {

// Of a byte stream of the network a short read is all there was. Of others it may be
// one message: datagrams, packets, terminals, unix streams that carry descriptors.
bool is_byte_stream(int fd) noexcept {
  int type = 0, family = 0;
  socklen_t size = sizeof type;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM)
    return false;
  size = sizeof family;
  return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 &&
         (family == AF_INET || family == AF_INET6);
}

// What is no socket has no MSG_NOSIGNAL. The signal of a broken pipe goes to the thread
// that writes; one that was pending before is left alone.
ssize_t write_without_signal(int fd, const void* data, std::size_t size) noexcept {
  sigset_t pipe, before, pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  const bool was_pending = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE);
  const ssize_t n = write(fd, data, size);
  const int error = errno;
  if (n < 0 && error == EPIPE && !was_pending) {
    const timespec now{};
    while (sigtimedwait(&pipe, nullptr, &now) < 0)
      if (errno != EINTR) {
        if (errno != EAGAIN) // a container refuses that: then it stays blocked
          sigaddset(&before, SIGPIPE);
        break;
      }
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return n;
}

bool would_wait(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

} // namespace

async_fd::waiting::waiting(side& s, std::error_code* to) noexcept
    : waiter([](detail::waiter* w) noexcept {
        static_cast<waiting*>(w)->leave();
        return true;
      }),
      at(&s), gone(s.gone), told(to) {}

void async_fd::waiting::leave() noexcept {
  if (std::exchange(parked, false))
    at->first = nullptr;
}

bool async_fd::waiting::park(std::coroutine_handle<> h, const char* what) {
  if (at->first)
    detail::throw_usage("nostall: two tasks wait for the same direction of one "
                        "async_fd");
  detail::task_core& me = detail::current_task_core(what);
  if (&me.loop() != at->loop) [[unlikely]]
    detail::throw_usage("nostall: an async_fd was awaited on another loop than the one "
                        "that it was made on; make one there");
  if (!me.begin_wait(*this, h))
    return false;
  at->first = this;
  parked = true;
  return true;
}

std::size_t async_fd::waiting::finish(std::ptrdiff_t n, int error, const char* what) const {
  detail::finish_wait(*this);
  if (gone) {
    n = -1;
    error = EBADF;
    what = "nostall: the async_fd was destroyed, or its descriptor closed, before a task had "
           "what it waits for";
  }
  if (told)
    *told = n < 0 ? std::error_code(error, std::generic_category()) : std::error_code();
  else if (n < 0)
    detail::throw_errno(what, error);
  return n < 0 ? 0 : static_cast<std::size_t>(n);
}

void async_fd::side::end() noexcept {
  gone = true;
  if (waiting* w = std::exchange(first, nullptr)) {
    w->gone = true;
    w->parked = false;
    w->task->wake();
  }
}

bool async_fd::awaiter::await_suspend(std::coroutine_handle<> h) {
  if (!park(h, what_))
    return false;
  at->satisfied = [](waiting*) noexcept { return true; };
  if (at->maybe) // only its turn is missing
    news(*at);
  return true;
}

/// A write_all on its way.
struct async_fd::message {
  async_fd* to; ///< null when that is gone
  explicit message(async_fd& f) : to(&f) {
    f.refuse_second_writer();
    f.writing_ = this;
  }
  message(const message&) = delete;
  ~message() {
    if (to)
      to->writing_ = nullptr;
  }
};

async_fd::async_fd(int fd)
    : loop_(&detail::running_loop_core("async_fd")), fd_(fd) {
  struct stat s {};
  if (fstat(fd, &s) == 0) {
    socket_ = S_ISSOCK(s.st_mode);
    const int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && !(flags & O_NONBLOCK) && !S_ISREG(s.st_mode) &&
        !S_ISDIR(s.st_mode))
      detail::throw_usage("nostall: async_fd was given a blocking descriptor, which "
                          "would hold the loop; set O_NONBLOCK first (fcntl F_SETFL, "
                          "SOCK_NONBLOCK, pipe2)");
  }
  short_is_all_ = socket_ && is_byte_stream(fd);
  detail::register_fd(*loop_, fd, *this);
  in_.loop = out_.loop = loop_;
}

async_fd::~async_fd() {
  if (loop_)
    detail::unregister_fd(*loop_, fd_, *this);
  if (writing_)
    writing_->to = nullptr;
  in_.end();
  out_.end();
}

void async_fd::on_gone() noexcept {
  loop_ = nullptr;
  in_.end();
  out_.end();
}

void async_fd::news(side& s) noexcept {
  s.maybe = true;
  if (waiting* w = s.first; w && s.satisfied(w)) {
    s.first = nullptr;
    w->parked = false;
    w->task->wake();
  }
}

void async_fd::on_events(std::uint32_t events) noexcept {
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    ended_ = true;
  if (events & EPOLLPRI)
    short_is_all_ = false; // a read stops at urgent data
  if (events & (EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    news(in_);
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
    news(out_);
}

// Where an end was reported, the caller may say so after a short read; the end is not
// reported again, so the kernel is asked.
void async_fd::not_writable() {
  if (loop_)
    detail::check_thread(*loop_, "async_fd::not_writable");
  out_.maybe = false;
}

void async_fd::not_readable() {
  if (loop_)
    detail::check_thread(*loop_, "async_fd::not_readable");
  in_.maybe = false;
  if (!ended_ || in_.gone)
    return;
  pollfd now{fd_, POLLIN | POLLRDHUP, 0};
  const short end = static_cast<short>(POLLIN | POLLRDHUP | POLLERR |
                                       (socket_ ? 0 : POLLHUP));
  in_.maybe = ::poll(&now, 1, 0) > 0 && (now.revents & end);
}

async_fd::read_awaiter::read_awaiter(async_fd& f, void* buffer, std::size_t size,
                                     std::error_code* to) noexcept
    : waiting(f.in_, to), fd_(&f), buffer_(buffer), size_(size) {}

// False: there is nothing to read, wait for news.
bool async_fd::read_awaiter::attempt() noexcept {
  async_fd& f = *fd_;
  if (!size_) { // the kernel may wait for data, and take a datagram for nothing
    got_ = 0;
    return true;
  }
  do
    got_ = f.socket_ ? recv(f.fd_, buffer_, size_, MSG_DONTWAIT)
                     : read(f.fd_, buffer_, size_);
  while (got_ < 0 && errno == EINTR);
  if (got_ < 0 && would_wait(errno)) {
    f.in_.maybe = false;
    return false;
  }
  if (got_ < 0)
    error_ = errno;
  else if (f.short_is_all_ && got_ > 0 && static_cast<std::size_t>(got_) < size_)
    f.in_.maybe = f.ended_;
  return true;
}

bool async_fd::read_awaiter::await_ready() {
  return gone || ((at->maybe || !size_) && detail::within_budget() && attempt());
}

bool async_fd::read_awaiter::await_suspend(std::coroutine_handle<> h) {
  if (!park(h, "async_fd::read_some()"))
    return false;
  at->satisfied = [](waiting* w) noexcept {
    return static_cast<read_awaiter*>(w)->attempt();
  };
  if (at->maybe || !size_) // only its turn is missing
    news(*at);
  return true;
}

std::size_t async_fd::read_awaiter::await_resume() {
  return finish(got_, error_, "nostall: read");
}

// Of whoever waits for room nothing was written yet, but it comes first.
void async_fd::refuse_second_writer() const {
  if (writing_ || out_.first)
    detail::throw_usage("nostall: two tasks write to one async_fd; let one of them "
                        "write, or hold an async_mutex meanwhile");
}

std::ptrdiff_t async_fd::send(const void* data, std::size_t size) noexcept {
  for (;;) {
    const ssize_t n = socket_ ? ::send(fd_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT)
                              : write_without_signal(fd_, data, size);
    if (n >= 0 || errno != EINTR)
      return n;
  }
}

async_fd::write_awaiter::write_awaiter(async_fd& f, const void* data, std::size_t size,
                                       std::error_code* to) noexcept
    : waiting(f.out_, to), fd_(&f), data_(data), size_(size) {}

// False: there is no room, wait for news.
bool async_fd::write_awaiter::attempt() noexcept {
  put_ = fd_->send(data_, size_);
  if (put_ >= 0)
    return true;
  error_ = errno;
  if (would_wait(error_))
    fd_->out_.maybe = false;
  return !would_wait(error_);
}

bool async_fd::write_awaiter::await_ready() {
  if (gone)
    return true;
  fd_->refuse_second_writer();
  return (at->maybe || !size_) && detail::within_budget() && attempt();
}

bool async_fd::write_awaiter::await_suspend(std::coroutine_handle<> h) {
  if (!park(h, "async_fd::write_some()"))
    return false;
  at->satisfied = [](waiting* w) noexcept {
    return static_cast<write_awaiter*>(w)->attempt();
  };
  if (at->maybe || !size_) // only its turn is missing
    news(*at);
  return true;
}

std::size_t async_fd::write_awaiter::await_resume() {
  return finish(put_, error_, "nostall: write");
}

task<void> async_fd::write_whole(const void* data, std::size_t size, std::error_code* told) {
  const message mine(*this);
  if (told)
    told->clear();
  if (!detail::within_budget())
    co_await yield_now();
  const char* from = static_cast<const char*>(data);
  while (size > 0 && !(told && *told)) { // once told, this async_fd may be gone
    ssize_t n = -1;
    int error = EAGAIN;
    if (!out_.gone) { // else the wait says what has happened
      n = send(from, size);
      error = errno;
    }
    if (n >= 0) {
      from += n;
      size -= static_cast<std::size_t>(n);
    } else if (would_wait(error)) {
      not_writable();
      co_await awaiter(out_, "async_fd::write_all()", told);
    } else if (told) {
      told->assign(error, std::generic_category());
    } else {
      detail::throw_errno("nostall: write", error);
    }
  }
}

} // namespace nostall
