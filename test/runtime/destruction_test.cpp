// What goes before those who wait for it, hold it, or have been given it; loops at exit
// and in children of fork.

#include "child_support.h"
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
#include <nostall/process.h>
#include <nostall/stall_watchdog.h>
#include <nostall/task_group.h>
#include <nostall/thread_pool_executor.h>
#include <nostall/timeout.h>

#include <atomic>
#include <cerrno>
#include <concepts>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
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

/// Static objects that are made after this are destroyed at exit, and no others.
void end_with(int code) {
  static int exit_code;
  exit_code = code;
  std::atexit([] { _exit(exit_code); });
}
task<int> seven() {
  co_await nostall::sleep(1ms);
  co_return 7;
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

TEST(Destruction, ExitInATaskOfAStaticRunner) {
  EXPECT_EQ(in_a_child([] {
              end_with(3);
              static runner r;
              r.run([]() -> task<void> {
                create_task(nostall::sleep(1h)).detach();
                co_await yield_now();
                std::exit(0);
              }());
            }),
            3);
}

TEST(Destruction, ExitInACallbackOfALoopThatIsNotTheFirst) {
  EXPECT_EQ(in_a_child([] {
              nostall::run(seven());
              end_with(3);
              static event_loop l;
              l.call_soon([] { std::exit(0); });
              l.run_forever();
            }),
            3);
}

// In a process of its own: no loop has run there before.
void exits_elsewhere() {
  end_with(3);
  static runner r;
  static std::atomic<bool> runs = false;
  std::thread other([] {
    while (!runs)
      std::this_thread::yield();
    std::exit(0);
  });
  r.run([]() -> task<void> {
    runs = true;
    co_await sleep_forever();
  }());
}
TEST(Destruction, ExitOnAnotherThreadThanTheLoops) {
  auto p = process::start<exits_elsewhere>();
  EXPECT_EQ(to_string(p.wait_blocking()), "exit code 3");
}

TEST(Destruction, ARunnerOfTheParentInAForkedChild) {
  runner r;
  EXPECT_EQ(r.run(seven()), 7);
  r.loop().call_soon([] { create_task(nostall::sleep(1h)).detach(); });
  r.loop().run_once();
  r.loop().set_exception_handler([](const exception_context&) {});
  EXPECT_EQ(in_a_child([&r] {
              r.~runner();
              _exit(3);
            }),
            3);
  EXPECT_EQ(r.run(seven()), 7);
}

TEST(Destruction, ATaskThatForksAndRunsALoopInTheChild) {
  world w;
  w.run([]() -> task<void> {
    EXPECT_EQ(in_a_child([] {
                EXPECT_FALSE(has_running_loop());
                _exit(nostall::run(seven()));
              }),
              7);
    co_await nostall::sleep(1ms);
  }());
}

// Whoever goes on in the child would take the parent's events.
TEST(Destruction, ATaskThatForksAndGoesOnInTheChildIsTold) {
  const pid_t parent = getpid();
  int code = -1;
  try {
    nostall::run([](int& code) -> task<void> {
      std::fflush(nullptr);
      const pid_t pid = fork();
      if (pid == 0) {
        alarm(20);
        co_await nostall::sleep(1ms);
        _exit(1); // it went on
      }
      int status = 0;
      TEMP_FAILURE_RETRY(waitpid(pid, &status, 0));
      code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
      co_await nostall::sleep(1ms);
    }(code));
  } catch (const usage_error&) {
    if (getpid() != parent)
      _exit(3);
    throw;
  }
  EXPECT_EQ(code, 3);
}

TEST(Destruction, AWatchdogMayOutliveItsLoop) {
  std::optional<event_loop> l(std::in_place);
  std::promise<void> seen;
  std::atomic<int> reports{0};
  auto dog = std::make_unique<stall_watchdog>(
      *l, stall_watchdog::options{.threshold = 1ms, .on_stall = [&](const stall_report&) {
                                    if (reports.fetch_add(1) == 0)
                                      seen.set_value(); // its thread is at work
                                  }});
  l->call_soon([&] { seen.get_future().wait(); });
  l->run_once();
  EXPECT_EQ(in_a_child([&] {
              l.reset();
              dog.reset();
              _exit(3);
            }),
            3);
  l.reset();
  const std::size_t looks = dog->looks(); // it looks no more
  EXPECT_GE(dog->stalls(), 1u);
  EXPECT_EQ(dog->looks(), looks);
  dog.reset();
}

TEST(Destruction, AWatchdogInAForkedChild) {
  event_loop l;
  std::promise<void> seen;
  auto dog = std::make_unique<stall_watchdog>(
      l, stall_watchdog::options{.threshold = 1ms, .on_stall = [&](const stall_report&) {
                                   seen.set_value(); // its thread is at work
                                 }});
  l.call_soon([&] { seen.get_future().wait(); });
  l.run_once();
  EXPECT_EQ(in_a_child([&] {
              dog.reset();
              _exit(3);
            }),
            3);
}

} // namespace

