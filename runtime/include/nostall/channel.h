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
#include "nostall/error.h"
#include "nostall/future.h"
#include "nostall/task.h"

#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace nostall {

namespace detail {

/// Those who wait for a turn. All of it under the channel's mutex.
class wait_line {
  struct entry {
    nostall::promise<void> turn;
    bool* called;
  };

public:
  void call_one() noexcept {
    if (entries_.empty())
      return;
    entry& e = entries_.front();
    *e.called = true;
    e.turn.try_set_value();
    entries_.pop_front();
  }
  void call_all() noexcept {
    while (!entries_.empty())
      call_one();
  }

  /// One's place. Whoever is called and does not go on passes it on.
  class place {
  public:
    place(std::mutex& m, wait_line& l) : mutex_(m), line_(l) {}
    place(const place&) = delete;
    ~place() {
      const std::lock_guard lock(mutex_);
      if (at_ && !called_)
        line_.entries_.erase(*at_);
      else if (called_)
        line_.call_one();
    }
    /// Under the mutex.
    future<void> stand() {
      nostall::promise<void> turn;
      future<void> f = turn.get_future();
      at_ = line_.entries_.insert(line_.entries_.end(), entry{turn, &called_});
      return f;
    }
    /// The turn is used, if it came; under the mutex.
    void done() noexcept {
      called_ = false;
      at_.reset();
    }

  private:
    std::mutex& mutex_;
    wait_line& line_;
    std::optional<std::list<entry>::iterator> at_;
    bool called_ = false;
  };

private:
  std::list<entry> entries_;
};

template <class T> struct channel_state {
  const std::size_t capacity;
  std::mutex mutex;
  std::deque<T> values;
  wait_line senders, receivers;
  bool closed = false;

  explicit channel_state(std::size_t n) : capacity(n) {}
  bool put(T& v) {
    if (closed || values.size() >= capacity)
      return false;
    values.push_back(std::move(v));
    receivers.call_one();
    return true;
  }
  std::optional<T> get() {
    if (values.empty())
      return std::nullopt;
    std::optional<T> v(std::move(values.front()));
    values.pop_front();
    senders.call_one();
    return v;
  }
};

template <class T> task<bool> send_to(std::shared_ptr<channel_state<T>> s, T v) {
  for (;;) {
    wait_line::place mine(s->mutex, s->senders);
    future<void> turn;
    {
      const std::lock_guard lock(s->mutex);
      if (s->closed)
        co_return false;
      if (s->put(v))
        co_return true;
      turn = mine.stand();
    }
    co_await turn;
    const std::lock_guard lock(s->mutex);
    mine.done();
    if (s->put(v))
      co_return true;
  }
}

template <class T>
task<std::optional<T>> receive_from(std::shared_ptr<channel_state<T>> s) {
  for (;;) {
    wait_line::place mine(s->mutex, s->receivers);
    future<void> turn;
    {
      const std::lock_guard lock(s->mutex);
      if (auto v = s->get())
        co_return v;
      if (s->closed)
        co_return std::nullopt;
      turn = mine.stand();
    }
    co_await turn;
    const std::lock_guard lock(s->mutex);
    mine.done();
    if (auto v = s->get())
      co_return v;
  }
}

} // namespace detail

template <class T> class channel {
public:
  /// Throws usage_error for a capacity of zero.
  explicit channel(std::size_t capacity)
      : s_(std::make_shared<detail::channel_state<T>>(capacity)) {
    if (capacity == 0)
      detail::throw_usage("nostall: a channel has room for one value at least");
  }

  /// False: it is closed, and the value was not sent.
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER task<bool> send(T v) const {
    return detail::send_to(s_, std::move(v));
  }
  /// Nothing: it is closed, and all that was sent has been received.
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER task<std::optional<T>> receive() const {
    return detail::receive_from(s_);
  }
  /// False: it is full or closed, and `v` is as it was.
  NOSTALL_NONBLOCKING bool try_send(T& v) const {
    const std::lock_guard lock(s_->mutex);
    return s_->put(v);
  }
  NOSTALL_NONBLOCKING bool try_send(T&& v) const { return try_send(v); }
  NOSTALL_NONBLOCKING std::optional<T> try_receive() const {
    const std::lock_guard lock(s_->mutex);
    return s_->get();
  }
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
