//===- thread_pool.cpp - workers, and the calls that wait for them --------===//

#include "thread/thread_pool.h"
#include "loop/loop_impl.h"
#include "nostall/error.h"
#include "task/context.h"
#include "thread/thread_worker.h"

#include <algorithm>
#include <pthread.h>
#include <system_error>

namespace nostall::detail {

using phase = thread_job::phase;

namespace {
std::size_t default_workers() noexcept {
  const std::size_t cores = std::thread::hardware_concurrency();
  return std::min<std::size_t>(32, cores + 4);
}
} // namespace

thread_pool::thread_pool(thread_pool_executor::options o) noexcept
    : max_(o.max_workers ? o.max_workers : default_workers()),
      idle_timeout_(std::max<std::chrono::nanoseconds>(o.idle_timeout, std::chrono::nanoseconds(0))) {}

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
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return; // each worker has one, so also a copy that had workers ends here
  if (!made_.here() && ended_.joinable())
    return; // a copy, with a thread to join that is not there
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
  if (within > no_limit / 2) // in a hundred years; the clock must not overflow
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

std::size_t thread_pool::worker_count() {
  const std::lock_guard lock(mutex_);
  return all_.size();
}
bool thread_pool::empty() { return worker_count() == 0; }

} // namespace nostall::detail
