//===- loop.cpp - one iteration, and what feeds it ------------------------===//

#include "nostall/loop.h"
#include "loop_impl.h"
#include "nostall/detail/promise.h"
#include "nostall/error.h"
#include "signals.h"

#include <cerrno>
#include <cstdlib>
#include <sys/epoll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace nostall::detail {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

constexpr int events_at_once = 256;

// Waits at least `wait`; below zero: for ever. Kernels before 5.11 know
// milliseconds only; these are rounded up.
int wait_for_events(int epoll, epoll_event* events, std::int64_t wait) noexcept {
  static std::atomic<bool> precise{true};
  if (wait == 0)
    return epoll_wait(epoll, events, events_at_once, 0);
  if (precise.load(std::memory_order_relaxed)) {
    timespec t{wait / 1'000'000'000, wait % 1'000'000'000};
    const int n = epoll_pwait2(epoll, events, events_at_once,
                               wait < 0 ? nullptr : &t, nullptr);
    if (n >= 0 || errno != ENOSYS)
      return n;
    precise.store(false, std::memory_order_relaxed);
  }
  const std::int64_t ms = wait < 0 ? -1 : (wait + 999'999) / 1'000'000;
  return epoll_wait(epoll, events, events_at_once,
                    static_cast<int>(ms > INT32_MAX ? INT32_MAX : ms));
}

} // namespace

void report_sink::report(const exception_context& c) noexcept {
  if (!handler) {
    default_exception_handler(c);
    return;
  }
  try {
    handler->handle(c);
  } catch (...) {
    default_exception_handler(c);
    exception_context second{exception_context::kind_type::callback_failed,
                             "the exception handler itself failed",
                             std::current_exception(), {}, {}};
    default_exception_handler(second);
  }
}

loop_impl::loop_impl(event_loop& l, clock_source* c) : mail(new mailbox) {
  owner = &l;
  clock = c;
  const char* env = std::getenv("NOSTALL_DEBUG");
  debug = env && *env && *env != '0';
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) {
    const int error = errno;
    mail->unref();
    errno = error;
    fail("nostall: epoll_create1");
  }
  poll_control(EPOLL_CTL_ADD, mail->event(), EPOLLIN | EPOLLET, nullptr);
}

loop_impl::~loop_impl() {
  if (running)
    die("nostall: an event_loop was destroyed while it runs; stop() it and let "
        "run return first");
  while (!signals_.empty())
    unwatch_signal(signals_.begin()->first);
  kill_tasks();
  drop_callbacks();
  close(epoll_);
  mail->unref();
}

// Destroying a frame may create or end other tasks, so the tree is asked anew.
void loop_impl::kill_tasks() noexcept {
  for (;;) {
    task_core* victim = root.first_task();
    if (!victim)
      return;
    sink->report({exception_context::kind_type::task_destroyed,
                  "task '" + victim->name() +
                      "' was destroyed while pending: its loop was destroyed",
                  nullptr, victim->name(), victim->where});
    victim->kill();
  }
}

void loop_impl::drop_callbacks() noexcept {
  for (auto& [fd, c] : callbacks_)
    for (callback_node* n : {c->reader, c->writer})
      if (n) {
        n->loop = nullptr;
        n->unref();
      }
  callbacks_.clear();
  while (!timers.empty()) {
    auto* n = static_cast<callback_node*>(timers.pop());
    n->loop = nullptr;
    n->unref();
  }
  mail->close(ready);
  while (ready_node* n = ready.pop())
    n->perform(n, op::drop);
}

void loop_impl::run_until(bool (*over)(void*), void* what) {
  if (this_thread.loop)
    throw usage_error(
        "nostall: a loop was run inside a running loop of the same thread; "
        "co_await the task, or create_task it");
  if (running)
    throw usage_error("nostall: this loop already runs on another thread");
  struct guard {
    loop_impl& l;
    explicit guard(loop_impl& i) : l(i) {
      l.thread = std::this_thread::get_id();
      this_thread.loop = &l;
      l.running = true;
      if (l.debug)
        debug_tasks.store(true, std::memory_order_relaxed);
    }
    ~guard() {
      l.running = false;
      this_thread.loop = nullptr;
    }
  } running_here(*this);
  while (!over(what))
    iterate(over, what);
}

