// The queues: order, limits, nothing lost to cancellation or destruction.

#include "support.h"

#include <nostall/async_queue.h>
#include <nostall/gather.h>
#include <nostall/timeout.h>

#include <memory>
#include <stdexcept>

namespace {

TEST(AsyncQueue, Orders) {
  async_queue<int> fifo;
  async_lifo_queue<int> lifo;
  async_priority_queue<int> least;
  std::string f, l, p;
  for (int i : {3, 1, 2}) {
    fifo.put_nowait(i);
    lifo.put_nowait(i);
    least.put_nowait(i);
  }
  for (int i = 0; i < 3; ++i) {
    f += std::to_string(fifo.get_nowait());
    l += std::to_string(lifo.get_nowait());
    p += std::to_string(least.get_nowait());
  }
  EXPECT_EQ(f, "312");
  EXPECT_EQ(l, "213");
  EXPECT_EQ(p, "123");
}

TEST(AsyncQueue, EqualPrioritiesComeInOrderOfArrival) {
  struct by_first {
    bool operator()(const std::pair<int, char>& a,
                    const std::pair<int, char>& b) const {
      return a.first < b.first;
    }
  };
  async_priority_queue<std::pair<int, char>, by_first> q;
  for (char c : std::string("abcdefgh"))
    q.put_nowait({c < 'e' ? 1 : 0, c});
  std::string got;
  while (!q.empty())
    got += q.get_nowait().second;
  EXPECT_EQ(got, "efghabcd");
}

TEST(AsyncQueue, PutWaitsWhileFullGetWaitsWhileEmpty) {
  world w;
  w.run([]() -> task<void> {
    async_queue<int> q(2);
    auto producer = [](async_queue<int>& x) -> task<void> {
      for (int i = 0; i < 10; ++i) {
        co_await x.put(i);
        EXPECT_LE(x.size(), 2u);
      }
    };
    auto h = create_task(producer(q));
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(co_await q.get(), i);
      if (i % 3 == 0)
        co_await yield_now();
    }
    co_await h;
    auto g = create_task([](async_queue<int>& x) -> task<int> {
      co_return co_await x.get();
    }(q));
    co_await yield_now();
    co_await q.put(42);
    EXPECT_EQ(co_await g, 42);
  }());
}

TEST(AsyncQueue, GettersAreServedInOrder) {
  world w;
  w.run([]() -> task<void> {
    async_queue<int> q;
    auto get = [](async_queue<int>& x) -> task<int> { co_return co_await x.get(); };
    auto a = create_task(get(q)), b = create_task(get(q));
    co_await yield_now();
    q.put_nowait(1);
    q.put_nowait(2);
    EXPECT_EQ(co_await a, 1);
    EXPECT_EQ(co_await b, 2);
  }());
}

TEST(AsyncQueue, NowaitSaysWhy) {
  async_queue<int> q(1);
  EXPECT_THROW(q.get_nowait(), queue_empty);
  q.put_nowait(1);
  EXPECT_TRUE(q.full());
  EXPECT_THROW(q.put_nowait(2), queue_full);
}

TEST(AsyncQueue, CancelledGetTakesNothingCancelledPutPutsNothing) {
  world w;
  w.run([]() -> task<void> {
    async_queue<int> q(1);
    auto g = create_task([](async_queue<int>& x) -> task<void> {
      co_await x.get();
    }(q));
    co_await yield_now();
    g.cancel();
    co_await g.join();
    co_await q.put(1);
    auto p = create_task([](async_queue<int>& x) -> task<void> {
      co_await x.put(2);
    }(q));
    co_await yield_now();
    p.cancel();
    co_await p.join();
    EXPECT_EQ(co_await q.get(), 1);
    EXPECT_TRUE(q.empty());
  }());
}

TEST(AsyncQueue, AnItemHandedToACancelledGetterIsKept) {
  world w;
  w.run([]() -> task<void> {
    async_queue<int> q;
    int got = 0;
    auto g = create_task([](async_queue<int>& x, int& v) -> task<void> {
      v = co_await x.get();
      co_await x.get();
    }(q, got));
    co_await yield_now();
    q.put_nowait(7);
    g.cancel();
    co_await g.join();
    EXPECT_TRUE(g.cancelled());
    EXPECT_EQ(got, 7);
  }());
}

