// async_mutex: fair, cancel-safe.

#include "support.h"

#include <nostall/async_mutex.h>

namespace {

task<void> takes_turn(async_mutex& m, std::string& o, char c) {
  auto held = co_await m.lock();
  o += c;
  co_await sleep(1ms);
  o += c;
}

TEST(AsyncMutex, KeepsTasksApartInTheOrderOfArrival) {
  world w;
  w.run([]() -> task<void> {
    async_mutex m;
    std::string order;
    std::vector<task_handle<void>> hs;
    for (char c : std::string("abc"))
      hs.push_back(create_task(takes_turn(m, order, c)));
    for (auto& h : hs)
      co_await h;
    EXPECT_EQ(order, "aabbcc");
    EXPECT_FALSE(m.locked());
  }());
}

TEST(AsyncMutex, NobodyOvertakesTheOneWhoWaits) {
  world w;
  w.run([]() -> task<void> {
    async_mutex m;
    auto held = co_await m.lock();
    std::string order;
    auto h = create_task(takes_turn(m, order, 'a'));
    co_await yield_now();
    held.unlock();
    EXPECT_FALSE(m.try_acquire()); // handed over already
    co_await h;
    EXPECT_TRUE(m.try_acquire());
    m.release();
  }());
}

TEST(AsyncMutex, CancelledWhileWaitingItIsNotTaken) {
  world w;
  w.run([]() -> task<void> {
    async_mutex m;
    std::string order;
    auto held = co_await m.lock();
    auto a = create_task(takes_turn(m, order, 'a')),
         b = create_task(takes_turn(m, order, 'b'));
    co_await yield_now();
    a.cancel();
    held.unlock();
    co_await b;
    EXPECT_TRUE(a.cancelled());
    EXPECT_EQ(order, "bb");
    EXPECT_FALSE(m.locked());
  }());
}

TEST(AsyncMutex, CancelledAfterTheHandOverItIsHeldAndReleased) {
  world w;
  w.run([]() -> task<void> {
    async_mutex m;
    std::string order;
    auto held = co_await m.lock();
    auto a = create_task(takes_turn(m, order, 'a'));
    co_await yield_now();
    held.unlock();
    a.cancel();
    co_await a.join();
    EXPECT_TRUE(a.cancelled());
    EXPECT_EQ(order, "a"); // took it, and was refused the sleep
    EXPECT_FALSE(m.locked());
  }());
}

TEST(AsyncMutex, DestroyedAfterTheHandOverItPassesOn) {
  async_mutex m;
  std::string order;
  {
    world w;
    ASSERT_TRUE(m.try_acquire());
    auto a = start(w, takes_turn(m, order, 'a'));
    w.loop->run_once();
    m.release(); // a's, who never resumes
    EXPECT_TRUE(m.locked());
  }
  EXPECT_FALSE(m.locked());
  EXPECT_EQ(order, "");
}

TEST(AsyncMutex, WrongReleaseIsNamed) {
  async_mutex m;
  EXPECT_THROW(m.release(), usage_error);
}

TEST(AsyncMutex, AcquireAndReleaseByHand) {
  world w;
  w.run([]() -> task<void> {
    async_mutex m;
    co_await m.acquire();
    EXPECT_TRUE(m.locked());
    m.release();
    EXPECT_FALSE(m.locked());
  }());
}

TEST(AsyncMutex, TryLockGivesAGuard) {
  async_mutex m;
  {
    auto held = m.try_lock();
    ASSERT_TRUE(held);
    EXPECT_FALSE(m.try_lock());
  }
  EXPECT_FALSE(m.locked());
}

TEST(AsyncMutex, SurvivesEverywhere) {
  static async_mutex m;
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              std::string o;
              EXPECT_FALSE(m.locked());
              auto h = create_task(takes_turn(m, o, 'x'));
              struct stop {
                task_handle<void> h;
                ~stop() { h.cancel(); }
              } s{h};
              co_await yield_now();
              auto held = co_await m.lock();
              co_await yield_now();
              held.unlock();
              co_await h.join();
            }),
            3);
  EXPECT_FALSE(m.locked());
}

} // namespace
