//===- loop_handle.h - a way to a loop that may be gone -------------------===//
//
//     loop_handle home(get_running_loop());           // on the loop's thread
//     std::thread([home] {
//       if (!home.post([] { refresh(); }))            // on any other
//         return;                                     // the loop is gone
//       int n = run_coroutine_threadsafe(count(), home).get();
//     });
//
// Counted, and apart from the loop: a handle may be kept as long as one likes, and used
// from any thread. Making one needs the loop to be there.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_LOOP_HANDLE_H
#define NOSTALL_LOOP_HANDLE_H

#include "nostall/annotations.h"
#include "nostall/detail/loop/callback.h"
#include "nostall/detail/task/anything.h"
#include "nostall/error.h"
#include "nostall/loop.h"
#include "nostall/task.h"
#include "nostall/task_handle.h"

#include <concepts>
#include <exception>
#include <future>
#include <source_location>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace nostall {

namespace detail {
class mailbox;
}

/// The loop was destroyed before it could be asked.
class loop_closed : public std::runtime_error {
public:
  loop_closed() : runtime_error("nostall: the loop is gone") {}
};

class loop_handle {
public:
  loop_handle() noexcept = default; ///< of no loop: as of one that is gone
  explicit loop_handle(event_loop& l) noexcept;
  template <std::same_as<event_loop> Loop, class Chosen = decltype([] {})>
  loop_handle(Loop& l) : loop_handle(l) {
    static_assert(detail::never<Chosen>, "nostall: a loop_handle is made by name, where the loop is "
                                         "known to be there: loop_handle home(loop)");
  }
  loop_handle(const loop_handle& o) noexcept;
  loop_handle(loop_handle&& o) noexcept
      : mail_(std::exchange(o.mail_, nullptr)), loop_(o.loop_) {}
  loop_handle& operator=(loop_handle o) noexcept {
    std::swap(mail_, o.mail_);
    std::swap(loop_, o.loop_);
    return *this;
  }
  ~loop_handle();

  /// As call_soon_threadsafe. False: the loop is gone; `f` is destroyed here, and never
  /// called. True: it is the loop's, who calls it, or drops it when it is destroyed.
  template <std::invocable F>
  NOSTALL_NONBLOCKING bool post(NOSTALL_RUNS_ON(loop) F&& f,
                                std::source_location where =
                                    std::source_location::current()) const {
    if (closed())
      return false;
    return send(new detail::callback_of<std::decay_t<F>>(*loop_, where,
                                                         std::forward<F>(f)));
  }
  NOSTALL_REFUSE_AS(post, const, "post takes a callable without arguments: let a lambda capture "
                                 "what it needs")
  /// Whether the loop is gone. If it is not, it may be a moment later.
  bool closed() const noexcept;

private:
  bool send(detail::callback_node* n) const noexcept;
  detail::mailbox* mail_ = nullptr; ///< counted
  detail::loop_core* loop_ = nullptr;
};

namespace detail {
template <class T> task<void> bring(task<T> t, std::promise<T> to) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(t);
      to.set_value();
    } else {
      to.set_value(co_await std::move(t));
    }
  } catch (const cancelled_error&) {
    to.set_exception(std::current_exception());
    throw;
  } catch (...) {
    to.set_exception(std::current_exception());
  }
}
} // namespace detail

/// From any thread but the loop's: runs `t` there as a task of its own. The future throws
/// what the task throws; loop_closed if the loop is gone, std::future_error
/// (broken_promise) if it goes before the task has ended. To wait for it on a loop, hand
/// a nostall::promise to the task instead.
template <class T>
NOSTALL_NONBLOCKING NOSTALL_SPAWNS std::future<T>
run_coroutine_threadsafe(task<T> t, const loop_handle& loop) {
  std::promise<T> to;
  std::future<T> result = to.get_future();
  auto body = detail::bring(std::move(t), std::move(to));
  if (loop.post([b = std::move(body)]() mutable { create_task(std::move(b)).detach(); }))
    return result;
  std::promise<T> refused;
  refused.set_exception(std::make_exception_ptr(loop_closed()));
  return refused.get_future();
}

/// Of anything that can be awaited, see awaitable.h.
template <detail::other_awaitable A>
NOSTALL_NONBLOCKING NOSTALL_SPAWNS auto run_coroutine_threadsafe(A&& a,
                                                                 const loop_handle& loop) {
  return run_coroutine_threadsafe(detail::as_task(std::forward<A>(a)), loop);
}

NOSTALL_REFUSE(run_coroutine_threadsafe, "run_coroutine_threadsafe takes what can be awaited and a "
                                         "loop_handle: run_coroutine_threadsafe(f(), home)")

} // namespace nostall

#endif
