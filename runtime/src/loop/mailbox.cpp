//===- mailbox.cpp - how other threads reach a loop -----------------------===//

#include "loop/mailbox.h"
#include "io/throw_errno.h"

#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace nostall::detail {

mailbox::mailbox() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (event_ < 0)
    throw_errno("nostall: eventfd");
}

mailbox::~mailbox() { ::close(event_); }

void mailbox::wake_up() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto r = write(event_, &one, sizeof one);
}

void mailbox::turn_round(ready_node* newest, ready_queue& to) noexcept {
  ready_node* oldest = nullptr;
  while (newest)
    newest = std::exchange(newest->next_ready, std::exchange(oldest, newest));
  while (oldest) {
    ready_node* n = oldest;
    oldest = n->next_ready;
    to.push(*n);
  }
}

void mailbox::take(ready_queue& to) noexcept {
  turn_round(head_.exchange(nullptr), to);
}

void mailbox::close(ready_queue& to) noexcept {
  turn_round(head_.exchange(&closed_mark), to);
}

} // namespace nostall::detail
