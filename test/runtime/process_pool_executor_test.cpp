#include "process_support.h"

#include <cstdlib>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>

namespace {

using mode = shutdown_mode;
using options = process_pool_executor::options;

struct ProcessPool : leaves_nothing {};

const std::string built = std::string(3, 'b'); // constructed before main

int add(int a, int b) { return a + b; }
long twice(long n) { return 2 * n; }
void nothing() {}
std::string built_here() { return built; }
pid_t worker_id() { return getpid(); }

struct point {
  int x = 0, y = 0;
  std::vector<std::string> names;
  template <class A> void serialize(A& a) { a(x, y, names); }
};
point mirrored(const point& p) { return {p.y, p.x, p.names}; }

enum class colour { red, green };
colour other(colour c) { return c == colour::red ? colour::green : colour::red; }

struct own_error : std::runtime_error {
  using runtime_error::runtime_error;
};
struct strange {};
void fail(int how) {
  switch (how) {
  case 0:
    throw std::out_of_range("too far");
  case 1:
    throw own_error("mine");
  case 2:
    throw strange();
  case 3:
    throw std::system_error(ENOENT, std::generic_category(), "opening");
  case 4:
    throw 7;
  case 5: {
    struct silent : std::runtime_error {
      silent() : std::runtime_error("") {}
      const char* what() const noexcept override { return nullptr; }
    };
    throw silent();
  }
  default:
    throw usage_error("wrong");
  }
}

std::vector<char> bytes(std::size_t n) { return std::vector<char>(n, 'x'); }
std::size_t size_of(const std::vector<char>& v) { return v.size(); }
std::vector<char> echo(std::vector<char> v) { return v; }

/// Fails to be read back: load() wants more than save() wrote.
struct lopsided {
  template <class A> void save(A& a) const { a(1); }
  template <class A> void load(A& a) {
    int one, two;
    a(one, two);
  }
};
lopsided make_lopsided() { return {}; }
/// Cannot be written.
struct unwritable {
  template <class A> void save(A&) const { throw std::length_error("not me"); }
  template <class A> void load(A&) {}
};
unwritable make_unwritable() { return {}; }

int prepared = 0;
void prepare(int n) { prepared = n; }
int what_was_prepared() { return prepared; }
void refuse_to_start(int) { throw std::invalid_argument("bad table"); }

int wait_for_a_word(ipc_end<int> end) { return end.receive_blocking().value_or(-1); }
/// Says that it has begun, and waits.
int begin_and_wait(ipc_end<int> end) {
  end.send_blocking(1);
  return wait_for_a_word(std::move(end));
}

} // namespace

TEST_F(ProcessPool, ArgumentsAndResultsCross) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 2});
    EXPECT_EQ(co_await pool.run<add>(2, 3), 5);
    EXPECT_EQ(co_await pool.run<twice>(4), 8); // converted here
    co_await pool.run<nothing>();
    const point before{1, 2, {"a", "bc"}};
    const point p = co_await pool.run<mirrored>(before);
    EXPECT_EQ(p.x, 2);
    EXPECT_EQ(p.names.back(), "bc");
    EXPECT_EQ(co_await pool.run<other>(colour::red), colour::green);
    EXPECT_EQ(co_await pool.run([](int n) { return n + 1; }, 1), 2);
    EXPECT_EQ(co_await pool.run([](auto a, auto b) { return a + b; }, 1, 2.5), 3.5);
    event_loop& loop = get_running_loop();
    EXPECT_EQ(co_await loop.run_in_executor(pool, [](int n) { return -n; }, 1), -1);
    EXPECT_TRUE(co_await pool.shutdown());
  }());
}

TEST_F(ProcessPool, WorkersHaveTheStaticObjectsAndAreNotThisProcess) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    EXPECT_EQ(co_await pool.run<built_here>(), "bbb");
    const pid_t p = co_await pool.run<worker_id>();
    EXPECT_NE(p, getpid());
    EXPECT_EQ(pool.worker_pids(), std::vector<pid_t>{p});
    EXPECT_TRUE(co_await pool.shutdown());
    EXPECT_TRUE(pool.worker_pids().empty());
  }());
}

