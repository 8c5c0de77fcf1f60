//===- queue_order.h - in which order a queue gives back what was put -----===//

#ifndef NOSTALL_DETAIL_QUEUE_ORDER_H
#define NOSTALL_DETAIL_QUEUE_ORDER_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace nostall::detail {

// Each has push, pop, push_front (what was popped last goes back), size, empty. Where a move
// throws, push has added nothing and pop has taken nothing; of a heap's moves, and of Less,
// nothing must throw.

template <class T> class fifo_order {
public:
  void push(T v) { items_.push_back(std::move(v)); }
  void push_front(T v) { items_.push_front(std::move(v)); }
  T pop() {
    T v = std::move(items_.front());
    items_.pop_front();
    return v;
  }
  std::size_t size() const noexcept { return items_.size(); }
  bool empty() const noexcept { return items_.empty(); }

private:
  std::deque<T> items_;
};

template <class T> class lifo_order {
public:
  void push(T v) { items_.push_back(std::move(v)); }
  void push_front(T v) { push(std::move(v)); }
  T pop() {
    T v = std::move(items_.back());
    items_.pop_back();
    return v;
  }
  std::size_t size() const noexcept { return items_.size(); }
  bool empty() const noexcept { return items_.empty(); }

private:
  std::deque<T> items_; // whose growth moves no item
};

template <class T, class Less> class priority_order {
public:
  void push(T v) { insert(std::move(v), ++last_); }
  void push_front(T v) { insert(std::move(v), --first_); }
  T pop() {
    std::pop_heap(heap_.begin(), heap_.end(), after);
    T v = std::move(heap_.back().value);
    heap_.pop_back();
    return v;
  }
  std::size_t size() const noexcept { return heap_.size(); }
  bool empty() const noexcept { return heap_.empty(); }

private:
  struct entry {
    T value;
    std::int64_t arrival;
  };
  static bool after(const entry& a, const entry& b) {
    if (Less()(b.value, a.value))
      return true;
    return !Less()(a.value, b.value) && b.arrival < a.arrival;
  }
  void insert(T v, std::int64_t arrival) {
    heap_.push_back({std::move(v), arrival});
    std::push_heap(heap_.begin(), heap_.end(), after);
  }
  std::vector<entry> heap_;
  std::int64_t last_ = 0;
  std::int64_t first_ = 0;
};

} // namespace nostall::detail

#endif
