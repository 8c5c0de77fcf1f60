//===- thread_pool_executor.h - blocking calls on threads of their own ----===//
//
//     std::string text = co_await to_thread(read_file, path);
//
//     thread_pool_executor pool({.max_workers = 4});
//     auto row = co_await pool.run(compute, 7);
//     auto row = co_await get_running_loop().run_in_executor(pool, compute, 7);
//     co_await pool.shutdown();
//
// `to_thread` uses the loop's default executor, made on first use and shut down
// with the loop. Each gives a task, so it can be gathered, spawned, timed out.
//
// The callable and its arguments are copied or moved in; what it returns or
// throws comes back as it was. Context variables travel along: the callable sees
// the caller's values, and what it sets is gone with it.
//
// Threads are started when all are busy, up to `max_workers`, and end after being
// idle for `idle_timeout`. Submitting takes a lock for some nanoseconds, and
// starts a thread if there has to be one: it never waits for a worker. A worker has
// the signal mask of the thread that started it, as a std::thread has.
//
// The executor may go before the tasks that use it: a call that has not begun throws
// executor_shut_down. Destroyed by a callable that one of its own workers runs, it
// waits for nobody; nor does it in a child of fork(), which has no workers, and where
// a call throws usage_error.
//
// Cancelled: a call that has not begun never begins. One that runs is waited for,
// since it may use what the caller's frame owns; if it takes a std::stop_token as
// its first argument, that is stopped. Ends it with a value, the value is
// delivered, and the cancellation is thrown at the next wait. With
// `abandon_on_cancel` before the callable, the await ends at once, the callable
// goes on alone, and its outcome is lost: let it own all that it uses. Destroying
// the task while the callable runs asks that to stop, and blocks until it has.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_THREAD_POOL_EXECUTOR_H
#define NOSTALL_THREAD_POOL_EXECUTOR_H

#include "nostall/annotations.h"
#include "nostall/config.h"
#include "nostall/detail/task/access.h"
#include "nostall/detail/task/anything.h"
#include "nostall/detail/thread/thread_job.h"
#include "nostall/executor.h"
#include "nostall/loop.h"
#include "nostall/task.h"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace nostall {

struct abandon_on_cancel_t {
  explicit abandon_on_cancel_t() = default;
};
inline constexpr abandon_on_cancel_t abandon_on_cancel{};

namespace detail {

template <class F>
concept not_a_tag = !std::same_as<std::remove_cvref_t<F>, abandon_on_cancel_t>;

template <class F, class... A> constexpr bool check_offload() {
  constexpr bool callable = std::is_invocable_v<F, A...> || takes_stop<F, A...>;
  static_assert(callable,
                "nostall: a thread cannot call this with copies of these arguments: give it "
                "the function and its arguments, to_thread(f, args...), and a reference as "
                "std::ref(x)");
  if constexpr (callable) {
    constexpr bool plain = !is_task_type<std::remove_cvref_t<job_result<F, A...>>>;
    static_assert(plain,
                  "nostall: a thread runs plain functions, and this one returns a task, which "
                  "only a loop can run: co_await the task instead");
    return plain;
  } else {
    return false;
  }
}

template <class F, class... A>
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND inline task<job_result<std::decay_t<F>, std::decay_t<A>...>>
offload(pool_ref pool, bool abandonable, F&& f, A&&... args) {
  using job = job_of<std::decay_t<F>, std::decay_t<A>...>;
  auto j = std::make_unique<job>(std::forward<F>(f), std::forward<A>(args)...);
  j->abandonable = abandonable;
  return run_job<typename job::R>(std::move(pool), std::move(j));
}

} // namespace detail

