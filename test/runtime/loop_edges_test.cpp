// What is waited for goes first, stops at the wrong time, tasks of another loop, durations
// of any kind.

#include "support.h"

#include <nostall/as_completed.h>
#include <nostall/async_barrier.h>
#include <nostall/async_event.h>
#include <nostall/async_fd.h>
#include <nostall/async_queue.h>
#include <nostall/gather.h>
#include <nostall/shield.h>
#include <nostall/stall_watchdog.h>
#include <nostall/task_group.h>
#include <nostall/thread_pool_executor.h>
#include <nostall/timeout.h>
#include <nostall/wait.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <limits>
#include <memory>
#include <thread>
#include <type_traits>
#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

task<void> sleep_task(std::chrono::nanoseconds d = 1h) { co_await nostall::sleep(d); }

// Whatever is waited for may go first: the wait ends with an error.
template <class X, class Wait> void goes_first(Wait wait) {
  world w;
  w.run([](Wait f) -> task<void> {
    auto x = std::make_unique<X>();
    auto h = create_task(f(*x));
    co_await yield_now();
    co_await yield_now();
    x.reset();
    EXPECT_THROW(co_await h, std::exception);
  }(wait));
}

TEST(LoopEdges, AnEventABarrierAQueueGoFirst) {
  goes_first<async_event>([](async_event& e) -> task<void> { co_await e.wait(); });
  goes_first<async_queue<int>>(
      [](async_queue<int>& q) -> task<void> { (void)co_await q.get(); });
  struct pair_barrier : async_barrier {
    pair_barrier() : async_barrier(2) {}
  };
  goes_first<pair_barrier>(
      [](pair_barrier& b) -> task<void> { (void)co_await b.wait(); });
}

TEST(LoopEdges, AHandlerReplacesItself) {
  world w;
  std::string seen;
  event_loop& l = *w.loop;
  l.set_exception_handler([&l, &seen, name = std::string(100, 'a')](const auto&) {
    l.set_exception_handler([&seen](const auto&) { seen += 'b'; });
    seen += name[99];
  });
  w.run([]() -> task<void> {
    for (int i = 0; i < 2; ++i)
      get_running_loop().call_soon([] { throw std::runtime_error("x"); });
    co_await sleep(1ms);
  }());
  EXPECT_EQ(seen, "ab");
}

TEST(LoopEdges, ARunnerInsideIsRefused) {
  world w;
  w.run([]() -> task<void> {
    EXPECT_THROW(runner{}, usage_error);
    EXPECT_THROW(get_running_loop().shutdown(), usage_error);
    co_await sleep(1ms); // and nothing was cancelled by it
  }());
}

TEST(LoopEdges, ALoopRunsAgainAfterItsShutDown) {
  world w;
  w.loop->shutdown();
  EXPECT_EQ(w.run([]() -> task<int> {
    co_await sleep(1ms);
    co_return 1;
  }()), 1);
}

TEST(LoopEdges, WhatIsDestroyedWithALoopCannotRunIt) {
  struct cleaner {
    event_loop& l;
    int& refused;
    ~cleaner() {
      const auto is_refused = [this](auto f) {
        try {
          f();
        } catch (const usage_error&) {
          ++refused;
        }
      };
      is_refused([this] { l.shutdown(); });
      is_refused([this] { l.run_once(); });
      is_refused([this] { l.run_until_complete([]() -> task<void> { co_return; }()); });
    }
  };
  int refused = 0;
  {
    event_loop loop;
    loop.set_exception_handler([](const exception_context&) {});
    loop.call_soon([&] {
      create_task([](event_loop& l, int& n) -> task<void> {
        const cleaner last{l, n};
        co_await sleep(1h);
      }(loop, refused)).detach();
    });
    loop.run_once();
    loop.run_once();
  }
  EXPECT_EQ(refused, 3);
}

TEST(LoopEdges, StopMeanwhileDoesNotHoldTheShutDown) {
  int p[2];
  ASSERT_EQ(pipe2(p, O_NONBLOCK | O_CLOEXEC), 0);
  event_loop loop;
  auto h = detail::access::adopt<task_handle<int>>(detail::spawn<int>(
      detail::access::core(loop).root,
      [](int fd) -> task<int> {
        try {
          co_await sleep(1h);
        } catch (const cancelled_error&) {
        }
        co_return static_cast<int>(co_await shield([](int f) -> task<std::size_t> {
          async_fd r(f);
          char c;
          co_return co_await r.read_some(&c, 1);
        }(fd)));
      }(p[0]),
      {}, std::source_location::current()));
  loop.run_once();
  loop.call_soon([&] { loop.stop(); });
  std::thread other([&] {
    std::this_thread::sleep_for(20ms);
    [[maybe_unused]] const auto n = write(p[1], "x", 1);
  });
  loop.shutdown();
  other.join();
  EXPECT_EQ(h.result(), 1);
  close(p[0]);
  close(p[1]);
}

