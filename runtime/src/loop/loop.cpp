//===- loop.cpp - the order of one iteration, and a loop's life -----------===//

#include "nostall/loop.h"
#include "loop/loop_impl.h"
#include "nostall/detail/task/promise.h"
#include "nostall/error.h"

#include <algorithm>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>

namespace nostall::detail {

namespace {
// So many results to come make it worth while to look out for the next.
constexpr std::size_t burst = 4;

// Only calls that were abandoned can still run when a loop ends.
constexpr std::chrono::seconds patience(10);

// A cold record comes in while the one before it runs. Not of null: a prefetch from where
// nothing is mapped walks the page tables each time, for some ten nanoseconds.
inline ready_node* take_first(ready_node*& batch) noexcept {
  ready_node* const next = batch->next_ready;
  if (next)
    __builtin_prefetch(next);
  return std::exchange(batch, next);
}
} // namespace

loop_impl::loop_impl(event_loop& l, clock_source* c)
    : mail(new mailbox), signals(mail->event()) {
  owner = &l;
  clock = c;
  try {
    descriptors.add_wake_up(mail->event());
  } catch (...) {
    leave_loop(number);
    mail->unref();
    throw;
  }
  set_debug(debug_by_environment());
}

loop_impl::~loop_impl() {
  take_apart();
}

void loop_impl::take_apart() noexcept {
  if (std::exchange(apart, true))
    return;
  if (running)
    die("nostall: an event_loop was destroyed while it runs; stop() it and let "
        "run return first");
  signals.unwatch_all();
  kill_tasks();
  end_executors();
  for (task_core* t : std::exchange(late, {}))
    t->unref();
  drop_callbacks();
  if (watched)
    watched->let_go();
  set_debug(false);
  leave_loop(number);
  mail->unref();
  sink->handler.reset(); // may refer to what goes with the loop
}

void loop_impl::set_debug(bool on) noexcept {
  if (std::exchange(debug, on) != on)
    in_debug_mode.fetch_add(on ? 1u : -1u, std::memory_order_relaxed);
}

// Destroying a frame may create or end other tasks, so the tree is asked anew.
void loop_impl::kill_tasks() noexcept {
  while (task_core* victim = root.first_task()) {
    sink->report({report_kind::task_destroyed,
                  "task '" + victim->name() +
                      "' was destroyed while pending: its loop was destroyed",
                  nullptr, victim->name(), victim->where});
    victim->kill();
  }
}

void loop_impl::end_executors() {
  if (executor)
    former_executors.push_back(std::move(executor));
  for (const auto& e : std::exchange(former_executors, {}))
    e->end(patience);
}

// Destroying a callable may register others, of any kind.
void loop_impl::drop_callbacks() noexcept {
  mail->close(ready);
  do {
    signals.unwatch_all();
    descriptors.drop_callbacks();
    while (!timers.empty()) { // the tasks' own are gone with the tasks
      auto* n = static_cast<callback_node*>(timers.pop());
      n->loop = nullptr;
      n->unref();
    }
    while (ready_node* n = ready.pop())
      n->perform(n, op::drop);
  } while (!timers.empty() || descriptors.has_callbacks() || !signals.empty());
}

void loop_impl::require_parentage() const {
  if (!here()) [[unlikely]]
    throw_usage("nostall: a loop of the parent was run in a child of fork(); what it "
                "watches is the parent's, too: make a new one");
}

template <class Over> void loop_impl::run_until(Over over) {
  require_parentage();
  if (apart)
    throw_usage("nostall: a loop was run by what is destroyed with it");
  if (this_thread.loop)
    throw_usage(
        "nostall: a loop was run inside a running loop of the same thread; "
        "co_await the task, or create_task it");
  if (running)
    throw_usage("nostall: this loop already runs on another thread");
  struct guard {
    loop_impl& l;
    // None; in a child of fork that makes a loop of its own, the parent's.
    task_core* const around = std::exchange(this_thread.current, nullptr);
    explicit guard(loop_impl& i) : l(i) {
      l.thread = std::this_thread::get_id();
      this_thread.loop = &l;
      l.running = true;
      if (l.watched)
        l.tid.store(gettid());
    }
    ~guard() {
      l.running = false;
      this_thread.loop = nullptr;
      this_thread.current = around;
    }
  } running_here(*this);

  watch_for_exit();
  if (hosted)
    mail->awake();
  ran_since_poll_ = true; // who runs one iteration at a time wants news
  turns_a_look_ = 1;
  polled_ = {};
  while (!over()) {
    run_ready();
    require_parentage(); // one of the callables may have forked, and come back twice
    if (!late.empty()) [[unlikely]]
      refuse_late();
    if (!timers.empty())
      move_due_timers(); // what waits for the clock has a timer already
    if (!to_ask.empty()) [[unlikely]]
      ask_others();
    // What ended the run must not be followed by a wait.
    if (ready.empty() && !asked_to_stop() && !over())
      wait_for_events();
    else if ((descriptors.watched() != 0 || hosted) && ran_since_poll_)
      poll_now_and_then();
    if (signals.arrived())
      signals.take();
    if (!mail->empty()) {
      mail_came_ = true;
      mail->take(ready);
    }
  }
}

// The clock is looked at after as many iterations as were short so far; the first long
// one brings it back to each.
void loop_impl::poll_now_and_then() noexcept {
  constexpr std::chrono::microseconds apart(50);
  constexpr unsigned most = 64;
  if (++turns_ < turns_a_look_)
    return;
  const auto t = std::chrono::steady_clock::now();
  turns_a_look_ = t - looked_ < apart / 4 ? std::min(turns_a_look_ * 2, most) : 1;
  looked_ = t;
  turns_ = 0;
  if (t - polled_ < apart)
    return;
  polled_ = t;
  ran_since_poll_ = false;
  descriptors.poll(0);
}

// They have waited for the rest of the iteration, as any other wait.
void loop_impl::refuse_late() noexcept {
  for (task_core* t : std::exchange(late, {})) {
    if (!t->done())
      t->interrupt();
    t->unref();
  }
}

// Each once: they may cancel each other.
void loop_impl::ask_others() noexcept {
  list<passed_cancel> asked;
  while (!to_ask.empty()) {
    passed_cancel* const next = to_ask.pop_front();
    asked.push_back(*next);
    next->go(next);
  }
}

void loop_impl::run_ready() noexcept {
  if (ready.empty())
    return;
  ran_since_poll_ = true;
  descriptors.touch();
  ready_node* batch = ready.take();
  if (watched || debug) [[unlikely]]
    return run_watched(*this, batch);
  while (batch) {
    ready_node* const n = take_first(batch);
    n->perform(n, op::run);
  }
}

[[gnu::noinline]] void loop_impl::run_watched(loop_impl& l,
                                              ready_node* batch) noexcept {
  std::uint64_t step = l.beat.load(std::memory_order_relaxed) + 1;
  while (batch) {
    ready_node* const n = take_first(batch);
    l.beat.store(step, std::memory_order_relaxed);
    step += 2;
    if (l.debug) [[unlikely]]
      l.run_timed(n);
    else
      n->perform(n, op::run);
  }
  l.beat.store(step - 1, std::memory_order_relaxed);
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
    exception_context c{report_kind::slow_callback, {}, nullptr,
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
  while (!waits_for_clock.empty()) {
    postponed* const p = waits_for_clock.pop_front();
    p->begin(p, t);
  }
  while (!timers.empty() && timers.next_deadline() <= t) {
    timer_node* n = timers.pop();
    n->due(n);
  }
}

// Until an event, the next timer, or mail. A sender either sees that the loop is
// asleep, and wakes it, or has sent early enough to be seen here.
void loop_impl::wait_for_events() noexcept {
  std::int64_t timeout = -1;
  if (std::exchange(mail_came_, false) && offloaded >= burst)
    linger();
  mail->fall_asleep();
  if (!mail->empty() || asked_to_stop()) {
    timeout = 0;
  } else if (!timers.empty()) {
    const std::int64_t until = timers.next_deadline();
    if (clock && clock->idle_until(loop_time(std::chrono::nanoseconds(until))))
      timeout = 0;
    else if (__builtin_sub_overflow(until, now(), &timeout)) // a clock below zero
      timeout = INT64_MAX;
    else
      timeout = std::max<std::int64_t>(timeout, 0);
  }
  if (timeout == 0)
    mail->awake();
  descriptors.poll(timeout);
  mail->awake();
  ran_since_poll_ = false;
}

// In a burst of short calls to threads the next result is some hundred nanoseconds
// away, and sleeping for it would cost a wake-up each.
void loop_impl::linger() noexcept {
  for (int i = 0; i < 20 && mail->empty(); ++i)
    std::this_thread::yield();
}

void check_thread_slow(loop_core& l, const char* what) {
  if (impl_of(l).thread != std::this_thread::get_id())
    throw usage_error("nostall: " + std::string(what) +
                      " was called on another thread than the loop's; use "
                      "call_soon_threadsafe");
}

} // namespace nostall::detail

namespace nostall {

void event_loop::run_forever() {
  detail::loop_impl& l = *impl_;
  // A stop() from before still gets one iteration, which does not wait.
  bool first = true;
  l.run_until(
      [&] { return !std::exchange(first, false) && l.stopping.load(); });
  l.stopping.store(false);
}

void event_loop::run_once() {
  bool begun = false;
  impl_->run_until([&] { return std::exchange(begun, true); });
}

void event_loop::run_until_done(detail::task_core& t) {
  detail::loop_impl& l = *impl_;
  l.run_until([&] { return t.done() || l.stopping.load(); });
  l.stopping.store(false);
  if (!t.done())
    throw usage_error("nostall: the loop was stopped before task '" + t.name() +
                      "' had ended");
}

void event_loop::shutdown() {
  // Level-triggered: every wait of every task is refused until it has ended.
  // A stop() meanwhile changes nothing: the end is on its way already.
  detail::loop_impl& l = *impl_;
  if (detail::this_thread.loop || l.running)
    throw usage_error("nostall: a loop was shut down inside a running loop, or while "
                      "it runs; stop() it and let run return first");
  struct drain {
    detail::loop_impl& l;
    explicit drain(detail::loop_impl& i) : l(i) { l.draining = true; }
    ~drain() {
      l.draining = false;
      l.stopping.store(false);
    }
  } draining(l);
  l.root.cancel();
  l.run_until([&] { return !l.root.first_task(); });
  l.root.renew();
  l.end_executors();
}

} // namespace nostall
