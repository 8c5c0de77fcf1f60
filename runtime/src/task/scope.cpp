//===- scope.cpp - the tree of scopes -------------------------------------===//

#include "nostall/detail/task/scope.h"
#include "nostall/detail/task/task_core.h"

namespace nostall::detail {

scope::scope(loop_core& loop, scope* parent, task_core* owner, kind k) noexcept
    : loop_(loop), parent_(parent), shield_(k == kind::shield) {
  effective_ = !shield_ && parent_ && parent_->effective_;
  made_effective_by_ = !effective_                   ? nullptr
                       : parent_->made_effective_by_ ? parent_->made_effective_by_
                                                     : parent_;
  set_owner(owner);
  if (parent_)
    parent_->children_.push_back(*this);
}

void scope::set_owner(task_core* t) noexcept {
  owner_ = t;
  holds_requests_ = t && (shield_ || (parent_ && parent_->owner_ == t &&
                                      parent_->holds_requests_));
}

scope::~scope() {
  if (effective_) {
    if (owner_)
      owner_->outlived = false;
    for (scope* s = next_below(*this, true); s; s = s->next_below(*this, true))
      if (s->made_effective_by_ == this)
        s->made_effective_by_ = nullptr;
  }
  while (!children_.empty()) {
    scope* child = children_.pop_front();
    child->parent_ = parent_;
    if (!parent_)
      continue;
    parent_->children_.push_back(*child);
    if (parent_->effective_ && !child->shield_ && !child->effective_) {
      // A shield stood between the two and is gone.
      child->cancel();
      child->cancelled_ = false;
    }
  }
}

void scope::cancel() noexcept {
  if (cancelled_)
    return;
  cancelled_ = true;
  if (effective_)
    return;
  effective_ = true;
  made_effective_by_ = this;
  interrupt_tasks();
  bool descend = true;
  for (scope* s = next_below(*this, true); s;
       s = s->next_below(*this, descend)) {
    descend = !s->shield_ && !s->effective_;
    if (descend) {
      s->effective_ = true;
      s->made_effective_by_ = this;
      s->interrupt_tasks();
    }
  }
}

const scope* scope::origin() const noexcept {
  const scope* found = nullptr;
  for (const scope* s = this; s && s->effective_; s = s->parent_) {
    if (s->made_effective_by_) // between the two there is no shield
      s = s->made_effective_by_;
    if (s->cancelled_)
      found = s;
    if (s->shield_)
      break;
  }
  return found;
}

// The next scope in a walk that visits parents before children.
scope* scope::next_below(const scope& top, bool descend) const noexcept {
  if (descend && !children_.empty())
    return children_.front();
  for (const scope* s = this; s != &top; s = s->parent_)
    if (scope* sibling =
            s->parent_->children_.after(const_cast<scope&>(*s)))
      return sibling;
  return nullptr;
}

task_core* scope::first_task() const noexcept {
  for (const scope* s = this; s; s = s->next_below(*this, true))
    if (!s->members.empty())
      return s->members.front();
  return nullptr;
}

void scope::interrupt_tasks() noexcept {
  if (owner_ && owner_->in == this)
    owner_->interrupt();
  members.for_each([this](task_core& t) {
    if (t.in == this)
      t.interrupt();
  });
}

} // namespace nostall::detail
