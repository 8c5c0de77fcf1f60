//===- poller.cpp - descriptors, and the wait for them --------------------===//

#include "io/poller.h"
#include "io/throw_errno.h"
#include "loop/loop_impl.h"
#include "nostall/error.h"

#include <atomic>
#include <cerrno>
#include <climits>
#include <ctime>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/single_threaded.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace nostall::detail {

namespace {

constexpr int events_at_once = 256;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::uint64_t wake_up = ~std::uint64_t{0};

std::int64_t coarse_now() noexcept {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
  return t.tv_sec * second + t.tv_nsec;
}

// Kernels before 5.11 know milliseconds only; these are rounded up. Containers may
// refuse the new call by any error, so only the old one is taken at its word.
int wait_for_events(int epoll, epoll_event* events, std::int64_t wait) noexcept {
  static std::atomic<bool> precise{true};
  if (wait != 0 && precise.load(std::memory_order_relaxed)) {
    timespec t{wait / second, wait % second};
    const int n = epoll_pwait2(epoll, events, events_at_once,
                               wait < 0 ? nullptr : &t, nullptr);
    if (n >= 0 || errno == EINTR)
      return n;
    precise.store(false, std::memory_order_relaxed);
  }
  const std::int64_t ms = wait < 0 ? -1 : wait / 1'000'000 + (wait % 1'000'000 != 0);
  const int n = epoll_wait(epoll, events, events_at_once,
                           static_cast<int>(ms > INT_MAX ? INT_MAX : ms));
  if (n < 0 && errno != EINTR)
    die("nostall: the kernel refuses to wait for descriptors (epoll_wait failed)");
  return n;
}

// What asking for the same once more says of a number: closed; another file's; that of a
// file that cannot be polled.
bool is_elsewhere(int error) noexcept {
  return error == EBADF || error == ENOENT || error == EPERM || error == EINVAL;
}

// Short, since what wakes the loop is not seen meanwhile.
void rest() noexcept {
  const timespec t{0, 1'000'000};
  nanosleep(&t, nullptr);
}

// Last, since the callable's destructor may be anything.
void let_go(callback_node* n) noexcept {
  n->cancelled = true;
  n->unref();
}

} // namespace

poller::poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0)
    throw_errno("nostall: epoll_create1");
}

poller::~poller() {
  for (std::size_t fd = 0; fd < entries_.size(); ++fd)
    if (entries_[fd].source)
      lose(static_cast<int>(fd));
  close(epoll_);
}

void poller::add_wake_up(int fd) {
  wake_up_ = fd;
  if (!listen_for_wake_up(epoll_))
    throw_errno("nostall: watching the loop's eventfd");
}

// Edge-triggered, because it is never read: else one wake-up would keep the loop awake.
bool poller::listen_for_wake_up(int epoll) const noexcept {
  epoll_event e{};
  e.events = EPOLLIN | EPOLLET;
  e.data.u64 = wake_up;
  return epoll_ctl(epoll, EPOLL_CTL_ADD, wake_up_, &e) == 0;
}

void poller::poll(std::int64_t timeout) noexcept {
  // Other threads may close a descriptor while this one sleeps; and a loop that never
  // sleeps may have closed one itself.
  if (watched_ != 0 && (touched_ || (awaited_ && !__libc_single_threaded))) {
    const std::int64_t since = coarse_now() - looked_at_;
    if (since >= second) {
      look_after();
      timeout = 0; // somebody may be ready now
    } else if (timeout < 0 || timeout > second - since) {
      timeout = second - since;
    }
  }
  epoll_event events[events_at_once];
  const int n = wait_for_events(epoll_, events, timeout);
  bool stale = false;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t key = events[i].data.u64;
    if (key == wake_up)
      continue;
    const entry& e = entries_[key & 0xffffffff];
    if (e.source && e.generation == key >> 32)
      e.source->on_events(events[i].events);
    else
      stale = true;
  }
  // Else the same event comes again at once, until a descriptor can be had.
  if (stale && !renew() && timeout != 0)
    rest();
}

