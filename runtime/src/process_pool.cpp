//===- process_pool.cpp - the parent's side of a process pool -------------===//

#include "process_pool.h"
#include "crossing_error.h"
#include "nostall/error.h"
#include "nostall/fork_server.h"
#include "nostall/timeout.h"

#include <algorithm>
#include <csignal>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>

namespace nostall {

namespace detail {

namespace {

// So many calls a worker may have ahead of the one that it runs.
constexpr std::uint32_t ahead = 8;

// A worker that cannot even start would be replaced for ever.
constexpr int most_failed_starts = 3;

task<void> wait_until_set(async_event& e) { co_await e.wait(); }

std::string describe_death(const pool_worker& w, exit_status s, std::string_view job) {
  std::string text = "nostall: worker " + std::to_string(w.process.pid);
  text += w.why.empty() ? " ended with " : " " + w.why + "; it ended with ";
  text += to_string(s);
  if (!job.empty())
    text += " while it ran '" + std::string(job) + "'";
  if (s.signal == SIGKILL && w.why.empty())
    text += "; the kernel sends this signal when memory runs out";
  return text;
}

std::exception_ptr broken(const pool_worker& w, exit_status s, std::string_view job) {
  return std::make_exception_ptr(broken_process_pool(
      describe_death(w, s, job), w.process.pid, s, std::string(job)));
}

} // namespace

// A call.

process_call::process_call(process_pool& p, prepared_call c) noexcept
    : waiter([](waiter* w) noexcept {
        auto* self = static_cast<process_call*>(w);
        self->pool.withdraw(*self);
        return true;
      }),
      pool(p), call(std::move(c)) {}

process_call::~process_call() { pool.withdraw(*this); }

bool process_call::await_suspend(std::coroutine_handle<> h) {
  task_core& me = current_task_core("a call in a process pool");
  pool.bind(impl_of(me.loop()));
  if (!me.begin_wait(*this, h))
    return false;
  pool.submit(*this);
  return true;
}

std::unique_ptr<in_message> process_call::await_resume() {
  finish_wait(*this);
  if (error)
    std::rethrow_exception(std::move(error));
  if (reply->header.kind == message_kind::error)
    std::rethrow_exception(read_exception(*reply));
  return std::move(reply);
}

void process_call::end(std::unique_ptr<in_message> r) noexcept {
  if (r->damaged()) {
    end(std::make_exception_ptr(std::system_error(
        r->damage(), std::generic_category(),
        "nostall: receiving the result of '" + std::string(call.name) + "'")));
    return;
  }
  at = nullptr;
  reply = std::move(r);
  task->wake();
}

void process_call::end(std::exception_ptr e) noexcept {
  at = nullptr;
  error = std::move(e);
  task->wake();
}

task<std::unique_ptr<in_message>> perform(std::shared_ptr<process_pool> pool,
                                          prepared_call call) {
  process_call c(*pool, std::move(call));
  co_return co_await c;
}

unique_fd* spare_memory(process_pool& pool) noexcept { return &pool.spare; }

// A worker.

pool_worker::pool_worker(process_pool& p)
    : pool(p), memory(make_shared_memory("nostall slots", sizeof(slot_page))),
      page(memory.get(), sizeof(slot_page), true, true) {
  on_socket.worker = this;
  on_death.worker = this;
}

void pool_worker::socket_source::on_events(std::uint32_t events) noexcept {
  if (worker->at == phase::ended)
    return;
  if (events & EPOLLOUT)
    worker->full = false;
  worker->read();
  worker->pool.dispatch();
}

void pool_worker::death_source::on_events(std::uint32_t) noexcept {
  if (worker->at == phase::ended)
    return;
  process_pool& pool = worker->pool;
  const auto status = pool.starter_.look(worker->process);
  if (!status)
    return; // it has only begun, see fork_server.cpp
  worker->read(); // what it had sent before
  pool.ended(*worker, *status);
  pool.dispatch();
}

void pool_worker::read() noexcept {
  try {
    for (;;) {
      auto m = std::make_unique<in_message>();
      switch (m->receive(process.socket.get(), MSG_DONTWAIT)) {
      case in_message::got::nothing:
        return;
      case in_message::got::message:
        pool.received(*this, std::move(m));
        continue;
      case in_message::got::end:
        // It cannot give results any more, and if it is not dying, it would never
        // tell. One that was sent home may take its time.
        if (at == phase::ready && why.empty() && process.pid > 0 &&
            !is_exiting(process.pid)) {
          why = "closed its connection";
          kill_process(process, SIGKILL);
        }
        return;
      }
    }
  } catch (const std::exception& e) {
    if (why.empty())
      why = "cannot be read from (" + std::string(e.what()) + ")";
    kill_process(process, SIGKILL);
  }
}

// The pool.

process_pool::process_pool(process_pool_executor::options o)
    : max_(o.max_workers ? o.max_workers
                         : std::max(1u, std::thread::hardware_concurrency())),
      per_child_(o.max_tasks_per_child), setup_(std::move(o.initializer)),
      starter_(o.server ? o.server->starter() : spawner()) {
  if (!setup_.empty())
    setup_.call()->request.for_many = true;
}

process_pool::~process_pool() {
  end();
  if (mail_ && made_.here())
    mail_->unref();
}

bool process_pool::alive() const noexcept { return mail_ && !mail_->closed(); }

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

void process_pool::submit(process_call& c) {
  if (closed_) {
    c.end(std::make_exception_ptr(executor_shut_down()));
    return;
  }
  queue_back(c);
  dispatch();
}

void process_pool::queue_back(process_call& c) noexcept {
  queue_.push_back(c);
  ++queued_;
}
void process_pool::queue_front(process_call& c) noexcept {
  queue_.push_front(c);
  ++queued_;
}
process_call& process_pool::next_call() noexcept {
  --queued_;
  return *queue_.pop_front();
}

bool process_pool::withdraw(process_call& c) noexcept {
  if (c.linked()) {
    c.unlink();
    --queued_;
    return true;
  }
  if (!c.at)
    return true;
  if (take_back(c))
    return true;
  c.at->calls[c.slot] = nullptr; // its result will be nobody's
  c.at = nullptr;
  return false;
}

// From a worker that has not begun it; else nothing changes.
bool process_pool::take_back(process_call& c) noexcept {
  pool_worker& w = *c.at;
  if (!w.slots().change(c.slot, slot_state::given, slot_state::withdrawn))
    return false;
  w.calls[c.slot] = nullptr;
  w.numbers[c.slot] = 0;
  --w.given;
  --w.taken;
  c.at = nullptr;
  return true;
}

void process_pool::dispatch() noexcept {
  if (dispatching_)
    return;
  dispatching_ = true;
  bool may_start = true;
  while (!queue_.empty()) {
    pool_worker* best = nullptr;
    std::size_t living = 0, starting = 0;
    for (auto& w : workers_) {
      living += w->at == pool_worker::phase::ready;
      starting += w->at == pool_worker::phase::starting;
      if (w->at == pool_worker::phase::ready && !w->full && w->given < ahead &&
          (per_child_ == 0 || w->taken < per_child_) &&
          (!best || w->given < best->given))
        best = w.get();
    }
    if (!best || best->given != 0) {
      if (may_start && living + starting < max_ && starting < queued_) {
        may_start = start_worker();
        continue;
      }
      if (!best || starting != 0)
        break;
    }
    process_call& c = next_call();
    if (!give(*best, c))
      queue_front(c);
  }
  if (queue_.empty())
    for (auto& w : workers_)
      if (w->idle() && !draining_)
        rebalance(*w);
  settle();
  dispatching_ = false;
}

bool process_pool::start_worker() noexcept {
  try {
    auto w = std::make_unique<pool_worker>(*this);
    workers_.reserve(workers_.size() + 1);
    out_message first;
    first.attach(w->memory.get());
    first.header.kind = message_kind::start;
    first.header.slot = setup_.empty() ? 0 : 1;
    w->process = starter_.start();
    pool_worker& started = *w;
    workers_.push_back(std::move(w));
    empty_.clear();
    try {
      first.send(started.process.socket.get(), MSG_DONTWAIT);
      started.memory.reset();
      if (!setup_.empty())
        setup_.call()->request.send(started.process.socket.get(), MSG_DONTWAIT);
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
      wait(starter_, started.process, started.process.pid < 0 ? 0 : -1);
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

// False: it does not take more now.
bool process_pool::give(pool_worker& w, process_call& c) {
  slot_page& slots = w.slots();
  std::uint32_t slot = w.next;
  const auto free = [&](std::uint32_t s) {
    return w.numbers[s] == 0 && slots.state[s].load() == slot_state::free;
  };
  for (std::uint32_t i = 0; i < slot_page::count && !free(slot); ++i)
    slot = (slot + 1) % slot_page::count;
  if (!free(slot)) {
    w.full = true; // until it has passed over what was withdrawn
    return false;
  }
  message_header& h = c.call.request.header;
  h.kind = message_kind::call;
  h.slot = slot;
  h.number = ++w.last;
  slots.state[slot].store(slot_state::given);
  try {
    if (!c.call.request.send(w.process.socket.get(), MSG_DONTWAIT)) {
      slots.state[slot].store(slot_state::free);
      w.full = true;
      return false;
    }
  } catch (const std::system_error& e) {
    slots.state[slot].store(slot_state::free);
    if (e.code().value() == EPIPE || e.code().value() == ECONNRESET) {
      w.full = true; // it is about to be seen dead
      return false;
    }
    c.end(std::current_exception());
    return true;
  }
  w.next = (slot + 1) % slot_page::count;
  w.calls[slot] = &c;
  w.numbers[slot] = h.number;
  ++w.given;
  ++w.taken;
  c.at = &w;
  c.slot = slot;
  return true;
}

// A worker has nothing to do: it gets the latest call that the busiest has not begun.
void process_pool::rebalance(pool_worker& idle) noexcept {
  pool_worker* busiest = nullptr;
  for (auto& w : workers_)
    if (w->given > 1 && (!busiest || w->given > busiest->given))
      busiest = w.get();
  if (!busiest || (per_child_ != 0 && idle.taken >= per_child_))
    return;
  for (std::uint32_t i = 1; i <= slot_page::count; ++i) {
    const std::uint32_t slot =
        (busiest->next + slot_page::count - i) % slot_page::count;
    process_call* c = busiest->calls[slot];
    if (!c || !take_back(*c))
      continue;
    if (!give(idle, *c))
      queue_front(*c);
    return;
  }
}

void process_pool::received(pool_worker& w, std::unique_ptr<in_message> m) noexcept {
  if (w.at == pool_worker::phase::starting) {
    if (m->header.kind == message_kind::ready) {
      w.at = pool_worker::phase::ready;
      failed_starts_ = 0;
      return;
    }
    try {
      w.start_error = read_exception(*m);
    } catch (...) {
      w.start_error = std::current_exception();
    }
    return;
  }
  if (m->header.kind == message_kind::ready) {
    w.full = false; // it has passed over a call that was taken back
    return;
  }
  const std::uint32_t slot = m->header.slot;
  const message_kind kind = m->header.kind;
  if ((kind != message_kind::value && kind != message_kind::error) ||
      slot >= slot_page::count || m->header.number == 0 ||
      m->header.number != w.numbers[slot] ||
      w.slots().state[slot].load() != slot_state::begun)
    return; // nobody waits for this
  w.slots().state[slot].store(slot_state::free);
  w.numbers[slot] = 0;
  --w.given;
  w.full = false;
  if (process_call* c = std::exchange(w.calls[slot], nullptr))
    c->end(std::move(m));
}

void process_pool::ended(pool_worker& w, exit_status s) noexcept {
  const bool had_started = w.at != pool_worker::phase::starting;
  w.at = pool_worker::phase::ended;
  // Backwards, so that what goes back into the queue keeps its order.
  for (std::uint32_t i = 1; i <= slot_page::count; ++i) {
    const std::uint32_t slot = (w.next + slot_page::count - i) % slot_page::count;
    process_call* c = std::exchange(w.calls[slot], nullptr);
    if (!c)
      continue;
    c->at = nullptr;
    if (w.slots().state[slot].load() == slot_state::given && (!closed_ || draining_))
      queue_front(*c);
    else
      c->end(broken(w, s, c->call.name));
  }
  if (!had_started) {
    if (w.process.failed != 0) {
      // The others serve it, if there are others.
      if (workers_.size() == 1)
        refuse_queue(std::make_exception_ptr(
            std::system_error(w.process.failed, std::generic_category(),
                              "nostall: starting a worker process")));
    } else if (w.start_error) {
      refuse_queue(std::make_exception_ptr(broken_process_pool(
          "nostall: worker " + std::to_string(w.process.pid) +
              " could not start: the initializer threw: " + describe(w.start_error),
          w.process.pid, s, {})));
    } else if (++failed_starts_ == most_failed_starts) {
      failed_starts_ = 0;
      w.why = "ended before it was ready, as did those before it";
      refuse_queue(broken(w, s, {}));
    }
  }
  forget(w);
}

void process_pool::refuse_queue(const std::exception_ptr& e) noexcept {
  while (!queue_.empty())
    next_call().end(e);
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
      loop_->owner->call_soon([self = shared_from_this()] { self->dead_.clear(); });
    dead_.push_back(std::move(*it));
  }
  workers_.erase(it);
}

// An end of the connection: the worker exits when it has read all before.
void process_pool::retire(pool_worker& w) noexcept {
  w.at = pool_worker::phase::retiring;
  shutdown(w.process.socket.get(), SHUT_WR);
}

void process_pool::settle() noexcept {
  for (auto& w : workers_)
    if (w->idle() && ((draining_ && queue_.empty()) ||
                      (per_child_ != 0 && w->taken >= per_child_)))
      retire(*w);
  if (workers_.empty())
    empty_.set();
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
        wait(starter_, w.process,
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
    check_thread(*loop_, "process_pool_executor::workers");
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
process_pool_executor::~process_pool_executor() { core_->end(); }

NOSTALL_CORO_WRAPPER task<bool>
process_pool_executor::shutdown(shutdown_mode mode, std::chrono::nanoseconds within) {
  return core_->shut_down(mode, within);
}
std::size_t process_pool_executor::max_workers() const noexcept {
  return core_->max_workers();
}
std::vector<pid_t> process_pool_executor::workers() const { return core_->pids(); }

} // namespace nostall
