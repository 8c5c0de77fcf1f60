//===- ipc_mutex.cpp - one process at a time ------------------------------===//
//
// Who waits watches two things: the eventfd, which every unlock writes that sees
// waiters, and the owner's pidfd. Neither is ever consumed, so a waiter that dies
// takes nothing along. After any news everybody tries again, and watches the owner
// that there is then: each change of owner comes with one of the two.
//
//===----------------------------------------------------------------------===//

#include "nostall/ipc_mutex.h"
#include "start_process.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace nostall {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// The process's number, and when it was started (in ticks since boot, 20 fields
// after the name). 0: there is no such process.
std::uint64_t identity(pid_t pid) noexcept {
  char path[32], text[1024];
  std::snprintf(path, sizeof path, "/proc/%d/stat", static_cast<int>(pid));
  const detail::unique_fd file(open(path, O_RDONLY | O_CLOEXEC));
  const ssize_t n = file ? read(file.get(), text, sizeof text - 1) : 0;
  if (n <= 0)
    return 0;
  text[n] = 0;
  const char* at = std::strrchr(text, ')');
  for (int field = 0; at && field < 20; ++field)
    at = std::strchr(at + 1, ' ');
  unsigned long long started = 0;
  if (!at || std::sscanf(at, "%llu", &started) != 1)
    return 0;
  return started << 32 | static_cast<std::uint32_t>(pid);
}

std::uint64_t own_identity() noexcept {
  static std::atomic<std::uint64_t> mine{0};
  std::uint64_t id = mine.load(std::memory_order_relaxed);
  if (static_cast<pid_t>(id & 0xffffffff) != getpid()) { // first, or after a fork
    id = identity(getpid());
    mine.store(id, std::memory_order_relaxed);
  }
  return id;
}

bool is_readable(int fd) noexcept {
  pollfd f{fd, POLLIN, 0};
  return poll(&f, 1, 0) == 1;
}

} // namespace

ipc_mutex::ipc_mutex(std::size_t room)
    : memory_(header_bytes + room), event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_)
    fail("nostall: an ipc_mutex");
}

ipc_mutex ipc_mutex::share() const {
  return ipc_mutex(memory_.share(), detail::duplicate(event_.get()));
}

/// Counts itself among those whom an unlock has to wake.
class ipc_mutex::waiting {
public:
  explicit waiting(header& h) noexcept : header_(h) { header_.waiters.fetch_add(1); }
  waiting(const waiting&) = delete;
  ~waiting() { header_.waiters.fetch_sub(1); }

private:
  header& header_;
};

std::optional<ipc_mutex::guard> ipc_mutex::try_lock() {
  std::uint64_t expected = 0;
  if (state().owner.compare_exchange_strong(expected, own_identity()))
    return guard(*this, false);
  return std::nullopt;
}

std::optional<ipc_mutex::guard> ipc_mutex::take() {
  const std::uint64_t me = own_identity();
  for (;;) {
    std::uint64_t owner = 0;
    if (state().owner.compare_exchange_strong(owner, me))
      return guard(*this, false);
    detail::unique_fd pidfd;
    if (owner != me) {
      const auto pid = static_cast<pid_t>(owner & 0xffffffff);
      bool dead = false;
      try {
        pidfd = detail::open_pidfd(pid);
      } catch (const std::system_error& e) {
        if (e.code().value() != ESRCH)
          throw;
        dead = true;
      }
      // Opened first: what identity() sees afterwards is what the pidfd is, or later.
      if (dead || is_readable(pidfd.get()) || identity(pid) != owner) {
        if (state().owner.compare_exchange_strong(owner, me))
          return guard(*this, true);
        continue;
      }
    }
    if (watch_)
      watch_->also(-1);
    owner_ = std::move(pidfd);
    return std::nullopt;
  }
}

void ipc_mutex::unlock() noexcept {
  state().owner.store(0);
  if (state().waiters.load() != 0) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto r = write(event_.get(), &one, sizeof one);
  }
}

task<ipc_mutex::guard> ipc_mutex::lock() {
  if (auto g = try_lock())
    co_return std::move(*g);
  const waiting counted(state());
  for (;;) {
    if (auto g = take())
      co_return std::move(*g);
    if (!watch_)
      watch_ = std::make_unique<detail::fd_watch>(event_.get());
    watch_->also(owner_.get());
    co_await watch_->readable();
  }
}

ipc_mutex::guard ipc_mutex::lock_blocking() {
  if (auto g = try_lock())
    return std::move(*g);
  const waiting counted(state());
  // Edge-triggered, as on the loop: the eventfd is never read.
  const detail::unique_fd news(epoll_create1(EPOLL_CLOEXEC));
  const auto add = [&](int fd) {
    epoll_event e{};
    e.events = EPOLLIN | EPOLLET;
    if (fd >= 0 && epoll_ctl(news.get(), EPOLL_CTL_ADD, fd, &e) != 0)
      fail("nostall: waiting for an ipc_mutex");
  };
  if (!news)
    fail("nostall: waiting for an ipc_mutex");
  add(event_.get());
  for (;;) {
    if (auto g = take())
      return std::move(*g);
    add(owner_.get()); // leaves the set when it is closed
    epoll_event e;
    epoll_wait(news.get(), &e, 1, -1);
  }
}

} // namespace nostall
