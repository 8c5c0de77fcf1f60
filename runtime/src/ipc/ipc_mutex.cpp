//===- ipc_mutex.cpp - one process at a time ------------------------------===//
//
// An owner is gone if the kernel says so: its pidfd is at its end, there is no such
// process, or the process of that number was started at another time. A look that
// fails (no descriptor is left, /proc is not there) is not an answer, and never gives
// the mutex away.
//
// Who waits watches two things: the eventfd, which every unlock writes that sees
// waiters, and the owner's pidfd. Neither is ever consumed, so a waiter that dies
// takes nothing along. After any news everybody tries again, and watches the owner
// that there is then: each change of owner comes with one of the two.
//
//===----------------------------------------------------------------------===//

#include "nostall/ipc_mutex.h"
#include "nostall/sleep.h"
#include "io/throw_errno.h"
#include "process/process_facts.h"
#include "process/start_process.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <system_error>
#include <unistd.h>

namespace nostall {

namespace {

using detail::process_facts;
using detail::throw_errno;

// What it says of an owner: the process's number, and when it was started (in ticks
// since boot, 20 fields after the name in /proc). Where that cannot be read, the
// number alone, which is never taken for dead while any process has it.
constexpr std::uint64_t no_start = process_facts::no_start;

constexpr pid_t pid_of(std::uint64_t owner) noexcept {
  return static_cast<pid_t>(owner & 0xffffffff);
}
constexpr std::uint64_t start_of(std::uint64_t owner) noexcept { return owner >> 32; }

std::uint64_t own_identity() noexcept {
  static std::atomic<std::uint64_t> mine{0};
  std::uint64_t id = mine.load(std::memory_order_relaxed);
  if (pid_of(id) != getpid()) { // first, or after a fork
    std::uint64_t started = no_start;
    try {
      started = detail::facts_of(getpid()).started;
    } catch (const std::system_error&) {
      return no_start << 32 | static_cast<std::uint32_t>(getpid()); // this time
    }
    const std::uint64_t fresh = started << 32 | static_cast<std::uint32_t>(getpid());
    // The same for all threads, should what can be read change meanwhile.
    id = mine.compare_exchange_strong(id, fresh) ? fresh : id;
  }
  return id;
}

// Whether that owner is gone for certain; else what becomes readable when it goes.
bool is_gone(std::uint64_t owner, detail::unique_fd& news) {
  const pid_t pid = pid_of(owner);
  try {
    news = detail::open_pidfd(pid);
  } catch (const std::system_error& e) {
    if (e.code().value() != ESRCH)
      throw;
    return true;
  }
  if (news ? detail::is_readable(news.get()) : kill(pid, 0) != 0 && errno == ESRCH)
    return true;
  // Looked at after the pidfd was opened: what is seen is what that is, or later.
  const process_facts now = detail::facts_of(pid);
  if (now.started != no_start && start_of(owner) != no_start &&
      now.started != start_of(owner))
    return true;
  if (news)
    return false;
  if (now.zombie)
    return true;
  // No pidfds here: a clock tells when to look again.
  news = detail::unique_fd(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  const itimerspec often{{0, 50'000'000}, {0, 50'000'000}};
  if (!news || timerfd_settime(news.get(), 0, &often, nullptr) != 0)
    throw_errno("nostall: waiting for an ipc_mutex");
  return false;
}

} // namespace

ipc_mutex::ipc_mutex(std::size_t room)
    : ipc_mutex(shared_memory(header_bytes + room),
                detail::unique_fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))) {
  if (!core_->event)
    throw_errno("nostall: an ipc_mutex");
}

ipc_mutex ipc_mutex::share() const {
  return ipc_mutex(core_->memory.share(), detail::duplicate(core_->event.get()));
}

void ipc_mutex::close() noexcept {
  if (const auto c = std::move(core_)) {
    c->closed = true;
    if (c->watch)
      c->watch->wake_all();
    c->watch.reset(); // here: the last guard may go on another thread
  }
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

std::optional<ipc_mutex::guard> ipc_mutex::try_lock() { return try_lock_on(core_); }
std::optional<ipc_mutex::guard> ipc_mutex::try_lock_on(const std::shared_ptr<core>& c) {
  std::uint64_t expected = 0;
  if (c->state().owner.compare_exchange_strong(expected, own_identity()))
    return guard(c, false);
  return std::nullopt;
}

std::optional<ipc_mutex::guard> ipc_mutex::take(const std::shared_ptr<core>& c,
                                                detail::unique_fd& news) {
  const std::uint64_t me = own_identity();
  news.reset();
  for (;;) {
    std::uint64_t owner = 0;
    if (c->state().owner.compare_exchange_strong(owner, me))
      return guard(c, false);
    if (owner == me)
      return std::nullopt; // of this process: it will say so when it unlocks
    if (!is_gone(owner, news))
      return std::nullopt;
    if (c->state().owner.compare_exchange_strong(owner, me))
      return guard(c, true);
  }
}

// Not what somebody else has: a guard that was copied by fork is not the owner's.
void ipc_mutex::core::unlock(std::uint64_t by) noexcept {
  if (pid_of(by) != getpid() || !state().owner.compare_exchange_strong(by, 0))
    return;
  if (state().waiters.load() != 0) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto r = write(event.get(), &one, sizeof one);
  }
}

void ipc_mutex::core::require_open() const {
  if (closed)
    throw_errno("nostall: an ipc_mutex was destroyed before a task had it", EBADF);
}

NOSTALL_CORO_WRAPPER task<ipc_mutex::guard> ipc_mutex::lock() { return lock_on(core_); }
task<ipc_mutex::guard> ipc_mutex::lock_on(std::shared_ptr<core> c) {
  if (!detail::within_budget())
    co_await yield_now();
  c->require_open();
  if (auto g = try_lock_on(c))
    co_return std::move(*g);
  const waiting counted(c->state());
  const async_mutex::guard first = co_await c->line.lock();
  for (;;) {
    c->require_open();
    detail::unique_fd news;
    if (auto g = take(c, news))
      co_return std::move(*g);
    if (!c->watch)
      c->watch.emplace(c->event.get());
    c->watch->also(-1);
    c->owner = std::move(news);
    c->watch->also(c->owner.get());
    co_await c->watch->readable();
  }
}

ipc_mutex::guard ipc_mutex::lock_blocking() {
  if (auto g = try_lock())
    return std::move(*g);
  const waiting counted(core_->state());
  // Edge-triggered, as on the loop: the eventfd is never read.
  const detail::unique_fd news(epoll_create1(EPOLL_CLOEXEC));
  const auto add = [&](int fd) {
    epoll_event e{};
    e.events = EPOLLIN | EPOLLET;
    if (fd >= 0 && epoll_ctl(news.get(), EPOLL_CTL_ADD, fd, &e) != 0)
      throw_errno("nostall: waiting for an ipc_mutex");
  };
  if (!news)
    throw_errno("nostall: waiting for an ipc_mutex");
  add(core_->event.get());
  for (;;) {
    detail::unique_fd news;
    if (auto g = take(core_, news))
      return std::move(*g);
    add(news.get()); // leaves the set when it is closed
    epoll_event e;
    epoll_wait(news.get(), &e, 1, -1);
  }
}

} // namespace nostall
