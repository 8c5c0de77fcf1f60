// What goes before those who wait for it, hold it, or have been given it.

#include "support.h"

#include <nostall/as_completed.h>
#include <nostall/async_condition.h>
#include <nostall/async_event.h>
#include <nostall/async_fd.h>
#include <nostall/async_generator.h>
#include <nostall/async_mutex.h>
#include <nostall/async_queue.h>
#include <nostall/async_semaphore.h>
#include <nostall/loop_handle.h>
#include <nostall/task_group.h>
#include <nostall/timeout.h>

#include <csignal>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace destruction_tests {
namespace {

/// A thing that is waited for: how, how to let the one who waits go on, and its end.
struct source {
  std::function<task<void>()> wait;
  std::function<void()> grant;
  std::function<void()> destroy;
};

// The source goes when whoever waits was given what he waits for, and has not had his
// turn. The end of it all is read off the task: a value, an error, or nobody asks.
enum class ends { by_value, by_error };
void granted_then_gone(ends how, source (*make)()) {
  for (const bool cancelled : {false, true}) {
    world w;
    w.run([](ends how, bool cancelled, source s) -> task<void> {
      auto h = create_task(s.wait());
      co_await yield_now();
      co_await yield_now();
      s.grant();
      s.destroy();
      if (cancelled)
        h.cancel();
      co_await h.join();
      EXPECT_TRUE(h.done());
      if (how == ends::by_value) {
        EXPECT_FALSE(h.exception());
      } else {
        EXPECT_TRUE(h.exception());
      }
    }(how, cancelled, make()));
  }
  // The task is destroyed in between.
  world w;
  w.run([](source s) -> task<void> {
    {
      task_group g;
      g.start(s.wait());
      co_await yield_now();
      co_await yield_now();
      s.grant();
      s.destroy();
    }
    co_await yield_now();
  }(make()));
}

template <class X> struct owned {
  std::shared_ptr<std::unique_ptr<X>> p;
  template <class... A>
    requires std::constructible_from<X, A...>
  explicit owned(A&&... a)
      : p(std::make_shared<std::unique_ptr<X>>(new X(std::forward<A>(a)...))) {}
  X* operator->() const { return p->get(); }
  std::function<void()> end() const {
    return [p = p] { p->reset(); };
  }
};

TEST(Destruction, AMutexThatWasHandedOver) {
  granted_then_gone(ends::by_error, [] {
    owned<async_mutex> m;
    m->try_acquire();
    return source{[m]() -> task<void> { auto g = co_await m->lock(); },
                  [m] { m->release(); }, m.end()};
  });
  granted_then_gone(ends::by_error, [] {
    owned<async_mutex> m;
    m->try_acquire();
    return source{[m]() -> task<void> { co_await m->acquire(); }, [m] { m->release(); },
                  m.end()};
  });
}

TEST(Destruction, ASemaphoreWhosePermitIsOnItsWay) {
  granted_then_gone(ends::by_error, [] {
    owned<async_semaphore> s(0u);
    return source{[s]() -> task<void> { auto p = co_await s->permit(); },
                  [s] { s->release(); }, s.end()};
  });
}

TEST(Destruction, AQueueWhoseItemIsOnItsWay) {
  using queue = async_queue<std::string>;
  granted_then_gone(ends::by_value, [] {
    owned<queue> q;
    return source{[q]() -> task<void> { EXPECT_EQ(co_await q->get(), "x"); },
                  [q] { q->put_nowait("x"); }, q.end()};
  });
  granted_then_gone(ends::by_value, [] {
    owned<queue> q;
    return source{[q]() -> task<void> { EXPECT_EQ(co_await q->get(), "x"); },
                  [q] {
                    q->put_nowait("x");
                    q->put_nowait("y");
                    q->shutdown(true); // what is promised is kept
                  },
                  q.end()};
  });
  granted_then_gone(ends::by_value, [] {
    owned<queue> q(1u);
    q->put_nowait("x");
    return source{[q]() -> task<void> { co_await q->put("y"); },
                  [q] { q->get_nowait(); }, q.end()};
  });
  granted_then_gone(ends::by_error, [] {
    owned<queue> q;
    return source{[q]() -> task<void> { (void)co_await q->get(); },
                  [q] { q->shutdown(); }, q.end()};
  });
}

TEST(Destruction, AConditionGoesWithItsMutexOrWithoutIt) {
  const auto notify = [](async_condition& c) {
    c.mutex().try_acquire();
    c.notify();
    c.mutex().release();
  };
  static const auto& notified = notify;
  granted_then_gone(ends::by_value, [] {
    owned<async_condition> c;
    return source{[c]() -> task<void> {
                    auto g = co_await c->mutex().lock();
                    co_await c->wait();
                  },
                  [c] { notified(**c.p); }, c.end()};
  });
  granted_then_gone(ends::by_value, [] {
    auto m = std::make_shared<async_mutex>();
    owned<async_condition> c(*m);
    return source{[c, m]() -> task<void> {
                    auto g = co_await m->lock();
                    co_await c->wait();
                    EXPECT_TRUE(m->locked());
                  },
                  [c] { notified(**c.p); }, c.end()};
  });
  granted_then_gone(ends::by_error, [] { // nobody was notified
    owned<async_condition> c;
    return source{[c]() -> task<void> {
                    auto g = co_await c->mutex().lock();
                    co_await c->wait();
                  },
                  [] {}, c.end()};
  });
}

// As members of one class do: the condition first, then its mutex.
TEST(Destruction, AConditionAndTheMutexThatItWasGiven) {
  struct guarded {
    async_mutex m;
    async_condition c{m};
  };
  for (const bool notified : {false, true})
    granted_then_gone(ends::by_error, notified ? +[] {
      owned<guarded> x;
      return source{[x]() -> task<void> {
                      auto g = co_await x->m.lock();
                      co_await x->c.wait();
                    },
                    [x] {
                      x->m.try_acquire();
                      x->c.notify();
                      x->m.release();
                    },
                    x.end()};
    } : +[] {
      owned<guarded> x;
      return source{[x]() -> task<void> {
                      auto g = co_await x->m.lock();
                      co_await x->c.wait_for([] { return false; });
                    },
                    [] {}, x.end()};
    });
  // Notified, and in line for the mutex, which somebody else has.
  granted_then_gone(ends::by_error, [] {
    owned<guarded> x;
    return source{[x]() -> task<void> {
                    auto g = co_await x->m.lock();
                    get_running_loop().call_soon([x] {
                      x->m.try_acquire();
                      x->c.notify();
                    });
                    co_await x->c.wait();
                  },
                  [] {}, x.end()};
  });
}

TEST(Destruction, AnEventAndADescriptor) {
  granted_then_gone(ends::by_value, [] {
    owned<async_event> e;
    return source{[e]() -> task<void> { co_await e->wait(); }, [e] { e->set(); },
                  e.end()};
  });
  int s[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s), 0);
  world w;
  w.run([](int here, int there) -> task<void> {
    for (const bool destroyed : {false, true}) {
      auto f = std::make_unique<async_fd>(here);
      task_group g;
      char c = 0;
      auto h = g.create_task([](async_fd& f, char& c) -> task<void> {
        co_await f.read_some(&c, 1);
      }(*f, c));
      co_await yield_now();
      co_await yield_now();
      EXPECT_EQ(write(there, "x", 1), 1);
      while (h.state() != task_state::scheduled) // the poll has woken it
        co_await yield_now();
      f.reset();
      if (destroyed)
        break; // with the group
      co_await g.join();
      EXPECT_EQ(c, 'x');
    }
  }(s[0], s[1]));
  close(s[0]);
  close(s[1]);
}

