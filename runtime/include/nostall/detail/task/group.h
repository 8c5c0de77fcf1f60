//===- group.h - a set of child tasks and the wait for all of them --------===//
//
// The base of task_group and gather: a scope whose members are counted. Errors
// are collected by the scope's `member_done` hook, in the order of failing, and
// the first one cancels the scope.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_GROUP_H
#define NOSTALL_DETAIL_GROUP_H

#include "nostall/detail/loop/loop_core.h"
#include "nostall/error.h"

#include <coroutine>
#include <exception>
#include <utility>
#include <vector>

namespace nostall::detail {

class group_join_awaiter;

class group {
public:
  /// When the others are cancelled: never, by the first error, or also by the first
  /// child that somebody cancels.
  enum class rule : unsigned char { never, error, any_end_without_value };
  group(loop_core& l, scope* parent, rule cancel_on = rule::error) noexcept;
  group(const group&) = delete;
  group& operator=(const group&) = delete;
  /// Destroys the children that are left, and reports each.
  ~group();

  scope& children() noexcept { return scope_; }
  std::size_t pending() const noexcept;
  /// Notes an error and cancels the children.
  void fail(std::exception_ptr e);
  /// The body let a cancelled_error pass: ours, or one from outside.
  void body_cancelled(const cancelled_error& e, task_core& me);
  /// Errors so far; the caller takes them over.
  std::vector<std::exception_ptr> take_errors() noexcept {
    return std::exchange(errors_, {});
  }

private:
  friend group_join_awaiter;
  struct child_scope final : scope {
    group& home;
    child_scope(loop_core& l, scope* parent, group& g) noexcept
        : scope(l, parent, nullptr, kind::open), home(g) {}
  };
  child_scope scope_;
  rule cancel_on_;
  bool cancelled_outside_ = false;   ///< while it was joined
  std::exception_ptr body_cancelled_; ///< what the body let pass
  bool body_requested_ = false;      ///< that was a request to the joiner
  group_join_awaiter* joiner_ = nullptr;
  std::vector<std::exception_ptr> errors_;
};

/// Makes the group's scope the innermost of the task that runs the body.
class group_body {
public:
  group_body(group& g, task_core& me) noexcept;
  group_body(const group_body&) = delete;
  ~group_body();

private:
  group& group_;
  task_core& me_;
};

/// Ends when no child is left.
class [[nodiscard("co_await it: the children end there")]]
group_join_awaiter : waiter, passed_cancel {
public:
  /// `throwing`: whether collected errors are thrown as an exception_group.
  group_join_awaiter(group& g, bool throwing) noexcept
      : waiter(&cancel_children), passed_cancel(&arrive), group_(g), throwing_(throwing) {}
  group_join_awaiter(group_join_awaiter&&) noexcept = default; // until it is awaited
  ~group_join_awaiter() {
    if (group_.joiner_ == this)
      group_.joiner_ = nullptr;
  }
  bool await_ready() const noexcept { 
    return group_.scope_.members.empty() && within_budget();
  }
  bool await_suspend(std::coroutine_handle<> h);
  void await_resume();

private:
  friend group;
  static bool cancel_children(waiter* w) noexcept;
  static void arrive(passed_cancel* c) noexcept;
  group& group_;
  bool throwing_;
};

} // namespace nostall::detail

#endif