// Destructors that throw. In a body that runs it is an exception as any other; what is
// destroyed without running has nobody to throw to, and the program ends with a message.
struct spiteful {
  bool on = true;
  spiteful() = default;
  spiteful(spiteful&& o) noexcept : on(std::exchange(o.on, false)) {}
  ~spiteful() noexcept(false) {
    if (on)
      throw std::runtime_error("spite");
  }
};
[[maybe_unused]] task<void> keeps(spiteful) { co_await sleep(1h); }
task<void> leaves_a_local() {
  const spiteful local;
  co_await yield_now();
}
task<void> waits_with_a_local(bool nested) {
  if (nested) {
    co_await waits_with_a_local(false);
  } else {
    const spiteful local;
    co_await sleep(1h);
  }
}
struct spiteful_awaiter : spiteful {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const { h.resume(); }
  void await_resume() const {}
};

TEST(Destruction, ADestructorThatThrowsWhileTheBodyRunsIsAnException) {
  world w;
  w.run([]() -> task<void> {
    EXPECT_TRUE(co_await throws<std::runtime_error>(leaves_a_local()));
    EXPECT_TRUE(co_await throws<std::runtime_error>(create_task(leaves_a_local())));
    EXPECT_TRUE(co_await throws<std::runtime_error>(wait_for(leaves_a_local(), 1h)));
    EXPECT_TRUE(co_await throws<exception_group>(with_task_group([](task_group& g) -> task<void> {
      g.start(leaves_a_local());
      co_return;
    })));
    EXPECT_TRUE(co_await throws<std::runtime_error>(
        []() -> task<void> { co_await spiteful_awaiter(); }()));
    auto g = []() -> async_generator<int> {
      const spiteful local;
      co_yield 1;
    }();
    EXPECT_EQ(co_await g.next(), 1);
    EXPECT_THROW(co_await g.next(), std::runtime_error);
    EXPECT_EQ(co_await g.next(), std::nullopt);
  }());
  EXPECT_TRUE(w.reports.empty());
}

// What `body` makes of it, which need not be seen by whoever looks at this program's output.
int ends_with(std::string& text, void (*body)()) {
  int out[2];
  if (pipe(out) != 0)
    return -1;
  const int code = in_a_child([&] {
    dup2(out[1], STDERR_FILENO);
    body();
  });
  close(out[1]);
  char c[4096];
  const auto n = read(out[0], c, sizeof c);
  text.assign(c, n > 0 ? static_cast<std::size_t>(n) : 0);
  close(out[0]);
  return code;
}

TEST(Destruction, ADestructorThatThrowsWhereNobodyRunsEndsTheProgramWithAMessage) {
  struct {
    const char* what;
    void (*body)();
  } const cases[] = {
      {"a local of a task that is destroyed with its loop",
       [] {
         world w;
         auto h = start(w, waits_with_a_local(false));
         w.turns(2);
         w.loop.reset();
       }},
      {"a local of what it awaits",
       [] {
         world w;
         auto h = start(w, waits_with_a_local(true));
         w.turns(2);
         w.loop.reset();
       }},
      {"a local of a child, with its group",
       [] {
         world w;
         w.run([]() -> task<void> {
           task_group g;
           g.start(waits_with_a_local(false));
           co_await yield_now();
           co_await yield_now();
         }());
       }},
      {"a local of a generator",
       [] {
         world w;
         w.run([]() -> task<void> {
           auto g = []() -> async_generator<int> {
             const spiteful local;
             co_yield 1;
           }();
           (void)co_await g.next();
         }());
       }},
      {"a local of what a generator awaits, which another task destroys",
       [] {
         world w;
         w.run([]() -> task<void> {
           auto g = std::make_unique<async_generator<int>>([]() -> async_generator<int> {
             co_await waits_with_a_local(false);
             co_yield 1;
           }());
           auto h = create_task([](async_generator<int>& g) -> task<void> {
             (void)co_await g.next();
           }(*g));
           co_await yield_now();
           co_await yield_now();
           g.reset();
         }());
       }},
#if !(defined(__clang__) && NOSTALL_SANITIZED)
      // Clang 22 reads the frame once more after it has freed it, on the way to std::terminate.
      {"the argument of a task",
       [] {
         world w;
         auto h = start(w, keeps(spiteful()));
         w.turns(2);
         w.loop.reset();
       }},
#endif
      {"what a callback has captured",
       [] {
         world w;
         w.loop->call_soon([s = spiteful()] {});
         w.loop->run_once();
       }},
      {"what a timer has captured, with its loop",
       [] {
         world w;
         w.loop->call_later(1h, [s = spiteful()] {});
         w.loop.reset();
       }},
      {"what a done callback has captured",
       [] {
         world w;
         auto h = start(w, []() -> task<void> { co_return; }());
         h.add_done_callback([s = spiteful()](task_handle<void>) {});
         w.turns(3);
       }},
      {"what a call on a thread has captured",
       [] { run([]() -> task<void> { co_await to_thread([s = spiteful()] {}); }()); }},
      {"an exception handler",
       [] {
         world w;
         w.loop->set_exception_handler([s = spiteful()](const exception_context&) {});
         w.loop.reset();
       }},
  };
  for (const auto& c : cases) {
    std::string said;
    EXPECT_EQ(ends_with(said, c.body), 128 + SIGABRT) << c.what;
    EXPECT_TRUE(said.find("a destructor threw") != said.npos ||
                said.find("terminat") != said.npos || said.find("spite") != said.npos)
        << c.what << ": " << said;
  }
}

} // namespace destruction_tests