// What ended the run must not be followed by a wait.
void loop_impl::iterate(bool (*over)(void*), void* what) noexcept {
  run_ready();
  if (!timers.empty())
    move_due_timers();
  if (ready.empty())
    poll(!over(what));
  else if (watched != 0)
    poll(false);
  if (!mail->empty() || signals_so_far() != signals_seen_)
    take_mail();
}

void loop_impl::run_ready() noexcept {
  if (ready.empty())
    return;
  ran_since_poll_ = true;
  ready_queue batch;
  batch.append(ready);
  if (debug) [[unlikely]] {
    while (ready_node* n = batch.pop())
      run_timed(n);
    return;
  }
  while (ready_node* n = batch.pop())
    n->perform(n, op::run);
}

// Debug mode: measures the step, and says who took too long.
void loop_impl::run_timed(ready_node* n) noexcept {
  this_thread.described_task = nullptr;
  this_thread.described_callback = nullptr;
  n->perform(n, op::describe);
  task_core* const task = this_thread.described_task;
  callback_node* const callback = this_thread.described_callback;
  if (task)
    task->ref();
  if (callback)
    callback->ref();
  const std::int64_t start = now();
  n->perform(n, op::run);
  const std::chrono::nanoseconds took(now() - start);
  if (took >= slow) {
    exception_context c{exception_context::kind_type::slow_callback, {}, nullptr,
                        task ? task->name() : std::string(),
                        task       ? task->where
                        : callback ? callback->where
                                   : std::source_location(),
                        took};
    c.message = (task ? "task '" + c.task_name + "'" : "a callback") +
                std::string(" held the loop for ") +
                std::to_string(took.count() / 1'000'000) + " ms";
    sink->report(c);
  }
  if (task)
    task->unref();
  if (callback)
    callback->unref();
}

void loop_impl::move_due_timers() noexcept {
  const std::int64_t t = now();
  while (!timers.empty() && timers.next_deadline() <= t) {
    timer_node* n = timers.pop();
    n->due(n);
  }
}

void loop_impl::poll(bool may_wait) noexcept {
  bool wait = may_wait && !stopping.load();
  if (!wait && (watched == 0 || !ran_since_poll_))
    return;
  std::int64_t timeout = 0;
  if (wait) {
    mail->fall_asleep();
    if (!mail->empty() || stopping.load()) {
      mail->awake();
      wait = false;
    } else if (timers.empty()) {
      timeout = -1;
    } else {
      const std::int64_t until = timers.next_deadline();
      if (clock && clock->idle_until(loop_time(std::chrono::nanoseconds(until)))) {
        mail->awake();
        wait = false;
      } else {
        timeout = until - now();
        if (timeout < 0)
          timeout = 0;
      }
    }
  }
  epoll_event events[events_at_once];
  const int n = wait_for_events(epoll_, events, timeout);
  if (wait)
    mail->awake();
  ran_since_poll_ = false;
  for (int i = 0; i < n; ++i)
    if (auto* s = static_cast<fd_source*>(events[i].data.ptr)) // else the mail's
      s->on_events(events[i].events);
}

void loop_impl::take_mail() noexcept {
  take_signals();
  mail->take(ready);
}

void loop_impl::send(callback_node* n) noexcept {
  n->queued = true;
  mail->push(*n);
}

void loop_impl::poll_control(int operation, int fd, std::uint32_t events,
                             fd_source* s) {
  epoll_event e{};
  e.events = events;
  e.data.ptr = s;
  if (epoll_ctl(epoll_, operation, fd, &e) != 0)
    throw std::system_error(
        errno, std::generic_category(),
        errno == EPERM ? "nostall: this file descriptor cannot be polled; "
                         "regular files are always ready"
                       : "nostall: watching a file descriptor");
}

void register_fd(loop_core& l, int fd, fd_source& s) {
  impl_of(l).poll_control(EPOLL_CTL_ADD, fd,
                          EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, &s);
  ++impl_of(l).watched;
}

void unregister_fd(loop_core& l, int fd) noexcept {
  try {
    impl_of(l).poll_control(EPOLL_CTL_DEL, fd, 0, nullptr);
  } catch (const std::system_error&) {
    // Closed already: then the kernel has let go of it by itself.
  }
  --impl_of(l).watched;
}

void fd_callbacks::on_events(std::uint32_t events) noexcept {
  constexpr std::uint32_t broken = EPOLLERR | EPOLLHUP;
  if (reader && (events & (EPOLLIN | EPOLLRDHUP | EPOLLPRI | broken)))
    reader->enqueue();
  if (writer && (events & (EPOLLOUT | broken)))
    writer->enqueue();
}

