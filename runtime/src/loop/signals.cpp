//===- signals.cpp - POSIX signals as events ------------------------------===//

#include "loop/signals.h"
#include "io/throw_errno.h"
#include "process/birthplace.h"
#include "nostall/detail/sync/static_mutex.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace nostall::detail {

namespace {

struct slot {
  std::atomic<int> eventfd{-1};
  std::atomic<bool> arrived{false};
  std::atomic<unsigned> handlers{0}; ///< that run now, on any thread
  birthplace claimed;
  struct sigaction before {};
};
slot slots[NSIG];
static_mutex slots_mutex; // for claiming and releasing, never in the handler

void on_signal(int signal) {
  const int saved = errno;
  slot& s = slots[signal];
  s.handlers.fetch_add(1);
  s.arrived.store(true);
  signal_count.fetch_add(1);
  const std::uint64_t one = 1;
  const int fd = s.eventfd.load();
  if (fd >= 0)
    [[maybe_unused]] const auto r = write(fd, &one, sizeof one);
  s.handlers.fetch_sub(1);
  errno = saved;
}

void claim_signal(int signal, int eventfd, bool once) {
  if (signal <= 0 || signal >= NSIG)
    throw_errno("nostall: no such signal", EINVAL);
  const std::lock_guard lock(slots_mutex);
  slot& s = slots[signal];
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART | SA_ONSTACK | (once ? SA_RESETHAND : 0);
  sigemptyset(&action.sa_mask);
  // First the slot, then the handler: a signal in between is not lost.
  if (!s.claimed.here())
    s.handlers.store(0); // those of the parent's threads, which are not here
  s.claimed = birthplace();
  const int owner = s.eventfd.load();
  s.arrived.store(false);
  s.eventfd.store(eventfd);
  struct sigaction before {};
  if (sigaction(signal, &action, &before) != 0) {
    s.eventfd.store(owner);
    throw_errno("nostall: this signal cannot be handled");
  }
  if (owner < 0)
    s.before = before;
}

void release_signal(int signal, int eventfd) noexcept {
  const std::lock_guard lock(slots_mutex);
  slot& s = slots[signal];
  if (s.eventfd.load() != eventfd)
    return; // another loop has taken it over
  sigaction(signal, &s.before, nullptr);
  s.eventfd.store(-1);
  // The number may soon be another file's: not before the last has written to it.
  while (s.claimed.here() && s.handlers.load() != 0)
    std::this_thread::yield();
}

// Whether it arrived since the last call.
bool take_signal(int signal, int eventfd) noexcept {
  slot& s = slots[signal];
  return s.eventfd.load() == eventfd && s.arrived.load() &&
         s.arrived.exchange(false);
}

} // namespace

void signal_callbacks::unwatch_all() noexcept {
  while (!callbacks_.empty())
    unwatch(callbacks_.begin()->first);
}

void signal_callbacks::watch(int signal, callback_node* n, bool once) {
  callback_node** slot = nullptr;
  try {
    slot = &callbacks_[signal];
    claim_signal(signal, eventfd_, once);
  } catch (...) {
    if (slot && !*slot)
      callbacks_.erase(signal);
    n->unref();
    throw;
  }
  if (callback_node* old = std::exchange(*slot, n)) {
    old->cancelled = true; // also if its turn has come
    old->unref();
  }
}

bool signal_callbacks::unwatch(int signal) noexcept {
  const auto it = callbacks_.find(signal);
  if (it == callbacks_.end())
    return false;
  callback_node* const old = it->second;
  release_signal(signal, eventfd_);
  callbacks_.erase(it);
  old->cancelled = true;
  old->unref();
  return true;
}

void signal_callbacks::take() noexcept {
  seen_ = signal_count.load(std::memory_order_acquire);
  for (const auto& [signal, n] : callbacks_)
    if (take_signal(signal, eventfd_))
      n->enqueue();
}

} // namespace nostall::detail
