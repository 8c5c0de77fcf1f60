#include "support.h"

#include <nostall/nostall.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <latch>
#include <memory>
#include <numeric>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using mode = shutdown_mode;
context_var<int> answer("answer", 0);

/// A callable that says when it runs and waits until it may end.
struct gate {
  std::binary_semaphore entered{0};
  std::binary_semaphore open{0};
  std::atomic<int> runs{0};
  int pass() {
    ++runs;
    entered.release();
    open.acquire();
    return 7;
  }
};

std::ptrdiff_t threads_now() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                       std::filesystem::directory_iterator());
}

struct refuses : std::runtime_error {
  using runtime_error::runtime_error;
};

/// Runs until its token says stop; says whether it was told.
bool listen(std::stop_token token, gate& g) {
  g.entered.release();
  std::binary_semaphore told(0);
  const std::stop_callback on_stop(token, [&] { told.release(); });
  told.acquire();
  return token.stop_requested();
}

} // namespace

TEST(ThreadPool, ValuesReferencesAndVoidComeBack) {
  world w;
  w.run([]() -> task<void> {
    static int global = 3;
    EXPECT_EQ(co_await to_thread([](int a, int b) { return a + b; }, 2, 3), 5);
    int& r = co_await to_thread([]() -> int& { return global; });
    EXPECT_EQ(&r, &global);
    co_await to_thread([] { global = 4; });
    EXPECT_EQ(global, 4);
    auto p = co_await to_thread(
        [](std::unique_ptr<int> q) {
          ++*q;
          return q;
        },
        std::make_unique<int>(1));
    EXPECT_EQ(*p, 2);
  }());
}

TEST(ThreadPool, TheCallableRunsOnAnotherThreadAndTheTaskStaysOnItsOwn) {
  world w;
  w.run([]() -> task<void> {
    const auto mine = std::this_thread::get_id();
    const auto theirs =
        co_await to_thread([] { return std::this_thread::get_id(); });
    EXPECT_NE(mine, theirs);
    EXPECT_EQ(mine, std::this_thread::get_id());
    EXPECT_FALSE(co_await to_thread([] { return has_running_loop(); }));
  }());
}

TEST(ThreadPool, ExceptionsComeBackAsTheyWere) {
  world w;
  w.run([]() -> task<void> {
    try {
      co_await to_thread([] { throw refuses("no"); });
      ADD_FAILURE();
    } catch (const refuses& e) {
      EXPECT_STREQ(e.what(), "no");
    }
  }());
}

TEST(ThreadPool, ContextVariablesTravelAndStayApart) {
  world w;
  w.run([]() -> task<void> {
    answer.set(42);
    const int seen = co_await to_thread([] {
      const int v = answer.get();
      answer.set(1);
      return v;
    });
    EXPECT_EQ(seen, 42);
    EXPECT_EQ(answer.get(), 42);
    // Nothing stays behind in the worker.
    const int other = co_await create_task([]() -> task<int> {
      answer.set(5);
      co_return co_await to_thread([] { return answer.get(); });
    }());
    EXPECT_EQ(other, 5);
  }());
}

TEST(ThreadPool, GrowsOnDemandToItsBoundAndNoFurther) {
  world w;
  w.run([]() -> task<void> {
    thread_pool_executor pool({.max_workers = 3});
    EXPECT_EQ(pool.workers(), 0u);
    gate gates[5];
    std::vector<task_handle<int>> calls;
    for (gate& g : gates)
      calls.push_back(create_task(pool.run(&gate::pass, &g)));
    co_await yield_now();
    for (int i = 0; i < 3; ++i)
      gates[i].entered.acquire();
    EXPECT_EQ(pool.workers(), 3u);
    EXPECT_EQ(gates[3].runs + gates[4].runs, 0);
    for (gate& g : gates)
      g.open.release();
    for (auto& c : calls)
      EXPECT_EQ(co_await c, 7);
    EXPECT_EQ(pool.workers(), 3u);
    co_await pool.shutdown();
    EXPECT_EQ(pool.workers(), 0u);
  }());
}

TEST(ThreadPool, AnIdleWorkerIsUsedAgain) {
  world w;
  w.run([]() -> task<void> {
    thread_pool_executor pool({.max_workers = 8});
    for (int i = 0; i < 100; ++i)
      co_await pool.run([] {});
    // A worker may still be on its way to idle when the next call comes.
    EXPECT_LE(pool.workers(), 2u);
    co_await pool.shutdown();
  }());
}

TEST(ThreadPool, IdleWorkersEnd) {
  world w;
  w.run([]() -> task<void> {
    thread_pool_executor pool({.max_workers = 2, .idle_timeout = 0ns});
    for (int i = 0; i < 50; ++i)
      EXPECT_EQ(co_await pool.run([](int n) { return n; }, i), i);
    while (pool.workers() != 0)
      std::this_thread::yield();
    EXPECT_EQ(co_await pool.run([] { return 1; }), 1);
  }());
}