class thread_pool_executor {
public:
  struct options {
    /// 0: four more than there are cores, and no more than 32.
    std::size_t max_workers = 0;
    any_duration idle_timeout = std::chrono::seconds(10);
  };
  thread_pool_executor();
  explicit thread_pool_executor(options o);
  thread_pool_executor(const thread_pool_executor&) = delete;
  template <class N, class Chosen = decltype([] {})>
    requires detail::number_or_duration<N>
  explicit thread_pool_executor(N) : thread_pool_executor() {
    static_assert(detail::never<Chosen>, "nostall: a thread_pool_executor takes its options by "
                                         "name: thread_pool_executor pool({.max_workers = 4})");
  }
  /// As shutdown(cancel), but blocks until the workers have ended; after a
  /// shutdown() there is nothing left to wait for. Waits for nobody on one of its own
  /// workers, and in a child of fork().
  ~thread_pool_executor();

  /// Runs f(args...) on a worker: a task of its result. Throws (when awaited)
  /// executor_shut_down, or std::system_error if no thread can be started.
  template <detail::not_a_tag F, class... A>
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
  auto run(NOSTALL_RUNS_ON(worker) F&& f, A&&... args) {
    if constexpr (detail::check_offload<std::decay_t<F>, std::decay_t<A>...>())
      return detail::offload(detail::pool_ref(*core_), false, std::forward<F>(f),
                             std::forward<A>(args)...);
    else
      return detail::refused();
  }
  template <class F, class... A>
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
  auto run(abandon_on_cancel_t, NOSTALL_RUNS_ON(worker) F&& f, A&&... args) {
    if constexpr (detail::check_offload<std::decay_t<F>, std::decay_t<A>...>())
      return detail::offload(detail::pool_ref(*core_), true, std::forward<F>(f),
                             std::forward<A>(args)...);
    else
      return detail::refused();
  }
  NOSTALL_REFUSE(run, "thread_pool_executor::run takes a function and its arguments: "
                      "pool.run(f, x)")

  /// Ends when all workers have ended (true) or when `within` is over (false);
  /// see executor.h. Cancelled: the pool stays closed.
  NOSTALL_NONBLOCKING task<bool> shutdown(shutdown_mode mode = shutdown_mode::drain,
                      any_duration within = no_limit);
  NOSTALL_REFUSE(shutdown, "shutdown takes a shutdown_mode and then a time: "
                           "pool.shutdown(shutdown_mode::drain, 5s)")

  std::size_t max_workers() const noexcept;
  std::size_t worker_count() const noexcept; ///< threads at this moment

  /// For the loop: as the destructor, within a bound.
  NOSTALL_BLOCKING(wait) bool end(any_duration within);

private:
  friend struct detail::access;
  detail::thread_pool& core() const noexcept { return *core_; }
  struct leave {
    void operator()(detail::thread_pool* p) const noexcept;
  };
  std::unique_ptr<detail::thread_pool, leave> core_;
};

/// Runs f(args...) on a thread of the running loop's default executor.
template <detail::not_a_tag F, class... A>
NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
inline auto to_thread(NOSTALL_RUNS_ON(worker) F&& f, A&&... args) {
  if constexpr (detail::check_offload<std::decay_t<F>, std::decay_t<A>...>())
    return detail::offload(detail::pool_ref(), false, std::forward<F>(f),
                           std::forward<A>(args)...);
  else
    return detail::refused();
}
template <class F, class... A>
NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
inline auto to_thread(abandon_on_cancel_t, NOSTALL_RUNS_ON(worker) F&& f,
                      A&&... args) {
  if constexpr (detail::check_offload<std::decay_t<F>, std::decay_t<A>...>())
    return detail::offload(detail::pool_ref(), true, std::forward<F>(f),
                           std::forward<A>(args)...);
  else
    return detail::refused();
}

NOSTALL_REFUSE(to_thread, "to_thread takes a function and its arguments: to_thread(f, x)")

template <class Executor, class F, class... A>
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
inline auto event_loop::run_in_executor(Executor& executor, F&& f, A&&... args) {
  constexpr bool runs = requires { executor.run(std::forward<F>(f), std::forward<A>(args)...); };
  static_assert(runs, "nostall: run_in_executor takes an executor, and then a function with its "
                      "arguments; to_thread(f, args...) uses the default one");
  if constexpr (runs)
    return executor.run(std::forward<F>(f), std::forward<A>(args)...);
  else
    return detail::refused();
}

} // namespace nostall

#endif
