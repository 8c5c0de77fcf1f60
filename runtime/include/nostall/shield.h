//===- shield.h - a stretch that cancellation does not enter --------------===//
//
//     co_await shield(save(data));      // is done, or has failed, when this ends
//
// What is shielded runs in the awaiting task, inside a scope that masks: requests
// to the task and cancellations of scopes around it wait outside. The shield ends
// with the value or exception of what it holds, and what waits outside is thrown
// at the next wait. There is no orphan: nobody goes on before the inside has
// ended, not even at the end of `run`. Combine with a timeout inside the shield
// to bound it.
//
// `shield(handle)` waits for another task without passing a cancellation on.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SHIELD_H
#define NOSTALL_SHIELD_H

#include "nostall/awaitable.h"
#include "nostall/detail/task/anything.h"
#include "nostall/config.h"
#include "nostall/detail/task/scope.h"
#include "nostall/task.h"
#include "nostall/task_handle.h"

#include <utility>

namespace nostall {

namespace detail {
/// Enters a shield in the running task, and leaves it when destroyed.
class shield_scope {
public:
  explicit shield_scope(task_core& me) noexcept
      : scope_(me.loop(), me.in, &me, scope::kind::shield) {
    me.in = &scope_;
  }
  shield_scope(const shield_scope&) = delete;
  ~shield_scope() { scope_.owner()->in = scope_.parent(); }

private:
  scope scope_;
};
} // namespace detail

template <class T> task<T> shield(task<T> inside NOSTALL_LIFETIMEBOUND) {
  const detail::shield_scope masked(detail::current_task_core("shield()"));
  co_return co_await std::move(inside);
}

/// Of anything that can be awaited, see awaitable.h.
template <detail::other_awaitable A>
NOSTALL_CORO_WRAPPER NOSTALL_CORO_UNBOUND inline auto shield(A&& inside) {
  return shield(detail::as_task(std::forward<A>(inside)));
}

NOSTALL_REFUSE(shield, "shield takes what can be awaited: call the function")

} // namespace nostall

#endif