TEST(ThreadPool, ACallThatHasNotBegunIsCancelledAtOnce) {
  world w;
  w.run([]() -> task<void> {
    thread_pool_executor pool({.max_workers = 1});
    gate first, second;
    auto a = create_task(pool.run(&gate::pass, &first));
    auto b = create_task(pool.run(&gate::pass, &second));
    co_await yield_now();
    first.entered.acquire();
    b.cancel();
    co_await b.join();
    EXPECT_TRUE(b.cancelled());
    first.open.release();
    EXPECT_EQ(co_await a, 7);
    co_await pool.shutdown();
    EXPECT_EQ(second.runs, 0);
  }());
}

TEST(ThreadPool, ARunningCallIsToldToStopAndWaitedFor) {
  world w;
  w.run([]() -> task<void> {
    gate g;
    bool told = false;
    auto h = create_task([](gate& g, bool& told) -> task<void> {
      told = co_await to_thread(listen, std::ref(g));
      co_await sleep(1h); // the cancellation is thrown here
    }(g, told));
    co_await yield_now();
    g.entered.acquire();
    h.cancel();
    co_await h.join();
    EXPECT_TRUE(told);
    EXPECT_TRUE(h.cancelled());
  }());
}

TEST(ThreadPool, WithoutATokenTheCallIsWaitedForAndItsValueKept) {
  world w;
  w.run([]() -> task<void> {
    gate g;
    auto h = create_task(to_thread(&gate::pass, &g));
    co_await yield_now();
    g.entered.acquire();
    h.cancel();
    co_await yield_now();
    EXPECT_FALSE(h.done());
    g.open.release();
    EXPECT_EQ(co_await h, 7);
  }());
}

TEST(ThreadPool, ATimeoutStopsTheCallable) {
  world w;
  w.run([]() -> task<void> {
    gate g;
    auto h = create_task([](gate& g) -> task<bool> {
      co_return co_await with_timeout(
          1s, [&](timeout_scope&) -> task<bool> {
            co_return co_await to_thread(
                [](std::stop_token t, gate& g) {
                  listen(t, g);
                  throw cancelled_error();
                  return true;
                },
                std::ref(g));
          });
    }(g));
    EXPECT_THROW(co_await h, timeout_error);
  }());
}

TEST(ThreadPool, AnAbandonedCallEndsTheAwaitAtOnceAndGoesOn) {
  auto g = std::make_shared<gate>();
  auto ended = std::make_shared<std::promise<void>>();
  std::jthread opener;
  {
    world w;
    w.run([](auto g, auto ended, std::jthread& opener) -> task<void> {
      auto h = create_task(to_thread(abandon_on_cancel, [g, ended] {
        g->pass();
        ended->set_value();
      }));
      co_await yield_now();
      g->entered.acquire();
      h.cancel();
      co_await h.join();
      EXPECT_TRUE(h.cancelled());
      opener = std::jthread([g] { g->open.release(); });
    }(g, ended, opener));
    // The loop waits for its default executor.
  }
  ended->get_future().get();
  EXPECT_EQ(g->runs, 1);
}

TEST(ThreadPool, DrainServesWhatWasSubmittedAndRefusesTheRest) {
  world w;
  w.run([]() -> task<void> {
    thread_pool_executor pool({.max_workers = 1});
    gate g;
    auto a = create_task(pool.run(&gate::pass, &g));
    auto b = create_task(pool.run([] { return 8; }));
    co_await yield_now();
    g.entered.acquire();
    auto down = create_task(pool.shutdown(mode::drain));
    co_await yield_now();
    EXPECT_THROW(co_await pool.run([] {}), executor_shut_down);
    EXPECT_FALSE(down.done());
    g.open.release();
    EXPECT_TRUE(co_await down);
    EXPECT_EQ(co_await a, 7);
    EXPECT_EQ(co_await b, 8);
    EXPECT_TRUE(co_await pool.shutdown()); // again: nothing to do
  }());
}

TEST(ThreadPool, CancelRefusesTheQueueAndStopsWhatRuns) {
  world w;
  w.run([]() -> task<void> {
    thread_pool_executor pool({.max_workers = 1});
    gate g;
    auto a = create_task(pool.run(listen, std::ref(g)));
    auto b = create_task(pool.run([] { return 8; }));
    co_await yield_now();
    g.entered.acquire();
    EXPECT_TRUE(co_await pool.shutdown(mode::cancel));
    EXPECT_TRUE(co_await a);
    EXPECT_THROW(co_await b, executor_shut_down);
  }());
}

TEST(ThreadPool, AShutdownEndsWithinItsBound) {
  auto g = std::make_shared<gate>();
  {
    world w;
    w.run([](std::shared_ptr<gate> g) -> task<void> {
      thread_pool_executor pool({.max_workers = 1});
      auto a = create_task(pool.run(abandon_on_cancel, [g] { g->pass(); }));
      auto b = create_task(pool.run([] {}));
      co_await yield_now();
      g->entered.acquire();
      EXPECT_FALSE(co_await pool.shutdown(mode::drain, 1s)); // the test clock's
      EXPECT_THROW(co_await b, executor_shut_down);
      a.cancel();
      co_await a.join();
      EXPECT_TRUE(a.cancelled());
    }(g)); // the executor is gone, its worker is not
  }
  g->open.release();
}

