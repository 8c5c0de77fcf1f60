//===- grant.h - waiting in line for something that is handed over --------===//
//
// Mutex, semaphore and queue do not wake a waiter to try again: they hand over.
// A `grantee` that was granted owns what it waited for, whether it has resumed or
// not. Hence the three rules that make them cancel-safe:
//
//   cancelled while in line      leaves the line; nothing was taken
//   cancelled after the grant    keeps it; the next wait throws
//   destroyed after the grant,   gives it back: `give_back` of the owner passes
//   before it could resume       it to the next in line
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_GRANT_H
#define NOSTALL_DETAIL_GRANT_H

#include "nostall/detail/loop/loop_core.h"
#include "nostall/detail/loop/used_on.h"

#include <coroutine>

namespace nostall::detail {

struct grantee : linked_waiter {
  bool granted = false; ///< owns it, and has not resumed yet
};

/// Who is in line when it is destroyed gets usage_error.
struct line : list<grantee>, used_on {
  list<grantee> on_their_way; ///< granted, and not resumed yet
  line() noexcept = default;
  ~line() {
    while (!empty())
      pop_front()->task->abandon();
    while (!on_their_way.empty()) {
      grantee* const g = on_their_way.pop_front();
      g->granted = false;
      g->task->abandoned = true;
    }
  }
  /// Those have what they waited for, and give nothing back any more.
  void let_go() noexcept {
    while (!on_their_way.empty())
      on_their_way.pop_front()->granted = false;
  }
};

/// Hands over to the first in line, if there is one.
inline grantee* grant_next(line& l) {
  if (l.empty())
    return nullptr;
  grantee* g = l.pop_front();
  g->granted = true;
  l.on_their_way.push_back(*g);
  g->task->wake();
  return g;
}

/// `attempt` takes it if it is free, which it is when the budget alone made the task wait:
/// then the turn is all that it waits for.
template <class Attempt>
bool stand_in_line(grantee& g, line& l, std::coroutine_handle<> h, const char* what,
                   Attempt attempt) {
  task_core& me = current_task_core(what);
  if (!me.begin_wait(g, h))
    return false;
  if (!me.cancel_due() && attempt()) {
    g.granted = true;
    l.on_their_way.push_back(g);
    me.wake();
  } else {
    l.push_back(g);
  }
  return true;
}

} // namespace nostall::detail

#endif