TEST(AsyncQueue, AnItemHandedToADestroyedGetterComesBackToTheFront) {
  async_queue<std::unique_ptr<int>> q;
  {
    world w;
    auto g = start(w, [](async_queue<std::unique_ptr<int>>& x) -> task<void> {
      co_await x.get();
    }(q));
    w.loop->run_once();
    q.put_nowait(std::make_unique<int>(1));
    q.put_nowait(std::make_unique<int>(2));
    EXPECT_EQ(q.size(), 1u);
  }
  EXPECT_EQ(q.size(), 2u);
  EXPECT_EQ(*q.get_nowait(), 1);
}

TEST(AsyncQueue, AWaitingGetterGetsTheLeastOfThoseThatCameUntilItRuns) {
  world w;
  w.run([]() -> task<void> {
    async_priority_queue<int> q;
    async_lifo_queue<int> l;
    auto least = create_task(q.get()), next = create_task(q.get());
    auto last = create_task(l.get());
    co_await yield_now();
    for (int i : {5, 3, 1, 4}) {
      q.put_nowait(i);
      l.put_nowait(i);
    }
    EXPECT_EQ(q.size(), 2u); // the others are spoken for
    EXPECT_EQ(co_await least, 1);
    EXPECT_EQ(co_await next, 3);
    EXPECT_EQ(co_await last, 4);
    EXPECT_EQ(q.get_nowait(), 4);
    EXPECT_EQ(l.size(), 3u);
  }());
}

TEST(AsyncQueue, NobodyTakesWhatIsSpokenFor) {
  world w;
  w.run([]() -> task<void> {
    async_queue<int> q(1);
    auto first = create_task(q.get()), second = create_task(q.get());
    co_await yield_now();
    q.put_nowait(1);
    EXPECT_FALSE(q.try_get());
    EXPECT_THROW(q.get_nowait(), queue_empty);
    EXPECT_FALSE(q.full());
    q.put_nowait(2);
    q.put_nowait(3);
    EXPECT_TRUE(q.full());
    q.shutdown(true); // what was served stays with whom it was served to
    EXPECT_EQ(co_await first, 1);
    EXPECT_EQ(co_await second, 2);
    EXPECT_THROW(co_await q.get(), queue_shut_down);
  }());
}

TEST(AsyncQueue, AGetterThatWasServedOutlivesItsQueue) {
  world w;
  w.run([]() -> task<void> {
    std::optional<async_queue<int>> q(std::in_place);
    auto g = create_task(q->get());
    co_await yield_now();
    q->put_nowait(1);
    q.reset();
    EXPECT_EQ(co_await g, 1);
  }());
}

TEST(AsyncQueue, JoinWaitsForTaskDone) {
  world w;
  w.run([]() -> task<void> {
    async_queue<int> q;
    EXPECT_THROW(q.task_done(), usage_error);
    co_await q.join();
    q.put_nowait(1);
    q.put_nowait(2);
    auto j = create_task([](async_queue<int>& x) -> task<void> {
      co_await x.join();
    }(q));
    co_await q.get();
    q.task_done();
    co_await q.get();
    co_await yield_now();
    EXPECT_FALSE(j.done());
    q.task_done();
    co_await j;
  }());
}

TEST(AsyncQueue, ShutDown) {
  world w;
  w.run([]() -> task<void> {
    async_queue<int> q(1);
    co_await q.put(1);
    auto p = create_task([](async_queue<int>& x) -> task<void> {
      co_await x.put(2);
    }(q));
    co_await yield_now();
    q.shutdown();
    EXPECT_THROW(co_await p, queue_shut_down);
    EXPECT_THROW(co_await q.put(3), queue_shut_down);
    EXPECT_EQ(co_await q.get(), 1);
    EXPECT_THROW(co_await q.get(), queue_shut_down);

    async_queue<int> r;
    auto g = create_task([](async_queue<int>& x) -> task<void> {
      co_await x.get();
    }(r));
    co_await yield_now();
    r.shutdown();
    EXPECT_THROW(co_await g, queue_shut_down);

    async_queue<int> s;
    s.put_nowait(1);
    s.shutdown(true);
    EXPECT_THROW(s.get_nowait(), queue_shut_down);
    co_await s.join();
  }());
}

