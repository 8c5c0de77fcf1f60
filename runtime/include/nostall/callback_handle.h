//===- callback_handle.h - a callback that was handed to the loop ---------===//
//
//     callback_handle h = loop.call_later(1s, [] { ... });
//     h.cancel();
//
// A counted reference: copy it, drop it, keep it beyond the end of the loop. Like
// the loop it is for one thread.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CALLBACK_HANDLE_H
#define NOSTALL_CALLBACK_HANDLE_H

#include "nostall/annotations.h"
#include "nostall/detail/loop/callback.h"

#include <chrono>
#include <utility>

namespace nostall {

/// Dropping it changes nothing.
class callback_handle {
public:
  callback_handle() noexcept = default;
  callback_handle(const callback_handle& o) noexcept : node_(o.node_) {
    if (node_)
      node_->ref();
  }
  callback_handle(callback_handle&& o) noexcept
      : node_(std::exchange(o.node_, nullptr)) {}
  callback_handle& operator=(callback_handle o) noexcept {
    std::swap(node_, o.node_);
    return *this;
  }
  ~callback_handle() {
    if (node_)
      node_->unref();
  }

  /// The callback will not run, unless it has run already.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void cancel() {
    if (!node_)
      return;
    if (node_->pending()) // else its loop may be gone
      detail::check_thread(*node_->loop, "callback_handle::cancel");
    node_->cancel();
  }
  bool cancelled() const noexcept { return node_ && node_->cancelled; }
  /// The deadline of a timer.
  loop_time when() const noexcept {
    return loop_time(std::chrono::nanoseconds(node_ ? node_->deadline : 0));
  }

private:
  friend class event_loop;
  explicit callback_handle(detail::callback_node& n) noexcept : node_(&n) {
    n.ref();
  }
  detail::callback_node* node_ = nullptr;
};

} // namespace nostall

#endif
