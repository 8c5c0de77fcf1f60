//===- scope.h - where cancellation is a state, not an event --------------===//
//
// A scope is a stretch of a task (`with_timeout`, `shield`, the body of a task
// group) or a set of tasks (a group's children, all tasks of a loop). Scopes
// form a tree: the loop's root, below it what was entered or created inside.
//
//   root ── group ── timeout      cancel(): the scope and all below it, down to
//    │        └───── shield       the next shield, become *effective*.
//    └── timeout
//
// - Level-triggered: while its innermost scope is effective, a task is refused
//   every wait: each throws `cancelled_error`, until the scope is left.
// - A task that waits is interrupted at once. A task that is about to be resumed
//   with a value is left alone; its next wait is refused.
// - A request to a task (`task_handle::cancel`) is asyncio's: it is an event,
//   thrown once, at the present or the next wait. A shield holds it back until
//   the shield is left. It comes before a scope's cancellation, and is never
//   converted by a scope.
// - Each cancelled_error names the outermost cancelled scope as its origin; a
//   timeout converts only its own.
//
// Cost: a wait asks one flag, however deep the scopes are nested. The way to the origin
// takes a step for each cancellation that lies on it, not for each scope.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_SCOPE_H
#define NOSTALL_DETAIL_SCOPE_H

#include "nostall/detail/loop/list.h"

#include <cstddef>

namespace nostall::detail {

struct loop_core;
struct task_core;

class scope : public link { // in parent's children
public:
  enum class kind : bool { open, shield };

  /// A scope for other tasks, or one that `owner` enters.
  scope(loop_core& loop, scope* parent, task_core* owner, kind k) noexcept;
  /// Scopes below move up to the parent. Member tasks must be gone.
  ~scope();

  /// Cancels everything inside. Runs no user code. Idempotent.
  void cancel() noexcept;
  /// Undoes `cancel` for what is created from now on. Only of a scope without parent
  /// and without tasks.
  void renew() noexcept { cancelled_ = effective_ = false; }
  bool cancelled() const noexcept { return cancelled_; }
  bool effective() const noexcept { return effective_; }
  /// Whether a request to `owner` has to wait until this scope is left.
  bool holds_requests() const noexcept { return holds_requests_; }
  /// The outermost cancelled scope that reaches into this one, or null.
  const scope* origin() const noexcept;

  loop_core& loop() const noexcept { return loop_; }
  scope* parent() const noexcept { return parent_; }
  task_core* owner() const noexcept { return owner_; }
  /// The task whose innermost scope this becomes, or null.
  void set_owner(task_core* t) noexcept;

  /// Tasks whose outermost scope this is, in the order of creation.
  list<task_core> members;
  std::size_t member_count = 0;
  /// Called when a member has ended; null where nobody counts.
  void (*member_done)(scope&, task_core&) noexcept = nullptr;

  /// Calls f(task_core&) for all tasks in this scope and below.
  template <class F> void for_each_task(F f) const {
    for (const scope* s = this; s; s = s->next_below(*this, true))
      s->members.for_each(f);
  }

  /// Some task in this scope or below; null if there is none.
  task_core* first_task() const noexcept;

private:
  scope* next_below(const scope& top, bool descend) const noexcept;
  void interrupt_tasks() noexcept;

  loop_core& loop_;
  scope* parent_;
  task_core* owner_;
  const scope* made_effective_by_; ///< itself, or one above; null: not known
  list<scope> children_;
  bool shield_;
  bool cancelled_ = false;
  bool effective_ = false;
  bool holds_requests_;
};

} // namespace nostall::detail

#endif
