//===- run.h - nostall::run: from main() into coroutines and back ---------===//
//
//     nostall::task<int> amain() { ... }
//     int main() { return nostall::run(amain()); }
//
// Makes a loop, runs the task to its end on this thread, and gives its value or
// throws its exception. Before returning, all other tasks are cancelled and
// awaited: none is left behind.
//
// On the main thread, if SIGINT has its default disposition: the first SIGINT
// cancels the main task, and `run` throws interrupted_error if that ends it as
// cancelled. A second one, even if the loop is stuck, ends the process as usual.
//
// `runner` is the same in pieces: several `run`s on one loop.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_RUN_H
#define NOSTALL_RUN_H

#include "nostall/loop.h"
#include "nostall/task.h"
#include "nostall/detail/task/anything.h"
#include "nostall/task_handle.h"

#include <source_location>
#include <utility>

namespace nostall {

template <class T>
T event_loop::run_until_complete(task<T> main, std::source_location where) {
  auto h = detail::access::adopt<task_handle<T>>(
      detail::spawn<T>(core().root, std::move(main), "main", where));
  return run_until_complete(std::move(h));
}

template <class T> T event_loop::run_until_complete(task_handle<T> main) {
  if (!main.done())
    require_own(*static_cast<detail::task_core*>(detail::access::peek(main)));
  detail::task_record<T>* record = detail::access::ref(main);
  main = {};
  struct release {
    detail::task_record<T>* r;
    ~release() { r->unref(); }
  } at_end{record};
  run_until_done(*record);
  return record->take();
}

template <detail::other_awaitable A>
auto event_loop::run_until_complete(A&& main, std::source_location where) {
  return run_until_complete(detail::as_task(std::forward<A>(main)), where);
}

class runner {
public:
  /// Throws usage_error inside a running loop, which its end would have to hold.
  runner() : runner(event_loop::options{}) {}
  explicit runner(event_loop::options o) : loop_((refuse_inside(), o)) {}
  runner(const runner&) = delete;
  /// Cancels all tasks that are left, and runs until they have ended.
  /// Inside a running loop it cannot run: there they are destroyed, and reported.
  /// In a child of fork() and in exit() they are left alone.
  ~runner();

  event_loop& loop() noexcept { return loop_; }

  template <class T>
  NOSTALL_BLOCKING(sync-run) NOSTALL_SPAWNS
  T run(task<T> main,
        std::source_location where = std::source_location::current()) {
    auto h = detail::access::adopt<task_handle<T>>(
        detail::spawn<T>(detail::access::core(loop_).root, std::move(main), "main", where));
    const interrupt_guard on_sigint(loop_, [&h] { h.cancel(); });
    try {
      return loop_.run_until_complete(h);
    } catch (const cancelled_error&) {
      if (on_sigint.interrupted())
        throw interrupted_error();
      throw;
    }
  }

  /// Of anything that can be awaited, see awaitable.h.
  template <detail::other_awaitable A>
  NOSTALL_BLOCKING(sync-run) NOSTALL_SPAWNS
  auto run(A&& main, std::source_location where = std::source_location::current()) {
    return run(detail::as_task(std::forward<A>(main)), where);
  }
  NOSTALL_REFUSE(run, "runner::run takes what can be awaited: call the function, r.run(amain())")

private:
  static void refuse_inside() {
    if (has_running_loop())
      detail::throw_usage("nostall: a runner was made inside a running loop of the "
                          "same thread; co_await the task, or create_task it");
  }
  /// The first SIGINT calls back; the disposition is restored at the end.
  class interrupt_guard {
  public:
    template <class F>
    interrupt_guard(event_loop& l, F f) : loop_(l) {
      start([this, f] {
        interrupted_ = true;
        f();
      });
    }
    interrupt_guard(const interrupt_guard&) = delete;
    ~interrupt_guard();
    bool interrupted() const noexcept { return interrupted_; }

  private:
    static bool wanted() noexcept;
    template <class F> void start(F f) {
      if (wanted()) {
        claim(new detail::callback_of<F>(detail::access::core(loop_),
                                         std::source_location::current(),
                                         std::move(f)));
        active_ = true;
      }
    }
    void claim(detail::callback_node* n);
    event_loop& loop_;
    bool active_ = false;
    bool interrupted_ = false;
  };

  event_loop loop_;
};

/// Throws usage_error inside a running loop: there, co_await the task instead.
template <class T>
NOSTALL_BLOCKING(sync-run) NOSTALL_SPAWNS
T run(task<T> main,
      std::source_location where = std::source_location::current()) {
  if (has_running_loop())
    detail::throw_usage("nostall: run() was called inside a running loop of the "
                        "same thread; co_await the task, or create_task it");
  runner r;
  return r.run(std::move(main), where);
}

/// Of anything that can be awaited, see awaitable.h.
template <detail::other_awaitable A>
NOSTALL_BLOCKING(sync-run) NOSTALL_SPAWNS
auto run(A&& main, std::source_location where = std::source_location::current()) {
  return run(detail::as_task(std::forward<A>(main)), where);
}

NOSTALL_REFUSE(run, "run takes what can be awaited: call the function, run(amain())")

} // namespace nostall

#endif
