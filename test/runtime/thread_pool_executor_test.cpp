#include "thread_support.h"

#include <nostall/nostall.h>

#include <csignal>
#include <future>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <thread>

namespace thread_pool_executor_tests {

using namespace thread_tests;

namespace {

using mode = shutdown_mode;
context_var<int> answer("answer", 0);

struct refuses : std::runtime_error {
  using runtime_error::runtime_error;
};

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
    EXPECT_EQ(pool.worker_count(), 0u);
    gate gates[5];
    std::vector<task_handle<int>> calls;
    for (gate& g : gates)
      calls.push_back(create_task(pool.run(&gate::pass, &g)));
    co_await yield_now();
    for (int i = 0; i < 3; ++i)
      gates[i].entered.acquire();
    EXPECT_EQ(pool.worker_count(), 3u);
    EXPECT_EQ(gates[3].runs + gates[4].runs, 0);
    for (gate& g : gates)
      g.open.release();
    for (auto& c : calls)
      EXPECT_EQ(co_await c, 7);
    EXPECT_EQ(pool.worker_count(), 3u);
    co_await pool.shutdown();
    EXPECT_EQ(pool.worker_count(), 0u);
  }());
}

TEST(ThreadPool, AnIdleWorkerIsUsedAgain) {
  world w;
  w.run([]() -> task<void> {
    thread_pool_executor pool({.max_workers = 400});
    for (int i = 0; i < 200; ++i)
      co_await pool.run([] {});
    // Each call may find the worker of the last on its way to idle, on a loaded machine.
    EXPECT_LE(pool.worker_count(), 100u);
    co_await pool.shutdown();
  }());
}

TEST(ThreadPool, IdleWorkersEnd) {
  world w;
  w.run([]() -> task<void> {
    thread_pool_executor pool({.max_workers = 2, .idle_timeout = 0ns});
    for (int i = 0; i < 50; ++i)
      EXPECT_EQ(co_await pool.run([](int n) { return n; }, i), i);
    while (pool.worker_count() != 0)
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

// What listens to the stop may do anything, as cancel those that are being cancelled.
TEST(ThreadPool, AStopIsAskedForOutsideOfTheWalkThatCancels) {
  world w;
  w.run([]() -> task<void> {
    gate g;
    task_group group;
    std::thread::id told_on{};
    bool in_cancel = false, nested = false;
    group.start([](gate& g, std::thread::id& where, bool& in, bool& nested) -> task<void> {
      co_await to_thread([&](std::stop_token s) {
        const std::stop_callback tell(s, [&] {
          where = std::this_thread::get_id();
          nested = in;
          g.open.release();
        });
        g.pass();
      });
    }(g, told_on, in_cancel, nested));
    co_await yield_now();
    g.entered.acquire();
    in_cancel = true;
    group.cancel();
    in_cancel = false;
    co_await group.join();
    EXPECT_EQ(told_on, std::this_thread::get_id());
    EXPECT_FALSE(nested);
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

TEST(ThreadPool, WhatCompletedTogetherArrivesTogether) {
  world w;
  constexpr int calls = 50;
  thread_pool_executor pool({.max_workers = 4, .idle_timeout = 0ns});
  int arrived = 0;
  for (int i = 0; i < calls; ++i)
    start(w, [](thread_pool_executor& p, int& arrived) -> task<void> {
      co_await p.run([] {});
      ++arrived;
    }(pool, arrived)).detach();
  w.loop->run_once();
  while (pool.worker_count() != 0) // a worker that has ended has sent what it did
    std::this_thread::yield();
  w.turns(2);
  EXPECT_EQ(arrived, calls);
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
    EXPECT_EQ(loop.default_executor().worker_count(), 1u);
    co_await pool.shutdown();
  }());
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

TEST(ThreadPool, WorkersHaveTheSignalMaskOfWhoStartsThem) {
  sigset_t one, before;
  sigemptyset(&one);
  sigaddset(&one, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &one, &before);
  world w;
  w.run([]() -> task<void> {
    const sigset_t mask = co_await to_thread([] {
      sigset_t m;
      pthread_sigmask(SIG_SETMASK, nullptr, &m);
      return m;
    });
    for (int s : {SIGTERM, SIGINT, SIGHUP, SIGSEGV, SIGPROF})
      EXPECT_EQ(sigismember(&mask, s), 0) << s;
    EXPECT_EQ(sigismember(&mask, SIGUSR2), 1);
  }());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

namespace {
struct alignas(64) wide {
  float f[16] = {};
  bool aligned() const { return reinterpret_cast<std::uintptr_t>(this) % 64 == 0; }
};
struct moves_badly {
  int left;
  explicit moves_badly(int n) : left(n) {}
  moves_badly(const moves_badly&) = default;
  moves_badly(moves_badly&& o) : left(o.left - 1) {
    if (left < 0)
      throw std::runtime_error("moved too often");
  }
};
} // namespace

TEST(ThreadPool, WhatAsksForMoreAlignmentGetsIt) {
  world w;
  w.run([]() -> task<void> {
    std::vector<std::unique_ptr<char[]>> between;
    for (int i = 0; i < 20; ++i) {
      between.emplace_back(new char[static_cast<std::size_t>(24 + 16 * (i % 5))]);
      EXPECT_TRUE(co_await to_thread([x = wide()] { return x.aligned(); }));
      EXPECT_TRUE((co_await to_thread([](const wide& x) { return x.aligned(); }, wide())));
      auto h = create_task([]() -> task<wide> { co_return wide(); }());
      co_await h.join();
      EXPECT_TRUE(h.result().aligned());
      bool called = false;
      get_running_loop().call_soon([x = wide(), &called] {
        called = true;
        EXPECT_TRUE(x.aligned());
      });
      co_await yield_now();
      EXPECT_TRUE(called);
    }
  }());
}

TEST(ThreadPool, AMoveThatThrowsIsAnExceptionOfTheTask) {
  world w;
  w.run([]() -> task<void> {
    int failed = 0, came = 0;
    for (int moves = 0; moves < 8; ++moves)
      for (int how = 0; how < 2; ++how) {
        auto make = [](int n) -> task<moves_badly> {
          moves_badly m(n);
          co_return m;
        };
        try {
          if (how == 0)
            co_await create_task(make(moves));
          else
            co_await to_thread([](int n) { return moves_badly(n); }, moves);
          ++came;
        } catch (const std::runtime_error&) {
          ++failed;
        }
      }
    EXPECT_GE(failed, 2);
    EXPECT_GE(came, 2);
  }());
}

} // namespace thread_pool_executor_tests