TEST_F(ProcessPool, ExceptionsComeBackAsTheNearestStandardType) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    const auto what = [&](int how) -> task<std::string> {
      try {
        co_await pool.run<fail>(how);
        co_return "";
      } catch (const std::out_of_range& e) {
        co_return std::string("out_of_range ") + e.what();
      } catch (const usage_error& e) {
        co_return std::string("usage_error ") + e.what();
      } catch (const remote_error& e) {
        co_return "remote " + e.type_name() + " " + e.what();
      } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::no_such_file_or_directory);
        co_return std::string("system_error ") + e.what();
      } catch (const std::runtime_error& e) {
        co_return std::string("runtime_error ") + e.what();
      }
    };
    EXPECT_EQ(co_await what(0), "out_of_range too far");
    EXPECT_EQ(co_await what(1), "runtime_error mine");
    EXPECT_EQ(co_await what(2), "remote (anonymous namespace)::strange an exception of "
                                "type (anonymous namespace)::strange");
    EXPECT_EQ(co_await what(3), "system_error opening: No such file or directory");
    EXPECT_EQ(co_await what(4), "remote int an exception of type int");
    EXPECT_EQ(co_await what(5), "runtime_error an exception without a message");
    EXPECT_EQ(co_await what(6), "usage_error wrong");
    EXPECT_EQ(pool.worker_pids().size(), 1u); // none of it hurt the worker
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessPool, WhatCannotBeSerialisedIsAnErrorOfThatCall) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    EXPECT_THROW(co_await pool.run<make_lopsided>(), std::runtime_error);
    EXPECT_THROW(co_await pool.run<make_unwritable>(), std::length_error);
    EXPECT_EQ(co_await pool.run<add>(1, 1), 2);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessPool, LargeBuffersTravelInSharedMemory) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    for (std::size_t n : {std::size_t{0}, detail::inline_bytes - 8,
                          detail::inline_bytes - 7, std::size_t{1} << 20}) {
      std::vector<char> v(n);
      std::iota(v.begin(), v.end(), 0);
      EXPECT_EQ(co_await pool.run<echo>(v), v);
    }
#if NOSTALL_SANITIZED
    constexpr std::size_t large = std::size_t{1} << 26;
#else
    constexpr std::size_t large = std::size_t{1} << 30;
#endif
    EXPECT_EQ((co_await pool.run<bytes>(large)).size(), large);
    EXPECT_EQ(co_await pool.run<size_of>(std::vector<char>(1 << 22)), 1u << 22);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessPool, MapKeepsTheOrderInChunksOfAnySize) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 2});
    std::vector<int> numbers(101);
    std::iota(numbers.begin(), numbers.end(), 0);
    for (std::size_t chunk : {0, 1, 7, 1000}) {
      const std::vector<long> all = co_await pool.map<twice>(numbers, chunk);
      EXPECT_EQ(all.size(), 101u);
      for (std::size_t i = 0; i < all.size(); ++i)
        EXPECT_EQ(all[i], 2 * numbers[i]);
    }
    const std::vector<int> none, one(1);
    EXPECT_TRUE((co_await pool.map<twice>(none)).empty());
    EXPECT_THROW(co_await pool.map<fail>(one), std::out_of_range);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessPool, AsCompletedTakesItsCalls) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 2});
    std::vector<task<long>> calls;
    for (long n = 0; n < 20; ++n)
      calls.push_back(pool.run<twice>(n));
    std::set<long> seen;
    for (auto next : as_completed(std::move(calls)))
      seen.insert(co_await next);
    EXPECT_EQ(seen.size(), 20u);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessPool, TheInitializerRunsInEachWorker) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool(
        options{.max_workers = 2, .initializer = in_each_worker<prepare>(42)});
    std::vector<task<int>> calls;
    for (int i = 0; i < 8; ++i)
      calls.push_back(pool.run<what_was_prepared>());
    for (int n : co_await gather(std::move(calls)))
      EXPECT_EQ(n, 42);
    EXPECT_EQ(prepared, 0);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessPool, AnInitializerThatThrowsFailsTheCallsThatWait) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool(options{
        .max_workers = 1, .initializer = in_each_worker<refuse_to_start>(1)});
    try {
      co_await pool.run<nothing>();
      ADD_FAILURE();
    } catch (const broken_process_pool& e) {
      EXPECT_NE(std::string(e.what()).find("initializer threw: bad table"),
                std::string::npos)
          << e.what();
    }
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessPool, WorkersAreReplacedAfterMaxTasksPerChild) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1, .max_tasks_per_child = 3});
    std::vector<task<pid_t>> calls;
    for (int i = 0; i < 9; ++i)
      calls.push_back(pool.run<worker_id>());
    const auto pids = co_await gather(std::move(calls));
    EXPECT_EQ((std::set<pid_t>(pids.begin(), pids.end()).size()), 3u);
    for (int i = 0; i < 9; ++i)
      EXPECT_EQ(pids[static_cast<std::size_t>(i)], pids[static_cast<std::size_t>(i / 3 * 3)]);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessPool, ACallThatHasNotBegunIsCancelledForGood) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    shared_value<int> runs(0);
    ipc_pipe<int> pipe;
    auto first = create_task(pool.run<begin_and_wait>(std::move(pipe.second)));
    co_await pipe.first.receive();
    auto second = create_task(pool.run(
        [](shared_value<int> n) { return n.fetch_add(1); }, runs));
    co_await yield_now(); // now it is in the worker's slots
    second.cancel();
    co_await second.join();
    EXPECT_TRUE(second.cancelled());
    co_await pipe.first.send(7);
    EXPECT_EQ(co_await first, 7);
    co_await pool.shutdown();
    EXPECT_EQ(runs.load(), 0);
  }());
}

