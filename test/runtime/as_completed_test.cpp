// as_completed: in the order of ending.

#include "support.h"

#include <nostall/as_completed.h>
#include <nostall/task_group.h>

#include <memory>
#include <ranges>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

task<int> takes(int ms) {
  co_await sleep(std::chrono::milliseconds(ms));
  co_return ms;
}
task<int> fails() {
  co_await yield_now();
  throw std::runtime_error("x");
}
std::vector<task<int>> some() {
  std::vector<task<int>> v;
  for (int ms : {3, 1, 2})
    v.push_back(takes(ms));
  return v;
}

TEST(AsCompleted, GivesTheOrderOfEnding) {
  world w;
  w.run([]() -> task<void> {
    std::vector<int> got;
    for (auto next : as_completed(some()))
      got.push_back(co_await next);
    EXPECT_EQ(got, (std::vector{1, 2, 3}));
    std::vector hs{create_task(takes(2)), create_task(takes(1))};
    co_await sleep(5ms);
    got.clear();
    for (auto next : as_completed(hs))
      got.push_back(co_await next); // ended already: their own order
    EXPECT_EQ(got, (std::vector{2, 1}));
  }());
}

TEST(AsCompleted, ThrowsTheErrorOfEach) {
  world w;
  w.run([]() -> task<void> {
    auto tasks = some();
    tasks.push_back(fails());
    int errors = 0, values = 0;
    for (auto next : as_completed(std::move(tasks)))
      try {
        values += co_await next;
      } catch (const std::runtime_error&) {
        ++errors;
      }
    EXPECT_EQ(errors, 1);
    EXPECT_EQ(values, 6);
  }());
}

// The range is the program's, and may throw when some tasks run already.
TEST(AsCompleted, ARangeThatThrowsCancelsWhatItHasStarted) {
  world w;
  w.run([]() -> task<void> {
    std::vector<task_handle<void>> begun;
    const auto load = [&](int i) {
      if (i == 3)
        throw std::runtime_error("no such number");
      begun.push_back(create_task(sleep_forever()));
      return begun.back();
    };
    EXPECT_THROW(as_completed(std::views::iota(1, 5) | std::views::transform(load)),
                 std::runtime_error);
    EXPECT_EQ(begun.size(), 2u);
    for (auto& h : begun) {
      co_await h.join();
      EXPECT_TRUE(h.cancelled());
    }
  }());
}

TEST(AsCompleted, LeavingEarlyCancelsTheRest) {
  world w;
  w.run([](world& v) -> task<void> {
    for (auto next : as_completed(some())) {
      EXPECT_EQ(co_await next, 1);
      break;
    }
    co_await yield_now();
    co_await yield_now();
    EXPECT_EQ(v.loop->all_task_names().size(), 1u); // only this one
  }(w));
  EXPECT_TRUE(w.reports.empty());
}

task<int> waits_for(next_completed<int> next) { co_return co_await next; }

// Two tasks wait for elements; the first has its result on the way when it is
// destroyed with its group.
TEST(AsCompleted, AResultOnItsWayToADestroyedTaskGoesToTheNext) {
  world w;
  w.run([]() -> task<void> {
    std::vector<task<int>> two;
    two.push_back(takes(1));
    two.push_back(takes(5));
    auto range = as_completed(std::move(two));
    auto doomed = std::make_unique<task_group>();
    auto lost = doomed->start(waits_for(*range.begin()));
    co_await yield_now();
    auto heir = create_task(waits_for(*range.begin()));
    // Runs when the first has ended and `lost` is woken, before that resumes.
    get_running_loop().call_later(1ms, [&] { doomed.reset(); });
    EXPECT_EQ(co_await heir, 1);
    EXPECT_TRUE(lost.cancelled());
    EXPECT_EQ(co_await *range.begin(), 5);
  }());
}

TEST(AsCompleted, AResultOnItsWayToADestroyedTaskIsKept) {
  world w;
  w.run([]() -> task<void> {
    auto range = as_completed(some());
    for (const int round : {0, 1}) { // destroyed while it waits, and when woken
      auto doomed = std::make_unique<task_group>();
      auto lost = doomed->start(waits_for(*range.begin()));
      co_await yield_now();
      if (round == 1)
        co_await sleep(std::chrono::milliseconds(1));
      doomed.reset();
      EXPECT_TRUE(lost.cancelled());
    }
    std::vector<int> got;
    for (auto next : range)
      got.push_back(co_await next);
    EXPECT_EQ(got, (std::vector{1, 2, 3}));
  }());
}

TEST(AsCompleted, ARangeThatIsGoneIsNamed) {
  world w;
  w.run([]() -> task<void> {
    auto range = std::unique_ptr<as_completed_range<int>>(
        new as_completed_range<int>(as_completed(some())));
    auto h = create_task(waits_for(*range->begin()));
    co_await yield_now();
    get_running_loop().call_later(1ms, [&] { range.reset(); });
    EXPECT_THROW(co_await h, usage_error);
  }());
}

TEST(AsCompleted, AwaitingMoreThanThereIsIsNamed) {
  world w;
  w.run([]() -> task<void> {
    std::vector<task<int>> one;
    one.push_back(takes(1));
    for (auto next : as_completed(std::move(one))) {
      co_await next;
      EXPECT_THROW(co_await next, usage_error);
    }
  }());
}

TEST(AsCompleted, NeedsARunningLoop) {
  int alive = 0;
  auto held = [](std::unique_ptr<tracked>) -> task<int> { co_return 1; };
  std::vector<task<int>> several;
  several.push_back(held(std::make_unique<tracked>(alive)));
  EXPECT_THROW((void)as_completed(std::move(several)), usage_error);
  EXPECT_THROW((void)as_completed(held(std::make_unique<tracked>(alive)), sleep(1ms)),
               usage_error);
  several.clear();
  EXPECT_EQ(alive, 0);
  // Made in a callback, it is awaited by a task.
  world w;
  int got = 0;
  w.loop->call_soon([&] {
    std::shared_ptr<as_completed_range<int>> range(
        new auto(as_completed(held(std::make_unique<tracked>(alive)))));
    create_task([](auto range, int& got) -> task<void> {
      for (auto next : *range)
        got += co_await next;
    }(range, got)).detach();
  });
  w.turns(4);
  EXPECT_EQ(got, 1);
  EXPECT_EQ(alive, 0);
}

TEST(AsCompleted, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              for (auto next : as_completed(some()))
                co_await next;
            }),
            3);
}

} // namespace
