// The loop: the order of one iteration, timers, stopping, errors of callbacks, wrong use,
// debug mode.

#include "pipe_support.h"
#include "support.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace {

TEST(Loop, RunsCallbacksFirstInFirstOut) {
  world w;
  std::string order;
  for (char c : std::string("abc"))
    w.loop->call_soon([&order, c] { order += c; });
  w.loop->run_once();
  EXPECT_EQ(order, "abc");
}

TEST(Loop, WhatBecomesReadyNowRunsInTheNextIteration) {
  world w;
  std::string order;
  w.loop->call_soon([&] {
    order += 'a';
    w.loop->call_soon([&] { order += 'c'; });
  });
  w.loop->call_soon([&] { order += 'b'; });
  w.loop->run_once();
  EXPECT_EQ(order, "ab");
  w.loop->run_once();
  EXPECT_EQ(order, "abc");
}

// All four sources become ready in one iteration; the next one runs them in the
// promised order.
TEST(Loop, OrderIsReadyTimersDescriptorsOtherThreads) {
  world w;
  fds p;
  std::string order;
  w.loop->call_soon_threadsafe([&] { order += 'x'; });
  w.loop->add_reader(p.r, [&] {
    order += 'i';
    w.loop->remove_reader(p.r);
  });
  w.loop->call_later(1ms, [&] { order += 't'; });
  w.loop->call_soon([&] {
    order += '1';
    w.clock.advance(1ms);
    p.put();
    w.loop->call_soon([&] { order += 'r'; });
  });
  w.loop->run_once();
  EXPECT_EQ(order, "1");
  w.loop->run_once();
  EXPECT_EQ(order, "1rtix");
}

TEST(Loop, TimersFireByDeadlineThenByArrival) {
  world w;
  std::string order;
  w.loop->call_later(20ms, [&] { order += 'c'; });
  w.loop->call_later(10ms, [&] { order += 'a'; });
  w.loop->call_later(10ms, [&] { order += 'b'; });
  w.loop->call_at(w.loop->time() + 30ms, [&] { w.loop->stop(); });
  w.loop->run_forever();
  EXPECT_EQ(order, "abc");
}

TEST(Loop, ManyTimersComeOutSorted) {
  world w;
  std::vector<int> fired;
  unsigned x = 7;
  for (int i = 0; i < 2000; ++i) {
    x = x * 1664525u + 1013904223u;
    const int at = static_cast<int>(x % 500);
    auto h = w.loop->call_later(std::chrono::milliseconds(at),
                                [&fired, at] { fired.push_back(at); });
    if (i % 3 == 0)
      h.cancel();
  }
  w.loop->call_later(1s, [&] { w.loop->stop(); });
  w.loop->run_forever();
  EXPECT_EQ(fired.size(), 1333u);
  EXPECT_TRUE(std::is_sorted(fired.begin(), fired.end()));
}

TEST(Loop, TimerDoesNotFireBeforeItsDeadline) {
  world w(false);
  bool fired = false;
  w.loop->call_later(10ms, [&] { fired = true; });
  w.clock.advance(10ms - 1ns);
  w.turns(2);
  EXPECT_FALSE(fired);
  w.clock.advance(1ns);
  w.turns(2);
  EXPECT_TRUE(fired);
}

// The real clock: waking early would show here.
TEST(Loop, RealTimersAreNeverEarly) {
  event_loop loop;
  int left = 200;
  for (int i = 0; i < 200; ++i) {
    const loop_time at = loop.time() + std::chrono::microseconds(37 * i);
    loop.call_at(at, [&loop, &left, at] {
      EXPECT_GE(loop.time(), at);
      if (--left == 0)
        loop.stop();
    });
  }
  loop.run_forever();
  EXPECT_EQ(left, 0);
}

TEST(Loop, CancelledCallbacksDoNotRun) {
  world w;
  int ran = 0;
  auto soon = w.loop->call_soon([&] { ++ran; });
  auto later = w.loop->call_later(1ms, [&] { ++ran; });
  soon.cancel();
  later.cancel();
  later.cancel();
  EXPECT_TRUE(soon.cancelled());
  w.loop->call_later(2ms, [&] { w.loop->stop(); });
  w.loop->run_forever();
  EXPECT_EQ(ran, 0);
}

TEST(Loop, HandlesOutliveTheLoop) {
  std::vector<callback_handle> all;
  {
    world w;
    all.push_back(w.loop->call_soon([] {}));
    all.push_back(w.loop->call_later(1ms, [] {}));
    all.push_back(w.loop->call_soon([] {}));
    all.back().cancel();
    w.turns(3); // these have run, or not
    all.push_back(w.loop->call_soon([] {}));
    all.push_back(w.loop->call_later(1h, [] {}));
    all.push_back(w.loop->call_later(1h, [] {}));
    all.back().cancel();
  }
  for (callback_handle& h : all) {
    h.cancel();
    EXPECT_TRUE(h.cancelled());
  }
}

