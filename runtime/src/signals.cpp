//===- signals.cpp - POSIX signals as events ------------------------------===//

#include "signals.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <unistd.h>

namespace nostall::detail {

namespace {

struct slot {
  std::atomic<int> eventfd{-1};
  std::atomic<bool> arrived{false};
  struct sigaction before {};
};
slot slots[NSIG];
std::mutex slots_mutex; // for claiming and releasing, never in the handler

void on_signal(int signal) {
  const int saved = errno;
  slot& s = slots[signal];
  s.arrived.store(true);
  signal_count.fetch_add(1);
  const std::uint64_t one = 1;
  const int fd = s.eventfd.load();
  if (fd >= 0)
    [[maybe_unused]] const auto r = write(fd, &one, sizeof one);
  errno = saved;
}

} // namespace

void claim_signal(int signal, int eventfd, bool once) {
  if (signal <= 0 || signal >= NSIG)
    throw std::system_error(EINVAL, std::generic_category(),
                            "nostall: no such signal");
  const std::lock_guard lock(slots_mutex);
  slot& s = slots[signal];
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART | (once ? SA_RESETHAND : 0);
  sigemptyset(&action.sa_mask);
  struct sigaction before {};
  if (sigaction(signal, &action, &before) != 0)
    throw std::system_error(errno, std::generic_category(),
                            "nostall: this signal cannot be handled");
  if (s.eventfd.load() < 0)
    s.before = before;
  s.arrived.store(false);
  s.eventfd.store(eventfd);
}

void release_signal(int signal, int eventfd) noexcept {
  const std::lock_guard lock(slots_mutex);
  slot& s = slots[signal];
  if (s.eventfd.load() != eventfd)
    return; // another loop has taken it over
  sigaction(signal, &s.before, nullptr);
  s.eventfd.store(-1);
}

bool take_signal(int signal, int eventfd) noexcept {
  slot& s = slots[signal];
  return s.eventfd.load() == eventfd && s.arrived.load() &&
         s.arrived.exchange(false);
}

} // namespace nostall::detail
