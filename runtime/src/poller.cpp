//===- poller.cpp - descriptors, and the wait for them --------------------===//

#include "poller.h"
#include "loop_impl.h"

#include <atomic>
#include <cerrno>
#include <climits>
#include <ctime>
#include <sys/epoll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace nostall::detail {

namespace {

constexpr int events_at_once = 256;

// Kernels before 5.11 know milliseconds only; these are rounded up.
int wait_for_events(int epoll, epoll_event* events, std::int64_t wait) noexcept {
  static std::atomic<bool> precise{true};
  if (wait == 0)
    return epoll_wait(epoll, events, events_at_once, 0);
  if (precise.load(std::memory_order_relaxed)) {
    timespec t{wait / 1'000'000'000, wait % 1'000'000'000};
    const int n = epoll_pwait2(epoll, events, events_at_once,
                               wait < 0 ? nullptr : &t, nullptr);
    if (n >= 0 || errno != ENOSYS)
      return n;
    precise.store(false, std::memory_order_relaxed);
  }
  const std::int64_t ms = wait < 0 ? -1 : (wait + 999'999) / 1'000'000;
  return epoll_wait(epoll, events, events_at_once,
                    static_cast<int>(ms > INT_MAX ? INT_MAX : ms));
}

// Last, since the callable's destructor may be anything.
void let_go(callback_node* n) noexcept {
  n->cancelled = true;
  n->unref();
}

} // namespace

poller::poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0)
    throw std::system_error(errno, std::generic_category(),
                            "nostall: epoll_create1");
}

poller::~poller() { close(epoll_); }

void poller::poll(std::int64_t timeout) noexcept {
  epoll_event events[events_at_once];
  const int n = wait_for_events(epoll_, events, timeout);
  for (int i = 0; i < n; ++i)
    if (auto* s = static_cast<fd_source*>(events[i].data.ptr))
      s->on_events(events[i].events);
}

void poller::control(int operation, int fd, std::uint32_t events, fd_source* s) {
  epoll_event e{};
  e.events = events;
  e.data.ptr = s;
  if (epoll_ctl(epoll_, operation, fd, &e) != 0)
    throw std::system_error(
        errno, std::generic_category(),
        errno == EPERM ? "nostall: this file descriptor cannot be polled; "
                         "regular files are always ready"
                       : "nostall: watching a file descriptor");
}

void poller::add(int fd, std::uint32_t events, fd_source* s) {
  control(EPOLL_CTL_ADD, fd, events | EPOLLET, s);
  watched_ += s != nullptr;
}

// A descriptor that is closed already has left epoll by itself.
void poller::remove(int fd) noexcept {
  epoll_event ignored{};
  if (made_.here())
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, &ignored);
  --watched_;
}

void poller::watch(int fd, bool writer, callback_node* n) {
  auto& entry = callbacks_[fd];
  const bool fresh = !entry;
  try {
    if (fresh)
      entry = std::make_unique<callbacks>();
    control(fresh ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd,
            (writer || entry->writer ? EPOLLOUT : 0u) |
                (!writer || entry->reader ? EPOLLIN : 0u),
            entry.get());
  } catch (...) {
    if (fresh)
      callbacks_.erase(fd);
    n->unref();
    throw;
  }
  watched_ += fresh;
  callback_node*& slot = writer ? entry->writer : entry->reader;
  if (callback_node* old = std::exchange(slot, n))
    let_go(old);
}

bool poller::unwatch(int fd, bool writer) noexcept {
  const auto it = callbacks_.find(fd);
  if (it == callbacks_.end())
    return false;
  callbacks& entry = *it->second;
  callback_node*& slot = writer ? entry.writer : entry.reader;
  callback_node* const old = std::exchange(slot, nullptr);
  if (!old)
    return false;
  if (entry.reader || entry.writer) {
    epoll_event e{};
    e.events = entry.reader ? EPOLLIN : EPOLLOUT;
    e.data.ptr = &entry;
    if (made_.here())
      epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &e); // fails if closed: nothing to do
  } else {
    remove(fd);
    callbacks_.erase(it);
  }
  let_go(old);
  return true;
}

void poller::drop_callbacks() noexcept {
  for (auto& [fd, c] : std::exchange(callbacks_, {}))
    for (callback_node* n : {c->reader, c->writer})
      if (n) {
        n->loop = nullptr;
        n->unref();
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
  impl_of(l).descriptors.add(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP, &s);
}

void unregister_fd(loop_core& l, int fd) noexcept {
  impl_of(l).descriptors.remove(fd);
}

} // namespace nostall::detail
