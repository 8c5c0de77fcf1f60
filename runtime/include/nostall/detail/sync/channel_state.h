//===- channel_state.h - what the handles of a channel share --------------===//

#ifndef NOSTALL_DETAIL_CHANNEL_STATE_H
#define NOSTALL_DETAIL_CHANNEL_STATE_H

#include "nostall/future.h"
#include "nostall/sleep.h"
#include "nostall/task.h"

#include <cstddef>
#include <deque>
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
  if (!within_budget())
    co_await yield_now();
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
  if (!within_budget())
    co_await yield_now();
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

} // namespace nostall::detail

#endif
