//===- group.cpp - children, their errors, and the wait for them ----------===//

#include "nostall/detail/task/group.h"
#include "loop/loop_impl.h"
#include "nostall/task_group.h"

namespace nostall::detail {

group::group(loop_core& l, scope* parent, rule cancel_on) noexcept
    : scope_(l, parent, *this), cancel_on_(cancel_on) {
  scope_.member_done = [](scope& s, task_core& t) noexcept {
    group& self = static_cast<child_scope&>(s).home;
    if (t.failed && t.state == task_state::finished) {
      t.fetched = true;
      self.errors_.push_back(t.failed->error);
      if (self.cancel_on_ != rule::never)
        s.cancel();
    } else if (t.state == task_state::cancelled &&
               self.cancel_on_ == rule::any_end_without_value) {
      s.cancel();
    }
    if (self.joiner_ && s.members.empty())
      std::exchange(self.joiner_, nullptr)->task->wake();
  };
}

group::~group() {
  scope_.member_done = nullptr;
  while (!scope_.members.empty()) {
    task_core* t = scope_.members.front();
    scope_.loop().reports()->report(
        {report_kind::task_destroyed,
         "task '" + t->name() +
             "' was destroyed while pending: its group was destroyed before "
             "it was joined",
         nullptr, t->name(), t->where});
    t->kill();
  }
}

std::size_t group::pending() const noexcept {
  return scope_.member_count;
}

void group::fail(std::exception_ptr e) {
  errors_.push_back(std::move(e));
  scope_.cancel();
}

void group::body_cancelled(const cancelled_error& e, task_core& me) {
  if (e.origin() != &scope_) {
    body_cancelled_ = std::current_exception();
    body_requested_ = e.origin() == &me;
  }
  scope_.cancel();
}

group_body::group_body(group& g, task_core& me) noexcept : group_(g), me_(me) {
  g.children().set_owner(&me);
  me.in = &g.children();
}
group_body::~group_body() {
  me_.in = group_.children().parent();
  group_.children().set_owner(nullptr);
}

bool group_join_awaiter::await_suspend(std::coroutine_handle<> h) {
  task_core& me = current_task_core("task_group::join()");
  if (group_.joiner_)
    throw_usage("nostall: a task_group is joined by two tasks at once");
  if (!me.begin_wait(*this, h))
    return false;
  if (group_.scope_.members.empty())
    me.wake(); // only its turn is missing
  else
    group_.joiner_ = this;
  return true;
}

// The wait goes on until the children have ended.
bool group_join_awaiter::cancel_children(waiter* w) noexcept {
  auto* self = static_cast<group_join_awaiter*>(w);
  self->group_.cancelled_outside_ = true;
  pass_cancel(self->task->loop(), *self);
  return false;
}
void group_join_awaiter::arrive(passed_cancel* c) noexcept {
  static_cast<group_join_awaiter*>(c)->group_.scope_.cancel();
}

void group_join_awaiter::await_resume() {
  const bool cancelled = std::exchange(group_.cancelled_outside_, false);
  const std::exception_ptr body = std::exchange(group_.body_cancelled_, nullptr);
  if (throwing_)
    if (auto errors = group_.take_errors(); !errors.empty()) {
      // The errors first. A request that they push aside is made again; a
      // cancelled scope makes itself felt at the next wait anyway.
      if (body && group_.body_requested_)
        this_thread.current->requested = true;
      throw exception_group(std::move(errors));
    }
  if (body)
    std::rethrow_exception(body);
  // A gather throws its first error; the cancellation waits for the next wait.
  if (cancelled && !throwing_ && group_.cancel_on_ != group::rule::never &&
      !group_.errors_.empty())
    return;
  if (cancelled)
    throw_refused(*this_thread.current);
}

} // namespace nostall::detail

namespace nostall {

namespace {
detail::scope& scope_around() {
  detail::loop_core& l = detail::running_loop_core("task_group");
  const detail::task_core* t = detail::this_thread.current;
  return t ? *t->in : l.root;
}
} // namespace

task_group::task_group() : task_group(scope_around()) {}
task_group::task_group(detail::scope& around) noexcept
    : group(around.loop(), &around) {}

} // namespace nostall
