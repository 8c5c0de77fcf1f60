//===- test_clock.h - time that passes when it is told to -----------------===//
//
//     test_clock clock;
//     event_loop loop({.clock = &clock});
//     loop.run_until_complete(sleeper());     // an hour's sleep, at once
//
// For tests: no test needs to wait. When the loop has nothing to do, the clock
// jumps to the next timer (`autojump`, the default), or the test moves it with
// `advance`. Descriptors and other threads work as ever; a loop without timers
// still waits for them. Not for use from other threads.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_CLOCK_H
#define NOSTALL_TEST_CLOCK_H

#include "nostall/detail/loop/loop_core.h"

namespace nostall {

class test_clock : public clock_source {
public:
  explicit test_clock(bool autojump = true) noexcept : autojump_(autojump) {}

  loop_time now() noexcept override { return now_; }
  void advance(std::chrono::nanoseconds d) noexcept { now_ += d; }
  bool idle_until(loop_time until) noexcept override {
    if (autojump_ && until > now_)
      now_ = until;
    return autojump_;
  }

private:
  loop_time now_{std::chrono::hours(1)};
  bool autojump_;
};

} // namespace nostall

#endif
