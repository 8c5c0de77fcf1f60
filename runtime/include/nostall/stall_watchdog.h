//===- stall_watchdog.h - who holds the loop, seen from outside -----------===//
//
//     stall_watchdog watchdog(loop, {.threshold = 50ms, .json_lines = "stalls.jsonl"});
//
//   loop ── a beat each step ──▶ counter ◀── looks, four times a threshold ── watcher
//    ▲                                                                          │
//    └──────── signal: "where are you?" ◀── the same step, for too long ────────┘
//
// Debug mode says afterwards that a step was slow. The watchdog says where it is, and
// says so while the loop still stands. A thread looks at the loop's step counter; when
// one step lasts longer than the threshold, the loop's thread is interrupted once
// (by a real-time signal that is free) and leaves its stack, from the innermost function up to
// the coroutine or callback that the loop called. The report comes when the step has
// ended, or after eight thresholds if it has not. Each place is reported once; a place
// is a coroutine or callback with the functions that it was in, the outermost few.
//
// A beat costs about a nanosecond a step, and nothing without a watchdog. One watchdog
// a loop, made and destroyed on the loop's thread or while the loop does not run; it
// must not outlive the loop. A system call that is interrupted may end with EINTR, as
// by any signal. Functions of the program itself have names in the report if it is
// linked with -rdynamic; else the offset names the line (addr2line -e MODULE OFFSET).
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_STALL_WATCHDOG_H
#define NOSTALL_STALL_WATCHDOG_H

#include "nostall/annotations.h"
#include "nostall/config.h"
#include "nostall/detail/loop/duration.h"
#include "nostall/detail/task/anything.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <vector>

namespace nostall {

class event_loop;

struct stall_frame {
  std::string function;    ///< empty where the program exports no such symbol
  std::string module;      ///< file of the program or library
  std::uintptr_t offset{}; ///< in the module, for addr2line
};

struct stall_report {
  std::chrono::nanoseconds duration; ///< so far, if not `ended`
  bool ended;
  std::string task_name;             ///< empty for a callback
  std::source_location where;        ///< where the task was made
  std::vector<stall_frame> stack;    ///< innermost first; empty if it gave no answer
};

/// A line for the stall and one for each frame.
std::string to_string(const stall_report& report);
/// One JSON object without line breaks.
std::string to_json(const stall_report& report);

class stall_watchdog {
public:
  struct options {
    any_duration threshold = std::chrono::milliseconds(100);
    /// A file to which each report is appended as a line of JSON.
    std::string json_lines = {};
    /// Called on the watcher's thread; if empty, the report goes to stderr. So does what
    /// it throws.
    std::function<void(const stall_report&)> on_stall = {};
  };

  /// Throws usage_error if the loop has a watchdog, std::system_error if there is
  /// no thread to be had.
  stall_watchdog(event_loop& loop NOSTALL_LIFETIMEBOUND, options o);
  explicit stall_watchdog(event_loop& loop NOSTALL_LIFETIMEBOUND);
  template <class N, class Chosen = decltype([] {})>
    requires detail::number_or_duration<N>
  stall_watchdog(event_loop& loop NOSTALL_LIFETIMEBOUND, N) : stall_watchdog(loop) {
    static_assert(detail::never<Chosen>, "nostall: a stall_watchdog takes its options by name: "
                                         "stall_watchdog dog(loop, {.threshold = 50ms})");
  }
  stall_watchdog(const stall_watchdog&) = delete;
  /// Waits for the watcher's thread, which reports what it has seen. So does the end of
  /// the loop, if that comes first.
  NOSTALL_BLOCKING(wait) ~stall_watchdog();

  /// Steps that were too long so far, with those that were not reported again.
  std::size_t stalls() const noexcept;
  /// How often the watcher has looked.
  std::size_t looks() const noexcept;

private:
  struct watcher;
  std::unique_ptr<watcher> watcher_;
};

} // namespace nostall

#endif
