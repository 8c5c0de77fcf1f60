//===- stdexec_test.cpp - schedulers, senders, receivers ------------------===//
//
// With stdexec itself, where that is (NOSTALL_STDEXEC: its include folder), else with
// stand-in/stdexec/execution.hpp.
//
//===----------------------------------------------------------------------===//

#include <stdexec/execution.hpp>

#include "support.h"

#include <nostall/async_event.h>
#include <nostall/gather.h>
#include <nostall/stdexec.h>
#include <nostall/timeout.h>

#include <stdexcept>
#include <thread>

namespace {

/// A loop on a thread of its own.
struct other_loop {
  std::optional<event_loop> loop{std::in_place};
  std::thread thread{[this] { loop->run_forever(); }};
  void end() {
    if (!thread.joinable())
      return;
    loop->stop_threadsafe();
    thread.join();
  }
  ~other_loop() { end(); }
};

TEST(Stdexec, ALoopIsAScheduler) {
  static_assert(stdexec::scheduler<loop_scheduler>);
  other_loop other;
  const loop_scheduler there(*other.loop);
  EXPECT_TRUE(there == loop_scheduler(*other.loop));
  auto [ran_on] =
      stdexec::sync_wait(stdexec::then(stdexec::schedule(there),
                                       [] { return std::this_thread::get_id(); }))
          .value();
  EXPECT_EQ(ran_on, other.thread.get_id());
  other.end();
  other.loop.reset();
  EXPECT_FALSE(stdexec::sync_wait(stdexec::schedule(there))); // stopped
}

TEST(Stdexec, ATaskIsASender) {
  other_loop other;
  auto [n] = stdexec::sync_wait(as_sender(
                                    []() -> task<int> {
                                      co_await nostall::sleep(1ms);
                                      co_return 5;
                                    }(),
                                    loop_handle(*other.loop)))
                 .value();
  EXPECT_EQ(n, 5);
  EXPECT_TRUE(stdexec::sync_wait(
      as_sender([]() -> task<void> { co_await yield_now(); }(), loop_handle(*other.loop))));
  EXPECT_THROW(stdexec::sync_wait(as_sender([]() -> task<int> {
                                              throw std::runtime_error("no");
                                              co_return 1;
                                            }(),
                                            loop_handle(*other.loop))),
               std::runtime_error);
  EXPECT_FALSE(stdexec::sync_wait(as_sender(
      []() -> task<void> { throw cancelled_error(); co_return; }(), loop_handle(*other.loop))));
  EXPECT_FALSE(stdexec::sync_wait(
      as_sender([]() -> task<void> { co_return; }(), loop_handle())));
}

TEST(Stdexec, ASenderIsAwaited) {
  other_loop other;
  const loop_scheduler there(*other.loop);
  nostall::run([](loop_scheduler there) -> task<void> {
    const auto home = std::this_thread::get_id();
    EXPECT_EQ(co_await from_sender(stdexec::then(stdexec::schedule(there), [] { return 3; })), 3);
    EXPECT_EQ(std::this_thread::get_id(), home);
    co_await from_sender(stdexec::schedule(there));
    auto [a, b] = co_await gather(from_sender(stdexec::just(1)), from_sender(stdexec::just(2)));
    EXPECT_EQ(a + b, 3);
    auto [c, d] = co_await from_sender(stdexec::just(4, 5.0));
    EXPECT_EQ(c + d, 9);
    EXPECT_THROW(co_await from_sender(stdexec::just_error(
                     std::make_exception_ptr(std::runtime_error("no")))),
                 std::runtime_error);
    EXPECT_THROW(co_await from_sender(stdexec::just_stopped()), cancelled_error);
  }(there));
}

TEST(Stdexec, StoppingGoesBothWays) {
  other_loop other;
  nostall::run([](loop_handle there) -> task<void> {
    // The task here is out of time; its sender is asked to stop; that cancels a task there.
    bool stopped = false;
    auto sleeps = [](bool& stopped) -> task<void> {
      try {
        co_await sleep_forever();
      } catch (const cancelled_error&) {
        stopped = true;
        throw;
      }
    };
    EXPECT_THROW(co_await wait_for(from_sender(as_sender(sleeps(stopped), there)), 5ms),
                 timeout_error);
    EXPECT_TRUE(stopped);
  }(loop_handle(*other.loop)));
}

} // namespace
