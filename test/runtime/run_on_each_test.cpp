//===- run_on_each_test.cpp - a loop on each of several threads -----------===//

#include "support.h"

#include <nostall/nostall.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

TEST(RunOnEach, EachHasAThreadAndALoop) {
  std::mutex m;
  std::set<std::thread::id> threads;
  std::set<std::size_t> indices;
  run_on_each({.loops = 4, .pin = true}, [&](each_loop here) -> task<void> {
    EXPECT_EQ(here.count(), 4u);
    co_await yield_now();
    const std::lock_guard lock(m);
    threads.insert(std::this_thread::get_id());
    indices.insert(here.index());
  });
  EXPECT_EQ(threads.size(), 4u);
  EXPECT_EQ(indices, (std::set<std::size_t>{0, 1, 2, 3}));
  EXPECT_TRUE(threads.count(std::this_thread::get_id()));
}

TEST(RunOnEach, HandsCallsOver) {
  std::atomic<int> total{0};
  run_on_each({.loops = 3}, [&](each_loop here) -> task<void> {
    // Of the first loop alone: no lock.
    static int counter;
    if (here.index() == 0)
      counter = 0;
    static std::atomic<int> done;
    done = 0;
    auto count_up = [](int by) -> task<int> {
      co_await yield_now();
      co_return counter += by;
    };
    for (int i = 0; i < 200; ++i)
      co_await here.on(0, count_up, 1);
    total += 200;
    // The first stays until the others have done.
    while (here.index() == 0 && total < 600)
      co_await sleep(1ms);
    if (here.index() == 0) {
      EXPECT_EQ(counter, 600);
    }
  });
  EXPECT_EQ(total, 600);
}

TEST(RunOnEach, WhatTheCallThrowsComesBack) {
  std::atomic<bool> seen{false};
  run_on_each({.loops = 2}, [&](each_loop here) -> task<void> {
    if (here.index() == 1) {
      bool caught = false;
      try {
        co_await here.on(0, [](std::unique_ptr<std::string> s) -> task<void> {
          co_await yield_now();
          throw std::runtime_error(*s);
        }, std::make_unique<std::string>("there"));
      } catch (const std::runtime_error& e) {
        caught = std::string(e.what()) == "there";
      }
      EXPECT_TRUE(caught);
      seen = true;
    }
    while (!seen)
      co_await sleep(1ms);
  });
}

TEST(RunOnEach, TheFirstErrorEndsAll) {
  std::atomic<int> cancelled{0};
  try {
    run_on_each({.loops = 3}, [&](each_loop here) -> task<void> {
      if (here.index() == 1) {
        co_await sleep(5ms);
        throw std::runtime_error("one");
      }
      try {
        co_await sleep_forever();
      } catch (const cancelled_error&) {
        ++cancelled;
        throw;
      }
    });
    ADD_FAILURE();
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "one");
  }
  EXPECT_EQ(cancelled, 2);
}

TEST(RunOnEach, AChannelConnectsLoops) {
  channel<int> c(8);
  std::atomic<long> sum{0};
  run_on_each({.loops = 2}, [&](each_loop here) -> task<void> {
    if (here.index() == 0) {
      for (int i = 1; i <= 2'000; ++i)
        EXPECT_TRUE(co_await c.send(i));
      c.close();
    } else {
      while (auto v = co_await c.receive())
        sum += *v;
    }
  });
  EXPECT_EQ(sum, 2'001'000);
}

TEST(RunOnEach, ALoopThatHasEnded) {
  std::atomic<bool> refused{false};
  run_on_each({.loops = 2}, [&](each_loop here) -> task<void> {
    if (here.index() == 1)
      co_return;
    while (!here.handle(1).closed())
      co_await sleep(1ms);
    try {
      co_await here.on(1, [] { return sleep(1ms); });
    } catch (const loop_closed&) {
      refused = true;
    }
    EXPECT_THROW(here.handle(2), usage_error);
  });
  EXPECT_TRUE(refused);
  world w;
  w.run([]() -> task<void> {
    EXPECT_THROW(run_on_each({.loops = 1}, [](each_loop) -> task<void> { co_return; }),
                 usage_error);
    co_return;
  }());
}

TEST(RunOnEach, ALoopThatEndsWithCallsOnTheirWay) {
  std::atomic<bool> sent{false};
  int broken = 0, closed = 0;
  run_on_each({.loops = 2}, [&](each_loop here) -> task<void> {
    if (here.index() == 1) {
      co_await sleep(5ms); // the first call begins
      sent.wait(false);    // the second waits in the mailbox
      co_return;
    }
    auto call = [](each_loop there, int& broken, int& closed) -> task<void> {
      try {
        co_await there.on(1, [] { return sleep(1h); });
        ADD_FAILURE();
      } catch (const std::future_error&) {
        ++broken;
      } catch (const loop_closed&) {
        ++closed;
      }
    };
    auto first = create_task(call, here, std::ref(broken), std::ref(closed));
    co_await sleep(1ms);
    auto second = create_task(call, here, std::ref(broken), std::ref(closed));
    co_await yield_now();
    co_await yield_now();
    sent = true;
    sent.notify_one();
    co_await first;
    co_await second;
  });
  EXPECT_EQ(broken, 2);
  EXPECT_EQ(closed, 0);
}

} // namespace
