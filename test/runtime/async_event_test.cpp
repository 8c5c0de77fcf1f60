// async_event.

#include "support.h"

#include <nostall/async_event.h>

#include <thread>

namespace {

TEST(AsyncEvent, WakesAllInOrderAndStaysSet) {
  world w;
  w.run([]() -> task<void> {
    async_event e;
    std::string order;
    auto waiter = [](async_event& ev, std::string& o, char c) -> task<void> {
      co_await ev.wait();
      o += c;
    };
    auto a = create_task(waiter(e, order, 'a')),
         b = create_task(waiter(e, order, 'b'));
    co_await yield_now();
    EXPECT_FALSE(e.is_set());
    e.set();
    e.clear(); // whoever waited is on the way
    co_await a;
    co_await b;
    EXPECT_EQ(order, "ab");
    e.set();
    co_await e.wait();
  }());
}

TEST(AsyncEvent, ACancelledWaiterLeavesTheLine) {
  world w;
  w.run([]() -> task<void> {
    async_event e;
    auto wait = [](async_event& ev) -> task<void> { co_await ev.wait(); };
    auto a = create_task(wait(e)), b = create_task(wait(e));
    co_await yield_now();
    a.cancel();
    e.set();
    co_await a.join();
    co_await b;
    EXPECT_TRUE(a.cancelled());
  }());
}

TEST(AsyncEvent, SetFromAnotherThreadThroughTheLoop) {
  run([]() -> task<void> {
    async_event e;
    event_loop& l = get_running_loop();
    std::thread t([&] { l.call_soon_threadsafe([&] { e.set(); }); });
    co_await e.wait();
    t.join();
  }());
}

TEST(AsyncEvent, DebugModeRefusesOtherThreads) {
  world w;
  w.loop->set_debug(true);
  w.run([]() -> task<void> {
    async_event e;
    auto h = create_task([](async_event& ev) -> task<void> {
      co_await ev.wait();
    }(e));
    co_await yield_now();
    bool refused = false;
    std::thread t([&] {
      try {
        e.set();
      } catch (const usage_error&) {
        refused = true;
      }
    });
    t.join();
    EXPECT_TRUE(refused);
    e.set();
    co_await h;
  }());
  w.loop->set_debug(false);
}

TEST(AsyncEvent, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              async_event e;
              get_running_loop().call_later(1ms, [] {});
              auto h = create_task([](async_event& ev) -> task<void> {
                co_await sleep(1ms);
                ev.set();
              }(e));
              struct stop { // the setter must not outlive the event
                task_handle<void> h;
                ~stop() { h.cancel(); }
              } s{h};
              co_await e.wait();
              co_await h;
            }),
            2);
}

} // namespace