TEST_F(ProcessPool, ACancelledCallThatRunsEndsTheAwaitAtOnce) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    ipc_pipe<int> pipe;
    auto call = create_task(pool.run<begin_and_wait>(std::move(pipe.second)));
    co_await pipe.first.receive();
    call.cancel();
    co_await call.join();
    EXPECT_TRUE(call.cancelled());
    co_await pipe.first.send(7);
    EXPECT_EQ(co_await pool.run<add>(1, 2), 3); // the worker lives on
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessPool, AnIdleWorkerTakesWhatABusyOneHasNotBegun) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 2});
    ipc_pipe<int> a, b;
    auto first = create_task(pool.run<begin_and_wait>(std::move(a.second)));
    auto second = create_task(pool.run<begin_and_wait>(std::move(b.second)));
    co_await a.first.receive();
    co_await b.first.receive();
    // Both are busy: these wait in their slots.
    std::vector<task_handle<int>> waiting;
    for (int i = 0; i < 6; ++i)
      waiting.push_back(create_task(pool.run<add>(i, i)));
    co_await yield_now();
    co_await a.first.send(1);
    for (int i = 0; i < 6; ++i) // though one of the two never gets free
      EXPECT_EQ(co_await waiting[static_cast<std::size_t>(i)], 2 * i);
    EXPECT_FALSE(second.done());
    co_await b.first.send(2);
    EXPECT_EQ(co_await first, 1);
    EXPECT_EQ(co_await second, 2);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessPool, ManyCallsAtOnce) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 3});
    std::vector<task<long>> calls;
    for (long n = 0; n < 2000; ++n)
      calls.push_back(pool.run<twice>(n));
    const auto all = co_await gather(std::move(calls));
    for (long n = 0; n < 2000; ++n)
      EXPECT_EQ(all[static_cast<std::size_t>(n)], 2 * n);
    co_await pool.shutdown();
  }());
}

// A million of them with `./dev test --slow`.
TEST_F(ProcessPool, ManyCallsOneAfterTheOther) {
  const char* const wanted = std::getenv("NOSTALL_POOL_CALLS");
  const long calls = wanted ? std::atol(wanted) : 20'000;
  nostall::run([](long calls) -> task<void> {
    process_pool_executor pool(
        {.max_workers = 3, .max_tasks_per_child = static_cast<std::size_t>(calls) / 20});
    long next = 0, wrong = 0;
    task_group g;
    for (int i = 0; i < 100; ++i)
      g.start([](process_pool_executor& pool, long& next, long& wrong,
                 long calls) -> task<void> {
        while (next < calls) {
          const long n = next++;
          wrong += co_await pool.run<twice>(n) != 2 * n;
        }
      }(pool, next, wrong, calls));
    co_await g.join();
    EXPECT_EQ(next, calls);
    EXPECT_EQ(wrong, 0);
    co_await pool.shutdown();
  }(calls));
}

