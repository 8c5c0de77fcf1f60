//===- process_pool_executor.h - calls in processes of their own ----------===//
//
//     process_pool_executor pool({.max_workers = 4});
//     bigint f = co_await pool.run<factorial>(1000);
//     auto rows = co_await pool.map<render_row>(numbers, 16); // 16 a call
//     int n = co_await pool.run([](int a, int b) { return a * b; }, 6, 7);
//     co_await pool.shutdown();
//
// The callable is a function, named as a template argument, or a lambda without
// captures. Arguments and results are serialised with cereal and must not refer to
// memory of this process; what cannot cross is refused by the compiler. run<f>(...)
// serialises at once, so that arguments need not live on, and gives a task: it can
// be gathered, spawned, timed out, given to as_completed. Results are read on the
// loop's thread.
//
// Workers are processes of the same program, started when there are calls for them,
// up to `max_workers`. They run the constructors of static objects, and never main.
// The parent and the worker check that they are the same build. Workers die with
// their parent, whatever kills that.
//
// A worker that dies fails the call that it had begun, with broken_process_pool; the
// calls that it had not begun go to others, and it is replaced. Nothing is run twice.
// Exceptions come back as the nearest standard type, with their message; else as
// remote_error.
//
// Cancelled: a call that has not begun never begins. One that runs goes on, its
// worker is busy meanwhile, and the result is dropped; the await ends at once.
//
// A pool belongs to the loop that it is first used on, and to its thread.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_PROCESS_POOL_EXECUTOR_H
#define NOSTALL_PROCESS_POOL_EXECUTOR_H

