//===- as_completed.cpp - the order of ending -----------------------------===//
//
// A task that ends goes to the first who waits; if nobody waits, it is kept in
// `ended_` until somebody asks. Who is destroyed before it could resume gives the
// task back, to the next in line or to the front of what is kept.
//
//===----------------------------------------------------------------------===//

#include "nostall/as_completed.h"
#include "nostall/error.h"

namespace nostall::detail {

begun_tasks::begun_tasks() : home(&running_loop_core("as_completed()")) {}

begun_tasks::~begun_tasks() {
  for (task_core* t : cores) {
    if (!t)
      continue;
    if (!t->done() && &t->loop() == home)
      t->request_cancel();
    t->unref();
  }
}

completion_order::completion_order(begun_tasks begun)
    : watches_(std::make_unique<watch[]>(begun.cores.size())), size_(begun.cores.size()) {
  for (const task_core* t : begun.cores)
    require_same_loop(*t, *begun.home);
  ended_.reserve(size_);
  const std::vector<task_core*> tasks = std::move(begun.cores);
  for (std::size_t i = 0; i < size_; ++i) {
    watch& w = watches_[i];
    w.home = this;
    w.target = tasks[i];
    w.fire = [](done_node* n, task_core& t) noexcept {
      completion_order& self = *static_cast<watch*>(n)->home;
      if (self.waiters_.empty())
        self.ended_.push_back(&t);
      else
        self.serve(t);
    };
    if (tasks[i]->done())
      ended_.push_back(tasks[i]);
    else
      tasks[i]->watch(w);
  }
}

void completion_order::serve(task_core& t) noexcept {
  completion_waiter* first = waiters_.pop_front();
  served_.push_back(*first);
  first->got = &t;
  first->task->wake();
}

completion_order::~completion_order() {
  served_.for_each([](completion_waiter& w) { w.got = nullptr; });
  while (!waiters_.empty())
    waiters_.pop_front()->task->abandon();
  for (std::size_t i = 0; i < size_; ++i) {
    task_core& t = *watches_[i].target;
    t.unwatch(watches_[i]);
    t.request_cancel();
    t.unref();
  }
}

next_completed_base::next_completed_base(completion_order& o) noexcept
    : completion_waiter([](waiter* w) noexcept {
        static_cast<next_completed_base*>(w)->give_up();
        return true;
      }),
      order_(o) {}

void next_completed_base::give_up() noexcept {
  if (!linked()) // resumed, never waited, or the range is gone
    return;
  unlink();
  if (got && !order_.waiters_.empty()) {
    order_.serve(*got);
  } else if (got) { // there is room: `ended_` was reserved for all
    const auto front = static_cast<std::ptrdiff_t>(order_.given_);
    order_.ended_.insert(order_.ended_.begin() + front, got);
  }
  --order_.promised_;
}

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
  unlink();
  if (!got)
    throw_usage("nostall: an element of as_completed was awaited by another "
                "task, and its range was destroyed meanwhile");
  return *got;
}

} // namespace nostall::detail