TEST_F(ProcessPool, MoreBytesThanTheSocketsHold) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    std::vector<task<std::vector<char>>> calls;
    for (int n = 0; n < 40; ++n)
      calls.push_back(pool.run<echo>(std::vector<char>(60000)));
    EXPECT_EQ((co_await gather(std::move(calls))).size(), 40u);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessPool, ShuttingDownDrainsOrRefuses) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    ipc_pipe<int> pipe;
    auto first = create_task(pool.run<begin_and_wait>(std::move(pipe.second)));
    co_await pipe.first.receive();
    auto second = create_task(pool.run<add>(1, 1));
    co_await yield_now();
    auto down = create_task(pool.shutdown(mode::drain));
    co_await yield_now();
    EXPECT_THROW(co_await pool.run<nothing>(), executor_shut_down);
    co_await pipe.first.send(3);
    EXPECT_TRUE(co_await down);
    EXPECT_EQ(co_await first, 3);
    EXPECT_EQ(co_await second, 2);

    process_pool_executor other({.max_workers = 1});
    ipc_pipe<int> again;
    auto third = create_task(other.run<begin_and_wait>(std::move(again.second)));
    co_await again.first.receive();
    auto fourth = create_task(other.run<add>(1, 1));
    co_await yield_now();
    auto cancel = create_task(other.shutdown(mode::cancel));
    EXPECT_THROW(co_await fourth, executor_shut_down);
    co_await again.first.send(4);
    EXPECT_TRUE(co_await cancel);
    EXPECT_EQ(co_await third, 4);
  }());
}

TEST_F(ProcessPool, AShutdownKillsWhatOutlastsItsBound) {
  world w;
  w.run([]() -> task<void> {
    for (const bool abandon : {false, true}) {
      process_pool_executor pool({.max_workers = 1});
      ipc_pipe<int> pipe;
      auto call = create_task(pool.run<begin_and_wait>(std::move(pipe.second)));
      co_await pipe.first.receive();
      EXPECT_FALSE(co_await pool.shutdown(abandon ? mode::abandon : mode::drain, 1s));
      try {
        co_await call;
        ADD_FAILURE();
      } catch (const broken_process_pool& e) {
        EXPECT_EQ(e.status(), (exit_status{0, SIGKILL}));
        EXPECT_NE(std::string(e.what()).find("shutdown"), std::string::npos) << e.what();
      }
    }
  }());
}

TEST_F(ProcessPool, DestroyingAPoolKillsItsWorkers) {
  world w;
  w.run([]() -> task<void> {
    ipc_pipe<int> pipe;
    task_handle<int> call;
    {
      process_pool_executor pool({.max_workers = 1});
      call = create_task(pool.run<begin_and_wait>(std::move(pipe.second)));
      co_await pipe.first.receive();
    }
    EXPECT_THROW(co_await call, broken_process_pool);
  }());
}

TEST_F(ProcessPool, APoolOutlivesItsLoopAndServesTheNext) {
  process_pool_executor pool({.max_workers = 1});
  const auto ask = [&pool] {
    return nostall::run([](process_pool_executor& p) -> task<pid_t> {
      co_return co_await p.run<worker_id>();
    }(pool));
  };
  const pid_t first = ask();
  EXPECT_EQ(ask(), first);
}

TEST_F(ProcessPool, TasksMayDieAnywhere) {
  for (int n = 0; n < 12; ++n) {
    world w;
    process_pool_executor pool({.max_workers = 1});
    auto h = start(w, [](process_pool_executor& p) -> task<void> {
      EXPECT_EQ(co_await p.run<add>(1, 2), 3);
      co_await p.run<add>(1, 2);
    }(pool));
    w.turns(n);
    w.loop.reset(); // the frames are destroyed where they wait
  }
}
