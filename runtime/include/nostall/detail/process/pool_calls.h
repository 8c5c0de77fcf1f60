//===- pool_calls.h - a pool's calls as tasks -----------------------------===//

#ifndef NOSTALL_DETAIL_PROCESS_POOL_CALLS_H
#define NOSTALL_DETAIL_PROCESS_POOL_CALLS_H

#include "nostall/detail/process/process_call.h"
#include "nostall/gather.h"
#include "nostall/task.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace nostall::detail {

class process_pool;
/// Sends the call when it is first resumed; gives the reply, or throws what the
/// call threw.
task<std::unique_ptr<in_message>> perform(std::shared_ptr<process_pool> pool,
                                          prepared_call call);
/// Memory of an earlier result, for the next call's arguments.
unique_fd* spare_memory(process_pool& pool) noexcept;

template <class R>
task<R> await_result(std::shared_ptr<process_pool> pool, prepared_call call) {
  const auto reply = co_await perform(pool, std::move(call));
  if constexpr (!std::is_void_v<R>) {
    auto result = read<std::remove_cv_t<R>>(*reply);
    if (unique_fd memory = reply->reusable_memory())
      *spare_memory(*pool) = std::move(memory);
    co_return result;
  }
}

/// One call for many items.
template <auto F, class Item> struct chunk_call {
  using result = std::remove_cv_t<process_result_t<F, Item>>;
  static std::vector<result> each(std::vector<Item> items) {
    std::vector<result> results;
    results.reserve(items.size());
    for (Item& i : items)
      results.push_back(std::invoke(F, std::move(i)));
    return results;
  }
  static void each_void(std::vector<Item> items) {
    for (Item& i : items)
      std::invoke(F, std::move(i));
  }
};

/// One after the other.
template <class T>
task<std::vector<T>> joined(std::vector<task<std::vector<T>>> parts) {
  std::vector<T> all;
  for (std::vector<T>& part : co_await gather(std::move(parts)))
    for (auto&& v : part)
      all.push_back(std::move(v));
  co_return all;
}
inline task<void> joined(std::vector<task<void>> parts) {
  co_await gather(std::move(parts));
}

} // namespace nostall::detail

#endif