#include "nostall/annotations.h"
#include "nostall/config.h"
#include "nostall/detail/process/pool_calls.h"
#include "nostall/detail/process/process_call.h"
#include "nostall/detail/task/anything.h"
#include "nostall/executor.h"
#include "nostall/gather.h"
#include "nostall/process_error.h"
#include "nostall/task.h"

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace nostall {

class fork_server;

/// f(args...) to be run in every worker before its first call.
class process_setup {
public:
  process_setup() = default;
  bool empty() const noexcept { return !call_; }

private:
  friend struct detail::access;
  explicit process_setup(std::shared_ptr<detail::prepared_call> c)
      : call_(std::move(c)) {}
  detail::prepared_call* core() const noexcept { return call_.get(); }
  std::shared_ptr<detail::prepared_call> call_;
};
template <auto F, class... A>
NOSTALL_RUNS_ON(process) process_setup in_each_worker(A&&... args) {
  return detail::access::make<process_setup>(std::make_shared<detail::prepared_call>(
      detail::prepare<F>(nullptr, std::forward<A>(args)...)));
}

class process_pool_executor {
public:
  struct options {
    std::size_t max_workers = 0; ///< 0: as many as there are cores
    process_setup initializer = {}; ///< in_each_worker<f>(args...)
    std::size_t max_tasks_per_child = 0; ///< 0: no limit
    fork_server* server = nullptr; ///< null: spawn. Must outlive the pool.
  };

  process_pool_executor();
  explicit process_pool_executor(options o);
  process_pool_executor(const process_pool_executor&) = delete;
  template <class N, class Chosen = decltype([] {})>
    requires detail::number_or_duration<N>
  explicit process_pool_executor(N) : process_pool_executor() {
    static_assert(detail::never<Chosen>, "nostall: a process_pool_executor takes its options by "
                                         "name: process_pool_executor pool({.max_workers = 4})");
  }
  /// Kills the workers that are left. Calls that wait fail.
  ~process_pool_executor();

  /// F(args...) in a worker: a task of its result. Throws (when awaited)
  /// broken_process_pool, executor_shut_down, std::system_error if no process can
  /// be started and there is none.
  template <auto F, class... A>
  NOSTALL_NONBLOCKING NOSTALL_RUNS_ON(process) NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
  auto run(A&&... args) {
    if constexpr (detail::check_call<F, A...>())
      return detail::await_result<detail::process_result_t<F, A...>>(
          core_,
          detail::prepare<F>(detail::spare_memory(*core_), std::forward<A>(args)...));
    else
      return detail::refused();
  }
  template <class F, class... A>
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
  auto run(NOSTALL_RUNS_ON(process) F, A&&... args) {
    if constexpr (detail::check_callable<F>())
      return run<F{}>(std::forward<A>(args)...);
    else
      return detail::refused();
  }

  /// F(item) for each item; a vector of the results, in order (void: nothing).
  /// `chunk` items a call; 0: four calls a worker. The first error cancels what has
  /// not begun, and is thrown.
  template <auto F, std::ranges::input_range Items>
  NOSTALL_NONBLOCKING NOSTALL_RUNS_ON(process) NOSTALL_CORO_WRAPPER
  auto map(Items&& items, std::size_t chunk = 0) {
    using item = std::ranges::range_value_t<Items>;
    if constexpr (detail::check_call<F, item>())
      return map_as<F>(detail::pick_parameters<F, item>(), std::forward<Items>(items), chunk);
    else
      return detail::refused();
  }

  template <class F, std::ranges::input_range Items>
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER
  auto map(NOSTALL_RUNS_ON(process) F, Items&& items, std::size_t chunk = 0) {
    if constexpr (detail::check_callable<F>())
      return map<F{}>(std::forward<Items>(items), chunk);
    else
      return detail::refused();
  }

  template <auto F, class Items>
    requires(!std::ranges::input_range<Items>)
  auto map(Items&&, std::size_t = 0) {
    static_assert(std::ranges::input_range<Items>,
                  "nostall: map takes a range of items: map<f>(items)");
    return detail::refused();
  }

  /// Ends when all workers have ended: true. When `within` is over they are killed,
  /// and the calls that they had fail: false. See executor.h.
  NOSTALL_NONBLOCKING task<bool> shutdown(shutdown_mode mode = shutdown_mode::drain,
                                          any_duration within = no_limit);
  NOSTALL_REFUSE(run, "process_pool_executor::run takes a function as a template argument, and its "
                      "arguments: pool.run<f>(x)")
  NOSTALL_REFUSE(map, "process_pool_executor::map takes a function as a template argument, and a "
                      "range of items: pool.map<f>(items)")
  NOSTALL_REFUSE(shutdown, "shutdown takes a shutdown_mode and then a time: "
                           "pool.shutdown(shutdown_mode::drain, 5s)")

  std::size_t max_workers() const noexcept;
  /// Process ids of the workers at this moment.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) std::vector<pid_t> worker_pids() const;

private:
  template <auto F, class P, class Items>
  NOSTALL_CORO_WRAPPER auto map_as(std::tuple<P>*, Items&& items, std::size_t chunk) {
    using item = std::remove_cvref_t<P>;
    using chunks = detail::chunk_call<F, item>;
    constexpr bool empty = std::is_void_v<typename chunks::result>;
    using result = std::conditional_t<empty, void, std::vector<typename chunks::result>>;
    std::vector<item> all;
    if constexpr (std::ranges::sized_range<Items>)
      all.reserve(std::ranges::size(items));
    for (auto&& i : items)
      all.push_back(static_cast<item>(std::forward<decltype(i)>(i)));
    const std::size_t calls = 4 * max_workers();
    const std::size_t size = std::max<std::size_t>(
        1, chunk ? chunk : (all.size() + calls - 1) / calls);
    std::vector<task<result>> parts;
    for (std::size_t from = 0; from < all.size(); from += size) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
      std::vector<item> part(
          std::make_move_iterator(begin),
          std::make_move_iterator(
              begin + static_cast<std::ptrdiff_t>(std::min(size, all.size() - from))));
      detail::prepared_call c;
      if constexpr (empty)
        c = detail::prepare<&chunks::each_void>(detail::spare_memory(*core_), part);
      else
        c = detail::prepare<&chunks::each>(detail::spare_memory(*core_), part);
      c.name = detail::callable_name<F>();
      parts.push_back(detail::await_result<result>(core_, std::move(c)));
    }
    return detail::joined(std::move(parts));
  }
  std::shared_ptr<detail::process_pool> core_;
};

} // namespace nostall

#endif
