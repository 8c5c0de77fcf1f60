// shield: cancellation waits outside, nobody is orphaned.

#include "support.h"

#include <nostall/shield.h>
#include <nostall/timeout.h>

namespace {

task<int> saves(bool& done) {
  co_await sleep(10ms);
  done = true;
  co_return 5;
}

TEST(Shield, ARequestWaitsUntilTheShieldIsLeft) {
  world w;
  w.run([]() -> task<void> {
    bool done = false;
    int got = 0;
    bool beyond = false;
    auto h = create_task([](bool& d, int& g, bool& b) -> task<void> {
      g = co_await shield(saves(d));
      co_await yield_now(); // thrown here
      b = true;
    }(done, got, beyond));
    co_await yield_now();
    h.cancel();
    co_await h.join();
    EXPECT_TRUE(done);
    EXPECT_EQ(got, 5);
    EXPECT_FALSE(beyond);
    EXPECT_TRUE(h.cancelled());
  }());
}

TEST(Shield, ATimeoutAroundWaitsForTheInside) {
  world w;
  w.run([]() -> task<void> {
    bool done = false;
    auto body = [](bool& d) -> task<void> {
      co_await shield(saves(d));
      co_await sleep(1h);
    };
    EXPECT_THROW(co_await wait_for(body(done), 1ms), timeout_error);
    EXPECT_TRUE(done);
  }());
}

TEST(Shield, ATimeoutInsideWorks) {
  world w;
  w.run([]() -> task<void> {
    auto h = create_task([]() -> task<void> {
      co_await shield(
          wait_for([]() -> task<void> { co_await sleep_forever(); }(), 1ms));
    }());
    co_await yield_now();
    h.cancel();
    co_await h.join();
    EXPECT_THROW(h.result(), timeout_error); // the inside's own outcome
  }());
}

TEST(Shield, ATimeoutInsideConvertsItsOwnAlthoughTheOneAroundIsUpToo) {
  world w;
  w.run([]() -> task<void> {
    std::string order;
    auto body = [](std::string& o) -> task<void> {
      try {
        co_await shield(
            wait_for([]() -> task<void> { co_await sleep_forever(); }(), 5ms));
      } catch (const timeout_error&) {
        o += "inner ";
      }
      co_await yield_now();
      o += "wrong";
    };
    try {
      co_await wait_for(body(order), 1ms);
    } catch (const timeout_error&) {
      order += "outer";
    }
    EXPECT_EQ(order, "inner outer");
  }());
}

TEST(Shield, TheEndOfRunWaitsForIt) {
  bool done = false;
  {
    world w;
    auto h = start(w, [](bool& d) -> task<void> {
      co_await shield(saves(d));
    }(done));
    w.turns(1);
    w.loop->shutdown();
    EXPECT_TRUE(h.done());
  }
  EXPECT_TRUE(done);
}

TEST(Shield, OfAHandleLeavesTheTaskAlone) {
  world w;
  w.run([]() -> task<void> {
    bool done = false;
    auto inner = create_task(saves(done));
    auto h = create_task([](task_handle<int> t) -> task<void> {
      co_await shield(t);
      co_await yield_now();
    }(inner));
    co_await yield_now();
    h.cancel();
    co_await h.join();
    EXPECT_EQ(co_await inner, 5);
    EXPECT_TRUE(h.cancelled());
  }());
}

TEST(Shield, SurvivesEverywhere) {
  survives_everywhere([]() -> task<void> {
    bool done = false;
    co_await shield(saves(done));
    co_await sleep(1ms);
    EXPECT_TRUE(done);
  });
}

} // namespace
