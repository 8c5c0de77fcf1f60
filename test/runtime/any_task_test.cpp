//===- any_task_test.cpp - current_task, all_tasks, uncancel --------------===//

#include "support.h"

#include <nostall/nostall.h>

#include <string>
#include <vector>

namespace {

TEST(AnyTask, TheRunningTaskKnowsItself) {
  world w;
  w.run([]() -> task<void> {
    any_task inside;
    auto h = create_task([](any_task& out) -> task<void> {
      out = current_task();
      out.set_name("renamed");
      EXPECT_EQ(out.state(), task_state::running);
      co_await yield_now();
    }(inside));
    EXPECT_NE(current_task(), any_task(h));
    co_await yield_now();
    EXPECT_EQ(inside, any_task(h));
    EXPECT_EQ(h.name(), "renamed");
    EXPECT_FALSE(inside.done());
    co_await inside.join();
    EXPECT_TRUE(inside.done());
    bool in_callback = true;
    get_running_loop().call_soon([&] { in_callback = current_task().valid(); });
    co_await yield_now();
    co_await yield_now();
    EXPECT_FALSE(in_callback);
  }());
  EXPECT_THROW(current_task(), usage_error);
  EXPECT_THROW(all_tasks(), usage_error);
  EXPECT_THROW(any_task().name(), usage_error);
}

TEST(AnyTask, AllTasksAreThoseThatHaveNotEnded) {
  world w;
  w.run([]() -> task<void> {
    auto a = create_task(sleep(1ms), "a");
    co_await with_task_group([&](task_group& g) -> task<void> {
      g.start(sleep(1ms), "b");
      std::vector<std::string> names;
      for (const any_task& t : all_tasks())
        names.push_back(t.name());
      EXPECT_EQ(names, (std::vector<std::string>{"main", "a", "b"}));
      co_return;
    });
    co_await a;
    EXPECT_EQ(all_tasks().size(), 1u);
    auto stopped = create_task(sleep_forever());
    for (any_task t : all_tasks())
      if (t != current_task())
        t.cancel();
    co_await stopped.join();
    EXPECT_TRUE(stopped.cancelled());
  }());
}

TEST(Uncancel, CountsAndTakesBack) {
  world w;
  w.run([]() -> task<void> {
    auto h = create_task([]() -> task<int> {
      any_task me = current_task();
      try {
        co_await sleep(1h);
      } catch (const cancelled_error&) {
      }
      EXPECT_EQ(me.cancelling(), 1u);
      EXPECT_EQ(me.uncancel(), 0u);
      EXPECT_EQ(me.uncancel(), 0u);
      co_await sleep(1ms);
      // What was not thrown yet is taken along by the last.
      me.cancel();
      me.cancel();
      EXPECT_EQ(me.uncancel(), 1u);
      EXPECT_EQ(me.uncancel(), 0u);
      co_await sleep(1ms);
      co_return 5;
    }());
    co_await yield_now();
    EXPECT_EQ(h.cancelling(), 0u);
    h.cancel();
    EXPECT_EQ(h.cancelling(), 1u);
    EXPECT_EQ(co_await h, 5);
  }());
}

// asyncio's: Timeout.__aexit__ gives TimeoutError only if nobody else has cancelled.
TEST(Uncancel, ATimeoutDoesNotSwallowACancellation) {
  world w;
  async_event never;
  bool timed_out = false;
  auto body = [&]() -> task<void> {
    try {
      co_await wait_for(never.wait(), 5ms);
    } catch (const timeout_error&) {
      timed_out = true; // and ends without another wait
    }
  };
  // The timer is due first; the request comes before the task has run.
  auto h = start(w, body());
  w.loop->call_later(5ms, [&] { h.cancel(); });
  w.turns(6);
  EXPECT_TRUE(h.done());
  EXPECT_TRUE(h.cancelled());
  EXPECT_FALSE(timed_out);
}

TEST(Uncancel, ACancellationThatTheInsideSwallowedIsNotATimeout) {
  world w;
  auto body = [](bool take_back) -> task<void> {
    co_await with_timeout(5ms, [&](timeout_scope&) -> task<void> {
      try {
        co_await sleep(1h);
      } catch (const cancelled_error&) {
        if (take_back)
          current_task().uncancel();
      }
      co_await sleep(1h);
    });
  };
  for (const bool take_back : {false, true}) {
    auto h = start(w, body(take_back));
    w.loop->call_later(1ms, [&] { h.cancel(); });
    w.turns(8);
    ASSERT_TRUE(h.done());
    EXPECT_EQ(h.cancelled(), !take_back);
    if (take_back) {
      EXPECT_THROW(h.result(), timeout_error);
    }
  }
  // What was asked for before the timeout began does not count.
  w.run([]() -> task<void> {
    auto h = create_task([]() -> task<void> {
      try {
        co_await sleep(1h);
      } catch (const cancelled_error&) {
      }
      EXPECT_THROW(co_await wait_for(sleep(1h), 5ms), timeout_error);
    }());
    co_await yield_now();
    h.cancel();
    co_await h;
  }());
}

} // namespace
