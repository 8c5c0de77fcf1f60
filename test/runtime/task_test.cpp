// task<T>: laziness, values, exceptions, ownership, deep chains.

#include "support.h"

#include <memory>

namespace task_tests {
namespace {

task<int> value(int i) { co_return i; }
task<int> twice(int i) { co_return co_await value(i) + co_await value(i); }
task<void> fails() {
  throw std::runtime_error("boom");
  co_return;
}
task<std::unique_ptr<int>> boxed(int i) { co_return std::make_unique<int>(i); }
task<int&> reference(int& i) { co_return i; }

TEST(Task, GivesValuesReferencesAndMoveOnlyTypes) {
  world w;
  w.run([]() -> task<void> {
    EXPECT_EQ(co_await twice(21), 42);
    EXPECT_EQ(*co_await boxed(7), 7);
    int n = 1;
    co_await reference(n) += 4;
    EXPECT_EQ(n, 5);
  }());
}

TEST(Task, RethrowsAtTheAwait) {
  world w;
  w.run([]() -> task<void> {
    EXPECT_THROW(co_await fails(), std::runtime_error);
  }());
  EXPECT_THROW(w.run(fails()), std::runtime_error);
}

TEST(Task, IsLazy) {
  bool ran = false;
  {
    auto t = [](bool& r) -> task<void> {
      r = true;
      co_return;
    }(ran);
    EXPECT_TRUE(t.valid());
  }
  EXPECT_FALSE(ran);
}

TEST(Task, DestroyedUnawaitedDestroysItsParameters) {
  auto p = std::make_shared<int>(1);
  {
    auto t = [](std::shared_ptr<int>) -> task<void> { co_return; }(p);
    EXPECT_EQ(p.use_count(), 2);
    t = [](std::shared_ptr<int>) -> task<void> { co_return; }(p);
    EXPECT_EQ(p.use_count(), 2);
  }
  EXPECT_EQ(p.use_count(), 1);
}

TEST(Task, AwaitedTwiceIsNamed) {
  world w;
  w.run([]() -> task<void> {
    auto t = value(1);
    co_await std::move(t);
    EXPECT_FALSE(t.valid());
    try {
      co_await std::move(t);
      ADD_FAILURE();
    } catch (const usage_error& e) {
      EXPECT_NE(std::string(e.what()).find("a task runs once"),
                std::string::npos);
    }
  }());
}

TEST(Task, DestroyedWhileSuspendedLetsGoInnermostFirst) {
  std::string order;
  struct noisy {
    std::string& o;
    char c;
    ~noisy() { o += c; }
  };
  {
    world w;
    auto inner = [](std::string& o) -> task<void> {
      noisy n{o, 'i'};
      co_await sleep_forever();
    };
    auto outer = [](std::string& o, auto in) -> task<void> {
      noisy n{o, 'o'};
      co_await in(o);
    };
    auto h = start(w, outer(order, inner));
    w.turns(2);
    EXPECT_EQ(order, "");
    w.loop.reset();
    EXPECT_TRUE(h.cancelled());
    EXPECT_EQ(w.kinds(), std::vector{report_kind::task_destroyed});
  }
  EXPECT_EQ(order, "io");
}

TEST(Task, DebugModeReportsTheNeverAwaited) {
  world w;
  w.loop->set_debug(true);
  w.run([]() -> task<void> {
    {
      auto t = value(1);
    }
    co_await value(2);
  }());
  w.loop->set_debug(false);
  ASSERT_EQ(w.reports.size(), 1u);
  EXPECT_EQ(w.reports[0].kind, report_kind::never_awaited);
  EXPECT_NE(w.reports[0].message.find("value"), std::string::npos);
}

task<int> deep(int n) {
  if (n == 0)
    co_return 0;
  co_return 1 + co_await deep(n - 1);
}

// The million is deep_recursion.cpp's; this one also runs under every sanitizer.
TEST(Task, ChainsDoNotGrowTheStack) {
  world w;
  EXPECT_EQ(w.run(deep(100'000)), 100'000);
}

task<void> unwinds(int n) {
  if (n == 0)
    throw std::runtime_error("deep");
  co_await unwinds(n - 1);
}

TEST(Task, ExceptionsUnwindLongChains) {
  world w;
  EXPECT_THROW(w.run(unwinds(2'000)), std::runtime_error);
}

TEST(Task, SurvivesEverywhere) {
  survives_everywhere([]() -> task<void> {
    co_await value(1);
    co_await yield_now();
    EXPECT_EQ(co_await twice(2), 4);
  });
}

} // namespace

} // namespace task_tests
