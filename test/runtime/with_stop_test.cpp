#include "support.h"

#include <nostall/nostall.h>

#include <memory>
#include <stdexcept>
#include <stop_token>
#include <thread>

namespace {
task<int> after_turns(int n) {
  for (int i = 0; i < n; ++i)
    co_await yield_now();
  co_return n;
}
} // namespace

TEST(WithStop, WhatTheTaskDoesComesOut) {
  world w;
  w.run([]() -> task<void> {
    std::stop_source s;
    EXPECT_EQ(co_await with_stop(s.get_token(), after_turns(3)), 3);
    EXPECT_EQ(co_await with_stop(std::stop_token(), after_turns(1)), 1);
    EXPECT_EQ(*co_await with_stop(s.get_token(), []() -> task<std::unique_ptr<int>> {
      co_return std::make_unique<int>(2);
    }()),
              2);
    auto fails = []() -> task<void> {
      co_await yield_now();
      throw std::runtime_error("inside");
    };
    EXPECT_THROW(co_await with_stop(s.get_token(), fails()), std::runtime_error);
    s.request_stop(); // after the end: nothing
    co_await yield_now();
  }());
}

TEST(WithStop, AStopFromAnotherThreadCancels) {
  nostall::run([]() -> task<void> {
    for (const bool early : {true, false}) {
      std::stop_source s;
      std::thread other([s, early]() mutable {
        if (!early)
          std::this_thread::yield();
        s.request_stop();
      });
      if (early)
        other.join();
      bool told = false;
      try {
        co_await with_stop(s.get_token(), []() -> task<void> { co_await sleep_forever(); }());
      } catch (const cancelled_error&) {
        told = true;
      }
      EXPECT_TRUE(told);
      if (!early)
        other.join();
    }
  }());
}

TEST(WithStop, AStopOfBeforeEndsItAtTheFirstWait) {
  world w;
  w.run([]() -> task<void> {
    std::stop_source stop;
    stop.request_stop();
    int got = 0;
    auto h = create_task(with_stop(stop.get_token(), [](int& got) -> task<void> {
      got = 1;
      co_await yield_now();
      got = 2;
    }(got)));
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
    EXPECT_EQ(got, 1);
  }());
}

TEST(WithStop, AStopOnTheLoopsThreadEndsItAtTheNextWait) {
  world w;
  w.run([]() -> task<void> {
    std::stop_source stop;
    bool went_on = false;
    auto h = create_task(with_stop(stop.get_token(), [](std::stop_source s, bool& on) -> task<void> {
      s.request_stop();
      co_await yield_now();
      on = true;
    }(stop, went_on)));
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
    EXPECT_FALSE(went_on);
  }());
}

TEST(WithStop, ATaskMayEndOtherwise) {
  world w;
  w.run([]() -> task<void> {
    std::stop_source s;
    auto h = create_task(with_stop(s.get_token(), []() -> task<int> {
      try {
        co_await sleep_forever();
      } catch (const cancelled_error&) {
      }
      co_return 9;
    }()));
    co_await yield_now();
    co_await yield_now();
    s.request_stop();
    EXPECT_EQ(co_await h, 9);
  }());
}

TEST(WithStop, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              std::stop_source s;
              get_running_loop().call_soon([s]() mutable {
                get_running_loop().call_soon([s]() mutable { s.request_stop(); });
              });
              try {
                co_await with_stop(s.get_token(),
                                   []() -> task<void> { co_await sleep_forever(); }());
              } catch (const cancelled_error&) {
                if (!s.stop_requested())
                  throw;
              }
            }),
            2);
}
