// sleep, sleep_until, yield_now, sleep_forever.

#include "support.h"

namespace {

TEST(Sleep, TakesExactlyItsTimeOnTheTestClock) {
  world w;
  w.run([](world& v) -> task<void> {
    const loop_time t = v.loop->time();
    co_await sleep(90min);
    EXPECT_EQ(v.loop->time() - t, 90min);
    co_await sleep_until(t + 2h);
    EXPECT_EQ(v.loop->time() - t, 2h);
  }(w));
}

TEST(Sleep, IsNeverEarlyOnTheRealClock) {
  run([]() -> task<void> {
    for (int i = 0; i < 50; ++i) {
      const loop_time t = get_running_loop().time();
      co_await sleep(std::chrono::microseconds(i * 17));
      EXPECT_GE(get_running_loop().time() - t, std::chrono::microseconds(i * 17));
    }
  }());
}

TEST(Sleep, ZeroAndLessAreOneTurn) {
  world w;
  w.run([](world& v) -> task<void> {
    const loop_time t = v.loop->time();
    co_await sleep(0s);
    co_await sleep(-1s);
    EXPECT_EQ(v.loop->time(), t);
  }(w));
}

TEST(Sleep, TheLongestSleepDoesNotOverflow) {
  world w(false);
  auto h = start(w, []() -> task<void> {
    co_await sleep(std::chrono::nanoseconds::max());
  }());
  w.loop->run_once();
  w.loop->run_once();
  EXPECT_EQ(h.state(), task_state::pending);
}

TEST(Sleep, SleepersWakeInOrder) {
  world w;
  std::string order;
  w.run([](std::string& o) -> task<void> {
    auto s = [](std::string& out, int ms, char c) -> task<void> {
      co_await sleep(std::chrono::milliseconds(ms));
      out += c;
    };
    auto a = create_task(s(o, 3, 'c')), b = create_task(s(o, 1, 'a')),
         c = create_task(s(o, 2, 'b')), d = create_task(s(o, 3, 'd'));
    co_await a;
    co_await b;
    co_await c;
    co_await d;
  }(order));
  EXPECT_EQ(order, "abcd");
}

TEST(Sleep, YieldTakesTurns) {
  world w;
  std::string order;
  w.run([](std::string& o) -> task<void> {
    auto s = [](std::string& out, char c) -> task<void> {
      for (int i = 0; i < 3; ++i) {
        out += c;
        co_await yield_now();
      }
    };
    auto a = create_task(s(o, 'a')), b = create_task(s(o, 'b'));
    co_await a;
    co_await b;
  }(order));
  EXPECT_EQ(order, "ababab");
}

TEST(Sleep, CancelledTakesItsTimerAlong) {
  world w;
  w.run([](world& v) -> task<void> {
    auto h = create_task([]() -> task<void> { co_await sleep(1h); }());
    co_await yield_now();
    EXPECT_EQ(v.loop->core().timers.size(), 1u);
    h.cancel();
    EXPECT_EQ(v.loop->core().timers.size(), 0u);
    EXPECT_THROW(co_await h, cancelled_error);
  }(w));
}

TEST(Sleep, OutsideOfATaskIsNamed) {
  // Driven by hand, without a task around it.
  world w;
  sleep_awaiter s = sleep(1ms);
  try {
    s.await_suspend(std::noop_coroutine());
    FAIL();
  } catch (const usage_error& e) {
    EXPECT_NE(std::string(e.what()).find("sleep()"), std::string::npos);
  }
}

TEST(Sleep, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              co_await sleep(1ms);
              co_await yield_now();
              co_await sleep(0s);
              co_await sleep_until(get_running_loop().time() + 1s);
            }),
            4);
}

} // namespace
