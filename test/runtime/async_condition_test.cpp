// async_condition: the mutex is held again whatever happened.

#include "support.h"

#include <nostall/async_condition.h>
#include <nostall/gather.h>

namespace {

task<void> waits(async_condition& c, std::string& o, char id) {
  auto held = co_await c.mutex().lock();
  co_await c.wait();
  EXPECT_TRUE(c.mutex().locked());
  o += id;
}

TEST(AsyncCondition, NotifiesInOrder) {
  world w;
  w.run([]() -> task<void> {
    async_condition c;
    std::string order;
    auto a = create_task(waits(c, order, 'a')), b = create_task(waits(c, order, 'b')),
         d = create_task(waits(c, order, 'd'));
    co_await yield_now();
    co_await yield_now();
    {
      auto held = co_await c.mutex().lock();
      c.notify();
    }
    co_await a;
    EXPECT_EQ(order, "a");
    {
      auto held = co_await c.mutex().lock();
      c.notify_all();
    }
    co_await gather(b, d);
    EXPECT_EQ(order, "abd");
  }());
}

TEST(AsyncCondition, WaitsForAPredicate) {
  world w;
  w.run([]() -> task<void> {
    async_mutex m;
    async_condition c(m);
    int n = 0;
    auto h = create_task([](async_condition& x, int& k) -> task<int> {
      auto held = co_await x.mutex().lock();
      co_await x.wait_for([&] { return k >= 3; });
      co_return k;
    }(c, n));
    for (int i = 0; i < 3; ++i) {
      co_await yield_now();
      auto held = co_await m.lock();
      ++n;
      c.notify();
    }
    EXPECT_EQ(co_await h, 3);
  }());
}

TEST(AsyncCondition, CancelledItHoldsTheMutexBeforeItThrows) {
  world w;
  w.run([]() -> task<void> {
    async_condition c;
    bool held_at_catch = false;
    auto h = create_task([](async_condition& x, bool& ok) -> task<void> {
      auto held = co_await x.mutex().lock();
      try {
        co_await x.wait();
      } catch (const cancelled_error&) {
        ok = x.mutex().locked();
        throw;
      }
    }(c, held_at_catch));
    co_await yield_now();
    auto mine = co_await c.mutex().lock();
    h.cancel();
    co_await yield_now();
    co_await yield_now();
    EXPECT_FALSE(h.done()); // it waits for the mutex, shielded
    mine.unlock();
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
    EXPECT_TRUE(held_at_catch);
    EXPECT_FALSE(c.mutex().locked());
  }());
}

TEST(AsyncCondition, ANotificationIsNotLostToACancelledTask) {
  world w;
  w.run([]() -> task<void> {
    async_condition c;
    std::string order;
    auto a = create_task(waits(c, order, 'a')), b = create_task(waits(c, order, 'b'));
    co_await yield_now();
    co_await yield_now();
    a.cancel();
    {
      auto held = co_await c.mutex().lock();
      c.notify();
    }
    co_await b;
    EXPECT_EQ(order, "b");
  }());
}

TEST(AsyncCondition, ADestroyedWaitTakesNoReleaseFromOthers) {
  async_condition c;
  const auto destroy = [&c](auto body) {
    world w;
    auto h = start(w, body(c));
    w.turns(2);
    w.loop.reset(); // in its wait
  };
  destroy([](async_condition& c) -> task<void> {
    co_await c.mutex().acquire();
    co_await c.wait();
    c.mutex().release();
  });
  destroy([](async_condition& c) -> task<void> {
    auto held = co_await c.mutex().lock();
    co_await c.wait();
  });
  world w;
  w.run([](async_condition& c) -> task<void> {
    EXPECT_FALSE(c.mutex().locked());
    {
      auto held = co_await c.mutex().lock();
      EXPECT_TRUE(c.mutex().locked());
    }
    EXPECT_FALSE(c.mutex().locked());
    EXPECT_THROW(c.mutex().release(), usage_error);
  }(c));
}

TEST(AsyncCondition, NeedsItsMutex) {
  world w;
  async_condition c;
  EXPECT_THROW(c.notify(), usage_error);
  EXPECT_THROW(w.run(c.wait()), usage_error);
}

TEST(AsyncCondition, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              async_condition c;
              std::string o;
              auto notify = [](async_condition& x) -> task<void> {
                co_await sleep(1ms);
                auto held = co_await x.mutex().lock();
                x.notify_all();
              };
              co_await gather(waits(c, o, 'a'), waits(c, o, 'b'), notify(c));
            }),
            4);
}

} // namespace
