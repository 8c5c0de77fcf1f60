//===- any_task.h - the running task, and all tasks of a loop -------------===//
//
//     any_task me = current_task();
//     me.set_name("reader of " + peer);
//     for (any_task t : all_tasks())
//       log(t.name());
//
// A handle without the type of the result: a counted reference, as task_handle, of which
// it can be made. It does not count as somebody who looks at the outcome.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ANY_TASK_H
#define NOSTALL_ANY_TASK_H

#include "nostall/annotations.h"
#include "nostall/task_handle.h"

#include <string>
#include <string_view>
#include <vector>

namespace nostall {

class any_task : detail::task_ref<detail::task_core> {
  using base = detail::task_ref<detail::task_core>;

public:
  any_task() noexcept = default; ///< of none
  template <class T>
  any_task(const task_handle<T>& h) // NOLINT: implicit, as to a base
      : base(h.valid() ? h.ref() : nullptr) {}

  using base::valid;
  friend bool operator==(const any_task&, const any_task&) = default;

  task_state state() const { return get().state; }
  bool done() const { return get().done(); }
  bool cancelled() const { return get().state == task_state::cancelled; }
  std::string name() const { return get().name(); }
  void set_name(std::string_view name) { detail::set_name(get(), name); }

  // As of task_handle.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool cancel() {
    return checked("any_task::cancel").request_cancel();
  }
  unsigned cancelling() const { return get().cancels; }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) unsigned uncancel() {
    return checked("any_task::uncancel").uncancel();
  }
  [[nodiscard("co_await it")]] NOSTALL_NONBLOCKING detail::join_awaiter join() const {
    return detail::join_awaiter(shared());
  }

private:
  friend any_task current_task();
  friend std::vector<any_task> all_tasks();
  explicit any_task(detail::task_core& t) noexcept : base(&t) { t.ref(); }
};

/// The task that runs; not valid() in a callback. Throws usage_error without a running
/// loop.
any_task current_task();
/// Those of the running loop that have not ended, the outer before the inner, else in the
/// order of creation. Throws usage_error without a running loop.
std::vector<any_task> all_tasks();

} // namespace nostall

#endif
