//===- event_loop.cpp - the public face of a loop -------------------------===//
//
// Checks the thread in debug mode, and passes on to the part that does it.
//
//===----------------------------------------------------------------------===//

#include "loop/loop_impl.h"
#include "nostall/any_task.h"
#include "nostall/detail/task/promise.h"
#include "nostall/error.h"
#include "nostall/loop.h"

#include <new>
#include <utility>

namespace nostall {

event_loop::event_loop() : event_loop(options{}) {}
event_loop::event_loop(options o)
    : impl_(new detail::loop_impl(*this, o.clock)) {}
event_loop::event_loop(detail::loop_impl& left) noexcept : impl_(&left) {}
event_loop::~event_loop() {
  // exit() in a step of the loop, or on another thread: it runs no more, and must not be
  // taken apart under those who are in it. The same in a child that forked in a step.
  static detail::loop_impl* left = nullptr; // reachable, since it is no leak
  if (impl_->running && (detail::exit_has_begun() || !impl_->here())) {
    impl_->left_before = left;
    left = impl_;
    // Those who are in it go on asking for their loop, and this object may be freed.
    if (auto* const stays = new (std::nothrow) event_loop(*impl_))
      impl_->owner = stays;
    return;
  }
  delete impl_; // what goes with the loop may use the loop meanwhile
}

detail::loop_core& event_loop::core() const noexcept { return *impl_; }

namespace {
// Debug mode: what is not taken is given back.
void check_thread(detail::loop_impl& l, detail::callback_node* n,
                  const char* who) {
  try {
    detail::check_thread(l, who);
  } catch (...) {
    n->unref();
    throw;
  }
}
} // namespace

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

void event_loop::send(detail::callback_node* n) noexcept {
  n->queued = true;
  if (!impl_->mail->push(*n)) // the loop is being destroyed
    n->perform(n, detail::op::drop);
}

void event_loop::watch(int fd, bool writer, detail::callback_node* n) {
  check_thread(*impl_, n, writer ? "add_writer" : "add_reader");
  impl_->descriptors.watch(fd, writer, n);
}
bool event_loop::remove_reader(int fd) {
  detail::check_thread(*impl_, "remove_reader");
  return impl_->descriptors.unwatch(fd, false);
}
bool event_loop::remove_writer(int fd) {
  detail::check_thread(*impl_, "remove_writer");
  return impl_->descriptors.unwatch(fd, true);
}
void event_loop::watch_signal(int signal, detail::callback_node* n) {
  check_thread(*impl_, n, "add_signal_handler");
  impl_->signals.watch(signal, n, false);
}
bool event_loop::remove_signal_handler(int signal) {
  detail::check_thread(*impl_, "remove_signal_handler");
  return impl_->signals.unwatch(signal);
}

int event_loop::native_handle() noexcept {
  impl_->hosted = true;
  return impl_->descriptors.fd();
}
std::optional<loop_time> event_loop::next_deadline() noexcept {
  detail::loop_impl& l = *impl_;
  l.hosted = true;
  l.mail->fall_asleep(); // from now on, who sends writes to what is polled
  if (!l.ready.empty() || !l.mail->empty() || l.signals.arrived() ||
      !l.late.empty() || !l.to_ask.empty())
    return time();
  if (l.timers.empty())
    return std::nullopt;
  return loop_time(std::chrono::nanoseconds(l.timers.next_deadline()));
}

loop_time event_loop::time() const noexcept {
  return loop_time(std::chrono::nanoseconds(impl_->now()));
}

void event_loop::require_own(detail::task_core& t) const {
  if (&t.loop() != impl_)
    throw usage_error("nostall: run_until_complete() was given a task of another "
                      "loop, which this one cannot run: '" + t.name() + "'");
}

void event_loop::stop() {
  detail::check_thread(*impl_, "stop");
  impl_->stopping.store(true);
}
void event_loop::stop_threadsafe() noexcept {
  impl_->stopping.store(true);
  impl_->mail->wake_up();
}
bool event_loop::is_running() const noexcept { return impl_->running; }

void event_loop::set_handler(std::shared_ptr<detail::handler_base> h) {
  detail::check_thread(*impl_, "set_exception_handler");
  const auto old = std::exchange(impl_->sink->handler, std::move(h));
}
void event_loop::reset_exception_handler() {
  detail::check_thread(*impl_, "reset_exception_handler");
  const auto old = std::exchange(impl_->sink->handler, nullptr);
}
void event_loop::call_exception_handler(const exception_context& c) {
  detail::check_thread(*impl_, "call_exception_handler");
  impl_->sink->report(c);
}
void event_loop::set_debug(bool on) {
  detail::check_thread(*impl_, "set_debug");
  impl_->set_debug(on);
}
bool event_loop::debug() const noexcept { return impl_->debug; }
void event_loop::set_slow_callback_duration(any_duration d) {
  detail::check_thread(*impl_, "set_slow_callback_duration");
  impl_->slow = d;
}
std::chrono::nanoseconds event_loop::slow_callback_duration() const noexcept {
  return impl_->slow;
}
std::vector<std::string> event_loop::all_task_names() const {
  detail::check_thread(*impl_, "all_task_names");
  std::vector<std::string> names;
  impl_->root.for_each_task(
      [&](detail::task_core& t) { names.push_back(t.name()); });
  return names;
}

event_loop& get_running_loop() {
  return *detail::running_loop_core("get_running_loop").owner;
}
any_task current_task() {
  detail::running_loop_core("current_task()");
  detail::task_core* const t = detail::this_thread.current;
  return t ? any_task(*t) : any_task();
}
std::vector<any_task> all_tasks() {
  std::vector<any_task> tasks;
  detail::running_loop_core("all_tasks()").root.for_each_task([&](detail::task_core& t) {
    tasks.push_back(any_task(t));
  });
  return tasks;
}
bool has_running_loop() noexcept { return detail::this_thread.loop != nullptr; }

} // namespace nostall
