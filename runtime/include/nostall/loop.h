//===- loop.h - the event loop --------------------------------------------===//
//
// One thread, one loop. An iteration, in this order, is promised and tested:
//
//   1. ready    runs what was ready when the iteration began, first in first out;
//               what becomes ready meanwhile runs in the next iteration
//   2. timers   moves due timers to ready: by deadline, then by order of arrival
//   3. I/O      polls; does not block if anything is ready, else waits until the
//               next timer; moves events to ready
//   4. inbox    moves what other threads and signals sent to ready
//
// A timer never fires early: the clock is read after waking, and waits are
// rounded up. An exception of a callback goes to the exception handler, and the
// loop goes on.
//
// Threads: everything is for the loop's own thread, but call_soon_threadsafe and
// stop_threadsafe. Debug mode (NOSTALL_DEBUG=1, set_debug) checks it.
//
// Destruction: frames of pending tasks are destroyed where they are suspended, each is
// reported; callbacks that did not run are dropped, and what they hold may use the loop.
// Destroying a loop that runs ends the program with a message.
//
// Most programs never name this class: `nostall::run` makes and owns the loop.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_LOOP_H
#define NOSTALL_LOOP_H

#include "nostall/annotations.h"
#include "nostall/awaitable.h"
#include "nostall/callback_handle.h"
#include "nostall/detail/task/access.h"
#include "nostall/detail/loop/callback.h"
#include "nostall/detail/loop/duration.h"
#include "nostall/detail/loop/handler.h"
#include "nostall/detail/loop/refused_by_loop.h"
#include "nostall/report.h"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace nostall {

template <class T> class task;
template <class T> class task_handle;
class thread_pool_executor;
namespace detail { struct loop_impl; }

class event_loop : detail::refused_by_loop {
public:
  using refused_by_loop::call_soon, refused_by_loop::call_later, refused_by_loop::call_at,
      refused_by_loop::call_soon_threadsafe, refused_by_loop::add_reader,
      refused_by_loop::add_writer, refused_by_loop::add_signal_handler,
      refused_by_loop::run_in_executor, refused_by_loop::run_until_complete,
      refused_by_loop::set_exception_handler;
  struct options {
    clock_source* clock = nullptr; ///< null: the system's steady clock
  };
  event_loop();
  explicit event_loop(options o);
  event_loop(const event_loop&) = delete;
  ~event_loop();

  // Callbacks. They are called without arguments; capture what they need.
  template <std::invocable F>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  callback_handle call_soon(NOSTALL_RUNS_ON(loop) F&& f,
                            std::source_location where = std::source_location::current()) {
    return post(make(std::forward<F>(f), where), "call_soon");
  }
  /// After `delay`; never early.
  template <std::invocable F>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  callback_handle call_later(any_duration delay, NOSTALL_RUNS_ON(loop) F&& f,
                             std::source_location where = std::source_location::current()) {
    auto* n = make(std::forward<F>(f), where);
    return arm(n, core().deadline_after(delay), "call_later");
  }
  template <std::invocable F>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  callback_handle call_at(loop_time when, NOSTALL_RUNS_ON(loop) F&& f,
                          std::source_location where = std::source_location::current()) {
    return arm(make(std::forward<F>(f), where), when.time_since_epoch().count(), "call_at");
  }
  /// From any thread. Wakes the loop. One wake-up serves many calls.
  template <std::invocable F>
  NOSTALL_NONBLOCKING void call_soon_threadsafe(NOSTALL_RUNS_ON(loop) F&& f,
                            std::source_location where = std::source_location::current()) {
    send(make(std::forward<F>(f), where));
  }

  // File descriptors. The callback runs once an iteration while the descriptor is ready
  // (level-triggered). One reader and one writer each; a new one replaces the old. Remove
  // before closing. Throws std::system_error for what cannot be polled: regular files.
  template <std::invocable F>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void add_reader(int fd, NOSTALL_RUNS_ON(loop) F&& f,
                  std::source_location where = std::source_location::current()) {
    watch(fd, false, make(std::forward<F>(f), where));
  }
  template <std::invocable F>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void add_writer(int fd, NOSTALL_RUNS_ON(loop) F&& f,
                  std::source_location where = std::source_location::current()) {
    watch(fd, true, make(std::forward<F>(f), where));
  }
  /// Whether there was one.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool remove_reader(int fd);
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool remove_writer(int fd);

