// async_semaphore and async_bounded_semaphore.

#include "support.h"

#include <nostall/async_barrier.h>
#include <nostall/async_semaphore.h>
#include <nostall/channel.h>
#include <nostall/gather.h>

#include <type_traits>

namespace {

TEST(AsyncSemaphore, LetsAtMostNIn) {
  world w;
  w.run([]() -> task<void> {
    async_semaphore s(3);
    int inside = 0, most = 0;
    auto job = [](async_semaphore& sem, int& in, int& max) -> task<void> {
      auto slot = co_await sem.permit();
      max = std::max(max, ++in);
      co_await sleep(1ms);
      --in;
    };
    std::vector<task<void>> jobs;
    for (int i = 0; i < 10; ++i)
      jobs.push_back(job(s, inside, most));
    co_await gather(std::move(jobs));
    EXPECT_EQ(most, 3);
    EXPECT_EQ(s.available(), 3u);
  }());
}

TEST(AsyncSemaphore, IsFairAndCancelSafe) {
  world w;
  w.run([]() -> task<void> {
    async_semaphore s(0);
    EXPECT_TRUE(s.locked());
    std::string order;
    auto job = [](async_semaphore& sem, std::string& o, char c) -> task<void> {
      co_await sem.acquire();
      o += c;
    };
    auto a = create_task(job(s, order, 'a')), b = create_task(job(s, order, 'b')),
         c = create_task(job(s, order, 'c'));
    co_await yield_now();
    b.cancel();
    s.release();
    s.release();
    co_await a;
    co_await c;
    EXPECT_EQ(order, "ac");
    EXPECT_EQ(s.available(), 0u);
  }());
}

TEST(AsyncSemaphore, DestroyedAfterTheHandOverItGivesBack) {
  async_semaphore s(0);
  {
    world w;
    auto a = start(w, [](async_semaphore& x) -> task<void> {
      co_await x.acquire();
    }(s));
    w.loop->run_once();
    s.release();
    EXPECT_EQ(s.available(), 0u);
  }
  EXPECT_EQ(s.available(), 1u);
}

TEST(AsyncSemaphore, TheMostPermitsAreNotOverflowed) {
  world w;
  w.run([]() -> task<void> {
    async_semaphore s(SIZE_MAX);
    EXPECT_THROW(s.release(), usage_error);
    EXPECT_EQ(s.available(), SIZE_MAX);
    co_await s.acquire();
    s.release();
    EXPECT_FALSE(s.locked());
  }());
}

TEST(AsyncSemaphore, LessThanNoneIsNoNumber) {
  EXPECT_THROW(async_semaphore s(-1), usage_error);
  EXPECT_THROW(async_bounded_semaphore s(-1L), usage_error);
  EXPECT_THROW(async_barrier b(-3), usage_error);
  EXPECT_THROW(channel<int> c(-1), usage_error);
  EXPECT_EQ(async_semaphore(0u).available(), 0u);
  EXPECT_EQ(async_semaphore(std::integral_constant<int, 2>()).available(), 2u);
}

TEST(AsyncSemaphore, BoundedRefusesToGrow) {
  async_bounded_semaphore s(1);
  EXPECT_THROW(s.release(), usage_error);
  EXPECT_TRUE(s.try_acquire());
  EXPECT_FALSE(s.try_acquire());
  s.release();
  EXPECT_EQ(s.available(), 1u);
  async_semaphore plain(1);
  plain.release();
  EXPECT_EQ(plain.available(), 2u);
}

TEST(AsyncSemaphore, SurvivesEverywhere) {
  static async_bounded_semaphore s(1);
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              auto hold = [](async_semaphore& x) -> task<void> {
                auto p = co_await x.permit();
                co_await sleep(1ms);
              };
              co_await gather(hold(s), hold(s), hold(s));
            }),
            4);
  EXPECT_EQ(s.available(), 1u);
}

} // namespace
