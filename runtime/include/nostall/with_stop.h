//===- with_stop.h - a task that a std::stop_token ends -------------------===//
//
//     std::jthread ui([&](std::stop_token stop) {
//       nostall::run(with_stop(stop, serve()));
//     });
//
// The other direction of what thread_pool_executor.h does. A stop that is requested, on
// any thread and at any time, cancels the task: cancelled_error is thrown at its present
// or next wait, once, and comes out of with_stop unless the task ends otherwise. What it
// returns or throws comes out as it is.
//
// The task is one of its own. Cancelled: so is it, and it is waited for. Destroyed: it is
// cancelled, and ends in the loop's next iterations.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_WITH_STOP_H
#define NOSTALL_WITH_STOP_H

#include "nostall/loop_handle.h"
#include "nostall/task.h"
#include "nostall/task_handle.h"

#include <memory>
#include <stop_token>
#include <utility>

namespace nostall {

template <class T>
NOSTALL_NONBLOCKING task<T> with_stop(std::stop_token token, task<T> t) {
  // Of the loop's thread alone; shared with what was posted and has not run yet.
  struct running {
    task_handle<T> handle;
    void cancel() {
      if (handle.valid() && !handle.done())
        handle.cancel();
    }
  };
  struct at_end {
    std::shared_ptr<running> what;
    ~at_end() {
      what->cancel();
      what->handle = {};
    }
  };
  const at_end inside{std::make_shared<running>()};
  inside.what->handle = create_task(std::move(t));
  // Called here and now, if the stop has been requested already.
  const std::stop_callback on_stop(
      token, [here = detail::this_thread.loop, home = loop_handle(get_running_loop()),
              what = inside.what] {
        if (detail::this_thread.loop == here)
          what->cancel();
        else
          home.post([what] { what->cancel(); });
      });
  // Cancelling this wait cancels the task.
  co_return co_await task_handle<T>(inside.what->handle);
}

/// Of anything that can be awaited, see awaitable.h.
template <detail::other_awaitable A>
NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND
inline auto with_stop(std::stop_token token, A&& a) {
  return with_stop(std::move(token), detail::as_task(std::forward<A>(a)));
}

NOSTALL_REFUSE(with_stop, "with_stop takes a std::stop_token and then what can be awaited: "
                          "with_stop(source.get_token(), f())")

} // namespace nostall

#endif
