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
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace nostall::detail {

template <class T, class Order> class queue_core {
public:
  struct getter : grantee {
    std::optional<T> item;
    bool claims = false; ///< one of those in the queue, when its turn comes
  };
  struct putter : grantee {
    T item;
    bool refused = false; // shut down
    std::exception_ptr error; ///< its item could not be moved into the queue
    explicit putter(T v) : item(std::move(v)) {}
  };

  explicit queue_core(std::size_t maxsize) : maxsize_(maxsize) { all_done_.set(); }
  ~queue_core() {
    serve_claims();
    getters_.let_go();
    putters_.let_go();
  }

  std::size_t size() const noexcept { return order_.size() - claimed_; }
  bool empty() const noexcept { return size() == 0; }
  bool full() const noexcept { return maxsize_ != 0 && size() >= maxsize_; }
  std::size_t maxsize() const noexcept { return maxsize_; }
  bool shut() const noexcept { return shut_; }
  void check(const char* who) { getters_.check(who); }

  /// Only if it is not full.
  void add(T v) {
    order_.push(std::move(v));
    ++unfinished_;
    all_done_.clear();
    wake_getter();
  }
  /// Only if it is not empty.
  T take() {
    T v = order_.pop();
    while (auto* p = grant_next(putters_))
      if (add_item_of(*static_cast<putter*>(p)))
        break;
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
    g.unlink();
    if (std::exchange(g.claims, false)) {
      --claimed_;
      try {
        g.item.emplace(order_.pop());
      } catch (...) { // it may be in there still, and somebody may wait for one
        if (!empty())
          wake_getter();
        throw;
      }
    }
    return std::move(g.item);
  }
  /// Of one that does not come to its turn.
  void give_back(getter& g) {
    g.unlink();
    if (std::exchange(g.claims, false)) {
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
  /// What is thrown is the putter's; false then, and there is room still.
  bool add_item_of(putter& p) noexcept {
    try {
      add(std::move(p.item));
      return true;
    } catch (...) {
      p.error = std::current_exception();
      return false;
    }
  }
  void wake_getter() {
    if (auto* g = grant_next(getters_)) {
      g->unlink();
      claims_.push_back(*g);
      static_cast<getter*>(g)->claims = true;
      ++claimed_;
    }
  }
  void serve_claims() {
    while (!claims_.empty()) {
      auto* const g = static_cast<getter*>(claims_.pop_front());
      try {
        g->item.emplace(order_.pop());
      } catch (...) { // dropped like those that nobody has claimed
      }
      g->claims = false;
      getters_.on_their_way.push_back(*g);
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
