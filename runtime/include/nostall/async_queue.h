//===- async_queue.h - FIFO, LIFO and priority queues between tasks -------===//
//
//     async_queue<job> q(100);
//     co_await q.put(j);          // waits while the queue is full
//     job j = co_await q.get();   // waits while it is empty
//     q.task_done();  co_await q.join();
//
// asyncio's Queue, LifoQueue and PriorityQueue (the greatest first would be
// std::priority_queue's habit; here, as in asyncio, the least). A size of 0 means
// no limit. Fair on both ends: who waited longest is served first.
//
// Cancel-safe: an item is in the queue, with one getter, or with its putter, and
// never lost. A cancelled `get` has taken nothing; a cancelled `put` has put
// nothing. A getter that is destroyed after it was served, and before it resumed,
// gives its item back to the front.
//
// shut_down(): no more puts; gets go on until the queue is empty, then throw
// queue_shut_down. shut_down(true) empties the queue at once.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASYNC_QUEUE_H
#define NOSTALL_ASYNC_QUEUE_H

#include "nostall/annotations.h"
#include "nostall/async_event.h"
#include "nostall/detail/queue_order.h"
#include "nostall/detail/grant.h"
#include "nostall/error.h"

#include <coroutine>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace nostall {

template <class T, class Order> class basic_async_queue {
  struct getter : detail::grantee {
    std::optional<T> item; // none after the grant: shut down
  };
  struct putter : detail::grantee {
    T item;
    bool refused = false; // shut down
    explicit putter(T v) : item(std::move(v)) {}
  };
  enum class at_end : bool { throws, gives_nothing };

public:
  template <at_end End> class [[nodiscard("co_await it")]] taking : getter {
  public:
    explicit taking(basic_async_queue& q) noexcept : queue_(q) {}
    taking(taking&&) = default; // until it is awaited
    ~taking() {
      if (this->granted && this->item)
        queue_.give_back(std::move(*this->item));
    }
    bool await_ready() { return detail::within_budget() && attempt(); }
    bool await_suspend(std::coroutine_handle<> h) {
      return detail::stand_in_line(*this, queue_.getters_, h, "async_queue::get()",
                                   [this] { return attempt(); });
    }
    std::conditional_t<End == at_end::throws, T, std::optional<T>> await_resume() {
      detail::finish_wait(*this);
      this->granted = false;
      if constexpr (End == at_end::gives_nothing) {
        return std::move(this->item);
      } else {
        if (!this->item)
          throw queue_shut_down();
        return std::move(*this->item);
      }
    }

  private:
    bool attempt() {
      if (queue_.order_.empty())
        return queue_.shut_;
      this->item.emplace(queue_.take());
      return true;
    }
    basic_async_queue& queue_;
  };
  using get_awaiter = taking<at_end::throws>;
  using next_awaiter = taking<at_end::gives_nothing>;
  class [[nodiscard("co_await it: the item is put there")]] put_awaiter : putter {
  public:
    put_awaiter(basic_async_queue& q, T v)
        : putter(std::move(v)), queue_(q) {}
    bool await_ready() { return detail::within_budget() && attempt(); }
    bool await_suspend(std::coroutine_handle<> h) {
      return detail::stand_in_line(*this, queue_.putters_, h, "async_queue::put()",
                                   [this] { return attempt(); });
    }
    void await_resume() {
      detail::finish_wait(*this);
      if (this->refused)
        throw queue_shut_down();
    }

  private:
    bool attempt() {
      this->refused = queue_.shut_;
      if (this->refused || queue_.full())
        return this->refused;
      queue_.add(std::move(this->item));
      return true;
    }
    basic_async_queue& queue_;
  };

  explicit basic_async_queue(std::size_t maxsize = 0) : maxsize_(maxsize) {
    all_done_.set();
  }

  NOSTALL_NONBLOCKING get_awaiter get() noexcept { return get_awaiter(*this); }
  NOSTALL_NONBLOCKING put_awaiter put(T v) {
    return put_awaiter(*this, std::move(v));
  }
  /// As get, but gives nothing where that throws: for `while (auto v = co_await q.next())`.
  NOSTALL_NONBLOCKING next_awaiter next() noexcept { return next_awaiter(*this); }
  /// Nothing: the queue is empty. Never throws for that, nor for a queue that is shut.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) std::optional<T> try_get() {
    getters_.check("async_queue::try_get");
    if (order_.empty())
      return std::nullopt;
    return take();
  }
  /// False: the queue is full or shut, and `v` is as it was.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool try_put(T& v) {
    getters_.check("async_queue::try_put");
    if (shut_ || full())
      return false;
    add(std::move(v));
    return true;
  }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool try_put(T&& v) { return try_put(v); }
  /// Throws queue_empty, or queue_shut_down.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) T get_nowait() {
    getters_.check("async_queue::get_nowait");
    if (order_.empty()) {
      if (shut_)
        throw queue_shut_down();
      throw queue_empty();
    }
    return take();
  }
  /// Throws queue_full, or queue_shut_down.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void put_nowait(T v) {
    getters_.check("async_queue::put_nowait");
    if (shut_)
      throw queue_shut_down();
    if (full())
      throw queue_full();
    add(std::move(v));
  }
  std::size_t size() const noexcept { return order_.size(); }
  bool empty() const noexcept { return order_.empty(); }
  bool full() const noexcept { return maxsize_ != 0 && size() >= maxsize_; }
  std::size_t maxsize() const noexcept { return maxsize_; }

  /// One item that was got is dealt with. Throws usage_error beyond the last.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void task_done() {
    getters_.check("async_queue::task_done");
    if (unfinished_ == 0)
      detail::throw_usage("nostall: task_done() was called more often than "
                          "items were put");
    finish(1);
  }
  /// Waits until every item that was put is dealt with.
  NOSTALL_NONBLOCKING async_event::awaiter join() noexcept { return all_done_.wait(); }

  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void shut_down(bool immediate = false) {
    getters_.check("async_queue::shut_down");
    shut_ = true;
    if (immediate) {
      const std::size_t dropped = size();
      while (!order_.empty())
        order_.pop();
      finish(dropped);
    }
    while (auto* p = grant(putters_))
      static_cast<putter*>(p)->refused = true;
    if (order_.empty())
      while (grant(getters_)) {
      }
  }

