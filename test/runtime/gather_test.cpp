// gather: results in order, the first error, return_exceptions.

#include "support.h"

#include <nostall/gather.h>

namespace {

task<int> takes(std::chrono::nanoseconds d, int v) {
  co_await sleep(d);
  co_return v;
}
task<std::string> text() { co_return "t"; }
task<void> nothing_much() { co_await yield_now(); }
task<int> fails(std::chrono::nanoseconds d, const char* what) {
  co_await sleep(d);
  throw std::runtime_error(what);
}

TEST(Gather, GivesResultsInTheOrderOfTheArguments) {
  world w;
  w.run([](world& v) -> task<void> {
    const loop_time t = v.loop->time();
    auto [a, b, c, d] = co_await gather(takes(3ms, 1), text(), takes(1ms, 2),
                                        nothing_much());
    EXPECT_EQ(a, 1);
    EXPECT_EQ(b, "t");
    EXPECT_EQ(c, 2);
    EXPECT_EQ(d, std::monostate());
    EXPECT_EQ(v.loop->time() - t, 3ms); // at once, not one after the other
  }(w));
}

TEST(Gather, TakesRanges) {
  world w;
  w.run([]() -> task<void> {
    std::vector<task<int>> tasks;
    for (int i = 0; i < 10; ++i)
      tasks.push_back(takes(std::chrono::milliseconds(10 - i), i));
    const std::vector<int> got = co_await gather(std::move(tasks));
    EXPECT_EQ(got, (std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    EXPECT_TRUE((co_await gather(std::vector<task<int>>())).empty());
    std::vector<task<void>> voids;
    voids.push_back(nothing_much());
    co_await gather(std::move(voids));
  }());
}

TEST(Gather, TakesHandlesAndGivesTheirValues) {
  world w;
  w.run([]() -> task<void> {
    auto h = create_task(takes(1ms, 4));
    auto [a, b] = co_await gather(h, takes(1ms, 5));
    EXPECT_EQ(a + b, 9);
    std::vector<task_handle<int>> more{h, create_task(takes(1ms, 6))};
    const std::vector<int> got = co_await gather(std::move(more));
    EXPECT_EQ(got, (std::vector{4, 6}));
  }());
}

TEST(Gather, TheFirstErrorCancelsTheRestAndIsThrownAfterTheyEnded) {
  world w;
  w.run([]() -> task<void> {
    bool ended = false;
    auto victim = [](bool& e) -> task<void> {
      try {
        co_await sleep(1h);
      } catch (const cancelled_error&) {
        e = true;
        throw;
      }
    };
    auto h = create_task(takes(1h, 1));
    EXPECT_THROW(co_await gather(fails(1ms, "first"), victim(ended), h),
                 std::runtime_error);
    EXPECT_TRUE(ended);
    EXPECT_TRUE(h.cancelled());
  }());
  EXPECT_TRUE(w.reports.empty());
}

TEST(Gather, FurtherErrorsReachTheExceptionHandler) {
  world w;
  w.run([]() -> task<void> {
    try {
      co_await gather(fails(1ms, "first"), []() -> task<void> {
        try {
          co_await sleep(1h);
        } catch (const cancelled_error&) {
        }
        throw std::runtime_error("second");
      }());
      ADD_FAILURE();
    } catch (const std::runtime_error& e) {
      EXPECT_STREQ(e.what(), "first");
    }
  }());
  ASSERT_EQ(w.reports.size(), 1u);
  EXPECT_EQ(w.reports[0].kind, report_kind::also_failed);
  EXPECT_EQ(describe(w.reports[0].exception), "second");
}

TEST(Gather, ReturnExceptionsCancelsNobody) {
  world w;
  w.run([]() -> task<void> {
    auto [a, b] =
        co_await gather(return_exceptions, fails(1ms, "x"), takes(2ms, 2));
    EXPECT_FALSE(a.has_value());
    EXPECT_EQ(describe(a.exception()), "x");
    EXPECT_THROW(a.value(), std::runtime_error);
    EXPECT_EQ(b.value(), 2);
    std::vector<task<int>> tasks;
    tasks.push_back(fails(1ms, "y"));
    tasks.push_back(takes(1ms, 3));
    auto all = co_await gather(return_exceptions, std::move(tasks));
    EXPECT_FALSE(all[0].has_value());
    EXPECT_EQ(all[1].value(), 3);
  }());
  EXPECT_TRUE(w.reports.empty());
}

TEST(Gather, CancellingTheWaiterCancelsAllChildren) {
  world w;
  w.run([]() -> task<void> {
    int cleaned = 0;
    auto child = [](int& n) -> task<void> {
      try {
        co_await sleep(1h);
      } catch (const cancelled_error&) {
        ++n;
        throw;
      }
    };
    auto h = create_task([](auto c, int& n) -> task<void> {
      co_await gather(c(n), c(n));
    }(child, cleaned));
    co_await yield_now();
    co_await yield_now();
    h.cancel();
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
    EXPECT_EQ(cleaned, 2);
  }());
}

TEST(Gather, MoveOnlyResults) {
  world w;
  w.run([]() -> task<void> {
    auto box = [](int i) -> task<std::unique_ptr<int>> {
      co_return std::make_unique<int>(i);
    };
    auto [a, b] = co_await gather(box(1), box(2));
    EXPECT_EQ(*a + *b, 3);
  }());
}

TEST(Gather, ReferencesOfARangeArePointers) {
  static int one = 1, two = 2;
  world w;
  w.run([]() -> task<void> {
    auto reference = [](int& i) -> task<int&> {
      co_await yield_now();
      co_return i;
    };
    std::vector<task<int&>> tasks;
    tasks.push_back(reference(one));
    tasks.push_back(reference(two));
    const std::vector<int*> all = co_await gather(std::move(tasks));
    EXPECT_EQ(all, (std::vector{&one, &two}));
    std::vector<task<int&>> again;
    again.push_back(reference(two));
    const auto settled = co_await gather(return_exceptions, std::move(again));
    EXPECT_EQ(&settled[0].value(), &two);
  }());
}

TEST(Gather, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              co_await gather(takes(1ms, 1), takes(2ms, 2));
              std::vector<task<int>> tasks;
              tasks.push_back(takes(1ms, 1));
              tasks.push_back(takes(3ms, 1));
              co_await gather(return_exceptions, std::move(tasks));
            }),
            4);
}

} // namespace
