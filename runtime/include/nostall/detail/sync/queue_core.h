//===- queue_core.h - the items of a queue, and who waits for them --------===//
//
//   put ──▶ order ──▶ get
//             └─ so many of them are claimed: by getters that were woken, and take theirs
//                when they run, in the queue's order at that time
//
// A getter that is woken has a claim and not an item, because a lesser item may come
// until it runs. Nobody else takes what is claimed. A claim ends with the getter's turn,
// with the getter (the next in line has it then), or with the queue, which gives out the
// items first.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_SYNC_QUEUE_CORE_H
#define NOSTALL_DETAIL_SYNC_QUEUE_CORE_H

#include "nostall/async_event.h"
#include "nostall/detail/sync/grant.h"
#include "nostall/detail/sync/queue_order.h"
#include "nostall/error.h"

#include <coroutine>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace nostall::detail {

template <class T, class Order> class queue_core {
public:
  struct getter : grantee { // linked after the grant: has a claim
    std::optional<T> item;
  };
  struct putter : grantee {
    T item;
    bool refused = false; // shut down
    explicit putter(T v) : item(std::move(v)) {}
  };

  explicit queue_core(std::size_t maxsize) : maxsize_(maxsize) { all_done_.set(); }
  ~queue_core() { serve_claims(); }

  std::size_t size() const noexcept { return order_.size() - claimed_; }
  bool empty() const noexcept { return size() == 0; }
  bool full() const noexcept { return maxsize_ != 0 && size() >= maxsize_; }
  std::size_t maxsize() const noexcept { return maxsize_; }
  bool shut() const noexcept { return shut_; }
  void check(const char* who) { getters_.check(who); }

  /// Only if it is not full.
  void add(T v) {
    ++unfinished_;
    all_done_.clear();
    order_.push(std::move(v));
    wake_getter();
  }
  /// Only if it is not empty.
  T take() {
    T v = order_.pop();
    if (auto* p = grant_next(putters_))
      add(std::move(static_cast<putter*>(p)->item));
    return v;
  }
  void finish(std::size_t n) {
    if (unfinished_ < n)
      throw_usage("nostall: task_done() was called more often than items were put");
    unfinished_ -= n;
    if (unfinished_ == 0)
      all_done_.set();
  }
  async_event::awaiter join() noexcept { return all_done_.wait(); }
  void shutdown(bool immediate) {
    shut_ = true;
    if (immediate) {
      serve_claims();
      const std::size_t dropped = size();
      while (!order_.empty())
        order_.pop();
      finish(dropped);
    }
    while (auto* p = grant_next(putters_))
      static_cast<putter*>(p)->refused = true;
    if (empty())
      while (grant_next(getters_)) {
      }
  }

  // Of a getter.
  bool try_get(getter& g) {
    if (empty())
      return shut_;
    g.item.emplace(take());
    return true;
  }
  bool wait(getter& g, std::coroutine_handle<> h) {
    return stand_in_line(g, getters_, h, "async_queue::get()", [&] { return try_get(g); });
  }
  /// Nothing: shut down.
  std::optional<T> receive(getter& g) {
    g.granted = false;
    if (g.linked()) {
      g.unlink();
      --claimed_;
      g.item.emplace(order_.pop());
    }
    return std::move(g.item);
  }
  /// Of one that does not come to its turn.
  void give_back(getter& g) {
    if (g.linked()) {
      g.unlink();
      --claimed_;
    } else if (g.item) {
      order_.push_front(std::move(*g.item));
    } else {
      return;
    }
    wake_getter();
  }

  // Of a putter.
  bool try_put(putter& p) {
    p.refused = shut_;
    if (p.refused || full())
      return p.refused;
    add(std::move(p.item));
    return true;
  }
  bool wait(putter& p, std::coroutine_handle<> h) {
    return stand_in_line(p, putters_, h, "async_queue::put()", [&] { return try_put(p); });
  }

private:
  void wake_getter() {
    if (auto* g = grant_next(getters_)) {
      claims_.push_back(*g);
      ++claimed_;
    }
  }
  void serve_claims() {
    while (!claims_.empty()) {
      static_cast<getter*>(claims_.pop_front())->item.emplace(order_.pop());
      --claimed_;
    }
  }

  std::size_t maxsize_;
  std::size_t unfinished_ = 0;
  std::size_t claimed_ = 0;
  bool shut_ = false;
  Order order_;
  line getters_;
  line putters_;
  list<grantee> claims_; ///< in the order of their turns
  async_event all_done_;
};

} // namespace nostall::detail

#endif
