//===- fd_watch.cpp - tasks that wait for news of one descriptor ----------===//

#include "nostall/detail/io/fd_watch.h"
#include "loop/loop_impl.h"
#include "nostall/error.h"

#include <sys/epoll.h>

namespace nostall::detail {

fd_watch::~fd_watch() {
  if (!mail_)
    return;
  if (!mail_->closed()) {
    if (registered_)
      unregister_fd(*loop_, fd_, *this);
    if (second_.fd >= 0)
      unregister_fd(*loop_, second_.fd, second_);
  }
  mail_->unref();
}

void fd_watch::also(int fd) {
  bind(running_loop_core("news from another process"));
  if (second_.fd >= 0)
    unregister_fd(*loop_, second_.fd, second_);
  second_.home = this;
  second_.fd = -1;
  if (fd >= 0)
    register_fd(*loop_, fd, second_);
  second_.fd = fd;
}

void fd_watch::wake_all() noexcept { on_events(EPOLLERR); }

void fd_watch::second_source::on_events(std::uint32_t events) noexcept {
  home->on_events(events);
}

// The descriptor is nobody's any more. Whoever waits tries again, and finds out.
void fd_watch::on_gone() noexcept {
  registered_ = false;
  on_events(EPOLLERR | EPOLLHUP);
}
bool fd_watch::awaited() const noexcept {
  return !readers_.empty() || !writers_.empty();
}
void fd_watch::second_source::on_gone() noexcept {
  fd = -1;
  home->on_events(EPOLLERR | EPOLLHUP);
}
bool fd_watch::second_source::awaited() const noexcept { return home->awaited(); }

void fd_watch::bind(loop_core& l) {
  if (mail_ && !mail_->closed() && registered_) {
    if (loop_ != &l)
      throw_usage("nostall: a handle to another process was awaited on two loops; "
                  "give each its own copy");
    return;
  }
  register_fd(l, fd_, *this);
  registered_ = true;
  if (loop_ != &l)
    second_.fd = -1;
  if (mail_)
    mail_->unref();
  loop_ = &l;
  mail_ = impl_of(l).mail;
  mail_->ref();
}

void fd_watch::on_events(std::uint32_t events) noexcept {
  constexpr std::uint32_t broken = EPOLLERR | EPOLLHUP;
  if (events & (EPOLLIN | EPOLLRDHUP | broken))
    while (!readers_.empty())
      readers_.pop_front()->task->wake();
  if (events & (EPOLLOUT | broken))
    while (!writers_.empty())
      writers_.pop_front()->task->wake();
}

} // namespace nostall::detail
