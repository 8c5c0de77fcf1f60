//===- process_pool.cpp - a process pool's life: start, shutdown, end -----===//

#include "process/process_pool.h"
#include "loop/loop_impl.h"
#include "nostall/error.h"
#include "nostall/fork_server.h"
#include "nostall/timeout.h"

#include <algorithm>
#include <csignal>
#include <sys/socket.h>
#include <thread>

namespace nostall {

namespace detail {

namespace {
task<void> wait_until_set(async_event& e) { co_await e.wait(); }
} // namespace

process_pool::process_pool(process_pool_executor::options o)
    : max_(o.max_workers ? o.max_workers
                         : std::max(1u, std::thread::hardware_concurrency())),
      per_child_(o.max_tasks_per_child), setup_(std::move(o.initializer)),
      starter_((o.server ? access::core(*o.server) : spawner()).share()) {
  if (!setup_.empty())
    access::core(setup_)->request.for_many = true;
}

process_pool::~process_pool() {
  end();
  if (mail_ && made_.here())
    mail_->unref();
}

bool process_pool::alive() const noexcept { return mail_ && !mail_->closed(); }

bool process_pool::in_use_at_exit() const noexcept {
  return exit_has_begun() && alive() && loop_->running &&
         loop_->thread != std::this_thread::get_id();
}

void process_pool::bind(loop_impl& l) {
  if (!made_.here())
    throw usage_error("nostall: a process pool was used in a child of fork(); its "
                      "workers are the parent's: make a new one");
  if (loop_ == &l && alive())
    return;
  if (alive())
    throw usage_error("nostall: a process pool was used on two loops; it belongs to "
                      "the one that it was first used on");
  if (mail_)
    mail_->unref();
  loop_ = &l;
  mail_ = l.mail;
  mail_->ref();
  for (auto& w : workers_) { // of a loop that is gone
    register_fd(l, w->process.socket.get(), w->on_socket);
    register_fd(l, w->process.watched(), w->on_death);
  }
}

bool process_pool::start_worker() noexcept {
  try {
    auto w = std::make_unique<pool_worker>(*this);
    workers_.reserve(workers_.size() + 1);
    out_message first;
    first.attach(w->memory.get());
    first.header.kind = message_kind::start;
    first.header.slot = setup_.empty() ? 0 : 1;
    w->process = starter_->start();
    pool_worker& started = *w;
    workers_.push_back(std::move(w));
    empty_.clear();
    try {
      first.send(started.process.socket.get(), MSG_DONTWAIT);
      started.memory.reset();
      if (!setup_.empty())
        access::core(setup_)->request.send(started.process.socket.get(), MSG_DONTWAIT);
      register_fd(*loop_, started.process.socket.get(), started.on_socket);
      try {
        register_fd(*loop_, started.process.watched(), started.on_death);
      } catch (...) {
        unregister_fd(*loop_, started.process.socket.get());
        throw;
      }
      started.registered = true;
    } catch (...) {
      kill_process(started.process, SIGKILL);
      wait(*starter_, started.process, started.process.pid < 0 ? 0 : -1);
      forget(started);
      throw;
    }
    return true;
  } catch (...) {
    if (workers_.empty())
      refuse_queue(std::current_exception());
    return false;
  }
}

void process_pool::forget(pool_worker& w) noexcept {
  if (w.registered && alive()) {
    unregister_fd(*loop_, w.process.socket.get());
    unregister_fd(*loop_, w.process.watched());
  }
  w.at = pool_worker::phase::ended;
  const auto it = std::find_if(workers_.begin(), workers_.end(),
                               [&](const auto& p) { return p.get() == &w; });
  w.process.socket.reset();
  w.process.news.reset();
  w.process.handle.reset();
  if (alive()) {
    if (dead_.empty())
      loop_->owner.load()->call_soon([self = shared_from_this()] { self->dead_.clear(); });
    dead_.push_back(std::move(*it));
  }
  workers_.erase(it);
}

task<bool> process_pool::shut_down(shutdown_mode mode,
                                   std::chrono::nanoseconds within) {
  const auto self = shared_from_this();
  closed_ = true;
  draining_ = true;
  const auto kill_all = [this] {
    for (auto& w : workers_) {
      if (w->why.empty() && w->at != pool_worker::phase::retiring)
        w->why = "was killed by the pool's shutdown";
      kill_process(w->process, SIGKILL);
    }
    // Those that a fork server has not begun yet find their socket closed.
    for (std::size_t i = workers_.size(); i-- > 0;)
      if (workers_[i]->process.pid < 0)
        ended(*workers_[i], exit_status::unknown());
    settle();
  };
  const auto refuse = [this] {
    for (auto& w : workers_)
      for (process_call* c : w->calls)
        if (c && take_back(*c))
          c->end(std::make_exception_ptr(executor_shut_down()));
    refuse_queue(std::make_exception_ptr(executor_shut_down()));
  };
  if (mode != shutdown_mode::drain)
    refuse();
  bool late = mode == shutdown_mode::abandon && !workers_.empty();
  if (late)
    kill_all();
  if (loop_)
    dispatch();
  if (workers_.empty())
    co_return true;
  try {
    if (within == no_limit || late)
      co_await empty_.wait();
    else
      co_await wait_for(wait_until_set(empty_), within);
  } catch (const timeout_error&) {
    late = true;
  }
  if (!workers_.empty()) {
    refuse();
    kill_all();
    co_await empty_.wait();
  }
  co_return !late;
}

// In a child of fork: closes what are copies. The tasks that wait, if any, are copies,
// too, of a loop that cannot go on here.
void process_pool::drop_copies() noexcept {
  while (!queue_.empty())
    next_call();
  for (auto& w : workers_)
    for (process_call* c : w->calls)
      if (c)
        c->at = nullptr;
  workers_.clear();
}

void process_pool::end() noexcept {
  closed_ = true;
  spare.reset();
  if (!made_.here())
    return drop_copies();
  for (auto& w : workers_)
    kill_process(w->process, SIGKILL);
  while (!workers_.empty()) {
    pool_worker& w = *workers_.back();
    // One that a fork server starts is the server's to reap, and that may take its
    // time; the kernel has been told to kill it.
    const auto status =
        wait(*starter_, w.process,
             w.process.pid < 0 ? 0 : w.process.news && w.process.handle ? 50 : -1);
    w.read();
    w.why = "was killed with its pool";
    draining_ = false;
    ended(w, status.value_or(exit_status{0, SIGKILL}));
  }
  refuse_queue(std::make_exception_ptr(executor_shut_down()));
  empty_.set();
}

std::vector<pid_t> process_pool::pids() const {
  if (loop_)
    check_thread(*loop_, "process_pool_executor::worker_pids");
  std::vector<pid_t> all;
  for (const auto& w : workers_)
    if (w->process.pid > 0)
      all.push_back(w->process.pid);
  return all;
}

} // namespace detail

process_pool_executor::process_pool_executor() : process_pool_executor(options{}) {}
process_pool_executor::process_pool_executor(options o)
    : core_(std::make_shared<detail::process_pool>(std::move(o))) {}
process_pool_executor::~process_pool_executor() {
  if (core_->in_use_at_exit()) { // its workers end with the program
    static auto* const left = new std::vector<std::shared_ptr<detail::process_pool>>;
    left->push_back(core_);
    return;
  }
  core_->end();
}

NOSTALL_CORO_WRAPPER task<bool>
process_pool_executor::shutdown(shutdown_mode mode, any_duration within) {
  return core_->shut_down(mode, within);
}
std::size_t process_pool_executor::max_workers() const noexcept {
  return core_->max_workers();
}
std::vector<pid_t> process_pool_executor::worker_pids() const { return core_->pids(); }

} // namespace nostall
