//===- budget_test.cpp - a task that never has to wait gives way ----------===//

#include "support.h"

#include <nostall/nostall.h>
#include <nostall/processes.h>

#include <fcntl.h>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>

namespace {

/// `step` finds what it wants each time. Still the timeout ends it, and others run.
template <class F> void gives_way(F step) {
  world w;
  w.run([](F f) -> task<void> {
    int others = 0;
    auto beside = create_task([](int& n) -> task<void> {
      for (;; ++n)
        co_await yield_now();
    }(others));
    int steps = 0;
    get_running_loop().call_soon([] {});
    auto body = [](F& g, int& n) -> task<void> {
      for (; n < 5'000; ++n)
        co_await g();
    };
    co_await body(f, steps);
    EXPECT_EQ(steps, 5'000);
    EXPECT_GE(others, 10);
    EXPECT_LE(others, 2'000); // nearly free: not at each step
    beside.cancel();
    co_await beside.join();
  }(std::move(step)));
}

/// A timeout ends the loop of what finds what it wants each time.
template <class F> void ends_in_time(F step) {
  world w(false);
  w.run([](world& w, F f) -> task<void> {
    int steps = 0;
    EXPECT_TRUE(co_await throws<timeout_error>(wait_for(
        [](world& w, F& g, int& n) -> task<void> {
          for (; n < 5'000; ++n) {
            if (n == 1'000)
              w.clock.advance(2s);
            co_await g();
          }
        }(w, f, steps),
        1s)));
    EXPECT_GE(steps, 1'000);
    EXPECT_LE(steps, 2'000);
  }(w, std::move(step)));
}

void nothing_to_do() {}

TEST(Budget, WhatNeverWaitsIsCancelled) {
  auto m = std::make_shared<async_mutex>();
  ends_in_time([m]() -> task<void> { auto g = co_await m->lock(); });
  auto b = std::make_shared<async_barrier>(1);
  ends_in_time([b] { return b->wait(); });
  auto e = std::make_shared<async_event>();
  e->set();
  ends_in_time([e] { return e->wait(); });
  auto q = std::make_shared<async_queue<int>>();
  ends_in_time([q]() -> task<void> {
    co_await q->put(1);
    co_await q->get();
  });
  const auto ended = [] { return create_task([]() -> task<int> { co_return 1; }()); };
  ends_in_time([h = task_handle<int>(), ended]() mutable -> task<void> {
    if (!h.valid())
      h = ended();
    EXPECT_EQ(co_await h, 1);
  });
  ends_in_time([h = task_handle<int>(), ended]() mutable -> task<void> {
    if (!h.valid())
      h = ended();
    co_await h.join();
  });
  ends_in_time([h = task_handle<int>(), ended]() mutable -> task<void> {
    if (!h.valid())
      h = ended();
    co_await wait(first_completed, h);
  });
  ends_in_time([] { return gather(); });
  auto g = std::make_shared<async_generator<int>>([]() -> async_generator<int> { co_return; }());
  ends_in_time([g]() -> task<void> { EXPECT_EQ(co_await g->next(), std::nullopt); });
}

TEST(Budget, Locks) {
  auto m = std::make_shared<async_mutex>();
  gives_way([m]() -> task<void> { auto g = co_await m->lock(); });
  EXPECT_FALSE(m->locked());
  auto s = std::make_shared<async_semaphore>(1);
  gives_way([s]() -> task<void> { auto g = co_await s->permit(); });
  EXPECT_EQ(s->available(), 1u);
  auto b = std::make_shared<async_barrier>(1);
  gives_way([b]() -> task<void> { co_await b->wait(); });
  EXPECT_EQ(b->n_waiting(), 0u);
}

TEST(Budget, QueuesAndEvents) {
  auto q = std::make_shared<async_queue<int>>();
  gives_way([q]() -> task<void> {
    co_await q->put(1);
    EXPECT_EQ(co_await q->get(), 1);
  });
  auto bounded = std::make_shared<async_queue<int>>(1);
  gives_way([bounded]() -> task<void> {
    co_await bounded->put(1);
    EXPECT_EQ(co_await bounded->next(), 1);
  });
  auto e = std::make_shared<async_event>();
  e->set();
  gives_way([e] { return e->wait(); });
  auto c = std::make_shared<channel<int>>(2);
  gives_way([c]() -> task<void> {
    EXPECT_TRUE(co_await c->send(1));
    EXPECT_EQ(co_await c->receive(), 1);
  });
}

TEST(Budget, Generators) {
  struct endless {
    async_generator<int> g = [](int n) -> async_generator<int> {
      for (;; ++n)
        co_yield n;
    }(0);
    int next = 0;
  };
  gives_way([e = std::make_shared<endless>()]() -> task<void> {
    EXPECT_EQ(co_await e->g.next(), e->next++);
  });
  // Out of time before the body's turn: it can be asked again.
  world w(false);
  w.run([](world& w) -> task<void> {
    endless e;
    EXPECT_THROW(co_await wait_for(
                     [](endless& e, world& w) -> task<void> {
                       for (;;) {
                         if (e.next == 1'000)
                           w.clock.advance(2s);
                         EXPECT_EQ(co_await e.g.next(), e.next);
                         ++e.next;
                       }
                     }(e, w),
                     1s),
                 timeout_error);
    EXPECT_GE(e.next, 1'000);
    EXPECT_EQ(co_await e.g.next(), e.next);
  }(w));
}

TEST(Budget, OtherProcesses) {
  auto p = std::make_shared<ipc_pipe<int>>();
  gives_way([p]() -> task<void> {
    co_await p->first.send(1);
    EXPECT_EQ(co_await p->second.receive(), 1);
  });
  auto q = std::make_shared<ipc_queue<int>>();
  gives_way([q]() -> task<void> {
    co_await q->put(1);
    EXPECT_EQ(co_await q->get(), 1);
  });
  auto m = std::make_shared<ipc_mutex>();
  gives_way([m]() -> task<void> { auto held = co_await m->lock(); });
  auto ended = std::make_shared<process>(process::start<nothing_to_do>());
  ended->wait_blocking();
  gives_way([ended]() -> task<void> { EXPECT_TRUE((co_await ended->wait()).success()); });
}

TEST(Budget, TasksAndFutures) {
  gives_way([h = std::make_shared<task_handle<int>>()]() -> task<void> {
    if (!h->valid()) {
      *h = create_task([]() -> task<int> { co_return 1; }());
      co_await *h;
    }
    EXPECT_EQ(co_await *h, 1);
    co_await h->join();
    co_await wait(*h);
  });
  gives_way([]() -> task<void> {
    promise<int> p;
    auto f = p.get_future();
    p.set_value(2);
    EXPECT_EQ(co_await f, 2);
  });
  gives_way([]() -> task<void> {
    task_group g;
    co_await g.join();
  });
}

TEST(Budget, Descriptors) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  world w;
  w.run([](int in, int out) -> task<void> {
    async_fd reader(in), writer(out);
    int others = 0;
    auto beside = create_task([](int& n) -> task<void> {
      for (;; ++n)
        co_await yield_now();
    }(others));
    char c = 'x';
    for (int i = 0; i < 5'000; ++i) {
      co_await writer.writable();
      if (i % 2)
        co_await writer.write_all(&c, 1);
      else
        EXPECT_EQ(co_await writer.write_some(&c, 1), 1u);
      co_await reader.readable();
      EXPECT_EQ(co_await reader.read_some(&c, 1), 1u);
    }
    EXPECT_GE(others, 10);
    beside.cancel();
    co_await beside.join();
  }(ends[0], ends[1]));
  close(ends[0]);
  close(ends[1]);
}

// never-waits.cpp of the review.
TEST(Budget, ATimeoutEndsALoopThatNeverWaits) {
  run([]() -> task<void> {
    async_mutex m;
    auto forever = [](async_mutex& l) -> task<void> {
      for (;;)
        auto g = co_await l.lock();
    };
    EXPECT_THROW(co_await wait_for(forever(m), 20ms), timeout_error);
    EXPECT_FALSE(m.locked());
  }());
}

task<int> nothing() { co_return 1; }

// To await a task is no wait, and still such a loop gives way and can be ended.
TEST(Budget, TasksThatWaitForNothing) {
  const auto thirty_times = [](auto f) {
    return [f]() -> task<void> {
      for (int i = 0; i < 30; ++i)
        co_await f();
    };
  };
  const auto both = [&](auto f) {
    gives_way(thirty_times(f));
    ends_in_time(thirty_times(f));
  };
  both(nothing);
  both([] { return wait_for(nothing(), 1h); });
  both([] { return try_wait_for(nothing(), 1h); });
  both([] { return shield(nothing()); });
  both([] { return gather(); });
}

// A request is thrown once, in the loop that never waits, and what the task does about it
// is not refused.
TEST(Budget, ARequestEndsWhatOnlyAwaitsTasks) {
  world w;
  int cleaned_up = 0;
  auto h = start(w, [](int& n) -> task<void> {
    bool stopped = false;
    try {
      for (;;)
        co_await nothing();
    } catch (const cancelled_error&) {
      stopped = true;
    }
    for (int i = 0; stopped && i < 10'000; ++i)
      n += co_await nothing();
  }(cleaned_up));
  w.turns(3);
  EXPECT_EQ(h.state(), task_state::scheduled);
  h.cancel();
  for (int i = 0; i < 10 && !h.done(); ++i)
    w.turns(1);
  EXPECT_EQ(h.state(), task_state::finished);
  EXPECT_EQ(cleaned_up, 10'000);
}

// Who swallows a scope's cancellation gives way, too.
TEST(Budget, WhoSwallowsWhatItIsCancelledBy) {
  world w;
  std::uint64_t beats = 0;
  w.run([](std::uint64_t& n) -> task<void> {
    auto beside = create_task([](std::uint64_t& beat) -> task<void> {
      for (;; ++beat)
        co_await yield_now();
    }(n));
    task_group g;
    g.start([](std::uint64_t& beat) -> task<void> {
      while (beat < 5)
        try {
          for (;;)
            co_await nothing();
        } catch (const cancelled_error&) {
        }
    }(n));
    g.cancel();
    co_await g.join();
    beside.cancel();
    co_await beside.join();
  }(beats));
  EXPECT_GE(beats, 5u);
}

// Destroyed while it has its turn before it: what it awaits never begins.
TEST(Budget, ATaskThatWaitsForItsTurnToBegin) {
  auto alive = std::make_shared<int>(0);
  {
    world w(false);
    auto h = start(w, [](std::shared_ptr<int> p) -> task<void> {
      for (;;)
        co_await [](std::shared_ptr<int> held) -> task<void> {
          ++*held;
          co_return;
        }(p);
    }(alive));
    w.turns(2);
    EXPECT_GT(*alive, 100);
    w.loop.reset();
    h = {};
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(Budget, WhatWasTakenForATurnIsGivenBack) {
  async_mutex m;
  async_queue<int> q;
  for (int n = 0; n < 600; ++n) {
    world w;
    auto h = start(w, [](async_mutex& l, async_queue<int>& items, int before) -> task<void> {
      async_event e;
      e.set();
      for (int i = 0; i < before; ++i)
        co_await e.wait();
      items.put_nowait(before);
      auto g = co_await l.lock();
      co_await items.get();
      co_await sleep_forever();
    }(m, q, n));
    w.turns(n % 5);
    w.loop.reset(); // destroyed somewhere
    ASSERT_FALSE(m.locked()) << n;
    if (!q.empty())
      q.get_nowait();
    ASSERT_TRUE(q.empty());
  }
}

} // namespace
