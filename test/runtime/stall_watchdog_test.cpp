// stall_watchdog: says who holds the loop, while it holds it. What stalls here does so
// until the watchdog has seen it, so that no test depends on how fast that is.

#include "support.h"

#include <nostall/stall_watchdog.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace {

/// The reports so far, which come from another thread. A busy machine may hold any
/// step up, so tests ask for the reports that they have caused.
struct reports {
  std::mutex mutex;
  std::condition_variable news;
  std::vector<stall_report> all;

  std::function<void(const stall_report&)> sink() {
    return [this](const stall_report& r) {
      const std::lock_guard lock(mutex);
      all.push_back(r);
      news.notify_all();
    };
  }
  std::size_t count(std::string_view task) {
    const std::lock_guard lock(mutex);
    return count_locked(task);
  }
  bool wait_for(std::string_view task) {
    std::unique_lock lock(mutex);
    return news.wait_for(lock, 60s, [&] { return count_locked(task) > 0; });
  }
  const stall_report& first(std::string_view task) {
    const std::lock_guard lock(mutex);
    return *std::find_if(all.begin(), all.end(), [&](const stall_report& r) {
      return r.task_name == task;
    });
  }

private:
  std::size_t count_locked(std::string_view task) const {
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const stall_report& r) {
          return r.task_name == task;
        }));
  }
};

