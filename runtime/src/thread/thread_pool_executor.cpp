//===- thread_pool_executor.cpp - the public face of a thread pool --------===//

#include "nostall/thread_pool_executor.h"
#include "loop/loop_impl.h"
#include "nostall/async_event.h"
#include "nostall/error.h"
#include "nostall/timeout.h"
#include "thread/thread_pool.h"

#include <utility>

namespace nostall {

executor_shut_down::executor_shut_down()
    : std::runtime_error("nostall: the executor was shut down before the call "
                         "began") {}

namespace detail {
thread_pool& default_pool(loop_core& l) {
  return access::core(impl_of(l).owner.load()->default_executor());
}
} // namespace detail

thread_pool_executor::thread_pool_executor() : thread_pool_executor(options{}) {}
thread_pool_executor::thread_pool_executor(options o)
    : core_(new detail::thread_pool(o)) {}
thread_pool_executor::~thread_pool_executor() { end(no_limit); }

void thread_pool_executor::leave::operator()(detail::thread_pool* p) const
    noexcept {
  p->unref();
}

bool thread_pool_executor::end(any_duration within) {
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
thread_pool_executor::shutdown(shutdown_mode mode, any_duration within) {
  return shut_down(detail::pool_ref(*core_), mode, within);
}

std::size_t thread_pool_executor::max_workers() const noexcept {
  return core_->max_workers();
}
std::size_t thread_pool_executor::worker_count() const noexcept {
  return core_->worker_count();
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
