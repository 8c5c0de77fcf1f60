//===- queue_order.h - in which order a queue gives back what was put -----===//

#ifndef NOSTALL_DETAIL_QUEUE_ORDER_H
#define NOSTALL_DETAIL_QUEUE_ORDER_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace nostall::detail {

// Each has push, pop, push_front (what was popped last goes back), size, empty. Where a move
// throws, push has added nothing and pop has taken nothing. The same where Less does: the
// place in a heap is found before anything moves. What moves in a heap must not throw.

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
    const std::size_t last = heap_.size() - 1;
    std::array<std::size_t, 64> way; // of the hole, down to where the last goes
    std::size_t steps = 0;
    for (std::size_t at = 0, child; (child = 2 * at + 1) < last; way[steps++] = at = child) {
      if (child + 1 < last && before(heap_[child + 1], heap_[child]))
        ++child;
      if (!before(heap_[child], heap_[last]))
        break;
    }
    T v = std::move(heap_[0].value);
    std::size_t hole = 0;
    for (std::size_t i = 0; i < steps; hole = way[i++])
      heap_[hole] = std::move(heap_[way[i]]);
    if (hole != last)
      heap_[hole] = std::move(heap_[last]);
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
  static bool before(const entry& a, const entry& b) {
    if (Less()(a.value, b.value))
      return true;
    return !Less()(b.value, a.value) && a.arrival < b.arrival;
  }
  void insert(T v, std::int64_t arrival) {
    entry e{std::move(v), arrival};
    std::size_t to = heap_.size();
    while (to > 0 && before(e, heap_[(to - 1) / 2]))
      to = (to - 1) / 2;
    heap_.push_back(std::move(e));
    std::size_t hole = heap_.size() - 1;
    if (hole == to)
      return;
    e = std::move(heap_[hole]);
    for (std::size_t up; hole != to; hole = up) {
      up = (hole - 1) / 2;
      heap_[hole] = std::move(heap_[up]);
    }
    heap_[to] = std::move(e);
  }
  std::vector<entry> heap_;
  std::int64_t last_ = 0;
  std::int64_t first_ = 0;
};

} // namespace nostall::detail

#endif
