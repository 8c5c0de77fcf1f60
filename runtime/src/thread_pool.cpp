//===- thread_pool.cpp - workers, and the calls that wait for them --------===//

#include "thread_pool.h"
#include "context.h"
#include "loop_impl.h"
#include "nostall/async_event.h"
#include "nostall/error.h"
#include "nostall/timeout.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace nostall {

executor_shut_down::executor_shut_down()
    : std::runtime_error("nostall: the executor was shut down before the call "
                         "began") {}

namespace detail {

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

// A worker sleeps in a futex of its own, so that the right one is woken, and none
// is if the one that was called has not gone to sleep yet.
struct thread_pool::worker : link {
  enum : std::uint32_t { awake, asleep, called };
  std::atomic<std::uint32_t> state{awake};
  thread_job* job = nullptr; ///< in its hand; under the mutex, or just called
  std::thread thread;

  void call() noexcept {
    if (state.exchange(called, std::memory_order_acq_rel) == asleep)
      syscall(SYS_futex, &state, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
  /// False: the time is over. Yields a few times before it sleeps, since in a
  /// burst the next call is near.
  bool wait(std::chrono::nanoseconds within) noexcept {
    for (int i = 0; i < 3; ++i) {
      if (state.load(std::memory_order_acquire) == called)
        return true;
      std::this_thread::yield();
    }
    std::uint32_t expected = awake;
    if (!state.compare_exchange_strong(expected, asleep))
      return true;
    // Until a moment, not for a time: signals may cut the wait short any number of times.
    timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    const auto s = std::chrono::duration_cast<std::chrono::seconds>(within);
    constexpr std::int64_t year = 365 * 24 * 3600;
    until.tv_sec += std::min<std::int64_t>(s.count(), 100 * year);
    until.tv_nsec += (within - s).count();
    if (until.tv_nsec >= 1'000'000'000) {
      ++until.tv_sec;
      until.tv_nsec -= 1'000'000'000;
    }
    while (state.load(std::memory_order_acquire) == asleep)
      if (syscall(SYS_futex, &state, FUTEX_WAIT_BITSET_PRIVATE, asleep, &until, nullptr,
                  FUTEX_BITSET_MATCH_ANY) != 0 &&
          errno == ETIMEDOUT)
        return false;
    return true;
  }
};

// Keeps a reference to the mailbox of the last job: its push may be the last
// thing that the loop waits for before it goes.
class thread_pool::sender {
public:
  sender() = default;
  sender(const sender&) = delete;
  ~sender() {
    if (to_)
      to_->unref();
  }
  void set(mailbox& m) noexcept {
    if (to_ == &m)
      return;
    m.ref();
    if (mailbox* before = std::exchange(to_, &m))
      before->unref();
  }
  bool send(ready_node& n) noexcept { return to_->push(n); }

private:
  mailbox* to_ = nullptr;
};

namespace {
std::size_t default_workers() noexcept {
  const std::size_t cores = std::thread::hardware_concurrency();
  return std::min<std::size_t>(32, cores + 4);
}
} // namespace

thread_pool::thread_pool(thread_pool_executor::options o) noexcept
    : max_(o.max_workers ? o.max_workers : default_workers()),
      idle_timeout_(std::max(o.idle_timeout, std::chrono::nanoseconds(0))) {}

namespace {
constinit thread_local const thread_pool* served = nullptr;
}

bool thread_pool::serves_here() const noexcept { return served == this; }

pool_ref::pool_ref(thread_pool& p) noexcept : pool_(&p) { p.ref(); }
pool_ref::~pool_ref() {
  if (pool_)
    pool_->unref();
}

void thread_pool::unref() noexcept {
  if (!made_.here())
    return; // a copy, with threads to join that are not there

  if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete this;
}

bool thread_pool::submit(thread_job& j) noexcept {
  if (!made_.here()) {
    j.error = std::make_exception_ptr(
        usage_error("nostall: a thread pool was used in a child of fork(), where its "
                    "threads are not: make a new one"));
    return false;
  }
  std::unique_lock lock(mutex_);
  if (closed_) {
    j.error = std::make_exception_ptr(executor_shut_down());
    return false;
  }
  if (!idle_.empty()) {
    worker* w = idle_.pop_front();
    j.at.store(phase::running, std::memory_order_relaxed);
    w->job = &j;
    lock.unlock();
    w->call();
    return true;
  }
  try {
    if (all_.size() < max_ && start_worker(j))
      return true;
  } catch (...) {
    // The others serve it, if there are others.
    if (all_.empty()) {
      j.error = std::current_exception();
      j.at.store(phase::made, std::memory_order_relaxed);
      return false;
    }
  }
  j.at.store(phase::queued, std::memory_order_relaxed);
  queue_.push_back(j);
  return true;
}

bool thread_pool::start_worker(thread_job& j) {
  auto w = std::make_unique<worker>();
  all_.reserve(all_.size() + 1);
  w->job = &j;
  j.at.store(phase::running, std::memory_order_relaxed);
  refs_.fetch_add(1, std::memory_order_relaxed);
  try {
    w->thread = std::thread([this, &me = *w] { serve(me); });
  } catch (...) {
    refs_.fetch_sub(1, std::memory_order_relaxed);
    throw;
  }
  all_.push_back(w.release());
  return true;
}

bool thread_pool::remove(thread_job& j) noexcept {
  const std::lock_guard lock(mutex_);
  if (j.at.load(std::memory_order_relaxed) != phase::queued)
    return false;
  j.unlink();
  j.at.store(phase::made, std::memory_order_relaxed);
  return true;
}

void thread_pool::wait_for_end(thread_job& j) {
  std::unique_lock lock(mutex_);
  news_.wait(lock, [&] { return j.at.load() == phase::finished; });
}

void thread_pool::serve(worker& me) noexcept {
  pthread_setname_np(pthread_self(), "nostall");
  served = this;
  {
    sender out;
    for (thread_job* j = me.job; j;) {
      out.set(*j->home);
      this_thread.context = retain_context(j->context);
      j->execute();
      release_context(std::exchange(this_thread.context, nullptr));
      thread_job* const next = next_for(me);
      finish(*j, out);
      j = next ? next : sleep(me);
    }
  }
  leave(me);
}

thread_job* thread_pool::next_for(worker& me) noexcept {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) {
    me.job = nullptr;
    if (closed_)
      me.state.store(worker::called, std::memory_order_relaxed); // no sleep
    else
      idle_.push_front(me);
    return nullptr;
  }
  me.job = queue_.pop_front();
  me.job->at.store(phase::running, std::memory_order_relaxed);
  return me.job;
}

thread_job* thread_pool::sleep(worker& me) noexcept {
  if (!me.wait(idle_timeout_)) {
    const std::lock_guard lock(mutex_);
    if (me.linked()) {
      me.unlink();
      return nullptr;
    }
    // Called in the last moment.
  }
  while (me.state.load(std::memory_order_acquire) != worker::called)
    std::this_thread::yield();
  me.state.store(worker::awake, std::memory_order_relaxed);
  return me.job;
}

void thread_pool::finish(thread_job& j, sender& out) noexcept {
  switch (j.at.exchange(phase::finished, std::memory_order_acq_rel)) {
  case phase::abandoned:
    delete &j;
    break;
  case phase::awaited: {
    const std::lock_guard lock(mutex_);
    news_.notify_all();
    break;
  }
  default:
    if (!out.send(j))
      delete &j; // the loop is gone, and with it whoever waited
  }
}

void thread_pool::leave(worker& me) noexcept {
  std::thread before;
  {
    const std::lock_guard lock(mutex_);
    all_.erase(std::find(all_.begin(), all_.end(), &me));
    if (abandoned_)
      me.thread.detach();
    else
      before = std::exchange(ended_, std::move(me.thread));
    if (all_.empty()) {
      for (const notice& n : notices_) {
        if (!n.to->push(*n.node))
          n.node->perform(n.node, op::drop);
        n.to->unref();
      }
      notices_.clear();
      news_.notify_all();
    }
  }
  if (before.joinable())
    before.join();
  delete &me;
  unref();
}

void thread_pool::close(shutdown_mode mode) {
  list<thread_job> refused;
  std::vector<std::stop_source> stops;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    if (mode != shutdown_mode::drain) {
      stops.reserve(all_.size());
      for (worker* w : all_)
        if (w->job)
          stops.push_back(w->job->stopper());
      while (!queue_.empty()) {
        thread_job* j = queue_.pop_front();
        j->at.store(phase::finished, std::memory_order_relaxed);
        refused.push_back(*j);
      }
    }
    while (!idle_.empty())
      idle_.pop_front()->call();
  }
  for (std::stop_source& s : stops)
    s.request_stop();
  while (!refused.empty()) {
    thread_job* j = refused.pop_front();
    j->error = std::make_exception_ptr(executor_shut_down());
    sender out;
    out.set(*j->home);
    if (!out.send(*j))
      delete j;
  }
}

void thread_pool::when_empty(callback_node* n, mailbox& to) {
  const std::lock_guard lock(mutex_);
  n->queued = true;
  if (all_.empty()) {
    to.push(*n);
    return;
  }
  notices_.push_back({n, &to});
  to.ref();
}

bool thread_pool::wait_until_empty(std::chrono::nanoseconds within) {
  std::unique_lock lock(mutex_);
  const auto is_empty = [&] { return all_.empty(); };
  if (within == no_limit)
    news_.wait(lock, is_empty);
  else
    news_.wait_for(lock, within, is_empty);
  return is_empty();
}

void thread_pool::abandon() noexcept {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
}
bool thread_pool::abandoned() {
  const std::lock_guard lock(mutex_);
  return abandoned_;
}

void thread_pool::reap() {
  std::thread last;
  {
    const std::lock_guard lock(mutex_);
    last = std::move(ended_);
  }
  if (last.joinable())
    last.join();
}

std::size_t thread_pool::workers() {
  const std::lock_guard lock(mutex_);
  return all_.size();
}
bool thread_pool::empty() { return workers() == 0; }

// The awaiting side.

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
  me.state = task_state::RUNNING;
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
    j.stopper().request_stop();
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
  if (job_ && pool_ && !pool_->made_here()) {
    // A copy, in a child of fork: nobody runs it, and nobody will say that it ended.
    [[maybe_unused]] auto* left_alone = job_.release();
    return;
  }
  if (!job_ || job_->delivered || job_->at.load() == phase::made ||
      pool_->remove(*job_))
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

thread_pool& default_pool(loop_core& l) {
  return impl_of(l).owner->default_executor().core();
}

} // namespace detail

