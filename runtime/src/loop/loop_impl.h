//===- loop_impl.h - the loop behind loop.h -------------------------------===//
//
//   ready ──▶ run    timers ──▶ ready    poller ──▶ ready    mailbox ──▶ ready
//                                                            signals ──▶ ready
//
//   loop.cpp          the order of one iteration, running, the loop's end
//   ../io/poller.cpp  descriptors and waiting
//   mailbox.cpp       what other threads send, and how they wake the loop
//   signals.cpp       POSIX signals
//   callback.cpp      what call_soon and its like hand in
//   event_loop.cpp    the public class
//
// Polling without waiting is left out where it could see nothing new: no
// descriptors are registered, or nothing has run since the last poll. A loop that is
// never idle polls every 50 microseconds, or after each iteration if these take longer:
// a poll costs two microseconds, an iteration may cost five nanoseconds.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_LOOP_IMPL_H
#define NOSTALL_SRC_LOOP_IMPL_H

#include "loop/mailbox.h"
#include "process/birthplace.h"
#include "nostall/detail/loop/loop_core.h"
#include "nostall/loop.h"
#include "nostall/report.h"
#include "nostall/thread_pool_executor.h"
#include "io/poller.h"
#include "loop/signals.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace nostall::detail {

/// Where reports of one loop go. Outlives the loop as long as an unfetched
/// failure may need it; the loop's handler does not: late reports go to stderr.
struct report_sink {
  std::shared_ptr<handler_base> handler;
  void report(const exception_context& c) noexcept;
};

/// What reads a loop's beat on a thread of its own.
struct loop_watcher {
  /// The loop goes first: it is not read any more after this.
  virtual void let_go() noexcept = 0;

protected:
  ~loop_watcher() = default;
};

struct loop_impl;

bool debug_by_environment() noexcept;
/// Debug mode knows the loops that live by number.
std::uint64_t enter_loop(loop_impl& l);
void leave_loop(std::uint64_t number) noexcept;

struct loop_impl final : loop_core {
  explicit loop_impl(event_loop& l, clock_source* c);
  ~loop_impl() override;
  /// Ends and drops all that goes with the loop, once.
  void take_apart() noexcept;

  void set_debug(bool on) noexcept;

  /// Iterates until `over()`, which is asked before each iteration and before a
  /// wait. Throws usage_error if a loop runs on this thread already.
  template <class Over> void run_until(Over over);

  std::shared_ptr<report_sink> reports() noexcept override { return sink; }

  std::shared_ptr<report_sink> sink = std::make_shared<report_sink>();
  std::chrono::nanoseconds slow = std::chrono::milliseconds(100);
  const std::uint64_t number = enter_loop(*this);
  std::thread::id thread = std::this_thread::get_id();
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> beat{0}; ///< counts steps while `watched`; odd in a step
  std::atomic<int> tid{0};            ///< of the running thread, while `watched`
  bool draining = false;              ///< in shutdown, where nobody stops it
  loop_watcher* watched = nullptr;    ///< a stall_watchdog's
  bool hosted = false;                ///< by a foreign main loop, which polls
  poller descriptors;
  mailbox* const mail; ///< counted; others may hold it longer
  signal_callbacks signals;
  std::unique_ptr<thread_pool_executor> executor; ///< null until it is asked for
  /// What it was before.
  std::vector<std::unique_ptr<thread_pool_executor>> former_executors;
  /// Ends all of them; what still runs after some seconds is left alone.
  void end_executors();
  std::size_t offloaded = 0; ///< calls that threads still have

  /// The outermost frame of what a watchdog shows.
  static void run_watched(loop_impl& l, ready_node* batch) noexcept;

  loop_impl* left_before = nullptr; ///< see ~event_loop
  bool apart = false;
  /// False in a child of fork.
  bool here() const noexcept { return made_.here(); }

private:
  const birthplace made_;
  void require_parentage() const;
  void refuse_late() noexcept;
  void ask_others() noexcept;
  void poll_now_and_then() noexcept;
  bool asked_to_stop() const noexcept { return !draining && stopping.load(); }
  void run_ready() noexcept;
  void run_timed(ready_node* n) noexcept;
  void move_due_timers() noexcept;
  void wait_for_events() noexcept;
  void linger() noexcept;
  void kill_tasks() noexcept;
  void drop_callbacks() noexcept;

  bool ran_since_poll_ = true;
  unsigned turns_ = 0;         ///< since the clock was last looked at
  unsigned turns_a_look_ = 1;  ///< so many are known to be short
  std::chrono::steady_clock::time_point polled_{};
  std::chrono::steady_clock::time_point looked_{};
  bool mail_came_ = false; ///< since the loop last slept
};

inline loop_impl& impl_of(loop_core& l) noexcept {
  return static_cast<loop_impl&>(l);
}

} // namespace nostall::detail

#endif
