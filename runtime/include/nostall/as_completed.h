//===- as_completed.h - results in the order in which they come -----------===//
//
//     for (auto next : as_completed(std::move(fetches)))
//       use(co_await next);
//
// Every step of the range is an awaitable for the next task that ends: its value,
// or its exception. Each has to be awaited, by this task or by others, while the
// range lives. Takes whatever can be awaited: a range, or several.
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

#include "nostall/awaitable.h"
#include "nostall/detail/task/anything.h"
#include "nostall/detail/task/awaitable_range.h"
#include "nostall/task_handle.h"
#include "nostall/wait.h"

#include <cstddef>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace nostall {

namespace detail {

/// The tasks of a range that is being made. If it comes to nothing (the program's own
/// range throws, memory runs out), those that were started are cancelled.
struct begun_tasks {
  std::vector<task_core*> cores;
  const loop_core* home;
  begun_tasks(); ///< needs a running loop
  begun_tasks(begun_tasks&&) noexcept = default;
  ~begun_tasks();
  /// Of what `start` gives a handle to.
  template <class F> void add(F start) {
    cores.push_back(nullptr); // before anything is started
    cores.back() = access::ref(start());
  }
};

/// Untyped half: the order of ending, and who waits for the next.
class completion_order {
public:
  explicit completion_order(begun_tasks begun);
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

namespace detail {
template <class V, std::size_t I, class A> task<V> as_alternative(A a) {
  if constexpr (std::is_void_v<await_result_t<A>>) {
    co_await static_cast<A&&>(a);
    co_return V(std::in_place_index<I>);
  } else if constexpr (std::is_reference_v<await_result_t<A>>) {
    co_return V(std::in_place_index<I>, std::addressof(co_await static_cast<A&&>(a)));
  } else {
    co_return V(std::in_place_index<I>, co_await static_cast<A&&>(a));
  }
}
template <class A>
inline constexpr bool given_away =
    !is_task<std::remove_cvref_t<A>> || !std::is_lvalue_reference_v<A>;
template <class A, class... B> auto in_order_of_ending(A&& first, B&&... others);
template <class V, std::size_t... I, class... A>
void start_in_order(begun_tasks& begun, std::index_sequence<I...>, A&&... a) {
  (begun.add([&] { return create_task(as_alternative<V, I, kept<A>>(std::forward<A>(a))); }),
   ...);
}
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
template <detail::awaitable_range R>
NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS
auto as_completed(R&& range) {
  detail::begun_tasks begun;
  if constexpr (std::ranges::sized_range<R>)
    begun.cores.reserve(std::ranges::size(range));
  for (auto&& e : range)
    begun.add([&] {
      return detail::as_handle(detail::element<R>(static_cast<decltype(e)>(e)));
    });
  return as_completed_range<detail::range_result<R>>(std::move(begun));
}
/// Of several. If their results are of different types, each is a std::variant, whose
/// index says which of the arguments it is of; void is std::monostate there.
template <detail::any_awaitable A, detail::any_awaitable... B>
NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) NOSTALL_SPAWNS
auto as_completed(A&& first, B&&... others) {
  constexpr bool given = detail::given_away<A> && (detail::given_away<B> && ...);
  static_assert(given, "nostall: tasks are awaited once, so they are given away: "
                       "as_completed(std::move(t))");
  if constexpr (given)
    return detail::in_order_of_ending(std::forward<A>(first), std::forward<B>(others)...);
  else
    return as_completed_range<void>(detail::begun_tasks());
}

template <class A, class... B> auto detail::in_order_of_ending(A&& first, B&&... others) {
  using T = await_result_t<detail::kept<A>>;
  begun_tasks begun;
  begun.cores.reserve(1 + sizeof...(B));
  if constexpr ((std::is_same_v<T, await_result_t<detail::kept<B>>> && ...)) {
    begun.add([&] { return detail::as_handle(std::forward<A>(first)); });
    (begun.add([&] { return detail::as_handle(std::forward<B>(others)); }), ...);
    return as_completed_range<T>(std::move(begun));
  } else {
    using V = std::variant<detail::or_monostate<T>,
                           detail::or_monostate<await_result_t<detail::kept<B>>>...>;
    detail::start_in_order<V>(begun, std::index_sequence_for<A, B...>(),
                              std::forward<A>(first), std::forward<B>(others)...);
    return as_completed_range<V>(std::move(begun));
  }
}

template <class Chosen = decltype([] {})>
as_completed_range<void> as_completed(detail::anything = {}, detail::anything = {},
                                      detail::anything = {}, detail::anything = {}) {
  static_assert(detail::never<Chosen>,
                "nostall: as_completed takes what can be awaited, several or one range: call the "
                "functions");
  throw 0;
}

} // namespace nostall

#endif
