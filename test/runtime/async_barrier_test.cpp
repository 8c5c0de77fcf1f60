// async_barrier.

#include "support.h"

#include <nostall/async_barrier.h>
#include <nostall/gather.h>

namespace {

task<std::size_t> meets(async_barrier& b) { co_return co_await b.wait(); }
task<std::size_t> meets_late(async_barrier& b) {
  co_await sleep(1ms);
  co_return co_await b.wait();
}

TEST(AsyncBarrier, LetsAllGoTogetherAgainAndAgain) {
  world w;
  w.run([]() -> task<void> {
    async_barrier b(3);
    for (int round = 0; round < 2; ++round) {
      auto [x, y, z] = co_await gather(meets(b), meets_late(b), meets(b));
      EXPECT_EQ(x, 0u);
      EXPECT_EQ(z, 1u);
      EXPECT_EQ(y, 2u);
      EXPECT_EQ(b.n_waiting(), 0u);
    }
  }());
}

TEST(AsyncBarrier, ACancelledTaskStepsBack) {
  world w;
  w.run([]() -> task<void> {
    async_barrier b(2);
    auto h = create_task(meets(b));
    co_await yield_now();
    EXPECT_EQ(b.n_waiting(), 1u);
    h.cancel();
    EXPECT_EQ(b.n_waiting(), 0u);
    co_await gather(meets(b), meets(b));
  }());
}

TEST(AsyncBarrier, AbortAndReset) {
  world w;
  w.run([]() -> task<void> {
    async_barrier b(2);
    auto h = create_task(meets(b));
    co_await yield_now();
    b.abort();
    EXPECT_TRUE(b.broken());
    EXPECT_THROW(co_await h, broken_barrier_error);
    EXPECT_THROW(co_await b.wait(), broken_barrier_error);
    b.reset();
    EXPECT_FALSE(b.broken());
    auto g = create_task(meets(b));
    co_await yield_now();
    b.reset();
    EXPECT_THROW(co_await g, broken_barrier_error);
    co_await gather(meets(b), meets(b));
  }());
  EXPECT_THROW(async_barrier{0}, usage_error);
}

TEST(AsyncBarrier, SurvivesEverywhere) {
  survives_everywhere([]() -> task<void> {
    async_barrier b(2);
    co_await gather(meets(b), meets_late(b));
  });
}

} // namespace
