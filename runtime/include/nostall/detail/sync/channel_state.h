//===- channel_state.h - what the handles of a channel share --------------===//

#ifndef NOSTALL_DETAIL_CHANNEL_STATE_H
#define NOSTALL_DETAIL_CHANNEL_STATE_H

#include "nostall/detail/sync/static_mutex.h"
#include "nostall/future.h"
#include "nostall/sleep.h"
#include "nostall/task.h"

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace nostall::detail {

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
    place(static_mutex& m, wait_line& l) : mutex_(m), line_(l) {}
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
    static_mutex& mutex_;
    wait_line& line_;
    std::optional<std::list<entry>::iterator> at_;
    bool called_ = false;
  };

private:
  std::list<entry> entries_;
};

/// Values come and go in their nodes, so that none is moved or destroyed under the mutex:
/// what is theirs to run may use the channel, and may throw.
template <class T> struct channel_state {
  using node = std::list<T>; ///< with one value

  const std::size_t capacity;
  static_mutex& mutex = shared_mutex();
  std::list<T> values;
  std::size_t reserved = 0; ///< places of try_send, for values that are on their way
  unsigned reserved_in = static_mutex::forks(); ///< the process whose threads have them
  wait_line senders, receivers;
  bool closed = false;

  explicit channel_state(std::size_t n) : capacity(n) {}

  // Under the mutex.
  /// Whoever was sending when the process was forked is not in the child.
  std::size_t on_their_way() noexcept {
    if (const unsigned here = static_mutex::forks(); here != reserved_in) [[unlikely]] {
      reserved_in = here;
      reserved = 0;
    }
    return reserved;
  }
  bool has_room() noexcept { return !closed && values.size() + on_their_way() < capacity; }
  bool over() noexcept { return closed && values.empty() && on_their_way() == 0; }
  void put(node& v) noexcept {
    values.splice(values.end(), v);
    receivers.call_one();
  }
  /// Whether there was one.
  bool get(node& to) noexcept {
    if (values.empty())
      return false;
    to.splice(to.end(), values, values.begin());
    senders.call_one();
    if (over())
      receivers.call_all();
    return true;
  }

  static node made_of(T& v) {
    node n;
    n.push_back(std::move(v));
    return n;
  }
  bool try_send(T& v) {
    unsigned here;
    {
      const std::lock_guard lock(mutex);
      if (!has_room())
        return false;
      ++reserved;
      here = reserved_in;
    }
    node n;
    try {
      n = made_of(v);
    } catch (...) {
      settle(n, here);
      throw;
    }
    settle(n, here);
    return true;
  }
  std::optional<T> try_receive() {
    node n;
    {
      const std::lock_guard lock(mutex);
      if (!get(n))
        return std::nullopt;
    }
    return std::move(n.front());
  }

private:
  /// What has come of a place that was reserved in the process `here`.
  void settle(node& n, unsigned here) noexcept {
    const std::lock_guard lock(mutex);
    if (on_their_way() != 0 && here == reserved_in)
      --reserved;
    if (n.empty())
      senders.call_one();
    else
      put(n);
    if (over())
      receivers.call_all();
  }
};

template <class T> task<bool> send_to(std::shared_ptr<channel_state<T>> s, T v) {
  if (!within_budget())
    co_await yield_now();
  auto node = s->made_of(v);
  for (;;) {
    wait_line::place mine(s->mutex, s->senders);
    future<void> turn;
    {
      const std::lock_guard lock(s->mutex);
      if (s->closed)
        co_return false;
      if (s->has_room()) {
        s->put(node);
        co_return true;
      }
      turn = mine.stand();
    }
    co_await turn;
    const std::lock_guard lock(s->mutex);
    mine.done();
    if (s->has_room()) {
      s->put(node);
      co_return true;
    }
  }
}

template <class T>
task<std::optional<T>> receive_from(std::shared_ptr<channel_state<T>> s) {
  if (!within_budget())
    co_await yield_now();
  typename channel_state<T>::node got;
  while (got.empty()) {
    wait_line::place mine(s->mutex, s->receivers);
    future<void> turn;
    {
      const std::lock_guard lock(s->mutex);
      if (s->get(got))
        break;
      if (s->over())
        co_return std::nullopt;
      turn = mine.stand();
    }
    co_await turn;
    const std::lock_guard lock(s->mutex);
    mine.done();
    s->get(got);
  }
  co_return std::move(got.front());
}

} // namespace nostall::detail

#endif
