//===- awaitable_range.h - of a range of awaitables, tasks ----------------===//

#ifndef NOSTALL_DETAIL_AWAITABLE_RANGE_H
#define NOSTALL_DETAIL_AWAITABLE_RANGE_H

#include "nostall/awaitable.h"
#include "nostall/task.h"

#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace nostall::detail {

template <class A>
concept any_awaitable = is_task<std::remove_cvref_t<A>> || other_awaitable<A>;

/// Not of what is itself awaitable. A container that is given away gives its elements
/// away; of any other range each element is what its iterator says.
template <class R>
concept awaitable_range = std::ranges::input_range<R> && !any_awaitable<R> &&
                          any_awaitable<std::ranges::range_value_t<R>>;

template <class R>
inline constexpr bool gives_away =
    !std::is_lvalue_reference_v<R> && !std::ranges::view<std::remove_cvref_t<R>> &&
    std::is_lvalue_reference_v<std::ranges::range_reference_t<R>>;

template <class R> decltype(auto) element(auto&& e) {
  static_assert(gives_away<R> || !is_task<std::remove_cvref_t<decltype(e)>> ||
                    std::is_rvalue_reference_v<decltype(e)>,
                "nostall: tasks are awaited once, so they are given away: std::move the "
                "container");
  if constexpr (gives_away<R> || is_task<std::remove_cvref_t<decltype(e)>>)
    return std::move(e);
  else
    return static_cast<decltype(e)>(e);
}

template <class R>
using range_result = await_result_t<kept<decltype(element<R>(
    *std::ranges::begin(std::declval<std::add_lvalue_reference_t<R>>())))>>;

template <awaitable_range R> auto as_tasks(R&& range) {
  std::vector<task<range_result<R>>> tasks;
  if constexpr (std::ranges::sized_range<R>)
    tasks.reserve(std::ranges::size(range));
  for (auto&& e : range)
    tasks.push_back(as_task(element<R>(static_cast<decltype(e)>(e))));
  return tasks;
}

} // namespace nostall::detail

#endif
