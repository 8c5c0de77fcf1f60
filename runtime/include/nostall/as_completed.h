//===- as_completed.h - results in the order in which they come -----------===//
//
//     for (auto next : as_completed(std::move(fetches)))
//       use(co_await next);
//
// Every step of the range is an awaitable for the next task that ends: its value,
// or its exception. Each has to be awaited, by this task or by others, while the
// range lives. Takes tasks and handles.
//
// The tasks are started when the range is made. Leaving the loop early cancels
// those that have not ended, and leaves them to the event loop to finish; what
// they fail with goes to the exception handler. A cancellation while waiting
// leaves all tasks alone until the range is destroyed. Whoever is cancelled or
// destroyed while waiting has taken nothing: the result goes to the next who asks.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_AS_COMPLETED_H
#define NOSTALL_AS_COMPLETED_H

#include "nostall/gather.h"
#include "nostall/task_handle.h"

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace nostall {

namespace detail {

/// Untyped half: the order of ending, and who waits for the next.
class completion_order {
public:
  explicit completion_order(std::vector<task_core*> tasks);
  completion_order(const completion_order&) = delete;
  completion_order& operator=(const completion_order&) = delete;
  ~completion_order();
  std::size_t size() const noexcept { return size_; }

protected:
  friend class next_completed_base;
  struct watch : done_node {
    completion_order* home;
    task_core* target;
  };
  std::unique_ptr<watch[]> watches_;
  std::size_t size_;
  std::vector<task_core*> ended_; // first `given_` of them were handed out
  std::size_t given_ = 0;
  std::size_t promised_ = 0; ///< handed out, or asked for by who waits
  list<struct completion_waiter> waiters_;
  list<struct completion_waiter> served_; ///< woken, not resumed yet
  void serve(task_core& t) noexcept;
};

struct completion_waiter : waiter, link {
  using waiter::waiter;
  task_core* got = nullptr;
};

class next_completed_base : protected completion_waiter {
public:
  explicit next_completed_base(completion_order& o) noexcept;
  next_completed_base(const next_completed_base& o) noexcept
      : next_completed_base(o.order_) {}
  ~next_completed_base() { give_up(); }
  bool await_ready() noexcept;
  bool await_suspend(std::coroutine_handle<> h);

protected:
  task_core& take();
  completion_order& order_;

private:
  void give_up() noexcept;
};

} // namespace detail

template <class T>
class [[nodiscard("co_await it: the result is in there")]] next_completed
    : public detail::next_completed_base {
public:
  using next_completed_base::next_completed_base;
  T await_resume() {
    return static_cast<detail::task_record<T>&>(take()).take();
  }
};

template <class T>
class as_completed_range : detail::completion_order {
public:
  using completion_order::completion_order;
  using completion_order::size;
  class iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = next_completed<T>;
    using difference_type = std::ptrdiff_t;
    explicit iterator(as_completed_range* r) noexcept : range_(r) {}
    next_completed<T> operator*() const { return next_completed<T>(*range_); }
    iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    void operator++(int) noexcept { ++at_; }
    friend bool operator==(const iterator& i, std::default_sentinel_t) noexcept {
      return i.at_ == i.range_->size();
    }

  private:
    as_completed_range* range_;
    std::size_t at_ = 0;
  };
  iterator begin() noexcept { return iterator(this); }
  std::default_sentinel_t end() const noexcept { return {}; }
};

/// Needs a running loop.
template <detail::gatherable A>
NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS
as_completed_range<typename A::value_type> as_completed(std::vector<A> tasks) {
  using T = typename A::value_type;
  std::vector<detail::task_core*> records;
  records.reserve(tasks.size());
  for (A& t : tasks) {
    if constexpr (std::is_same_v<A, task<T>>)
      records.push_back(create_task(std::move(t)).ref());
    else
      records.push_back(t.ref());
  }
  return as_completed_range<T>(std::move(records));
}

} // namespace nostall

#endif
