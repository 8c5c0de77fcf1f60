// The end of a thread pool: drained, cancelled, abandoned, destroyed, forked.

#include "thread_support.h"

#include <nostall/nostall.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace thread_pool_shutdown_tests {

using namespace thread_tests;
using mode = shutdown_mode;

TEST(ThreadPoolShutdown, DrainServesWhatWasSubmittedAndRefusesTheRest) {
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

TEST(ThreadPoolShutdown, CancelRefusesTheQueueAndStopsWhatRuns) {
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

TEST(ThreadPoolShutdown, AShutdownEndsWithinItsBound) {
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

TEST(ThreadPoolShutdown, AbandonDoesNotWait) {
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

TEST(ThreadPoolShutdown, TheDestructorWaitsForWorkers) {
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

TEST(ThreadPoolShutdown, EveryPlaceToDieIn) {
  survives_everywhere([]() -> task<void> {
    co_await to_thread([] { return std::string(100, 'x'); });
    co_await to_thread(abandon_on_cancel, [] { return std::string(100, 'y'); });
    thread_pool_executor pool({.max_workers = 1});
    co_await gather(pool.run([] {}), pool.run([] {}), pool.run([] {}));
    co_await pool.shutdown();
  }, false);
}

TEST(ThreadPoolShutdown, RunLeavesNoThreadBehind) {
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

TEST(ThreadPoolShutdown, ATaskMayOutliveItsPool) {
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

TEST(ThreadPoolShutdown, AShutdownThatIsAwaitedOutlivesItsPool) {
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

TEST(ThreadPoolShutdown, OneOfItsWorkersMayDestroyIt) {
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

TEST(ThreadPoolShutdown, ADefaultExecutorThatIsReplacedGoesOn) {
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

TEST(ThreadPoolShutdown, AForkedChildDestroysALoopWithACallThatRuns) {
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

TEST(ThreadPoolShutdown, AForkedChildWaitsForNoThreads) {
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

} // namespace thread_pool_shutdown_tests
