//===- timeout_scope.h - the deadline of what runs in with_timeout --------===//
//
// What the body of `with_timeout` gets, to move its deadline or to look at it.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TIMEOUT_SCOPE_H
#define NOSTALL_TIMEOUT_SCOPE_H

#include "nostall/annotations.h"
#include "nostall/detail/loop/duration.h"
#include "nostall/detail/loop/loop_core.h"
#include "nostall/detail/task/anything.h"
#include "nostall/error.h"

#include <chrono>
#include <cstdint>

namespace nostall {

/// The deadline of a `with_timeout`. Lives as long as the body.
class timeout_scope : detail::timer_node, detail::postponed {
public:
  timeout_scope() NOSTALL_DELETED("with_timeout makes it, and gives it to its body: with_timeout("
                                  "5s, [](timeout_scope& t) -> task<> { ... })");
  NOSTALL_REFUSE_NEW(timeout_scope, timeout_scope(0, 0, detail::current_task_core("")),
                     "with_timeout makes a timeout_scope, and gives it to its body: with_timeout("
                     "5s, [](timeout_scope& t) -> task<> { ... })")
  timeout_scope(const timeout_scope&) = delete;
  ~timeout_scope();
  timeout_scope& operator=(const timeout_scope&) = delete;

  /// Moves the deadline. No effect once it has expired. The delay counts from the loop's
  /// next look at the clock, which follows the present step: no clock is looked at here,
  /// and the timeout is never early.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void reschedule(any_duration delay);
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void reschedule_at(loop_time when);
  /// Whether the deadline has passed and the inside was cancelled.
  bool expired() const noexcept { return scope_.cancelled(); }
  /// In the step that has moved it: if the step ended now.
  loop_time when() const noexcept;

protected:
  /// Enters and leaves in the running task. See detail::timed_scope.
  timeout_scope(std::int64_t deadline, std::int64_t now, detail::task_core& me);
  bool caused(const cancelled_error& e) const noexcept {
    return e.origin() == &scope_;
  }
  /// After the inside ended by that: timeout_error, unless the task was asked to stop
  /// meanwhile, which comes first.
  [[noreturn]] void throw_end();
  bool stopped_outside() const noexcept;
  /// Whether the present wait was cut short by this, and nothing thrown for it yet: then
  /// nothing will be.
  bool cut_short(detail::task_core& me) noexcept;

private:
  /// Of one that is not cancelled.
  void arm(std::int64_t deadline, std::int64_t now);
  detail::scope scope_;
  std::int64_t deadline_ = 0;
  std::uint8_t cancels_; ///< of the task, when it came
};

} // namespace nostall

#endif