// Producers and consumers are cancelled at random: what was put and not got is
// in the queue.
TEST(AsyncQueue, NoItemIsLostOrDoubled) {
  world w;
  w.run([]() -> task<void> {
    async_queue<int> q(3);
    int put = 0, got = 0;
    unsigned x = 1;
    for (int round = 0; round < 300; ++round) {
      auto p = create_task([](async_queue<int>& q, int& n) -> task<void> {
        for (int i = 0; i < 5; ++i) {
          co_await q.put(i);
          ++n;
        }
      }(q, put));
      auto g = create_task([](async_queue<int>& q, int& n) -> task<void> {
        for (int i = 0; i < 5; ++i) {
          co_await q.get();
          ++n;
        }
      }(q, got));
      x = x * 1664525u + 1013904223u;
      for (unsigned i = 0; i < (x >> 16) % 5; ++i)
        co_await yield_now();
      (x & 0x100 ? p : g).cancel();
      co_await yield_now();
      p.cancel();
      g.cancel();
      co_await p.join();
      co_await g.join();
      EXPECT_EQ(put - got, static_cast<int>(q.size()));
    }
    EXPECT_GT(got, 100);
  }());
}

TEST(AsyncQueue, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              async_queue<int> q(1);
              auto p = [](async_queue<int>& x) -> task<void> {
                for (int i = 0; i < 3; ++i)
                  co_await x.put(i);
              };
              auto g = [](async_queue<int>& x) -> task<void> {
                for (int i = 0; i < 3; ++i) {
                  co_await x.get();
                  co_await sleep(1ms);
                }
              };
              co_await gather(p(q), g(q));
            }),
            4);
}

/// A value whose move throws when `left` of them have gone well.
struct brittle {
  static inline int left = -1;
  int n;
  explicit brittle(int i) : n(i) {}
  brittle(brittle&& o) : n(o.n) {
    if (left >= 0 && left-- == 0)
      throw std::runtime_error("move");
  }
  brittle& operator=(brittle&&) = delete;
};

TEST(AsyncQueue, AMoveThatThrowsFailsOneCall) {
  for (int at = 0; at < 8; ++at) {
    world w;
    w.run([](int at) -> task<void> {
      async_queue<brittle> q(1);
      brittle::left = at;
      bool put = false;
      try {
        co_await q.put(brittle(1));
        put = true;
      } catch (const std::runtime_error&) {
      }
      brittle::left = -1;
      EXPECT_EQ(q.size(), put ? 1u : 0u);
      if (put) {
        (void)q.get_nowait();
        q.task_done();
      }
      co_await wait_for(q.join(), 1s); // what was not put is not counted
    }(at));
  }
}

TEST(AsyncQueue, WhoWaitsForRoomIsToldWhatItsItemThrew) {
  for (int at = 0; at < 8; ++at) {
    world w;
    w.run([](int at) -> task<void> {
      async_queue<brittle> q(1);
      q.put_nowait(brittle(1));
      auto putter = create_task([](async_queue<brittle>& x) -> task<void> {
        co_await x.put(brittle(2));
      }(q));
      co_await yield_now();
      brittle::left = at;
      int second = 0;
      try {
        (void)q.try_get();
      } catch (const std::runtime_error&) {
      }
      brittle::left = -1;
      while (auto v = q.try_get())
        second += v->n == 2;
      co_await wait_for(putter.join(), 1s); // nobody is left in the line
      while (auto v = q.try_get())
        second += v->n == 2;
      EXPECT_EQ(second, putter.exception() ? 0 : 1);
    }(at));
  }
}

// A comparison that throws: put has put nothing, get has taken nothing, and all are there.
struct failing_less {
  static inline int left = -1;
  bool operator()(int a, int b) const {
    if (left == 0)
      throw std::runtime_error("less");
    if (left > 0)
      --left;
    return a < b;
  }
};
TEST(AsyncQueue, AComparisonThatThrowsLosesNothing) {
  for (int at = 0; at < 20; ++at) {
    async_priority_queue<int, failing_less> q;
    failing_less::left = -1;
    std::vector<int> there;
    for (int i = 0; i < 20; ++i) {
      q.put_nowait(i * 7 % 20);
      there.push_back(i);
    }
    failing_less::left = at;
    try {
      q.put_nowait(-1);
      there.insert(there.begin(), -1);
    } catch (const std::runtime_error&) {
    }
    EXPECT_EQ(q.size(), there.size()) << at;
    failing_less::left = at;
    try {
      EXPECT_EQ(q.get_nowait(), there.front());
      there.erase(there.begin());
    } catch (const std::runtime_error&) {
    }
    failing_less::left = -1;
    std::vector<int> out;
    while (auto v = q.try_get())
      out.push_back(*v);
    EXPECT_EQ(out, there) << at;
  }
}

} // namespace