private:
  detail::grantee* grant(detail::line& l) {
    return detail::grant_next(l);
  }
  void add(T v) {
    ++unfinished_;
    all_done_.clear();
    pass_or_store(std::move(v));
  }
  // Waiting getters mean an empty queue: the item is the next in any order.
  void pass_or_store(T v) {
    if (auto* g = grant(getters_))
      static_cast<getter*>(g)->item.emplace(std::move(v));
    else
      order_.push(std::move(v));
  }
  T take() {
    T v = order_.pop();
    if (auto* p = grant(putters_))
      add(std::move(static_cast<putter*>(p)->item));
    return v;
  }
  void give_back(T v) {
    if (auto* g = grant(getters_))
      static_cast<getter*>(g)->item.emplace(std::move(v));
    else
      order_.push_front(std::move(v));
  }
  void finish(std::size_t n) {
    unfinished_ -= n;
    if (unfinished_ == 0)
      all_done_.set();
  }

  std::size_t maxsize_;
  std::size_t unfinished_ = 0;
  bool shut_ = false;
  Order order_;
  detail::line getters_;
  detail::line putters_;
  async_event all_done_;
};

/// First in, first out.
template <class T>
using async_queue = basic_async_queue<T, detail::fifo_order<T>>;
/// Last in, first out.
template <class T>
using async_lifo_queue = basic_async_queue<T, detail::lifo_order<T>>;
/// The least first, by `Less`; first in, first out among equals.
template <class T, class Less = std::less<T>>
using async_priority_queue = basic_async_queue<T, detail::priority_order<T, Less>>;

} // namespace nostall

#endif
