// Cancellation out of a destructor, cancellation that is swallowed, errors that come with
// it, chains and trees that are long.

#include "support.h"

#include <nostall/gather.h>
#include <nostall/shield.h>
#include <nostall/task_group.h>
#include <nostall/timeout.h>

#include <memory>
#include <type_traits>
#include <vector>

namespace cancellation_edges_tests {
namespace {

task<void> sleep_task(std::chrono::nanoseconds d = 1h) { co_await nostall::sleep(d); }

TEST(CancellationEdges, ADestructorCancelsTheGroupThatDestroysIt) {
  world w;
  struct stop {
    task_group& g;
    ~stop() { g.cancel(); }
  };
  w.run([]() -> task<void> {
    {
      task_group g;
      for (int i = 0; i < 3; ++i)
        g.start([](task_group& mine) -> task<void> {
          stop at_end{mine};
          co_await sleep(1h);
        }(g));
      co_await yield_now();
      co_await yield_now();
    }
    co_await yield_now();
  }());
  EXPECT_EQ(w.reports.size(), 3u);
}

TEST(CancellationEdges, ADestructorCancelsItsOwnTask) {
  auto handle = std::make_unique<task_handle<void>>();
  {
    world w;
    struct stop {
      task_handle<void>& h;
      ~stop() { h.cancel(); }
    };
    *handle = start(w, [](task_handle<void>& h) -> task<void> {
      stop at_end{h};
      co_await sleep(1h);
    }(*handle));
    w.loop->run_once();
    w.loop->run_once();
  }
  EXPECT_TRUE(handle->cancelled());
}

// The usual retry loop is no way to survive a cancellation.
TEST(CancellationEdges, ARetryLoopIsCancelled) {
  static_assert(!std::is_base_of_v<std::exception, cancelled_error>);
  world w;
  w.run([]() -> task<void> {
    EXPECT_THROW(co_await wait_for(
                     []() -> task<void> {
                       for (;;)
                         try {
                           co_await sleep(10ms);
                           throw std::runtime_error("503");
                         } catch (const std::exception&) {
                         }
                     }(),
                     1s),
                 timeout_error);
  }());
}

// Who swallows everything does not stop the others.
TEST(CancellationEdges, SwallowingGivesTheOthersTheirTurn) {
  world w;
  w.run([]() -> task<void> {
    bool others = false;
    auto other = create_task([](bool& done) -> task<void> {
      for (int i = 0; i < 100; ++i)
        co_await yield_now();
      done = true;
    }(others));
    EXPECT_THROW(co_await wait_for(
                     [](bool& done) -> task<void> {
                       while (!done)
                         try {
                           co_await sleep(1h);
                         } catch (...) {
                         }
                       co_await sleep(1h);
                     }(others),
                     1ms),
                 timeout_error);
    EXPECT_TRUE(others);
    co_await other;
  }());
}

TEST(CancellationEdges, GatherLosesNoErrorWhenItIsCancelled) {
  world w;
  w.run([]() -> task<void> {
    auto fail = []() -> task<void> {
      try {
        co_await sleep(1h);
      } catch (const cancelled_error&) {
      }
      throw std::runtime_error("while stopping");
    };
    EXPECT_THROW(co_await wait_for(gather(fail(), sleep_task()), 1ms),
                 std::runtime_error);
    EXPECT_THROW(co_await wait_for(gather(return_exceptions, fail(), sleep_task()), 1ms),
                 timeout_error);
  }());
  EXPECT_EQ(w.kinds(), std::vector{report_kind::also_failed});
}

TEST(CancellationEdges, GatherEndsWithACancelledChild) {
  world w;
  w.run([]() -> task<void> {
    auto h = create_task(sleep_task());
    get_running_loop().call_later(1ms, [h]() mutable { h.cancel(); });
    const loop_time before = get_running_loop().time();
    EXPECT_THROW(co_await gather(h, sleep_task()), cancelled_error);
    EXPECT_LT(get_running_loop().time() - before, 1min);

    std::vector<task_handle<void>> several{create_task(sleep_task()), create_task(sleep_task())};
    get_running_loop().call_later(1ms, [h = several[1]]() mutable { h.cancel(); });
    EXPECT_THROW(co_await gather(std::move(several)), cancelled_error);
  }());
}

TEST(CancellationEdges, LongChainsAreCancelledWithoutRecursion) {
  world w;
  w.run([]() -> task<void> {
    task_handle<void> h = create_task(sleep_task());
    for (int i = 0; i < (NOSTALL_SANITIZED ? 30'000 : 300'000); ++i)
      h = create_task([](task_handle<void> inner) -> task<void> {
        co_await std::move(inner);
      }(std::move(h)));
    co_await yield_now();
    co_await yield_now();
    h.cancel();
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
  }());
}

task<void> nested(int depth) {
  if (depth == 0) {
    co_await sleep(1h);
  } else {
    task_group g;
    g.start(nested(depth - 1));
    co_await g.join();
  }
}
TEST(CancellationEdges, DeepGroupsAreCancelledWithoutRecursion) {
  world w;
  w.run([]() -> task<void> {
    auto h = create_task(nested(NOSTALL_SANITIZED ? 20'000 : 100'000));
    co_await sleep(1ms);
    h.cancel();
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
  }());
}

// Whose cancellation it is, is known without a walk through all scopes; also where one of
// them has gone meanwhile.
TEST(CancellationEdges, ACancelledScopeMayGoBeforeWhatIsInside) {
  world w;
  w.run([]() -> task<void> {
    std::unique_ptr<task_group> kept;
    EXPECT_THROW(co_await with_timeout(1ms, [&](timeout_scope&) -> task<void> {
                   kept = std::make_unique<task_group>();
                   kept->start(sleep_task());
                   co_await sleep(1h);
                 }),
                 timeout_error);
    // The timeout is gone, and what was started inside stays cancelled.
    co_await kept->join();
    auto inner = kept->start([]() -> task<void> {
      EXPECT_THROW(co_await with_timeout(
                       1h, [](timeout_scope&) -> task<void> { co_await sleep(1h); }),
                   cancelled_error);
    }());
    co_await kept->join();
    EXPECT_TRUE(inner.done());
  }());
}

// The inner one comes first, and is cancelled by the outer one, too, before it ends.
TEST(CancellationEdges, TheOutermostOfTwoCancellationsCounts) {
  world w;
  w.run([]() -> task<void> {
    bool inner_converts = false;
    EXPECT_THROW(co_await with_timeout(2s, [&](timeout_scope&) -> task<void> {
                   try {
                     co_await with_timeout(1s, [&](timeout_scope&) -> task<void> {
                       co_await shield(sleep(3s));
                       co_await yield_now();
                     });
                   } catch (const timeout_error&) {
                     inner_converts = true;
                     throw;
                   }
                 }),
                 timeout_error);
    EXPECT_FALSE(inner_converts);
  }());
}

} // namespace
// A cancelled wait for a task passes the cancellation on. A task that never waits outlives
// that and keeps its value; then the next wait throws, also if it is for such a task.
TEST(CancellationEdges, WhoAwaitsNewTasksOnlyIsCancelled) {
  world w(false);
  int n = 0;
  const auto loop = [](int& i) -> task<void> {
    for (; i < 1'000; ++i)
      EXPECT_EQ(co_await create_task([]() -> task<int> { co_return 7; }()), 7);
  };
  auto h = start(w, loop(n));
  w.turns(20);
  EXPECT_GT(n, 5);
  h.cancel();
  w.turns(10);
  EXPECT_TRUE(h.cancelled());
  n = 0;
  w.run([](world& home, auto body, int& i) -> task<void> {
    get_running_loop().call_soon([&home] { home.clock.advance(2s); });
    EXPECT_TRUE(co_await throws<timeout_error>(wait_for(body(i), 1s)));
    // That was of the scope which is left: a later one is a new one.
    auto kept = create_task([]() -> task<int> {
      try {
        co_await sleep_forever();
      } catch (const cancelled_error&) {
      }
      co_return 8;
    }());
    auto outer = create_task([](task_handle<int> t) -> task<int> { co_return co_await t; }(kept));
    co_await yield_now();
    co_await yield_now();
    outer.cancel();
    EXPECT_EQ(co_await outer, 8);
  }(w, loop, n));
  EXPECT_LT(n, 1'000);
}

} // namespace cancellation_edges_tests
