#include "support.h"

#include <nostall/nostall.h>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

TEST(Future, IsFilledBeforeAndAfterTheWaitBegins) {
  world w;
  w.run([]() -> task<void> {
    nostall::promise<std::string> before;
    auto f = before.get_future();
    before.set_value("early");
    EXPECT_TRUE(f.ready());
    EXPECT_EQ(co_await f, "early");

    nostall::promise<std::unique_ptr<int>> after;
    auto g = after.get_future();
    get_running_loop().call_soon([after] { after.set_value(std::make_unique<int>(4)); });
    EXPECT_EQ(*co_await g, 4);

    nostall::promise<void> none;
    auto h = none.get_future();
    get_running_loop().call_soon([none] { none.set_value(); });
    co_await h;

    int n = 1;
    nostall::promise<int&> reference;
    auto r = reference.get_future();
    reference.set_value(n);
    EXPECT_EQ(&co_await r, &n);
  }());
}

TEST(Future, ExceptionsComeThroughAndAPromiseThatGoesIsOne) {
  world w;
  w.run([]() -> task<void> {
    nostall::promise<int> p;
    auto f = p.get_future();
    p.set_exception(std::make_exception_ptr(std::runtime_error("no")));
    EXPECT_THROW(co_await f, std::runtime_error);

    nostall::future<int> g;
    {
      nostall::promise<int> gone;
      g = gone.get_future();
      get_running_loop().call_soon([copy = gone] {}); // the last one, and never filled
    }
    EXPECT_THROW(co_await g, std::future_error);
    EXPECT_THROW(co_await nostall::future<int>(), usage_error);
  }());
}

TEST(Future, AnExceptionIsBroughtAsAnObjectToo) {
  world w;
  w.run([]() -> task<void> {
    nostall::promise<int> object;
    auto f = object.get_future();
    object.set_exception(std::out_of_range("far"));
    EXPECT_THROW(co_await f, std::out_of_range);

    // Caught as a base, it keeps what it is.
    nostall::promise<int> caught;
    auto g = caught.get_future();
    try {
      throw std::out_of_range("further");
    } catch (const std::exception& e) {
      caught.set_exception(e);
    }
    std::string what;
    try {
      co_await g;
    } catch (const std::out_of_range& e) {
      what = e.what();
    }
    EXPECT_EQ(what, "further");
  }());
}

TEST(Future, NoExceptionAndHalfOfOneAreRefusedAndLeaveThePromiseUnfilled) {
  world w;
  w.run([]() -> task<void> {
    nostall::promise<int> p;
    auto f = p.get_future();
    EXPECT_THROW(p.set_exception(std::exception_ptr()), usage_error);
    EXPECT_THROW(p.try_set_exception(std::current_exception()), usage_error);
    const std::out_of_range kept("far");
    const std::exception& part = kept;
    EXPECT_THROW(p.set_exception(part), usage_error);
    try {
      throw std::range_error("another");
    } catch (...) {
      EXPECT_THROW(p.set_exception(part), usage_error);
    }
    try {
      throw 1;
    } catch (...) {
      EXPECT_THROW(p.set_exception(part), usage_error);
    }
    p.set_value(3);
    EXPECT_EQ(co_await f, 3);
  }());
}

TEST(Future, IsFilledOnceAndTakenOnce) {
  world w;
  w.run([]() -> task<void> {
    nostall::promise<int> p;
    auto f = p.get_future();
    EXPECT_THROW(p.get_future(), usage_error);
    p.set_value(1);
    EXPECT_THROW(p.set_value(2), invalid_state_error);
    EXPECT_FALSE(p.try_set_exception(std::make_exception_ptr(1)));
    EXPECT_EQ(co_await f, 1);
    EXPECT_FALSE(f.valid());
    EXPECT_THROW(co_await f, usage_error);
    nostall::promise<int> nobody; // whose future is never asked for
    nobody.set_value(3);
  }());
}

TEST(Future, ACancelledWaitLeavesItToBeAwaitedAgain) {
  world w;
  w.run([]() -> task<void> {
    nostall::promise<int> p;
    auto f = p.get_future();
    auto read = [](nostall::future<int>& f) -> task<int> { co_return co_await f; };
    auto h = create_task(read(f));
    co_await yield_now();
    h.cancel();
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
    auto again = create_task(read(f));
    co_await yield_now();
    p.set_value(5);
    again.cancel(); // a value on its way is delivered
    EXPECT_EQ(co_await again, 5);
  }());
}

TEST(Future, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              nostall::promise<int> p;
              auto f = p.get_future();
              get_running_loop().call_soon([p] {
                get_running_loop().call_soon([p] { p.set_value(1); });
              });
              (void)co_await f;
            }),
            2);
}

TEST(Future, ManyThreadsFillManyOfManyLoops) {
  constexpr int loops = 2, each = 300;
  std::vector<std::thread> all;
  for (int l = 0; l < loops; ++l)
    all.emplace_back([] {
      nostall::run([]() -> task<void> {
        for (int i = 0; i < each; ++i) {
          nostall::promise<int> p;
          auto f = p.get_future();
          std::thread a([p] { p.try_set_value(1); });
          std::thread b([p] { p.try_set_value(2); });
          auto h = create_task(
              [](nostall::future<int>& f) -> task<int> { co_return co_await f; }(f));
          if (i % 3 == 0) {
            co_await yield_now();
            h.cancel();
            co_await h.join();
            if (h.cancelled()) {
              EXPECT_GT(co_await f, 0); // nothing was lost
            }
          } else {
            EXPECT_GT(co_await h, 0);
          }
          a.join();
          b.join();
        }
      }());
    });
  for (auto& t : all)
    t.join();
}

TEST(Future, ALoopThatIsGoneIsNoHarm) {
  nostall::promise<int> p;
  auto f = std::make_unique<nostall::future<int>>(p.get_future());
  {
    world w;
    auto h = start(w, [](nostall::future<int>& f) -> task<void> {
      (void)co_await f;
    }(*f));
    w.turns(2);
    w.loop.reset();
  }
  p.set_value(1);
  EXPECT_TRUE(f->ready());
  f.reset();
}

// A scope that is cancelled already refuses this wait, too.
TEST(Future, IsNotWaitedForInACancelledScope) {
  world w;
  w.run([]() -> task<void> {
    int tries = 0;
    task_group g;
    g.start([](int& n) -> task<void> {
      for (; n < 100; ++n)
        try {
          promise<int> p;
          auto f = p.get_future();
          co_await f;
        } catch (const cancelled_error&) {
        }
    }(tries));
    co_await nostall::sleep(1ms);
    g.cancel();
    co_await wait_for(g.join(), 1h);
    EXPECT_EQ(tries, 100);
  }());
}