TEST(Loop, DroppedCallbacksAreDestroyedWithTheLoop) {
  auto held = std::make_shared<int>(1);
  {
    world w;
    w.loop->call_soon([held] {});
    w.loop->call_later(1h, [held] {});
    w.loop->call_soon_threadsafe([held] {});
    EXPECT_EQ(held.use_count(), 4);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Loop, StopFromAnotherThread) {
  event_loop loop;
  std::thread t;
  loop.call_soon([&] { t = std::thread([&] { loop.stop_threadsafe(); }); });
  loop.run_forever();
  t.join();
}

TEST(Loop, StopBeforeRunningLetsOneIterationRun) {
  world w;
  int ran = 0;
  w.loop->call_soon([&] { ++ran; });
  w.loop->stop();
  w.loop->run_forever();
  EXPECT_EQ(ran, 1);
}

TEST(Loop, AnExceptionOfACallbackIsReportedAndTheLoopGoesOn) {
  world w;
  bool after = false;
  w.loop->call_soon([] { throw std::runtime_error("oops"); });
  w.loop->call_soon([&] { after = true; });
  w.loop->run_once();
  EXPECT_TRUE(after);
  ASSERT_EQ(w.reports.size(), 1u);
  EXPECT_EQ(w.reports[0].kind, report_kind::callback_failed);
  EXPECT_NE(to_string(w.reports[0]).find("oops"), std::string::npos);
  EXPECT_NE(to_string(w.reports[0]).find("loop_test.cpp"), std::string::npos);
}

TEST(Loop, ALoopInsideALoopIsRefused) {
  world w;
  std::string what;
  w.loop->call_soon([&] {
    event_loop inner;
    try {
      inner.run_once();
    } catch (const usage_error& e) {
      what = e.what();
    }
  });
  w.loop->run_once();
  EXPECT_NE(what.find("inside a running loop"), std::string::npos) << what;
}

TEST(Loop, NoRunningLoopIsNamed) {
  EXPECT_FALSE(has_running_loop());
  try {
    get_running_loop();
    FAIL();
  } catch (const usage_error& e) {
    EXPECT_NE(std::string(e.what()).find("running event loop"),
              std::string::npos);
  }
}

TEST(Loop, TheEnvironmentSwitchesDebugModeOn) {
  const char* before = std::getenv("NOSTALL_DEBUG");
  const std::string kept = before ? before : "";
  for (const char* off : {"", "0"}) {
    setenv("NOSTALL_DEBUG", off, 1);
    EXPECT_FALSE(event_loop().debug());
  }
  setenv("NOSTALL_DEBUG", "1", 1);
  EXPECT_TRUE(event_loop().debug());
  if (before)
    setenv("NOSTALL_DEBUG", kept.c_str(), 1);
  else
    unsetenv("NOSTALL_DEBUG");
}

TEST(Loop, DebugModeRefusesOtherThreads) {
  world w;
  w.loop->set_debug(true);
  std::string what;
  std::thread t([&] {
    try {
      w.loop->call_soon([] {});
    } catch (const usage_error& e) {
      what = e.what();
    }
  });
  t.join();
  w.loop->set_debug(false);
  EXPECT_NE(what.find("call_soon_threadsafe"), std::string::npos) << what;
}

TEST(Loop, DebugModeKeepsNothingOfWhatItRefuses) {
  world w;
  fds p;
  w.loop->set_debug(true);
  auto held = std::make_shared<int>(1);
  int refused = 0;
  std::thread t([&] {
    auto refuses = [&](auto call) {
      try {
        call();
      } catch (const usage_error&) {
        ++refused;
      }
    };
    refuses([&] { w.loop->call_soon([held] {}); });
    refuses([&] { w.loop->call_later(1ms, [held] {}); });
    refuses([&] { w.loop->add_reader(p.r, [held] {}); });
    refuses([&] { w.loop->add_signal_handler(SIGUSR2, [held] {}); });
  });
  t.join();
  w.loop->set_debug(false);
  EXPECT_EQ(refused, 4);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Loop, DebugModeNamesSlowCallbacks) {
  world w;
  w.loop->set_debug(true);
  w.loop->set_slow_callback_duration(10ms);
  w.loop->call_soon([&] { w.clock.advance(9ms); });
  w.loop->call_soon([&] { w.clock.advance(20ms); });
  auto h = start(w, [](world& v) -> task<void> {
    v.clock.advance(50ms);
    co_return;
  }(w));
  h.set_name("sluggish");
  w.loop->run_once();
  w.loop->set_debug(false);
  ASSERT_EQ(w.reports.size(), 2u);
  EXPECT_EQ(w.reports[0].kind, report_kind::slow_callback);
  EXPECT_EQ(w.reports[0].duration, 20ms);
  EXPECT_EQ(w.reports[1].task_name, "sluggish");
  EXPECT_EQ(w.reports[1].duration, 50ms);
}

TEST(LoopDeathTest, DestroyingARunningLoopEndsTheProgramWithAMessage) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto* loop = new event_loop;
        loop->call_soon([loop] { delete loop; });
        loop->run_once();
      },
      "destroyed while it runs");
}

} // namespace
