//===- channel.h - values from loop to loop -------------------------------===//
//
//     channel<job> jobs(64);
//     co_await jobs.send(j);                              // on any loop
//     while (std::optional<job> j = co_await jobs.receive())
//       ...                                               // on any other
//     jobs.close();
//
// A bounded queue that tasks of any loops, and any threads, share: hand out copies,
// which are handles to the same one. `send` waits while it is full, `receive` while it
// is empty; the try_ forms never wait, and are for threads without a loop. First come,
// first served, but for those who come by just when there is something.
//
// A lock is held for as long as it takes to move one value, and never over a wait or
// over code of the program (but T's move).
//
// Cancelled: send has sent nothing, receive has taken nothing, and whoever waits behind
// has the turn.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHANNEL_H
#define NOSTALL_CHANNEL_H

#include "nostall/annotations.h"
#include "nostall/detail/sync/any_count.h"
#include "nostall/detail/sync/channel_state.h"
#include "nostall/detail/task/anything.h"
#include "nostall/error.h"
#include "nostall/task.h"

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace nostall {

namespace detail {
// No members of the template: g++ 12 would not take them for candidates.
struct refused_by_channel {
  NOSTALL_REFUSE_AS(send, const, "channel::send takes one value of the channel's type, or what "
                                 "converts to it")
  NOSTALL_REFUSE_AS(try_send, const, "channel::try_send takes one value of the channel's type, or "
                                     "what converts to it")
};
} // namespace detail

template <class Value> class channel : detail::refused_by_channel {
  static_assert(std::is_object_v<Value> && !std::is_const_v<Value>,
                "nostall: a channel holds values, which it moves in and out: not const ones; for "
                "a reference, let it hold a pointer");
  using T = detail::object_or_int<Value>;

public:
  channel() NOSTALL_DELETED("a channel has a capacity: channel<job> jobs(64)");
  /// Throws usage_error for a capacity of zero, and below.
  explicit channel(detail::any_count capacity)
      : s_(std::make_shared<detail::channel_state<T>>(capacity)) {
    static_assert(std::is_move_constructible_v<T>,
                  "nostall: a channel moves its values in and out: give it a type that can "
                  "be moved, or a std::unique_ptr to one");
    if (capacity == 0)
      detail::throw_usage("nostall: a channel has room for one value at least");
  }

  using refused_by_channel::send, refused_by_channel::try_send;
  /// False: it is closed, and the value was not sent.
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER task<bool> send(T v) const {
    return detail::send_to(s_, std::move(v));
  }
  /// Nothing: it is closed, and all that was sent has been received.
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER task<std::optional<T>> receive() const {
    return detail::receive_from(s_);
  }
  /// False: it is full or closed, and `v` is as it was.
  NOSTALL_NONBLOCKING bool try_send(T& v) const { return s_->try_send(v); }
  NOSTALL_NONBLOCKING bool try_send(T&& v) const { return try_send(v); }
  NOSTALL_NONBLOCKING bool try_send(const T& v) const { return try_send(T(v)); }
  NOSTALL_NONBLOCKING std::optional<T> try_receive() const { return s_->try_receive(); }
  /// What was sent can still be received.
  NOSTALL_NONBLOCKING void close() const {
    const std::lock_guard lock(s_->mutex);
    s_->closed = true;
    s_->senders.call_all();
    s_->receivers.call_all();
  }
  bool closed() const {
    const std::lock_guard lock(s_->mutex);
    return s_->closed;
  }
  std::size_t size() const {
    const std::lock_guard lock(s_->mutex);
    return s_->values.size();
  }

private:
  std::shared_ptr<detail::channel_state<T>> s_;
};

} // namespace nostall

#endif