TEST(Destruction, AGroupThatAnotherTaskJoins) {
  for (const bool cancelled : {false, true}) {
    world w;
    w.run([](bool cancelled) -> task<void> {
      auto g = std::make_unique<task_group>();
      g->start(nostall::sleep(1h));
      auto h = create_task(g->join());
      co_await yield_now();
      co_await yield_now();
      if (cancelled)
        h.cancel();
      g.reset();
      co_await wait_for(h.join(), 1h);
      EXPECT_TRUE(h.exception());
    }(cancelled));
  }
}

TEST(Destruction, ARangeOfAsCompletedThatAnotherTaskWaitsIn) {
  world w;
  w.run([]() -> task<void> {
    using range = decltype(as_completed(std::declval<std::vector<task<void>>>()));
    std::vector<task<void>> slow;
    slow.push_back([]() -> task<void> { co_await nostall::sleep(1h); }());
    std::unique_ptr<range> all(new range(as_completed(std::move(slow))));
    auto h = create_task([](range& r) -> task<void> { co_await *r.begin(); }(*all));
    co_await yield_now();
    co_await yield_now();
    all.reset();
    co_await wait_for(h.join(), 1h);
    EXPECT_TRUE(h.exception());
  }());
}

async_generator<int> slow_numbers(async_mutex& m) {
  auto held = co_await m.lock();
  for (int i = 0;; ++i) {
    co_await nostall::sleep(1s);
    co_yield i;
  }
}