  /// Replaces the process's disposition of `signal` until removed. One loop a signal: the
  /// last to ask has it. Runs as a callback, not as a handler.
  template <std::invocable F>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void add_signal_handler(int signal, NOSTALL_RUNS_ON(loop) F&& f,
                          std::source_location where = std::source_location::current()) {
    watch_signal(signal, make(std::forward<F>(f), where));
  }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) bool remove_signal_handler(int signal);

  /// f(args...) on `executor`: a task of its result. See thread_pool_executor.h.
  template <class Executor, class F, class... A>
  NOSTALL_NONBLOCKING auto run_in_executor(Executor& executor, F&& f, A&&... args);
  /// What to_thread uses; made on first use, shut down with the loop.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) thread_pool_executor& default_executor();
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void set_default_executor(std::unique_ptr<thread_pool_executor> e);
  loop_time time() const noexcept;

  // Running. Each throws usage_error if a loop already runs on this thread, and in a
  // child of fork().
  /// Until stop(). Stopping finishes the iteration.
  NOSTALL_BLOCKING(sync-run) void run_forever();
  /// Until the task, or whatever can be awaited, has ended; gives its value or throws its
  /// exception. In run.h.
  template <class T>
  NOSTALL_BLOCKING(sync-run) NOSTALL_SPAWNS T run_until_complete(
      task<T> main, std::source_location where = std::source_location::current());
  template <class T> NOSTALL_BLOCKING(sync-run) T run_until_complete(task_handle<T> main);
  template <detail::other_awaitable A>
  NOSTALL_BLOCKING(sync-run) NOSTALL_SPAWNS auto run_until_complete(
      A&& main, std::source_location where = std::source_location::current());
  /// One iteration that does not wait. For tests and for foreign main loops: those call
  /// it when native_handle() is readable, or next_deadline() has come.
  NOSTALL_BLOCKING(sync-run) void run_once();
  /// A descriptor that can be polled: readable when there is something for run_once. Ask
  /// by its number each time, since the file behind it may change.
  int native_handle() noexcept;
  /// When run_once is due at the latest; now, if something is ready; nothing: not before
  /// native_handle() is readable. To be asked after each run_once.
  std::optional<loop_time> next_deadline() noexcept;
  NOSTALL_LOOP_ONLY_USE(stop_threadsafe) void stop();
  NOSTALL_NONBLOCKING void stop_threadsafe() noexcept;
  bool is_running() const noexcept;
  /// Cancels all tasks, level-triggered, and runs until all have ended.
  NOSTALL_BLOCKING(sync-run) void shutdown();

  // Errors and debugging.
  /// Called with a const exception_context&; what it throws goes to stderr.
  template <std::invocable<const exception_context&> F>
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe)
  void set_exception_handler(NOSTALL_RUNS_ON(loop) F f) {
    set_handler(std::make_shared<detail::handler_of<F>>(std::move(f)));
  }
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void reset_exception_handler();
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void call_exception_handler(const exception_context& c);
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void set_debug(bool on);
  bool debug() const noexcept;
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) void set_slow_callback_duration(any_duration d);
  std::chrono::nanoseconds slow_callback_duration() const noexcept;
  /// Names of all tasks that have not ended, in the order of creation.
  NOSTALL_LOOP_ONLY_USE(call_soon_threadsafe) std::vector<std::string> all_task_names() const;

private:
  friend struct detail::access;
  explicit event_loop(detail::loop_impl& left) noexcept;
  detail::loop_core& core() const noexcept;
  template <class F>
  detail::callback_node* make(F&& f, std::source_location where) {
    return new detail::callback_of<std::decay_t<F>>(core(), where, std::forward<F>(f));
  }
  callback_handle post(detail::callback_node* n, const char* who);
  callback_handle arm(detail::callback_node* n, std::int64_t at, const char* who);
  void send(detail::callback_node* n) noexcept;
  void watch(int fd, bool writer, detail::callback_node* n);
  void watch_signal(int signal, detail::callback_node* n);
  void set_handler(std::shared_ptr<detail::handler_base> h);
  void require_own(detail::task_core& t) const;
  void run_until_done(detail::task_core& t);

  detail::loop_impl* const impl_; ///< owned, but for one that exit() left alone
};

/// The loop that runs on this thread; throws usage_error when none does, as in a child of
/// fork() that a task has made.
event_loop& get_running_loop();
bool has_running_loop() noexcept;

} // namespace nostall

#endif
