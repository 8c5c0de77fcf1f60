//===- timer_heap.h - deadlines in order ----------------------------------===//
//
// A 4-ary min-heap of pointers to nodes that live in the waiters' own frames.
// Each entry keeps its deadline beside the pointer, so that sifting touches few
// cache lines; each node knows its place, so that taking it out is O(log n).
// Equal deadlines leave in the order of arrival. Times are nanoseconds on the
// loop's clock. Inserting may throw std::bad_alloc; nothing else throws.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_TIMER_HEAP_H
#define NOSTALL_DETAIL_TIMER_HEAP_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nostall::detail {

struct timer_node {
  static constexpr std::uint32_t outside = ~std::uint32_t{0};

  void (*due)(timer_node*) noexcept = nullptr; ///< called by the loop, once
  std::uint64_t arrival = 0;
  std::uint32_t place = outside;
  bool armed() const noexcept { return place != outside; }
};

class timer_heap {
public:
  bool empty() const noexcept { return heap_.empty(); }
  std::size_t size() const noexcept { return heap_.size(); }
  std::int64_t next_deadline() const noexcept { return heap_[0].deadline; }
  /// Of one that is armed.
  std::int64_t deadline_of(const timer_node& n) const noexcept {
    return heap_[n.place].deadline;
  }

  /// So that the next insert does not throw.
  void make_room() {
    if (heap_.size() == heap_.capacity()) [[unlikely]]
      heap_.reserve(2 * heap_.size() + 8);
  }
  void insert(timer_node& n, std::int64_t deadline) {
    n.arrival = arrivals_++;
    heap_.push_back({deadline, &n});
    sift_up(heap_.size() - 1, {deadline, &n});
  }
  timer_node* pop() noexcept {
    timer_node* n = heap_[0].node;
    __builtin_prefetch(n); // a cold frame comes in while the heap is mended
    const entry last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) {
      sift_down(0, last);
      __builtin_prefetch(heap_[0].node);
    }
    n->place = timer_node::outside;
    return n;
  }
  void erase(timer_node& n) noexcept {
    const std::size_t hole = n.place;
    n.place = timer_node::outside;
    const entry last = heap_.back();
    heap_.pop_back();
    if (hole != heap_.size()) // it is mostly the latest: a timeout that was not needed
      fill(hole, last);
  }

private:
  struct entry {
    std::int64_t deadline;
    timer_node* node;
  };
  [[gnu::noinline]] void fill(std::size_t hole, entry e) noexcept {
    if (hole > 0 && before(e, heap_[(hole - 1) / 4]))
      sift_up(hole, e);
    else
      sift_down(hole, e);
  }
  static bool before(const entry& a, const entry& b) noexcept {
    if (a.deadline != b.deadline)
      return a.deadline < b.deadline;
    return a.node->arrival < b.node->arrival;
  }
  // Which of them it is cannot be foretold, so there is no branch on it: two pairs, then
  // the winners.
  std::size_t least_of(std::size_t first, std::size_t count) const noexcept {
    const entry* const e = heap_.data() + first;
    const auto earlier = [e](std::size_t a, std::size_t b) {
      if (e[a].deadline == e[b].deadline) [[unlikely]]
        return before(e[b], e[a]) ? b : a;
      return e[b].deadline < e[a].deadline ? b : a;
    };
    if (count == 4) [[likely]]
      return first + earlier(earlier(0, 1), earlier(2, 3));
    std::size_t least = 0;
    for (std::size_t c = 1; c < count; ++c)
      least = earlier(least, c);
    return first + least;
  }
  void put(std::size_t at, const entry& e) noexcept {
    heap_[at] = e;
    e.node->place = static_cast<std::uint32_t>(at);
  }
  void sift_up(std::size_t at, const entry& e) noexcept {
    while (at > 0) {
      const std::size_t up = (at - 1) / 4;
      if (!before(e, heap_[up]))
        break;
      put(at, heap_[up]);
      at = up;
    }
    put(at, e);
  }
  void sift_down(std::size_t at, const entry& e) noexcept {
    const std::size_t n = heap_.size();
    for (;;) {
      const std::size_t first = 4 * at + 1;
      if (first >= n)
        break;
      const std::size_t least = least_of(first, first + 4 < n ? 4 : n - first);
      if (!before(heap_[least], e))
        break;
      put(at, heap_[least]);
      at = least;
    }
    put(at, e);
  }

  std::vector<entry> heap_;
  std::uint64_t arrivals_ = 0;
};

} // namespace nostall::detail

#endif
