//===- job_awaiter.cpp - a call on a thread, and the task that waits ------===//

#include "loop/loop_impl.h"
#include "nostall/error.h"
#include "task/context.h"
#include "thread/thread_pool.h"

#include <new>
#include <stop_token>
#include <utility>

namespace nostall::detail {

using phase = thread_job::phase;

thread_job::thread_job() noexcept : context(nullptr) {
  perform = [](ready_node* n, op what) noexcept {
    auto* self = static_cast<thread_job*>(n);
    if (what == op::describe) {
      if (self->waiting)
        this_thread.described_task = self->waiting->task;
    } else if (!self->waiting) {
      delete self;
    } else {
      self->delivered = true;
      if (what == op::run)
        self->waiting->task->perform(self->waiting->task, op::run);
    }
  };
}

thread_job::~thread_job() {
  release_context(context);
  if (home)
    home->unref();
}

namespace {
// What listens to a stop is the program's code, and asking comes from the midst of a
// walk through the tasks: so in the loop's next iteration.
struct stop_request final : ready_node {
  std::stop_source source;
  explicit stop_request(std::stop_source s) noexcept : source(std::move(s)) {
    perform = [](ready_node* n, op what) noexcept {
      if (what == op::describe)
        return;
      auto* const self = static_cast<stop_request*>(n);
      self->source.request_stop();
      delete self;
    };
  }
};
void request_stop_soon(loop_core& l, std::stop_source s) noexcept {
  if (!s.stop_possible())
    return;
  if (auto* r = new (std::nothrow) stop_request(s))
    l.ready.push(*r);
  else
    s.request_stop();
}
} // namespace

job_awaiter::job_awaiter(pool_ref p, std::unique_ptr<thread_job> j) noexcept
    : waiter(&cut_short), pool_(std::move(p)), job_(std::move(j)) {}

bool job_awaiter::await_suspend(std::coroutine_handle<> h) {
  task_core& me = current_task_core("a call on a thread");
  if (!pool_)
    pool_ = pool_ref(default_pool(me.loop()));
  if (!me.begin_wait(*this, h))
    return false;
  job_->home = impl_of(me.loop()).mail;
  job_->home->ref();
  job_->context = retain_context(current_context());
  job_->waiting = this;
  if (pool_->submit(*job_)) {
    submitted_ = true;
    ++impl_of(me.loop()).offloaded;
    return true;
  }
  me.state = task_state::running;
  return false;
}

// The job may have ended meanwhile; then its result is on the way, and delivered.
bool job_awaiter::cut_short(waiter* w) noexcept {
  auto* self = static_cast<job_awaiter*>(w);
  thread_job& j = *self->job_;
  if (!self->pool_->made_here() || j.at.load() == phase::made || self->pool_->remove(j))
    return true;
  if (!self->passed_on_) {
    self->passed_on_ = true;
    request_stop_soon(self->task->loop(), j.stopper());
  }
  phase expected = phase::running;
  if (j.abandonable &&
      j.at.compare_exchange_strong(expected, phase::abandoned)) {
    [[maybe_unused]] auto* left_to_worker = self->job_.release();
    return true;
  }
  return false;
}

void job_awaiter::await_resume() {
  finish_wait(*this);
  if (passed_on_ && is_cancelled(job_->error))
    throw_refused(*task);
}

job_awaiter::~job_awaiter() {
  if (submitted_)
    --impl_of(task->loop()).offloaded;
  if (!job_ || job_->delivered || job_->at.load() == phase::made)
    return;
  if (!pool_->made_here()) {
    // A copy, in a child of fork: nobody runs it, and nobody will say that it ended.
    [[maybe_unused]] auto* left_alone = job_.release();
    return;
  }
  if (pool_->remove(*job_))
    return;
  job_->stopper().request_stop();
  const bool abandon = job_->abandonable; // once it is the worker's, it may be gone
  phase expected = phase::running;
  if (job_->at.compare_exchange_strong(expected,
                                       abandon ? phase::abandoned : phase::awaited)) {
    if (abandon)
      [[maybe_unused]] auto* left_to_worker = job_.release();
    else
      pool_->wait_for_end(*job_);
  } else {
    // In the mailbox or in the ready queue: deleted when its turn comes.
    job_->waiting = nullptr;
    [[maybe_unused]] auto* left_to_loop = job_.release();
  }
}

} // namespace nostall::detail
