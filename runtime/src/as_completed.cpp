//===- as_completed.cpp - the order of ending -----------------------------===//
//
// A task that ends goes to the first who waits; if nobody waits, it is kept in
// `ended_` until somebody asks.
//
//===----------------------------------------------------------------------===//

#include "nostall/as_completed.h"
#include "nostall/error.h"

namespace nostall::detail {

completion_order::completion_order(std::vector<task_core*> tasks)
    : watches_(std::make_unique<watch[]>(tasks.size())), size_(tasks.size()) {
  ended_.reserve(size_);
  for (std::size_t i = 0; i < size_; ++i) {
    watch& w = watches_[i];
    w.home = this;
    w.target = tasks[i];
    w.fire = [](done_node* n, task_core& t) noexcept {
      completion_order& self = *static_cast<watch*>(n)->home;
      if (self.waiters_.empty()) {
        self.ended_.push_back(&t);
        return;
      }
      completion_waiter* first = self.waiters_.pop_front();
      first->got = &t;
      first->task->wake();
    };
    if (tasks[i]->done())
      ended_.push_back(tasks[i]);
    else
      tasks[i]->watch(w);
  }
}

completion_order::~completion_order() {
  for (std::size_t i = 0; i < size_; ++i) {
    task_core& t = *watches_[i].target;
    t.unwatch(watches_[i]);
    t.request_cancel();
    t.unref();
  }
}

next_completed_base::next_completed_base(completion_order& o) noexcept
    : completion_waiter([](waiter* w) noexcept {
        auto* self = static_cast<next_completed_base*>(w);
        if (self->linked()) {
          self->unlink();
          --self->order_.promised_;
        }
        return true;
      }),
      order_(o) {}

bool next_completed_base::await_ready() noexcept {
  if (order_.given_ == order_.ended_.size())
    return false;
  got = order_.ended_[order_.given_++];
  ++order_.promised_;
  return true;
}

bool next_completed_base::await_suspend(std::coroutine_handle<> h) {
  task_core& me = current_task_core("as_completed()");
  if (order_.promised_ == order_.size_)
    throw_usage("nostall: an element of as_completed was awaited twice: there "
                "are no more results than tasks");
  if (!me.begin_wait(*this, h))
    return false;
  ++order_.promised_;
  order_.waiters_.push_back(*this);
  return true;
}

task_core& next_completed_base::take() {
  finish_wait(*this);
  return *got;
}

} // namespace nostall::detail
