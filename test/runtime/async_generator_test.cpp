#include "support.h"

#include <nostall/nostall.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace {
async_generator<int> count(int n) {
  for (int i = 0; i < n; ++i) {
    if (i % 2)
      co_await yield_now();
    co_yield i;
  }
}
} // namespace

TEST(AsyncGenerator, GivesValuesAndThenNothing) {
  world w;
  w.run([]() -> task<void> {
    std::vector<int> seen;
    auto g = count(5);
    while (auto v = co_await g.next())
      seen.push_back(*v);
    EXPECT_EQ(seen, (std::vector{0, 1, 2, 3, 4}));
    EXPECT_FALSE(co_await g.next());
    auto moved = std::move(g);
    EXPECT_FALSE(co_await g.next());
    EXPECT_FALSE(co_await moved.next());
  }());
}

TEST(AsyncGenerator, MoveOnlyValuesAndAMillionOfThem) {
  world w;
  w.run([]() -> task<void> {
    auto g = [](int n) -> async_generator<std::unique_ptr<int>> {
      for (int i = 0; i < n; ++i)
        co_yield std::make_unique<int>(i);
    }(1'000'000);
    long long sum = 0;
    while (auto v = co_await g.next()) // no stack grows
      sum += **v;
    EXPECT_EQ(sum, 499'999'500'000);
  }());
}

TEST(AsyncGenerator, AnExceptionComesOutOfNextAndEndsIt) {
  world w;
  w.run([]() -> task<void> {
    auto g = []() -> async_generator<int> {
      co_yield 1;
      co_await yield_now();
      throw std::runtime_error("inside");
    }();
    EXPECT_EQ(co_await g.next(), 1);
    EXPECT_THROW(co_await g.next(), std::runtime_error);
    EXPECT_FALSE(co_await g.next());
  }());
}

TEST(AsyncGenerator, TwoWhoAskAtOnceAreToldSo) {
  world w;
  w.run([]() -> task<void> {
    auto g = []() -> async_generator<int> {
      co_await sleep_forever();
      co_yield 1;
    }();
    auto first = create_task([](async_generator<int>& g) -> task<void> {
      (void)co_await g.next();
    }(g));
    co_await yield_now();
    EXPECT_THROW((void)co_await g.next(), usage_error);
    first.cancel();
    co_await first.join();
    EXPECT_TRUE(first.cancelled());
  }());
}

TEST(AsyncGenerator, DestroyedWhereItStands) {
  world w;
  int alive = 0;
  w.run([](int& alive) -> task<void> {
    auto g = [](int& alive) -> async_generator<int> {
      tracked t(alive);
      for (;;)
        co_yield 1;
    }(alive);
    EXPECT_EQ(alive, 0);
    (void)co_await g.next();
    EXPECT_EQ(alive, 1);
  }(alive));
  EXPECT_EQ(alive, 0);
}

TEST(AsyncGenerator, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              auto g = count(8);
              while (co_await g.next()) {
              }
            }),
            3);
}

#ifdef __clang__ // g++ 12 aligns no locals of a coroutine
namespace {
struct alignas(64) wide {
  bool right() const { return reinterpret_cast<std::uintptr_t>(this) % 64 == 0; }
  wide() = default;
  wide(const wide& o) { EXPECT_TRUE(o.right()); } // what is copied is in the generator's frame
};
async_generator<wide> wide_ones() {
  for (int i = 0; i < 3; ++i)
    co_yield wide();
}
} // namespace

TEST(AsyncGenerator, OfWhatAsksForMoreAlignment) {
  world w;
  w.run([]() -> task<void> {
    std::vector<async_generator<wide>> all; // in blocks of all kinds of places
    for (int i = 0; i < 8; ++i)
      all.push_back(wide_ones());
    for (auto& g : all)
      while (co_await g.next()) {
      }
  }());
}
#endif