TEST(LoopEdges, ATaskOfAnotherLoopIsRefused) {
  world a, b;
  auto h = start(a, []() -> task<void> { co_await sleep(1h); }());
  EXPECT_THROW(b.loop->run_until_complete(h), usage_error);
  b.run([](task_handle<void> t) -> task<void> {
    EXPECT_THROW(co_await t, usage_error);
  }(h));
}

TEST(LoopEdges, NothingWaitsForATaskOfAnotherLoop) {
  world one, two;
  task_handle<void> h;
  one.run([](task_handle<void>& h) -> task<void> {
    h = create_task(sleep(1h));
    co_await yield_now();
  }(h));
  two.run([](task_handle<void> h) -> task<void> {
    std::vector<task_handle<void>> some{h};
    EXPECT_TRUE(co_await throws<usage_error>(wait(some, return_when::all_completed, 10s)));
    EXPECT_TRUE(co_await throws<usage_error>(
        wait(return_when::first_completed, 10s, h, sleep_forever())));
    EXPECT_TRUE(co_await throws<usage_error>(wait_for(h, 10s)));
    EXPECT_TRUE(co_await throws<usage_error>(gather(h, sleep(10s))));
    EXPECT_THROW((void)as_completed(some), usage_error);
  }(h));
  h.cancel();
}

TEST(LoopEdges, ManyPartiesMeetInLinearTime) {
  world w;
  w.run([]() -> task<void> {
    constexpr std::size_t n = 100'000;
    async_barrier b(n);
    task_group g;
    for (std::size_t i = 0; i < n; ++i)
      g.start([](async_barrier& all) -> task<void> { (void)co_await all.wait(); }(b));
    EXPECT_EQ(g.size(), n);
    co_await g.join();
    EXPECT_EQ(g.size(), 0u);
    EXPECT_EQ(b.n_waiting(), 0u);
  }());
}