bool poller::control(int operation, int fd) noexcept {
  // A child of fork has its parent's epoll instance, and leaves what is in it alone.
  if (operation != EPOLL_CTL_ADD && !made_.here())
    return true;
  const entry& at = entries_[static_cast<std::size_t>(fd)];
  epoll_event e{};
  e.events = at.events;
  e.data.u64 = std::uint64_t{at.generation} << 32 | static_cast<std::uint32_t>(fd);
  return epoll_ctl(epoll_, operation, fd, &e) == 0;
}

// An entry that is there already belongs to a file that is closed, if the kernel takes
// the number for a new one.
void poller::put(int fd, std::uint32_t events, fd_source& s) {
  const bool beyond = fd < 0 || static_cast<std::size_t>(fd) >= entries_.size();
  if (beyond && fcntl(fd, F_GETFD) < 0) // no memory for a number that is none
    throw_errno("nostall: watching a file descriptor", EBADF);
  if (beyond)
    entries_.resize(static_cast<std::size_t>(fd) + 1);
  entry& at = entries_[static_cast<std::size_t>(fd)];
  const entry before = at;
  at = {&s, events, before.generation + 1};
  if (!control(EPOLL_CTL_ADD, fd)) {
    const int error = errno;
    at = before;
    // Nobody here has the number: a file of before, which came back to its place.
    if (error == EEXIST && !before.source) {
      at = {&s, events, before.generation + 1};
      if (control(EPOLL_CTL_MOD, fd)) {
        ++watched_;
        return;
      }
      at = before;
    }
    throw_errno(error == EPERM ? "nostall: this file descriptor cannot be polled; "
                                 "regular files are always ready"
                               : "nostall: watching a file descriptor",
                error);
  }
  touched_ = true;
  if (before.source)
    before.source->on_gone();
  else
    ++watched_;
}

void poller::add(int fd, std::uint32_t events, fd_source& s) {
  put(fd, events | EPOLLET, s);
}

void poller::remove(int fd, fd_source& s) noexcept {
  if (fd < 0 || static_cast<std::size_t>(fd) >= entries_.size())
    return;
  entry& at = entries_[static_cast<std::size_t>(fd)];
  if (at.source != &s)
    return;
  control(EPOLL_CTL_DEL, fd); // fails if it is closed: see `renew`
  at.source = nullptr;
  ++at.generation;
  --watched_;
}

void poller::remove(int fd) noexcept {
  if (fd >= 0 && static_cast<std::size_t>(fd) < entries_.size())
    if (fd_source* s = entries_[static_cast<std::size_t>(fd)].source)
      remove(fd, *s);
}

void poller::lose(int fd) noexcept {
  entry& at = entries_[static_cast<std::size_t>(fd)];
  ++at.generation;
  --watched_;
  std::exchange(at.source, nullptr)->on_gone();
}

// Asking for the same again tells whether the number still is the file that it was.
void poller::look_after() noexcept {
  looked_at_ = coarse_now();
  touched_ = false;
  awaited_ = false;
  for (std::size_t fd = 0; fd < entries_.size(); ++fd)
    if (const entry& e = entries_[fd]; e.source && e.source->awaited()) {
      if (control(EPOLL_CTL_MOD, static_cast<int>(fd)) || !is_elsewhere(errno))
        awaited_ = true;
      else
        lose(static_cast<int>(fd));
    }
}

// A file that is not to be had by its number any more can only be left behind.
bool poller::renew() noexcept {
  const int fresh = epoll_create1(EPOLL_CLOEXEC);
  if (fresh < 0)
    return false;
  const bool left = listen_for_wake_up(fresh) && dup3(fresh, epoll_, O_CLOEXEC) >= 0;
  close(fresh);
  if (!left)
    return false;
  for (std::size_t fd = 0; fd < entries_.size(); ++fd)
    if (entries_[fd].source && !control(EPOLL_CTL_ADD, static_cast<int>(fd)))
      lose(static_cast<int>(fd));
  return true;
}

