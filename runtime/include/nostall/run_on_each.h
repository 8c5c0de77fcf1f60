//===- run_on_each.h - a loop on each core --------------------------------===//
//
//     run_on_each({.loops = 4}, [](each_loop here) -> task<> {
//       co_await serve(here.index());                       // on four threads
//       int n = co_await here.on(0, count_up, key);         // on the first one's loop
//     });
//
// Each loop has a thread of its own, the first that of the caller. Tasks stay where they
// are: nothing is stolen, and what belongs to a loop needs no lock. `on` hands a call over
// to another loop and brings back what it gives; a `channel` connects loops for longer.
//
// Blocks until all functions have ended. The first that throws, or SIGINT, cancels the
// others; what it threw is thrown here when all have ended. A loop ends with its function:
// what is handed over to it after that throws loop_closed, or std::future_error if it was
// on its way.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_RUN_ON_EACH_H
#define NOSTALL_RUN_ON_EACH_H

#include "nostall/annotations.h"
#include "nostall/awaitable.h"
#include "nostall/detail/task/anything.h"
#include "nostall/future.h"
#include "nostall/loop_handle.h"
#include "nostall/task.h"
#include "nostall/task_handle.h"

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace nostall {

namespace detail {
struct loop_team;

template <class T, class F, class... A>
task<void> fill(nostall::promise<T> p, F f, A... args) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await f(std::move(args)...);
      p.set_value();
    } else {
      p.set_value(co_await f(std::move(args)...));
    }
  } catch (const cancelled_error&) {
    throw; // the loop ends; the promise, unfilled, says so
  } catch (...) {
    p.set_exception(std::current_exception());
  }
}
} // namespace detail

/// What each function gets: which loop it runs on, and the way to the others. Any copy may
/// be used on any of the loops.
class each_loop {
public:
  std::size_t index() const noexcept { return index_; }
  std::size_t count() const noexcept;
  const loop_handle& handle(std::size_t index) const;

  /// `co_await here.on(i, f, args...)`: runs f(args...) on that loop. Callable and arguments
  /// are moved there, and are destroyed there. Cancelled: the wait ends, the call goes on.
  template <class F, class... A>
    requires(detail::starter<F, A...> && detail::starts<F, A...>())
  NOSTALL_NONBLOCKING task<typename detail::started<F, A...>::type>
  on(std::size_t index, NOSTALL_RUNS_ON(loop) F f, A... args) const {
    future<typename detail::started<F, A...>::type> result;
    { // of the promise only the call has a copy: if it goes, the wait ends
      promise<typename detail::started<F, A...>::type> p;
      result = p.get_future();
      auto call = [p, f = std::move(f), ... args = std::move(args)]() mutable {
        create_task(detail::fill(std::move(p), std::move(f), std::move(args)...)).detach();
      };
      if (!handle(index).post(std::move(call)))
        throw loop_closed();
    }
    co_return co_await result;
  }

  NOSTALL_REFUSE_AS(on, const, "on() takes the index of a loop, and a coroutine function with its "
                               "arguments: here.on(0, f, x); handle(i).post is for a plain one")

private:
  friend detail::loop_team;
  each_loop(detail::loop_team& t, std::size_t i) noexcept : team_(&t), index_(i) {}
  detail::loop_team* team_;
  std::size_t index_;
};

struct each_options {
  std::size_t loops = 0; ///< 0: as many as this process has processors
  bool pin = false;      ///< each thread to a processor of its own
};

namespace detail {
void run_team(each_options o, std::function<task<void>(each_loop)> f);
}

/// `f` is copied for each loop. Throws usage_error inside a running loop.
template <class F>
  requires std::copy_constructible<F> && detail::starter<F, each_loop>
NOSTALL_BLOCKING(sync-run) NOSTALL_SPAWNS void run_on_each(each_options o, F f) {
  detail::run_team(o, [f](each_loop here) { return detail::invoking<F, each_loop>(f, here); });
}

NOSTALL_REFUSE(run_on_each, "run_on_each takes its options and a coroutine function of each_loop, "
                            "which can be copied: run_on_each({}, serve)")

} // namespace nostall

#endif