// The executor.

thread_pool_executor::thread_pool_executor() : thread_pool_executor(options{}) {}
thread_pool_executor::thread_pool_executor(options o)
    : core_(new detail::thread_pool(o)) {}
thread_pool_executor::~thread_pool_executor() { end(no_limit); }

void thread_pool_executor::leave::operator()(detail::thread_pool* p) const
    noexcept {
  p->unref();
}

bool thread_pool_executor::end(std::chrono::nanoseconds within) {
  if (!core_->made_here())
    return true;
  if (core_->abandoned())
    return false;
  core_->close(shutdown_mode::cancel);
  // A worker that waited for the workers would wait for itself.
  const bool left = core_->serves_here() || !core_->wait_until_empty(within);
  if (left)
    core_->abandon();
  core_->reap();
  return !left;
}

namespace {
task<void> wait_until_empty(detail::thread_pool& pool) {
  auto gone = std::make_shared<async_event>();
  detail::loop_core& l = detail::running_loop_core("shutdown()");
  auto tell = [gone] { gone->set(); };
  pool.when_empty(new detail::callback_of<decltype(tell)>(
                      l, std::source_location::current(), std::move(tell)),
                  *detail::impl_of(l).mail);
  co_await gone->wait();
}

// Of the pool, not of the executor: that may go meanwhile.
task<bool> shut_down(detail::pool_ref pool, shutdown_mode mode,
                     std::chrono::nanoseconds within) {
  pool->close(mode);
  bool late = mode == shutdown_mode::abandon && !pool->empty();
  if (!late) {
    try {
      if (within == no_limit)
        co_await wait_until_empty(*pool);
      else
        co_await wait_for(wait_until_empty(*pool), within);
    } catch (const timeout_error&) {
      late = true;
    }
  }
  if (late) {
    pool->close(shutdown_mode::cancel);
    pool->abandon();
  }
  pool->reap();
  co_return !late;
}
} // namespace

NOSTALL_CORO_WRAPPER task<bool>
thread_pool_executor::shutdown(shutdown_mode mode, std::chrono::nanoseconds within) {
  return shut_down(detail::pool_ref(*core_), mode, within);
}

std::size_t thread_pool_executor::max_workers() const noexcept {
  return core_->max_workers();
}
std::size_t thread_pool_executor::workers() const noexcept {
  return core_->workers();
}

thread_pool_executor& event_loop::default_executor() {
  detail::check_thread(*impl_, "default_executor");
  if (!impl_->executor)
    impl_->executor = std::make_unique<thread_pool_executor>();
  return *impl_->executor;
}
// The one before may have calls that run or wait, and others may know it: it goes with
// the loop.
void event_loop::set_default_executor(std::unique_ptr<thread_pool_executor> e) {
  detail::check_thread(*impl_, "set_default_executor");
  if (impl_->executor)
    impl_->former_executors.push_back(std::move(impl_->executor));
  impl_->executor = std::move(e);
}

} // namespace nostall