TEST(LoopEdges, AnyDurationWillDo) {
  using namespace std::chrono;
  static_assert(detail::saturated(1.5s) == 1'500'000'000ns);
  static_assert(detail::saturated(0.1s) == 100'000'000ns);
  static_assert(detail::saturated(hours::max()) == nanoseconds::max());
  static_assert(detail::saturated(hours::min()) == nanoseconds::min());
  static_assert(detail::saturated(duration<double>(1e300)) == nanoseconds::max());
  static_assert(detail::saturated(duration<int, std::pico>(1)) == 1ns);
  static_assert(detail::saturated(duration<int, std::pico>(-1)) == 0ns);
  world w;
  w.run([]() -> task<void> {
    const auto start = get_running_loop().time();
    co_await nostall::sleep(1.5s);
    EXPECT_EQ(get_running_loop().time() - start, 1500ms);
    co_await wait_for(sleep_task(1ms), hours::max());
    co_await wait_for(sleep_task(1ms), 1.5s);
    co_await with_timeout(seconds::max(), sleep_task(1ms));
    co_await nostall::sleep(-1.5h);
    co_await nostall::sleep(hours::min());
    EXPECT_THROW(
        co_await nostall::sleep(duration<double>(std::numeric_limits<double>::quiet_NaN())),
        usage_error);
    auto h = create_task([]() -> task<void> { co_await nostall::sleep(hours::max()); }());
    co_await sleep_task(1h);
    EXPECT_FALSE(h.done());
    auto r = co_await nostall::wait(std::vector(1, h), return_when::all_completed, 0.5s);
    EXPECT_EQ(r.pending.size(), 1u);
    h.cancel();
    co_await h.join();
    // Of a range, where handles are made of it.
    std::vector<task<void>> tasks;
    tasks.push_back(sleep_task(1ms));
    EXPECT_EQ((co_await nostall::wait(std::move(tasks), all_completed, hours::max())).done.size(),
              1u);
    tasks.clear();
    tasks.push_back(sleep_task(1h));
    EXPECT_EQ((co_await nostall::wait(std::move(tasks), all_completed, 0.5s)).done.size(), 0u);
  }());
}

// Bounds and options, too: the whole of a program waits for some of them.
TEST(LoopEdges, AnyDurationIsABound) {
  using namespace std::chrono;
  run([]() -> task<void> {
    thread_pool_executor patient({.max_workers = 1, .idle_timeout = hours::max()});
    EXPECT_EQ(co_await patient.run([] { return 1; }), 1);
    EXPECT_TRUE(co_await patient.shutdown(shutdown_mode::drain, hours::max()));
    thread_pool_executor impatient({.max_workers = 1, .idle_timeout = 0.001s});
    EXPECT_EQ(co_await impatient.run([] { return 1; }), 1);
    EXPECT_TRUE(co_await impatient.shutdown(shutdown_mode::drain, 20.5s));
    thread_pool_executor other;
    EXPECT_EQ(co_await other.run([] { return 1; }), 1);
    EXPECT_TRUE(other.end(years(291))); // fits, and the clock's time is no zero
    event_loop& l = get_running_loop();
    l.set_slow_callback_duration(hours::max());
    EXPECT_EQ(l.slow_callback_duration(), nanoseconds::max());
    l.set_slow_callback_duration(0.25s);
    EXPECT_EQ(l.slow_callback_duration(), 250ms);
    const stall_watchdog dog(l, {.threshold = hours::max()});
    co_await nostall::sleep(1ms);
  }());
  test_clock clock;
  clock.advance(hours::max());
  EXPECT_EQ(clock.now(), loop_time::max());
}

// Debug mode: what belongs to the loop's thread says so.
TEST(LoopEdges, DebugModeChecksTheThread) {
  world w;
  w.loop->set_debug(true);
  std::thread([&] {
    event_loop& l = *w.loop;
    EXPECT_THROW(l.remove_reader(0), usage_error);
    EXPECT_THROW(l.remove_writer(0), usage_error);
    EXPECT_THROW(l.remove_signal_handler(1), usage_error);
    EXPECT_THROW((void)l.all_task_names(), usage_error);
    EXPECT_THROW(l.reset_exception_handler(), usage_error);
    EXPECT_THROW(l.set_exception_handler([](const auto&) {}), usage_error);
    EXPECT_THROW(l.call_exception_handler({}), usage_error);
  }).join();
  w.loop->set_debug(false);
}

namespace {
task<void> awaits(const std::vector<task_handle<void>>& all, std::size_t which) {
  co_await all[which];
}
// Of so many; begun from either side, and watched by others as well.
task<void> circle(std::size_t size, bool forwards) {
  std::vector<task_handle<void>> ring(size);
  async_event go;
  for (std::size_t n = 0; n < size; ++n) {
    const std::size_t i = forwards ? n : size - 1 - n;
    ring[i] = create_task([](auto& r, std::size_t next, async_event& e) -> task<void> {
      co_await e.wait();
      co_await r[next];
    }(ring, (i + 1) % size, go));
  }
  int ended = 0;
  ring[size / 2].add_done_callback([&](task_handle<void>) { ++ended; });
  auto some = create_task([](auto& r) -> task<void> {
    co_await nostall::wait(return_when::all_completed, r[0], r[r.size() / 3]);
  }(ring));
  co_await yield_now();
  go.set();
  std::string what;
  try {
    co_await ring[0];
    ADD_FAILURE() << size;
  } catch (const usage_error& e) {
    what = e.what();
  }
  EXPECT_NE(what.find(size == 1 ? "itself" : "circle"), std::string::npos) << what;
  co_await some;
  for (auto& h : ring)
    EXPECT_THROW(co_await h, usage_error);
  EXPECT_EQ(ended, 1);
}
} // namespace

TEST(LoopEdges, TasksThatAwaitEachOtherAreToldSo) {
  for (std::size_t size : {1, 2, 3, 16, 17, 18, 3'000})
    for (bool forwards : {true, false}) {
      world w;
      w.run(circle(size, forwards));
    }
}

// Each of them awaited, so that a circle has to be looked for: not along all of the chain.
TEST(LoopEdges, LongChainsOfAwaitedTasksAreNoCircles) {
  world w;
  w.run([]() -> task<void> {
    constexpr std::size_t size = 50'000;
    async_event end;
    std::vector<task_handle<void>> chain(1), beside;
    chain[0] = create_task([](async_event& e) -> task<void> { co_await e.wait(); }(end));
    chain.reserve(size);
    for (std::size_t i = 1; i < size; ++i) {
      chain.push_back(create_task([](auto& c, std::size_t n) -> task<void> {
        co_await yield_now();
        co_await c[n];
      }(chain, i - 1)));
      beside.push_back(create_task(awaits(chain, i)));
      if (i % 100 == 0)
        co_await yield_now();
    }
    for (int i = 0; i < 3; ++i)
      co_await yield_now();
    end.set();
    for (auto& h : beside)
      co_await h;
  }());
}

TEST(LoopEdges, ATreeOfAwaitedTasksAndACircleThroughItsLastLeaf) {
  world w;
  w.run([]() -> task<void> {
    constexpr std::size_t size = 1'000;
    std::vector<task_handle<void>> tree(size);
    async_event go;
    tree[0] = create_task([](auto& t, async_event& e) -> task<void> {
      co_await e.wait();
      co_await t[t.size() - 1]; // which waits for this one
    }(tree, go));
    for (std::size_t i = 1; i < size; ++i)
      tree[i] = create_task(awaits(tree, (i - 1) / 3));
    co_await yield_now();
    co_await yield_now();
    go.set();
    for (auto& h : tree)
      EXPECT_THROW(co_await h, usage_error);
  }());
}

TEST(LoopEdges, ALoopOfTheParentIsRefusedInAForkedChild) {
  event_loop l;
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    try {
      l.run_once();
    } catch (const usage_error&) {
      event_loop mine;
      mine.call_soon([&] { mine.stop(); });
      mine.run_forever();
      _exit(0);
    }
    _exit(1);
  }
  int status = 0;
  TEMP_FAILURE_RETRY(waitpid(child, &status, 0));
  EXPECT_EQ(status, 0);
}

TEST(LoopEdges, ASignalsCallbackThatIsReplacedDoesNotRun) {
  event_loop l;
  int old = 0, fresh = 0;
  l.add_signal_handler(SIGUSR1, [&] { ++old; });
  raise(SIGUSR1);
  l.call_soon([&] { l.add_signal_handler(SIGUSR1, [&] { ++fresh; }); });
  l.run_once();
  l.run_once();
  EXPECT_EQ(old, 0);
  raise(SIGUSR1);
  l.run_once();
  l.run_once();
  EXPECT_EQ(fresh, 1);
}

// The number of a loop's eventfd may be a file's as soon as the loop is gone.
TEST(LoopEdges, ASignalWritesIntoNothingButItsLoop) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  std::atomic<bool> over{false};
  std::signal(SIGUSR2, SIG_IGN);
  std::thread storm([&] {
    while (!over)
      pthread_kill(pthread_self(), SIGUSR2); // handled here, not on the loop's thread
  });
  for (int round = 0; round < 300; ++round) {
    std::vector<int> copies;
    {
      event_loop l;
      l.add_signal_handler(SIGUSR2, [] {});
      l.run_once();
    }
    for (int i = 0; i < 8; ++i)
      copies.push_back(dup(ends[1])); // one of them has the eventfd's number
    for (int c : copies)
      close(c);
  }
  over = true;
  storm.join();
  std::signal(SIGUSR2, SIG_DFL);
  char byte;
  EXPECT_EQ(read(ends[0], &byte, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
  close(ends[0]);
  close(ends[1]);
}

TEST(LoopEdges, DebugModeOfOneLoopIsNotThatOfAnother) {
  event_loop a, b;
  const unsigned before = detail::in_debug_mode.load() - a.debug() - b.debug();
  a.set_debug(true);
  b.set_debug(true);
  b.set_debug(true);
  b.set_debug(false);
  EXPECT_TRUE(detail::noting_tasks());
  EXPECT_EQ(detail::in_debug_mode.load(), before + 1);
  a.set_debug(false);
  EXPECT_EQ(detail::in_debug_mode.load(), before);
}

// A clock of the program's own may be below zero, where what is far away is beyond all.
TEST(LoopEdges, AClockMayBeBelowZero) {
  struct early final : clock_source {
    loop_time t{-1h};
    loop_time now() noexcept override { return t; }
    bool idle_until(loop_time until) noexcept override {
      if (until == loop_time::max())
        return false;
      t = until;
      return true;
    }
  } clock;
  event_loop loop({.clock = &clock});
  loop.run_until_complete([](early& clock) -> task<void> {
    auto never = create_task(sleep(std::chrono::hours::max()));
    co_await sleep(1s);
    EXPECT_EQ(clock.t, loop_time(-1h + 1s));
    EXPECT_FALSE(never.done());
    std::thread other([l = &get_running_loop()] { l->call_soon_threadsafe([] {}); });
    for (int i = 0; i < 3; ++i)
      co_await yield_now();
    other.join();
    never.cancel();
    EXPECT_THROW(co_await never, cancelled_error);
  }(clock));
}

} // namespace
