#include "support.h"

#include <nostall/nostall.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <future>
#include <latch>
#include <memory>
#include <numeric>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace thread_pool_executor_tests {
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

/// Whether that thread of this process ends within a minute. The kernel lists a thread for
/// a moment after it has been joined, so a look at once, or a count of all, says nothing.
bool ends(pid_t thread) {
  const auto until = std::chrono::steady_clock::now() + 1min;
  while (std::filesystem::exists("/proc/self/task/" + std::to_string(thread))) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::yield();
  }
  return true;
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
  }, false);
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

TEST(ThreadPool, RunLeavesNoThreadBehind) {
  std::vector<pid_t> workers;
  nostall::run([](std::vector<pid_t>& workers) -> task<void> {
    std::latch all(3);
    auto meet = [&] {
      all.arrive_and_wait();
      return gettid();
    };
    const auto [a, b, c] = co_await gather(to_thread(meet), to_thread(meet), to_thread(meet));
    for (const pid_t worker : {a, b, c})
      workers.push_back(worker);
  }(workers));
  for (const pid_t worker : workers)
    EXPECT_TRUE(ends(worker)) << worker;
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

TEST(ThreadPool, ATaskMayOutliveItsPool) {
  world w;
  w.run([]() -> task<void> {
    task_handle<int> waiting;
    std::optional<task<int>> lazy;
    {
      thread_pool_executor pool({.max_workers = 1});
      lazy = pool.run([] { return 1; });
      waiting = create_task(pool.run([] { return 2; }));
    }
    EXPECT_THROW(co_await waiting, executor_shut_down);
    EXPECT_THROW(co_await std::move(*lazy), executor_shut_down);
  }());
  EXPECT_TRUE(w.reports.empty());
}

TEST(ThreadPool, AShutdownThatIsAwaitedOutlivesItsPool) {
  world w;
  w.run([]() -> task<void> {
    auto pool = std::make_unique<thread_pool_executor>();
    co_await pool->run([] {});
    auto down = create_task(pool->shutdown());
    co_await yield_now();
    pool.reset();
    EXPECT_TRUE(co_await down);
  }());
}

TEST(ThreadPool, OneOfItsWorkersMayDestroyIt) {
  world w;
  w.run([]() -> task<void> {
    for (int others : {0, 3}) {
      auto pool = std::make_shared<thread_pool_executor>();
      std::vector<task_handle<void>> all;
      std::atomic<bool> go{false};
      for (int i = 0; i < others; ++i)
        all.push_back(create_task(pool->run([&] { go.wait(false); })));
      auto last = create_task(pool->run([&, p = pool]() mutable {
        go.wait(false);
        p.reset();
      }));
      while (pool->worker_count() < static_cast<std::size_t>(others) + 1)
        co_await yield_now();
      pool.reset();
      go = true;
      go.notify_all();
      co_await last;
      for (auto& h : all)
        co_await h;
    }
  }());
}

TEST(ThreadPool, ADefaultExecutorThatIsReplacedGoesOn) {
  world w;
  w.run([]() -> task<void> {
    event_loop& l = get_running_loop();
    std::atomic<bool> told{false};
    auto needs_the_loop = create_task(to_thread([&] {
      told.wait(false);
      return 5;
    }));
    co_await yield_now();
    co_await yield_now();
    l.set_default_executor(std::make_unique<thread_pool_executor>());
    told = true;
    told.notify_all();
    EXPECT_EQ(co_await needs_the_loop, 5);
    EXPECT_EQ(co_await to_thread([] { return 6; }), 6);
    l.set_default_executor(nullptr); // made anew when it is asked for
    EXPECT_EQ(co_await to_thread([] { return 7; }), 7);
  }());
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

TEST(ThreadPool, AForkedChildDestroysALoopWithACallThatRuns) {
  gate g;
  thread_pool_executor pool({.max_workers = 1});
  world w;
  auto h = start(w, [](thread_pool_executor& p, gate& g) -> task<void> {
    co_await p.run([&g] { g.pass(); });
  }(pool, g));
  w.turns(2);
  g.entered.acquire();
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    w.loop.reset();
    _exit(h.done() ? 0 : 1);
  }
  int status = 0;
  TEMP_FAILURE_RETRY(waitpid(child, &status, 0));
  EXPECT_EQ(status, 0);
  g.open.release();
  w.run([](task_handle<void> h) -> task<void> { co_await h; }(h));
}

TEST(ThreadPool, AForkedChildWaitsForNoThreads) {
  auto pool = std::make_unique<thread_pool_executor>();
  nostall::run([](thread_pool_executor& p) -> task<void> {
    co_await p.run([] {});
  }(*pool));
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    int r = 1;
    const auto held = std::make_shared<int>(); // by the call, which is not kept
    try {
      nostall::run([](thread_pool_executor& p, std::shared_ptr<int> h) -> task<void> {
        auto call = [h = std::move(h)] {}; // g++ 12 destroys one without a name twice
        co_await p.run(std::move(call));
      }(*pool, held));
    } catch (const usage_error&) {
      r = held.use_count() == 1 ? 0 : 2;
    }
    pool.reset();
    _exit(r);
  }
  int status = 0;
  TEMP_FAILURE_RETRY(waitpid(child, &status, 0));
  EXPECT_EQ(status, 0);
  nostall::run([](thread_pool_executor& p) -> task<void> {
    co_await p.run([] {});
  }(*pool));
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
