// as_completed: in the order of ending.

#include "support.h"

#include <nostall/as_completed.h>

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

TEST(AsCompleted, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              for (auto next : as_completed(some()))
                co_await next;
            }),
            3);
}

} // namespace
