//===- loop_core.h - the part of the loop that headers need ---------------===//
//
// Inline because every wait and every wake goes through it: the queue of what
// runs next, the timers, the clock, the root of the scopes. The rest (polling,
// signals, the inbox, reports) is in src/loop/ behind `loop_impl`.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_LOOP_CORE_H
#define NOSTALL_DETAIL_LOOP_CORE_H

#include "nostall/detail/task/task_core.h"
#include "nostall/detail/loop/timer_heap.h"

#include <atomic>
#include <chrono>
#include <vector>

namespace nostall {

/// The loop's time: nanoseconds of a steady clock.
using loop_time = std::chrono::steady_clock::time_point;

/// Where a loop takes its time from. Tests replace it (test_clock.h).
class clock_source {
public:
  virtual ~clock_source() = default;
  virtual loop_time now() noexcept = 0;
  /// The loop is idle until `until`. True: the clock has been moved instead of
  /// waiting.
  virtual bool idle_until(loop_time until) noexcept = 0;
};

class event_loop;

namespace detail {

struct report_sink;

/// A time that counts from the loop's next look at the clock, which it takes in each
/// iteration that has timers: whoever asks for it looks at no clock.
struct postponed : link {
  std::chrono::nanoseconds delay{};
  void (*begin)(postponed*, std::int64_t now) noexcept;
  explicit postponed(void (*b)(postponed*, std::int64_t) noexcept) noexcept : begin(b) {}
};

struct loop_core {
  ready_queue ready;
  timer_heap timers;
  list<postponed> waits_for_clock;
  scope root;
  clock_source* clock = nullptr;
  std::atomic<event_loop*> owner{nullptr};
  list<passed_cancel> passed; ///< cancellations on their way
  bool passing = false;       ///< somebody sees to `passed`
  list<passed_cancel> to_ask; ///< awaiters of others: whether they call their wait off
  std::vector<task_core*> late; ///< refused after the present step; counted
  bool debug = false;
  bool running = false;

  loop_core() noexcept : root(*this, nullptr, nullptr, scope::kind::open) {}
  loop_core(const loop_core&) = delete;
  virtual ~loop_core() = default;

  std::int64_t now() const noexcept {
    const loop_time t =
        clock ? clock->now() : std::chrono::steady_clock::now();
    return std::chrono::nanoseconds(t.time_since_epoch()).count();
  }
  /// `delay` from now, without overflow; a delay below zero is zero.
  std::int64_t deadline_after(std::chrono::nanoseconds delay) const noexcept {
    return sum(now(), delay);
  }
  static std::int64_t sum(std::int64_t time, std::chrono::nanoseconds delay) noexcept {
    std::int64_t at = 0;
    return __builtin_add_overflow(time, delay.count() < 0 ? 0 : delay.count(), &at) ? INT64_MAX
                                                                                     : at;
  }
  virtual std::shared_ptr<report_sink> reports() noexcept = 0;
};

inline void task_core::wake() noexcept {
  state = task_state::scheduled;
  in->loop().ready.push(*this);
}

/// The loop that runs on this thread; throws usage_error when there is none.
[[noreturn]] void throw_no_loop(const char* what);
inline loop_core& running_loop_core(const char* what) {
  loop_core* l = this_thread.loop;
  if (!l) [[unlikely]]
    throw_no_loop(what);
  return *l;
}

/// In debug mode, throws usage_error on another thread than the loop's.
void check_thread_slow(loop_core& l, const char* what);
inline void check_thread(loop_core& l, const char* what) {
  if (l.debug) [[unlikely]]
    check_thread_slow(l, what);
}

} // namespace detail
} // namespace nostall

#endif