void loop_impl::watch(int fd, bool writer, callback_node* n) {
  check_thread(*this, writer ? "add_writer" : "add_reader");
  auto& entry = callbacks_[fd];
  const bool fresh = !entry;
  if (fresh)
    entry = std::make_unique<fd_callbacks>();
  const std::uint32_t events = (writer || entry->writer ? EPOLLOUT : 0u) |
                               (!writer || entry->reader ? EPOLLIN : 0u);
  try {
    poll_control(fresh ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, events,
                 entry.get());
  } catch (...) {
    if (fresh)
      callbacks_.erase(fd);
    n->unref();
    throw;
  }
  watched += fresh;
  callback_node*& slot = writer ? entry->writer : entry->reader;
  if (slot) {
    slot->cancelled = true;
    slot->unref();
  }
  slot = n;
}

bool loop_impl::unwatch(int fd, bool writer) noexcept {
  const auto it = callbacks_.find(fd);
  if (it == callbacks_.end())
    return false;
  fd_callbacks& entry = *it->second;
  callback_node*& slot = writer ? entry.writer : entry.reader;
  if (!slot)
    return false;
  slot->cancelled = true;
  std::exchange(slot, nullptr)->unref();
  const bool last = !entry.reader && !entry.writer;
  try {
    poll_control(last ? EPOLL_CTL_DEL : EPOLL_CTL_MOD, fd,
                 entry.reader ? EPOLLIN : EPOLLOUT, &entry);
  } catch (const std::system_error&) {
    // Closed before it was removed: the kernel has let go of it.
  }
  if (last) {
    callbacks_.erase(it);
    --watched;
  }
  return true;
}

void loop_impl::watch_signal(int signal, callback_node* n, bool once) {
  check_thread(*this, "add_signal_handler");
  try {
    claim_signal(signal, mail->event(), once);
  } catch (...) {
    n->unref();
    throw;
  }
  callback_node*& slot = signals_[signal];
  if (slot)
    slot->unref();
  slot = n;
}

bool loop_impl::unwatch_signal(int signal) noexcept {
  const auto it = signals_.find(signal);
  if (it == signals_.end())
    return false;
  release_signal(signal, mail->event());
  it->second->cancelled = true;
  it->second->unref();
  signals_.erase(it);
  return true;
}

void loop_impl::take_signals() noexcept {
  signals_seen_ = signals_so_far();
  for (const auto& [signal, n] : signals_)
    if (take_signal(signal, mail->event()))
      n->enqueue();
}

void check_thread_slow(loop_core& l, const char* what) {
  if (impl_of(l).thread != std::this_thread::get_id())
    throw usage_error("nostall: " + std::string(what) +
                      " was called on another thread than the loop's; use "
                      "call_soon_threadsafe");
}

// callback_node

callback_node::callback_node(loop_core& l, std::source_location w) noexcept
    : loop(&l), context(retain_context(current_context())), where(w) {
  perform = [](ready_node* n, op what) noexcept {
    auto* self = static_cast<callback_node*>(n);
    if (what == op::describe) {
      this_thread.described_callback = self;
      return;
    }
    self->queued = false;
    if (what == op::drop) {
      self->loop = nullptr;
    } else if (!self->cancelled) {
      context_data* const outer =
          std::exchange(this_thread.context, retain_context(self->context));
      try {
        self->invoke();
      } catch (...) {
        impl_of(*self->loop)
            .sink->report({exception_context::kind_type::callback_failed,
                           "a callback threw an exception",
                           std::current_exception(), {}, self->where});
      }
      release_context(std::exchange(this_thread.context, outer));
    }
    self->unref();
  };
  due = [](timer_node* n) noexcept {
    auto* self = static_cast<callback_node*>(n);
    self->enqueue();
    self->unref();
  };
}

callback_node::~callback_node() { release_context(context); }

void callback_node::enqueue() noexcept {
  if (queued)
    return;
  queued = true;
  ref();
  loop->ready.push(*this);
}

void callback_node::cancel() noexcept {
  cancelled = true;
  if (armed() && loop) {
    loop->timers.erase(*this);
    unref();
  }
}

} // namespace nostall::detail

