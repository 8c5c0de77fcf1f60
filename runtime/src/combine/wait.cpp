//===- wait.cpp - counting ends, and what was gathered --------------------===//

#include "nostall/wait.h"
#include "loop/loop_impl.h"
#include "nostall/gather.h"

namespace nostall::detail {

wait_awaiter::wait_awaiter(const std::vector<task_core*>& tasks,
                           return_when when,
                           std::optional<std::chrono::nanoseconds> timeout)
    : waiter([](waiter* w) noexcept {
        static_cast<wait_awaiter*>(w)->let_go();
        return true;
      }),
      watches_(std::make_unique<watch[]>(tasks.size())), size_(tasks.size()),
      left_(tasks.size()), when_(when), timeout_(timeout) {
  due = [](timer_node* n) noexcept {
    auto* self = static_cast<wait_awaiter*>(n);
    self->let_go();
    self->task->wake();
  };
  enough_ = tasks.empty();
  for (std::size_t i = 0; i < size_; ++i) {
    watches_[i].home = this;
    watches_[i].target = tasks[i];
    watches_[i].fire = [](done_node* n, task_core& t) noexcept {
      wait_awaiter* const home = static_cast<watch*>(n)->home;
      home->count(t);
      if (home->enough_) {
        home->let_go();
        home->task->wake();
      }
    };
    if (tasks[i]->done())
      count(*tasks[i]);
  }
}

wait_awaiter::~wait_awaiter() { let_go(); }

bool wait_awaiter::await_suspend(std::coroutine_handle<> h) {
  task_core& me = current_task_core("wait()");
  for (std::size_t i = 0; i < size_; ++i)
    require_same_loop(*watches_[i].target, me.loop());
  if (timeout_)
    me.loop().timers.make_room(); // a task that waits already must not throw
  if (!me.begin_wait(*this, h))
    return false;
  if (enough_) { // only its turn is missing
    me.wake();
    return true;
  }
  for (std::size_t i = 0; i < size_; ++i)
    if (!watches_[i].target->done())
      watches_[i].target->watch(watches_[i]);
  if (timeout_)
    me.loop().timers.insert(*this, me.loop().deadline_after(*timeout_));
  return true;
}

void wait_awaiter::count(const task_core& t) noexcept {
  --left_;
  enough_ |= left_ == 0 || when_ == return_when::first_completed ||
             (when_ == return_when::first_exception && t.failed);
}

void wait_awaiter::let_go() noexcept {
  for (std::size_t i = 0; i < size_; ++i)
    watches_[i].target->unwatch(watches_[i]);
  if (armed())
    task->loop().timers.erase(*this);
}

void report_also_failed(const std::vector<std::exception_ptr>& errors,
                        std::size_t from) {
  for (std::size_t i = from; i < errors.size(); ++i)
    running_loop_core("gather()").reports()->report(
        {report_kind::also_failed,
         from == 0 ? "a gather that was cancelled had an error"
                   : "a gather that threw its first error had another one",
         errors[i], {}, {}});
}

void throw_first(std::vector<std::exception_ptr> errors) {
  if (errors.empty())
    return;
  report_also_failed(errors, 1);
  std::rethrow_exception(errors.front());
}

} // namespace nostall::detail