void poller::watch(int fd, bool writer, callback_node* n) {
  std::unique_ptr<callbacks> made;
  try {
    auto it = callbacks_.find(fd);
    callbacks* c = it == callbacks_.end() ? nullptr : it->second.get();
    const std::uint32_t events = (writer || (c && c->writer) ? EPOLLOUT : 0u) |
                                 (!writer || (c && c->reader) ? EPOLLIN : 0u);
    if (c && entries_[static_cast<std::size_t>(fd)].source == c) {
      const std::uint32_t before =
          std::exchange(entries_[static_cast<std::size_t>(fd)].events, events);
      if (!control(EPOLL_CTL_MOD, fd)) {
        if (errno != ENOENT) {
          entries_[static_cast<std::size_t>(fd)].events = before;
          throw_errno("nostall: watching a file descriptor");
        }
        lose(fd); // closed, and the number used again
        c = nullptr;
      }
    }
    if (!c || !callbacks_.contains(fd)) {
      made = std::make_unique<callbacks>();
      c = made.get();
      c->home = this;
      c->fd = fd;
      put(fd, writer ? EPOLLOUT : EPOLLIN, *c);
      try {
        callbacks_[fd] = std::move(made);
      } catch (...) {
        remove(fd, *c);
        throw;
      }
    }
    callback_node*& slot = writer ? c->writer : c->reader;
    if (callback_node* old = std::exchange(slot, n))
      let_go(old);
  } catch (...) {
    n->unref();
    throw;
  }
}

bool poller::unwatch(int fd, bool writer) noexcept {
  const auto it = callbacks_.find(fd);
  if (it == callbacks_.end())
    return false;
  callbacks& c = *it->second;
  callback_node*& slot = writer ? c.writer : c.reader;
  callback_node* const old = std::exchange(slot, nullptr);
  if (!old)
    return false;
  if (c.reader || c.writer) {
    entries_[static_cast<std::size_t>(fd)].events = c.reader ? EPOLLIN : EPOLLOUT;
    if (!control(EPOLL_CTL_MOD, fd) && is_elsewhere(errno))
      lose(fd);
  } else {
    remove(fd, c);
    callbacks_.erase(it);
  }
  let_go(old);
  return true;
}

// The callbacks stay the program's, which may remove them; they are just not called.
void poller::callbacks::on_gone() noexcept {
  const auto it = home->callbacks_.find(fd);
  if (it == home->callbacks_.end())
    return;
  const std::unique_ptr<callbacks> last = std::move(it->second);
  home->callbacks_.erase(it);
  for (callback_node* n : {reader, writer})
    if (n)
      let_go(n);
}

void poller::drop_callbacks() noexcept {
  while (!callbacks_.empty()) {
    const auto first = callbacks_.begin();
    const std::unique_ptr<callbacks> c = std::move(first->second);
    callbacks_.erase(first);
    remove(c->fd, *c);
    for (callback_node* n : {c->reader, c->writer})
      if (n) {
        n->loop = nullptr;
        n->unref();
      }
  }
}

void poller::callbacks::on_events(std::uint32_t events) noexcept {
  constexpr std::uint32_t broken = EPOLLERR | EPOLLHUP;
  if (reader && (events & (EPOLLIN | EPOLLRDHUP | EPOLLPRI | broken)))
    reader->enqueue();
  if (writer && (events & (EPOLLOUT | broken)))
    writer->enqueue();
}

void register_fd(loop_core& l, int fd, fd_source& s) {
  impl_of(l).descriptors.add(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI, s);
}

void unregister_fd(loop_core& l, int fd) noexcept {
  impl_of(l).descriptors.remove(fd);
}

void unregister_fd(loop_core& l, int fd, fd_source& s) noexcept {
  impl_of(l).descriptors.remove(fd, s);
}

} // namespace nostall::detail