namespace nostall {

using detail::impl_of;

event_loop::event_loop() : event_loop(options{}) {}
event_loop::event_loop(options o)
    : impl_(std::make_unique<detail::loop_impl>(*this, o.clock)) {}
event_loop::~event_loop() = default;

detail::loop_core& event_loop::core() const noexcept { return *impl_; }

callback_handle event_loop::post(detail::callback_node* n, const char* who) {
  callback_handle h(*n);
  n->unref();
  detail::check_thread(*impl_, who);
  n->enqueue();
  return h;
}

callback_handle event_loop::arm(detail::callback_node* n, std::int64_t at,
                                const char* who) {
  callback_handle h(*n);
  n->unref();
  detail::check_thread(*impl_, who);
  n->deadline = at;
  impl_->timers.insert(*n, at);
  n->ref();
  return h;
}

void event_loop::send(detail::callback_node* n) noexcept { impl_->send(n); }
void event_loop::watch(int fd, bool writer, detail::callback_node* n) {
  impl_->watch(fd, writer, n);
}
bool event_loop::remove_reader(int fd) { return impl_->unwatch(fd, false); }
bool event_loop::remove_writer(int fd) { return impl_->unwatch(fd, true); }
void event_loop::watch_signal(int signal, detail::callback_node* n) {
  impl_->watch_signal(signal, n, false);
}
bool event_loop::remove_signal_handler(int signal) {
  return impl_->unwatch_signal(signal);
}

loop_time event_loop::time() const noexcept {
  return loop_time(std::chrono::nanoseconds(impl_->now()));
}

void event_loop::run_forever() {
  // A stop() from before still gets one iteration, which does not wait.
  struct state {
    detail::loop_impl* l;
    bool first = true;
  } what{impl_.get()};
  impl_->run_until(
      [](void* w) {
        auto* s = static_cast<state*>(w);
        return !std::exchange(s->first, false) && s->l->stopping.load();
      },
      &what);
  impl_->stopping.store(false);
}
void event_loop::run_once() {
  // Asked before the iteration, and once more before it would wait.
  bool begun = false;
  impl_->run_until(
      [](void* b) { return std::exchange(*static_cast<bool*>(b), true); },
      &begun);
}
void event_loop::run_until_done(detail::task_core& t) {
  struct state {
    detail::loop_impl* l;
    detail::task_core* t;
  } what{impl_.get(), &t};
  impl_->run_until(
      [](void* w) {
        auto* s = static_cast<state*>(w);
        return s->t->done() || s->l->stopping.load();
      },
      &what);
  impl_->stopping.store(false);
  if (!t.done())
    throw usage_error("nostall: the loop was stopped before task '" + t.name() +
                      "' had ended");
}
void event_loop::stop() noexcept { impl_->stopping.store(true); }
void event_loop::stop_threadsafe() noexcept {
  impl_->stopping.store(true);
  impl_->mail->wake_up();
}
bool event_loop::is_running() const noexcept { return impl_->running; }

void event_loop::shut_down() {
  // Level-triggered: every wait of every task is refused until it has ended.
  impl_->root.cancel();
  impl_->run_until(
      [](void* l) {
        return !static_cast<detail::loop_impl*>(l)->root.first_task();
      },
      impl_.get());
}

void event_loop::set_handler(std::unique_ptr<detail::handler_base> h) {
  impl_->sink->handler = std::move(h);
}
void event_loop::reset_exception_handler() { impl_->sink->handler.reset(); }
void event_loop::call_exception_handler(const exception_context& c) {
  impl_->sink->report(c);
}
void event_loop::set_debug(bool on) noexcept {
  impl_->debug = on;
  detail::debug_tasks.store(on, std::memory_order_relaxed);
}
bool event_loop::debug() const noexcept { return impl_->debug; }
void event_loop::set_slow_callback_duration(
    std::chrono::nanoseconds d) noexcept {
  impl_->slow = d;
}
std::chrono::nanoseconds event_loop::slow_callback_duration() const noexcept {
  return impl_->slow;
}
std::vector<std::string> event_loop::all_task_names() const {
  std::vector<std::string> names;
  impl_->root.for_each_task(
      [&](detail::task_core& t) { names.push_back(t.name()); });
  return names;
}

event_loop& get_running_loop() {
  return *detail::running_loop_core("get_running_loop").owner;
}
bool has_running_loop() noexcept { return detail::this_thread.loop != nullptr; }

} // namespace nostall