TEST(Destruction, AGeneratorThatATaskIsIn) {
  for (const bool woken : {false, true}) {
    world w;
    w.run([](bool woken) -> task<void> {
      async_mutex m;
      auto g = std::make_unique<async_generator<int>>(slow_numbers(m));
      EXPECT_EQ(co_await g->next(), 0);
      auto asks = [](async_generator<int>& g) -> task<void> { (void)co_await g.next(); };
      if (woken) // when its turn has come, and it has not run
        get_running_loop().call_later(1s, [&] { g.reset(); });
      auto h = create_task(asks(*g));
      co_await yield_now();
      co_await yield_now();
      if (!woken)
        g.reset();
      co_await wait_for(h.join(), 1h);
      EXPECT_TRUE(h.exception());
      EXPECT_FALSE(m.locked()); // the body's locals are gone
    }(woken));
  }
}

TEST(Destruction, ATaskThatIsInAGenerator) {
  world w;
  w.run([]() -> task<void> {
    async_mutex m;
    auto g = slow_numbers(m);
    {
      task_group children;
      children.start([](async_generator<int>& g) -> task<void> {
        while (co_await g.next()) {
        }
      }(g));
      co_await nostall::sleep(1500ms);
    }
    EXPECT_FALSE(m.locked()); // the body went with the task that ran it
    co_await nostall::sleep(2s);
    auto moved = std::move(g);
    EXPECT_FALSE(co_await moved.next());
  }());
}

TEST(Destruction, GuardsOutliveWhatTheyHold) {
  world w;
  w.run([]() -> task<void> {
    async_mutex::guard g;
    async_semaphore::permit_guard p, q;
    {
      async_mutex m;
      async_semaphore s(2);
      g = co_await m.lock();
      p = co_await s.permit();
      q = co_await s.permit();
      auto moved = std::move(q);
      q = std::move(moved);
    }
    EXPECT_FALSE(g.owns_lock());
    g.unlock();
    p.release();

    async_mutex m;
    g = co_await m.lock();
    auto h = std::move(g);
    g = std::move(h);
    EXPECT_TRUE(m.locked());
    g = async_mutex::guard();
    EXPECT_FALSE(m.locked());
  }());
}

// As members, in the order in which one writes them down.
TEST(Destruction, AGroupThatIsDeclaredFirst) {
  struct server {
    task_group g;
    async_mutex m;
    async_semaphore s{1};
    async_queue<int> q;
    async_condition c;
  };
  world w;
  w.run([]() -> task<void> {
    auto s = std::make_unique<server>();
    for (int i = 0; i < 2; ++i) {
      s->g.start([](server& s) -> task<void> {
        auto g = co_await s.m.lock();
        co_await nostall::sleep(1h);
      }(*s));
      s->g.start([](server& s) -> task<void> {
        auto p = co_await s.s.permit();
        co_await nostall::sleep(1h);
      }(*s));
      s->g.start([](server& s) -> task<void> {
        auto g = co_await s.c.mutex().lock();
        co_await s.c.wait();
      }(*s));
    }
    s->g.start([](server& s) -> task<void> { (void)co_await s.q.get(); }(*s));
    co_await nostall::sleep(1ms);
    s.reset();
    co_await nostall::sleep(1ms);
  }());
  EXPECT_EQ(w.reports.size(), 7u);
}

// What a callback holds goes with the loop, and may use the loop while it goes.
TEST(Destruction, WhatADroppedCallbackHoldsUsesTheLoop) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK), 0);
  for (int kind = 0; kind < 5; ++kind) {
    int alive = 0;
    struct held {
      event_loop* loop;
      const int* ends;
      int* alive;
      int depth;
      held(event_loop& l, const int* e, int& n, int d)
          : loop(&l), ends(e), alive(&n), depth(d) {
        ++n;
      }
      held(const held&) = delete;
      ~held() {
        --*alive;
        if (depth == 0)
          return;
        for (int k = 0; k < 5; ++k)
          use(k);
        loop_handle(*loop).post([h = made()] {});
        loop->remove_reader(ends[0]);
        loop->add_reader(ends[0], [h = made()] {});
      }
      std::shared_ptr<held> made() const {
        return std::make_shared<held>(*loop, ends, *alive, depth - 1);
      }
      void use(int k) const {
        auto f = [h = made()] {};
        if (k == 0)
          loop->call_soon(f);
        else if (k == 1)
          loop->call_later(1h, f);
        else if (k == 2)
          loop->call_soon_threadsafe(f);
        else if (k == 3)
          loop->add_writer(ends[1], f);
        else
          loop->add_signal_handler(SIGUSR2, f);
      }
    };
    {
      event_loop l;
      held(l, ends, alive, 3).use(kind);
      EXPECT_GT(alive, 0);
    }
    EXPECT_EQ(alive, 0) << kind;
  }
  close(ends[0]);
  close(ends[1]);
}

} // namespace
} // namespace destruction_tests