/// Holds the thread until the watchdog has counted one more stall.
[[gnu::noinline]] void hold(const stall_watchdog& w) {
  const std::size_t before = w.stalls();
  for (int i = 0; i < 60'000 && w.stalls() == before; ++i)
    std::this_thread::sleep_for(1ms);
}
[[gnu::noinline]] task<void> holds(stall_watchdog& w) {
  hold(w);
  co_return;
}
/// The same until it is reported, which is after eight thresholds.
[[gnu::noinline]] task<void> holds_on(reports& seen, std::string name) {
  EXPECT_TRUE(seen.wait_for(name));
  co_return;
}

TEST(StallWatchdog, ReportsTheTaskAndItsStackWhenItHasEnded) {
  reports seen;
  event_loop loop;
  stall_watchdog w(loop, {.threshold = 4ms, .json_lines = {}, .on_stall = seen.sink()});
  loop.run_until_complete([](stall_watchdog& dog, reports& s) -> task<void> {
    for (int tries = 0; tries < 1000 && s.count("sluggish") == 0; ++tries)
      co_await create_task(holds(dog), "sluggish");
  }(w, seen));
  ASSERT_EQ(seen.count("sluggish"), 1u);
  const stall_report& r = seen.first("sluggish");
  EXPECT_NE(std::string(r.where.file_name()).find("stall_watchdog_test"),
            std::string::npos);
  EXPECT_GE(r.duration, 4ms);
  ASSERT_GE(r.stack.size(), 3u); // the sleep, hold, the coroutine
  for (const stall_frame& f : r.stack)
    EXPECT_FALSE(f.module.empty());
}

TEST(StallWatchdog, ReportsWhatDoesNotEnd) {
  reports seen;
  event_loop loop;
  stall_watchdog w(loop, {.threshold = 2ms, .json_lines = {}, .on_stall = seen.sink()});
  loop.call_soon([&] { EXPECT_TRUE(seen.wait_for("")); }); // a callback has no name
  loop.run_once();
  const stall_report& r = seen.first("");
  EXPECT_FALSE(r.ended);
  EXPECT_GE(r.duration, 16ms);
}

TEST(StallWatchdog, ReportsEachPlaceOnce) {
  reports seen;
  {
    event_loop loop;
    stall_watchdog w(loop, {.threshold = 2ms, .json_lines = {}, .on_stall = seen.sink()});
    loop.run_until_complete([](stall_watchdog& dog, reports& s) -> task<void> {
      for (int tries = 0; tries < 1000 && s.count("again") == 0; ++tries)
        co_await create_task(holds(dog), "again");
      for (int more = 0; more < 3; ++more)
        co_await create_task(holds(dog), "again");
      co_await create_task(holds_on(s, "elsewhere"), "elsewhere");
    }(w, seen));
    EXPECT_GE(w.stalls(), 3u);
  }
  EXPECT_EQ(seen.count("again"), 1u);
  EXPECT_EQ(seen.count("elsewhere"), 1u);
}

TEST(StallWatchdog, ALoopThatWaitsIsNotHeld) {
  event_loop loop;
  stall_watchdog w(loop, {.threshold = 1ms, .json_lines = {}, .on_stall = {}});
  std::thread t([&] {
    const std::size_t before = w.looks();
    while (w.looks() < before + 20)
      std::this_thread::yield();
    loop.stop_threadsafe();
  });
  loop.run_forever();
  t.join();
  EXPECT_EQ(w.stalls(), 0u);
}

TEST(StallWatchdog, WritesLinesOfJson) {
  const std::string path =
      testing::TempDir() + "nostall-stalls-" + std::to_string(getpid()) + ".jsonl";
  const auto written = [&] {
    std::vector<std::string> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
      lines.push_back(line);
    return lines;
  };
  const std::string mine = "\"task\":\"say \\\"when\\\"\"";
  const auto has_mine = [&] {
    for (const std::string& line : written())
      if (line.find(mine) != std::string::npos)
        return true;
    return false;
  };
  {
    event_loop loop;
    stall_watchdog w(loop, {.threshold = 2ms, .json_lines = path, .on_stall = {}});
    for (int tries = 0; tries < 1000 && !has_mine(); ++tries) {
      loop.run_until_complete(
          [](stall_watchdog& dog) -> task<void> {
            co_await create_task(holds(dog), "say \"when\"");
          }(w));
    }
  }
  EXPECT_TRUE(has_mine());
  for (const std::string& line : written()) {
    EXPECT_EQ(line.find("{\"kind\":\"stall\",\"duration_ms\":"), 0u) << line;
    EXPECT_NE(line.find("\"stack\":[{\"function\":"), std::string::npos) << line;
    EXPECT_EQ(line.substr(line.size() - 2), "]}");
  }
  std::remove(path.c_str());
}

TEST(StallWatchdog, Texts) {
  stall_report r{1500ms, true, "t", {}, {}};
  EXPECT_EQ(to_string(r), "nostall: task 't' held the loop for 1500 ms; it did not "
                          "answer where it is\n");
  r.task_name.clear();
  r.ended = false;
  r.stack.push_back({"f()", "a.out", 16});
  EXPECT_EQ(to_string(r), "nostall: a callback holds the loop, for 1500 ms; it was in\n"
                          "    f() (a.out+0x10)\n");
  EXPECT_EQ(to_json(r),
            "{\"kind\":\"stall\",\"duration_ms\":1500,\"ended\":false,\"task\":\"\","
            "\"file\":\"\",\"line\":0,\"stack\":[{\"function\":\"f()\",\"module\":"
            "\"a.out\",\"offset\":16}]}");
}

TEST(StallWatchdog, TakesNoSignalFromTheProgram) {
  const auto mine = [](int) {};
  std::signal(SIGURG, mine);
  std::signal(SIGRTMAX - 1, mine);
  reports seen;
  {
    event_loop loop;
    stall_watchdog w(loop, {.threshold = 4ms, .json_lines = {}, .on_stall = seen.sink()});
    loop.run_until_complete([](event_loop& l, stall_watchdog& dog) -> task<void> {
      // Whichever it has chosen: the program may take that, too.
      for (int s = SIGRTMIN; s < SIGRTMAX; ++s)
        l.add_signal_handler(s, [] {});
      for (int s = SIGRTMIN; s < SIGRTMAX - 8; ++s)
        l.remove_signal_handler(s);
      l.add_signal_handler(SIGURG, [] {});
      co_await create_task(holds(dog), "urgent");
    }(loop, w));
  }
  ASSERT_TRUE(seen.wait_for("urgent"));
  EXPECT_FALSE(seen.first("urgent").stack.empty());
  EXPECT_EQ(std::signal(SIGURG, SIG_DFL), static_cast<void (*)(int)>(mine));
  EXPECT_EQ(std::signal(SIGRTMAX - 1, SIG_DFL), static_cast<void (*)(int)>(mine));
}

TEST(StallWatchdog, WhatOnStallThrowsIsNoEnd) {
  testing::internal::CaptureStderr();
  {
    event_loop loop;
    stall_watchdog w(loop, {.threshold = 4ms, .json_lines = {}, .on_stall = [](auto&) {
      throw std::runtime_error("full");
    }});
    loop.run_until_complete([](stall_watchdog& dog) -> task<void> {
      co_await create_task(holds(dog), "thrower");
    }(w));
  }
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("on_stall of a stall_watchdog threw"), said.npos) << said;
}

// It would wait for the thread that it is on.
TEST(StallWatchdogDeathTest, DestroyedByItsOwnOnStallEndsTheProgramWithAMessage) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        event_loop loop;
        std::unique_ptr<stall_watchdog> w;
        std::atomic<bool> called = false;
        w = std::make_unique<stall_watchdog>(
            loop, stall_watchdog::options{.threshold = 1ms, .on_stall = [&](auto&) {
              called = true;
              w.reset();
            }});
        loop.call_soon([&] {
          while (!called)
            std::this_thread::yield();
        });
        loop.run_once();
        for (;;)
          std::this_thread::yield();
      },
      "destroyed by its own on_stall");
}

TEST(StallWatchdog, OneALoop) {
  event_loop loop;
  {
    stall_watchdog first(loop);
    EXPECT_THROW(stall_watchdog{loop}, usage_error);
  }
  stall_watchdog again(loop);
}

} // namespace
