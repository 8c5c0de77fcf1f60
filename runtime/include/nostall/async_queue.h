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
// nothing. A getter that was woken takes its item when it runs, the first by the queue's
// order at that time; if it is destroyed before, the next in line has its turn.
//
// shutdown(): no more puts; gets go on until the queue is empty, then throw
// queue_shut_down. shutdown(true) empties the queue at once.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASYNC_QUEUE_H
#define NOSTALL_ASYNC_QUEUE_H

#include "nostall/annotations.h"
#include "nostall/detail/sync/queue_core.h"
#include "nostall/detail/sync/queue_order.h"
#include "nostall/detail/task/anything.h"
#include "nostall/error.h"

#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace nostall {

namespace detail {
// No members of the template: g++ 12 would not take them for candidates.
struct refused_by_queue {
  NOSTALL_REFUSE(get, "async_queue::get takes nothing: nostall::wait_for(q.get(), 1s) has a time")
  NOSTALL_REFUSE(next, "async_queue::next takes nothing: nostall::wait_for(q.next(), 1s) has a time")
  NOSTALL_REFUSE(put, "async_queue::put takes one value of the queue's type, or what converts to it")
  NOSTALL_REFUSE(put_nowait, "async_queue::put_nowait takes one value of the queue's type, or what "
                             "converts to it")
  NOSTALL_REFUSE(try_put, "async_queue::try_put takes one value of the queue's type, or what "
                          "converts to it")
  /// No range: `for` could not wait.
  template <class Chosen = decltype([] {})> no_iterator begin() {
    static_assert(never<Chosen>, "nostall: a for loop cannot wait for an async_queue: write while "
                                 "(auto v = co_await q.next())");
    return {};
  }
  no_iterator end() { return {}; }
};
} // namespace detail

template <class Value, class Order> class basic_async_queue : detail::refused_by_queue {
  static_assert(std::is_object_v<Value> && !std::is_const_v<Value>,
                "nostall: a queue holds values, which it moves in and out: not const ones; for a "
                "reference, let it hold a pointer");
  using T = detail::object_or_int<Value>;
  using core = detail::queue_core<
      T, std::conditional_t<std::is_same_v<T, Value>, Order, detail::fifo_order<T>>>;
  enum class at_end : bool { throws, gives_nothing };

public:
  template <at_end End> class [[nodiscard("co_await it")]] taking : core::getter {
  public:
    explicit taking(core& q) noexcept : queue_(q) {}
    taking(taking&&) = default; // until it is awaited
    operator bool() const NOSTALL_DELETED("co_await it: while (auto v = co_await q.next())");
    ~taking() {
      if (this->granted)
        queue_.give_back(*this);
    }
    bool await_ready() {
      queue_.check("async_queue::get()");
      return detail::within_budget() && queue_.try_get(*this);
    }
    bool await_suspend(std::coroutine_handle<> h) { return queue_.wait(*this, h); }
    std::conditional_t<End == at_end::throws, T, std::optional<T>> await_resume() {
      detail::finish_wait(*this);
      std::optional<T> item = queue_.receive(*this);
      if constexpr (End == at_end::gives_nothing) {
        return item;
      } else {
        if (!item)
          throw queue_shut_down();
        return std::move(*item);
      }
    }

  private:
    core& queue_;
  };
  using get_awaiter = taking<at_end::throws>;
  using next_awaiter = taking<at_end::gives_nothing>;
  class [[nodiscard("co_await it: the item is put there")]] put_awaiter : core::putter {
  public:
    put_awaiter(core& q, T v) : core::putter(std::move(v)), queue_(q) {}
    bool await_ready() {
      queue_.check("async_queue::put()");
      return detail::within_budget() && queue_.try_put(*this);
    }
    bool await_suspend(std::coroutine_handle<> h) { return queue_.wait(*this, h); }
    void await_resume() {
      detail::finish_wait(*this);
      if (this->error)
        std::rethrow_exception(std::exchange(this->error, nullptr));
      if (this->refused)
        throw queue_shut_down();
    }

  private:
    core& queue_;
  };

  explicit basic_async_queue(std::size_t maxsize = 0) : core_(maxsize) {
    static_assert(std::is_move_constructible_v<T>,
                  "nostall: a queue moves its values in and out: give it a type that can be "
                  "moved, or a std::unique_ptr to one");
  }

  using refused_by_queue::get, refused_by_queue::next, refused_by_queue::put,
      refused_by_queue::put_nowait, refused_by_queue::try_put, refused_by_queue::begin,
      refused_by_queue::end;
  NOSTALL_NONBLOCKING get_awaiter get() noexcept { return get_awaiter(core_); }
  NOSTALL_NONBLOCKING put_awaiter put(T v) { return put_awaiter(core_, std::move(v)); }
  /// As get, but gives nothing where that throws: for `while (auto v = co_await q.next())`.
  NOSTALL_NONBLOCKING next_awaiter next() noexcept { return next_awaiter(core_); }
  /// Nothing: the queue is empty. Never throws for that, nor for a queue that is shut.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) std::optional<T> try_get() {
    core_.check("async_queue::try_get");
    if (core_.empty())
      return std::nullopt;
    return core_.take();
  }
  /// False: the queue is full or shut, and `v` is as it was.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool try_put(T& v) {
    core_.check("async_queue::try_put");
    if (core_.shut() || full())
      return false;
    core_.add(std::move(v));
    return true;
  }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool try_put(T&& v) { return try_put(v); }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool try_put(const T& v) { return try_put(T(v)); }
  /// Throws queue_empty, or queue_shut_down.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) T get_nowait() {
    core_.check("async_queue::get_nowait");
    if (core_.empty()) {
      if (core_.shut())
        throw queue_shut_down();
      throw queue_empty();
    }
    return core_.take();
  }
  /// Throws queue_full, or queue_shut_down.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void put_nowait(T v) {
    core_.check("async_queue::put_nowait");
    if (core_.shut())
      throw queue_shut_down();
    if (full())
      throw queue_full();
    core_.add(std::move(v));
  }
  std::size_t size() const noexcept { return core_.size(); }
  bool empty() const noexcept { return core_.empty(); }
  bool full() const noexcept { return core_.full(); }
  std::size_t maxsize() const noexcept { return core_.maxsize(); }

  /// One item that was got is dealt with. Throws usage_error beyond the last.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void task_done() {
    core_.check("async_queue::task_done");
    core_.finish(1);
  }
  /// Waits until every item that was put is dealt with.
  NOSTALL_NONBLOCKING async_event::awaiter join() noexcept { return core_.join(); }

  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void shutdown(bool immediate = false) {
    core_.check("async_queue::shutdown");
    core_.shutdown(immediate);
  }

private:
  core core_;
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
