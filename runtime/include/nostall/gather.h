//===- gather.h - several tasks at once, results in order -----------------===//
//
//     auto [a, b] = co_await gather(fetch(x), fetch(y));
//     std::vector<page> pages = co_await gather(std::move(fetches));   // any range
//     auto [item, _] = co_await gather(q.get(), sleep(1s));
//     auto [r, s] = co_await gather(return_exceptions, fetch(x), fetch(y));
//
// Takes whatever can be awaited, see awaitable.h. Each becomes a child task when the
// gather is awaited. The first error cancels the others; gather waits until all have ended,
// then throws that first error. Further errors go to the exception handler: none
// is lost. With `return_exceptions` nothing is cancelled, and each result is an
// `outcome`. A `void` result is a std::monostate in the tuple; a reference is a pointer in
// the vector.
//
// Cancelling the one who awaits cancels all children and waits for them.
// Destroying the suspended gather destroys the children's frames.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_GATHER_H
#define NOSTALL_GATHER_H

#include "nostall/awaitable.h"
#include "nostall/detail/task/anything.h"
#include "nostall/detail/task/awaitable_range.h"
#include "nostall/detail/task/group.h"
#include "nostall/outcome.h"
#include "nostall/task.h"
#include "nostall/task_handle.h"

#include <memory>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace nostall {

struct return_exceptions_t {
  explicit return_exceptions_t() = default;
};
inline constexpr return_exceptions_t return_exceptions{};

namespace detail {

template <class T>
using gathered = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// Throws the first error, hands the others to the exception handler.
void throw_first(std::vector<std::exception_ptr> errors);

/// Reports what a gather that was cancelled does not give to anybody.
void report_also_failed(const std::vector<std::exception_ptr>& errors,
                        std::size_t from = 0);
/// What a gather gives: the values, where the first that fails ends the others; or all
/// outcomes.
struct values_of {
  static constexpr auto rule = group::rule::any_end_without_value;
  template <class T> using of = gathered<T>;
  template <class T>
  using of_range = std::conditional_t<std::is_void_v<T>, void, std::vector<or_monostate<T>>>;
  static task<void> join(group& g) {
    co_await group_join_awaiter(g, false);
    throw_first(g.take_errors());
  }
  static decltype(auto) look(auto& child) { return child.value(); }
};
struct outcomes_of {
  static constexpr auto rule = group::rule::never;
  template <class T> using of = outcome<T>;
  template <class T> using of_range = std::vector<outcome<T>>;
  static task<void> join(group& g) {
    try {
      co_await group_join_awaiter(g, false);
    } catch (...) {
      report_also_failed(g.take_errors());
      throw;
    }
  }
  static auto look(auto& child) { return child.settled(); }
};

/// A child that an awaiting gather looks at after the join.
template <class T> class child {
public:
  child(group& g, task<T>&& t)
      : record_(spawn<T>(g.children(), std::move(t), {},
                         std::source_location::current())) {}
  child(child&& o) noexcept : record_(std::exchange(o.record_, nullptr)) {}
  ~child() {
    if (record_)
      record_->unref();
  }
  gathered<T> value() {
    if constexpr (std::is_void_v<T>) {
      record_->take();
      return {};
    } else {
      return record_->take();
    }
  }
  outcome<T> settled() { return outcome_of(*record_); }

private:
  task_record<T>* record_;
};

template <class What, class... T>
task<std::tuple<typename What::template of<T>...>> gather_all(task<T>... tasks) {
  task_core& me = current_task_core("gather()");
  group g(me.loop(), me.in, What::rule);
  std::tuple<child<T>...> children{child<T>(g, std::move(tasks))...};
  co_await What::join(g);
  co_return std::apply(
      [](auto&... c) { return std::tuple<typename What::template of<T>...>(What::look(c)...); },
      children);
}

template <class What, class T>
task<typename What::template of_range<T>> gather_range(std::vector<task<T>> tasks) {
  using result = typename What::template of_range<T>;
  task_core& me = current_task_core("gather()");
  group g(me.loop(), me.in, What::rule);
  std::vector<child<T>> children;
  children.reserve(tasks.size());
  for (task<T>& t : tasks)
    children.emplace_back(g, std::move(t));
  co_await What::join(g);
  if constexpr (!std::is_void_v<result>) {
    result all;
    all.reserve(children.size());
    for (child<T>& c : children)
      if constexpr (std::is_reference_v<decltype(What::look(c))>)
        all.push_back(std::addressof(What::look(c)));
      else
        all.push_back(What::look(c));
    co_return all;
  } else {
    for (child<T>& c : children)
      What::look(c); // throws, if one was cancelled
  }
}

} // namespace detail

// Of several: tasks alone by value, so that the compiler sees what they refer to.
template <class... T>
NOSTALL_CORO_WRAPPER
inline auto gather(task<T>... tasks NOSTALL_LIFETIMEBOUND) {
  return detail::gather_all<detail::values_of, T...>(std::move(tasks)...);
}
template <detail::any_awaitable... A>
  requires(detail::other_awaitable<A> || ...)
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND inline auto gather(A&&... awaitables) {
  return detail::gather_all<detail::values_of, await_result_t<detail::kept<A>>...>(
      detail::as_task(std::forward<A>(awaitables))...);
}
template <class... T>
NOSTALL_CORO_WRAPPER
inline auto gather(return_exceptions_t, task<T>... tasks NOSTALL_LIFETIMEBOUND) {
  return detail::gather_all<detail::outcomes_of, T...>(std::move(tasks)...);
}
template <detail::any_awaitable... A>
  requires(detail::other_awaitable<A> || ...)
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
inline auto gather(return_exceptions_t, A&&... awaitables) {
  return detail::gather_all<detail::outcomes_of, await_result_t<detail::kept<A>>...>(
      detail::as_task(std::forward<A>(awaitables))...);
}
/// Of nothing: an empty tuple, at once.
NOSTALL_CORO_WRAPPER inline task<std::tuple<>> gather() {
  return detail::gather_all<detail::values_of>();
}
// Of a range.
template <detail::awaitable_range R>
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND inline auto gather(R&& range) {
  return detail::gather_range<detail::values_of>(detail::as_tasks(std::forward<R>(range)));
}
template <detail::awaitable_range R>
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
inline auto gather(return_exceptions_t, R&& range) {
  return detail::gather_range<detail::outcomes_of>(detail::as_tasks(std::forward<R>(range)));
}

NOSTALL_REFUSE(gather, "gather takes what can be awaited, several or one range: call the "
                       "functions, and give a container of tasks away, "
                       "gather(std::move(tasks))")

} // namespace nostall

#endif
