//===- foreign_wait.cpp - the stand-in that other libraries resume --------===//
//
// A coroutine without a body: resuming it runs its final suspension, which is where it
// looks what to do. Its frame is shared by the task that waits and by whoever is to resume
// it. If the task goes first, nobody can tell whether the other still will, so the frame
// stays, in `kept_alive`, until that happens.
//
//===----------------------------------------------------------------------===//

#include "nostall/detail/task/foreign_wait.h"
#include "loop/loop_impl.h"
#include "nostall/detail/sync/static_mutex.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>

namespace nostall::detail {

struct stand_in_frame {
  using promise_type = stand_in;
  stand_in* promise;
};

struct stand_in : ready_node, link {
  enum class phase : std::uint8_t { starting, parked, resumed, abandoned };

  std::atomic<phase> at{phase::starting};
  std::atomic<int> refs{2}; ///< the waiting task's, and of whoever resumes
  foreign_core* home = nullptr; ///< null when that is gone; of the loop's thread
  task_core* task = nullptr;
  loop_core* loop = nullptr;
  mailbox* mail = nullptr; ///< counted

  stand_in() noexcept {
    perform = [](ready_node* n, op what) noexcept {
      auto* self = static_cast<stand_in*>(n);
      if (what == op::describe) {
        this_thread.described_task = self->home ? self->task : nullptr;
        return;
      }
      if (what == op::run)
        self->wake();
      self->unref();
    };
  }
  ~stand_in() {
    if (mail)
      mail->unref();
  }

  stand_in_frame get_return_object() noexcept { return {this}; }
  std::suspend_always initial_suspend() const noexcept { return {}; }
  struct arrival {
    bool await_ready() const noexcept { return false; }
    transfer_result await_suspend(std::coroutine_handle<stand_in> h) const noexcept {
      return h.promise().arrive();
    }
    void await_resume() const noexcept {}
  };
  arrival final_suspend() const noexcept { return {}; }
  void return_void() const noexcept {}
  [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }

  std::coroutine_handle<> handle() noexcept {
    return std::coroutine_handle<stand_in>::from_promise(*this);
  }
  void unref() noexcept {
    if (refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
      handle().destroy();
  }

  // Of the loop's thread.
  void wake() noexcept {
    if (home && task->state == task_state::pending && task->waiting_on == home)
      task->wake();
  }
  transfer_result arrive() noexcept;
  void leave() noexcept;
};

namespace {

struct kept_frames {
  static_mutex mutex;
  list<stand_in> frames;
};
// Never destroyed: threads may resume after the end of main.
kept_frames& kept_alive() {
  static auto* const k = new kept_frames;
  return *k;
}

stand_in_frame make_stand_in() { co_return; }

} // namespace

transfer_result stand_in::arrive() noexcept {
  const phase before = at.exchange(phase::resumed, std::memory_order_acq_rel);
  if (before == phase::abandoned) {
    {
      const std::lock_guard lock(kept_alive().mutex);
      unlink();
    }
    unref();
    return transfer_nowhere();
  }
  if (before == phase::starting) {
    unref();
    return transfer_nowhere();
  }
  if (this_thread.loop != loop) {
    mailbox* const to = mail;
    to->ref(); // what is pushed may be destroyed before push is over
    if (!to->push(*this)) // the loop is gone, and with it the task
      unref();
    to->unref();
    return transfer_nowhere();
  }
  // The task runs: the awaiter is a coroutine of another library which has ended, after
  // it awaited something of ours.
  if (this_thread.current == task) {
    const std::coroutine_handle<> then = home->then_;
    unref();
    return transfer(then);
  }
  wake();
  unref();
  return transfer_nowhere();
}

/// The waiting task does not wait any more.
void stand_in::leave() noexcept {
  home = nullptr;
  phase before;
  {
    const std::lock_guard lock(kept_alive().mutex);
    before = at.exchange(phase::abandoned, std::memory_order_acq_rel);
    if (before == phase::parked)
      kept_alive().frames.push_back(*this);
  }
  if (before == phase::starting)
    unref(); // for whoever would have resumed
  unref();
}

foreign_core::foreign_core(bool (*cancel_wait)(foreign_core*) noexcept) noexcept
    : waiter(&foreign_core::on_cancel), passed_cancel([](passed_cancel* c) noexcept {
        static_cast<foreign_core*>(c)->ask();
      }),
      cancel_wait_(cancel_wait) {}

bool foreign_core::on_cancel(waiter* w) noexcept {
  auto* const self = static_cast<foreign_core*>(w);
  if (!self->for_me_)
    return true;
  if (!self->linked() && self->for_me_->at.load() == stand_in::phase::parked)
    self->task->loop().to_ask.push_back(*self);
  return false;
}

// The answer may come from an awaiter whose task is gone, was resumed, or is not
// cancelled any more.
void foreign_core::ask() noexcept {
  task_core& t = *task;
  stand_in& s = *for_me_;
  const auto still_waits = [&] {
    return s.home && s.at.load() == stand_in::phase::parked &&
           t.state == task_state::pending && t.waiting_on == s.home;
  };
  if (!still_waits() || !t.cancel_due())
    return;
  t.ref();
  s.refs.fetch_add(1);
  if (cancel_wait_(this) && still_waits()) {
    s.home->forget();
    if (t.cancel_due())
      t.interrupt();
    else
      t.abandon();
  }
  s.unref();
  t.unref();
}

foreign_core::~foreign_core() {
  if (for_me_)
    for_me_->leave();
}

bool foreign_core::begin(std::coroutine_handle<> h, bool& waits) {
  task_core& me = current_task_core("an awaitable of another library");
  waits = me.begin_wait(*this, h);
  if (!waits || me.cancel_due())
    return false;
  me.state = task_state::running; // until the awaiter has been asked
  stand_in* const s = make_stand_in().promise;
  s->home = this;
  s->task = &me;
  s->loop = &me.loop();
  s->mail = impl_of(me.loop()).mail;
  s->mail->ref();
  for_me_ = s;
  then_ = h;
  return true;
}

std::coroutine_handle<> foreign_core::given() const noexcept { return for_me_->handle(); }

bool foreign_core::park() noexcept {
  auto expected = stand_in::phase::starting;
  if (!for_me_->at.compare_exchange_strong(expected, stand_in::phase::parked,
                                           std::memory_order_acq_rel))
    return false;
  // Or it waits already: for something that the awaiter, a coroutine, awaits.
  if (task->state == task_state::pending)
    return true;
  task->waiting_on = this;
  task->resume_at = then_;
  task->state = task_state::pending;
  task->interrupt();
  return true;
}

void foreign_core::forget() noexcept {
  stand_in* const s = std::exchange(for_me_, nullptr);
  s->home = nullptr;
  const auto before = s->at.exchange(stand_in::phase::abandoned, std::memory_order_acq_rel);
  if (before != stand_in::phase::resumed)
    s->unref(); // nobody resumes it
  s->unref();
}

} // namespace nostall::detail
