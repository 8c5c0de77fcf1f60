// wait: first_completed, first_exception, all_completed, a time limit.

#include "support.h"

#include <nostall/wait.h>

namespace {

task<int> takes(std::chrono::nanoseconds d, int v) {
  co_await sleep(d);
  co_return v;
}
task<int> fails(std::chrono::nanoseconds d) {
  co_await sleep(d);
  throw std::runtime_error("x");
}

TEST(Wait, ForTheFirst) {
  world w;
  w.run([]() -> task<void> {
    std::vector hs{create_task(takes(3ms, 1)), create_task(takes(1ms, 2))};
    auto [done, pending] = co_await wait(hs, first_completed);
    EXPECT_EQ(done.size(), 1u);
    EXPECT_EQ(done[0].result(), 2);
    EXPECT_EQ(pending.size(), 1u);
    EXPECT_EQ(co_await pending[0], 1);
  }());
}

TEST(Wait, ForTheFirstException) {
  world w;
  w.run([]() -> task<void> {
    auto c = create_task(takes(1h, 1));
    std::vector hs{create_task(takes(1ms, 1)), create_task(fails(2ms)),
                   create_task(takes(3ms, 2)), c};
    c.cancel(); // does not count
    auto r = co_await wait(hs, first_exception);
    EXPECT_EQ(r.done.size(), 3u);
    EXPECT_EQ(r.pending.size(), 1u);
    EXPECT_NE(hs[1].exception(), nullptr);
    EXPECT_EQ(co_await r.pending[0], 2);
  }());
}

TEST(Wait, ForAllKeepsTheOrder) {
  world w;
  w.run([]() -> task<void> {
    std::vector hs{create_task(takes(3ms, 1)), create_task(takes(1ms, 2))};
    auto r = co_await wait(hs);
    EXPECT_EQ(r.done, hs);
    EXPECT_TRUE(r.pending.empty());
    auto again = co_await wait(hs, first_completed);
    EXPECT_EQ(again.done.size(), 2u);
    auto none = co_await wait(std::vector<task_handle<int>>());
    EXPECT_TRUE(none.done.empty());
  }());
}

TEST(Wait, NoLongerThanItsTime) {
  world w;
  w.run([]() -> task<void> {
    std::vector hs{create_task(takes(1ms, 1)), create_task(takes(1h, 2))};
    auto r = co_await wait(hs, all_completed, 5ms);
    EXPECT_EQ(r.done.size(), 1u);
    EXPECT_EQ(r.pending.size(), 1u);
    EXPECT_FALSE(r.pending[0].done());
    r.pending[0].cancel();
  }());
}

TEST(Wait, CancelledItCancelsNobody) {
  world w;
  w.run([]() -> task<void> {
    auto inner = create_task(takes(5ms, 1));
    auto h = create_task([](task_handle<int> t) -> task<void> {
      std::vector<task_handle<int>> v{t};
      co_await wait(v);
    }(inner));
    co_await yield_now();
    h.cancel();
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
    EXPECT_EQ(co_await inner, 1);
  }());
}

TEST(Wait, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              std::vector hs{create_task(takes(1ms, 1)),
                             create_task(takes(2ms, 2))};
              co_await wait(hs, first_completed, 1s);
              co_await wait(hs);
            }),
            3);
}

} // namespace