TEST(ThreadPool, AbandonDoesNotWait) {
  auto g = std::make_shared<gate>();
  world w;
  w.run([](std::shared_ptr<gate> g) -> task<void> {
    thread_pool_executor pool;
    auto a = create_task(pool.run([g] { return g->pass(); }));
    co_await yield_now();
    g->entered.acquire();
    EXPECT_FALSE(co_await pool.shutdown(mode::abandon));
    g->open.release();
    EXPECT_EQ(co_await a, 7); // who awaits it still gets it
  }(g));
}

TEST(ThreadPool, TheDestructorWaitsForWorkers) {
  std::atomic<bool> over = false;
  std::jthread opener;
  gate g;
  {
    world w;
    auto h = start(w, [](gate& g, std::atomic<bool>& over) -> task<void> {
      co_await to_thread([&] {
        g.pass();
        over = true;
      });
    }(g, over));
    w.turns(2);
    g.entered.acquire();
    opener = std::jthread([&] { g.open.release(); });
  }
  EXPECT_TRUE(over);
}

TEST(ThreadPool, EveryPlaceToDieIn) {
  survives_everywhere([]() -> task<void> {
    co_await to_thread([] { return std::string(100, 'x'); });
    co_await to_thread(abandon_on_cancel, [] { return std::string(100, 'y'); });
    thread_pool_executor pool({.max_workers = 1});
    co_await gather(pool.run([] {}), pool.run([] {}), pool.run([] {}));
    co_await pool.shutdown();
  });
}

TEST(ThreadPool, WhatCompletedTogetherArrivesTogether) {
  world w;
  constexpr int calls = 50;
  std::latch all(calls);
  int arrived = 0;
  std::vector<task_handle<void>> handles;
  for (int i = 0; i < calls; ++i)
    handles.push_back(start(w, [](std::latch& all, int& arrived) -> task<void> {
      co_await to_thread([&] { all.count_down(); });
      ++arrived;
    }(all, arrived)));
  w.loop->run_once();
  all.wait();
  // The last may be counted and not sent yet; no iteration brings only one of many.
  int iterations = 0;
  while (arrived != calls) {
    const int before = arrived;
    w.loop->run_once();
    iterations += arrived != before;
  }
  EXPECT_LE(iterations, 20);
}

TEST(ThreadPool, RunInExecutorAndADefaultOfOnesOwn) {
  world w;
  w.run([]() -> task<void> {
    event_loop& loop = get_running_loop();
    thread_pool_executor pool;
    EXPECT_EQ(co_await loop.run_in_executor(pool, [](int n) { return n; }, 4), 4);
    loop.set_default_executor(std::make_unique<thread_pool_executor>(
        thread_pool_executor::options{.max_workers = 1}));
    EXPECT_EQ(loop.default_executor().max_workers(), 1u);
    EXPECT_EQ(co_await to_thread([] { return 5; }), 5);
    EXPECT_EQ(loop.default_executor().workers(), 1u);
    co_await pool.shutdown();
  }());
}

TEST(ThreadPool, RunLeavesNoThreadBehind) {
  const auto before = threads_now();
  nostall::run([]() -> task<void> {
    std::latch all(3);
    auto meet = [&] { all.arrive_and_wait(); };
    co_await gather(to_thread(meet), to_thread(meet), to_thread(meet));
  }());
  EXPECT_EQ(threads_now(), before);
}

TEST(ThreadPool, TwoLoopsShareAPool) {
  thread_pool_executor pool({.max_workers = 2});
  auto use = [&pool] {
    nostall::run([](thread_pool_executor& p) -> task<void> {
      for (int i = 0; i < 200; ++i)
        EXPECT_EQ(co_await p.run([i] { return i; }), i);
    }(pool));
  };
  std::jthread other(use);
  use();
}

TEST(ThreadPool, ManyCallsFromManyTasks) {
  world w;
  const long sum = w.run([]() -> task<long> {
    thread_pool_executor pool({.max_workers = 4});
    std::vector<task<int>> calls;
    for (int i = 0; i < 5000; ++i)
      calls.push_back(pool.run([i] { return i; }));
    const std::vector<int> all = co_await gather(std::move(calls));
    co_await pool.shutdown(mode::cancel);
    co_return std::accumulate(all.begin(), all.end(), 0L);
  }());
  EXPECT_EQ(sum, 5000L * 4999 / 2);
}

TEST(ThreadPool, DebugModeNamesWhoHeldTheLoopAfterACall) {
  world w;
  w.loop->set_debug(true);
  w.loop->set_slow_callback_duration(0ns);
  w.run([]() -> task<void> {
    co_await create_task([]() -> task<void> { co_await to_thread([] {}); }(),
                         "caller");
  }());
  bool named = false;
  for (const auto& r : w.reports)
    named |= r.task_name == "caller";
  EXPECT_TRUE(named);
}
