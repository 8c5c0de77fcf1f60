// with_timeout and wait_for: nothing is lost in the race between a result, the
// deadline and a cancellation.

#include "support.h"

#include <nostall/async_event.h>
#include <nostall/timeout.h>

#include <string>

namespace timeout_tests {
namespace {

task<int> takes(std::chrono::nanoseconds d, int v = 1) {
  co_await sleep(d);
  co_return v;
}

TEST(Timeout, InTimeGivesTheValue) {
  world w;
  EXPECT_EQ(w.run(wait_for(takes(1ms, 5), 2ms)), 5);
  EXPECT_EQ(w.run(with_timeout(2ms, takes(1ms, 6))), 6);
  EXPECT_EQ(detail::access::core(*w.loop).timers.size(), 0u);
}

TEST(Timeout, LateThrowsTimeoutError) {
  world w;
  EXPECT_THROW(w.run(wait_for(takes(2ms), 1ms)), timeout_error);
  EXPECT_THROW(w.run(with_timeout(w.loop->time() + 1ms, takes(2ms))),
               timeout_error);
}

TEST(Timeout, OtherExceptionsPassThrough) {
  world w;
  EXPECT_THROW(w.run(wait_for(
                   []() -> task<void> {
                     co_await yield_now();
                     throw std::logic_error("x");
                   }(),
                   1s)),
               std::logic_error);
}

TEST(Timeout, ZeroRunsToTheFirstWait) {
  world w;
  w.run([]() -> task<void> {
    bool began = false;
    auto body = [](bool& b) -> task<void> {
      b = true;
      co_await yield_now();
    };
    EXPECT_THROW(co_await wait_for(body(began), 0s), timeout_error);
    EXPECT_TRUE(began);
    EXPECT_EQ(co_await wait_for([]() -> task<int> { co_return 3; }(), 0s), 3);
  }());
}

TEST(Timeout, IsLevelTriggeredInside) {
  world w;
  w.run([]() -> task<void> {
    int refused = 0;
    auto stubborn = [](int& n) -> task<int> {
      for (int i = 0; i < 3; ++i)
        try {
          co_await sleep(1h);
        } catch (const cancelled_error&) {
          ++n;
        }
      co_return 4;
    };
    // It swallowed the cancellation and came to a value: that is delivered.
    EXPECT_EQ(co_await wait_for(stubborn(refused), 1ms), 4);
    EXPECT_EQ(refused, 3);
    co_await sleep(1ms); // outside, waiting is allowed again
  }());
}

TEST(Timeout, AResultOfTheSameTickIsKept) {
  for (const bool result_first : {true, false}) {
    world w;
    w.run([](bool first) -> task<void> {
      async_event e;
      event_loop& l = get_running_loop();
      const loop_time at = l.time() + 1ms;
      // Timers of one deadline fire by arrival.
      if (first)
        l.call_at(at - 1ns, [&] { e.set(); });
      auto body = [](async_event& ev) -> task<int> {
        co_await ev.wait();
        co_return 8;
      };
      auto t = create_task(with_timeout(at, body(e)));
      co_await yield_now();
      if (!first)
        l.call_at(at, [&] { e.set(); });
      co_await t.join();
      if (first) {
        EXPECT_EQ(co_await t, 8);
      } else {
        EXPECT_THROW(co_await t, timeout_error);
      }
    }(result_first));
  }
}

// The value is on its way when the deadline passes in the same iteration.
TEST(Timeout, WokenWithAValueItKeepsTheValue) {
  world w(false);
  auto e = std::make_unique<async_event>();
  auto h = start(w, wait_for(
                        [](async_event& ev) -> task<int> {
                          co_await ev.wait();
                          co_return 8;
                        }(*e),
                        1ms));
  w.loop->run_once();
  w.loop->call_soon([&] {
    e->set();
    w.clock.advance(5ms);
  });
  w.loop->run_once(); // sets the event, then moves the due deadline
  w.loop->run_once();
  ASSERT_TRUE(h.done());
  EXPECT_EQ(h.result(), 8);
}

TEST(Timeout, ARequestIsNotTurnedIntoATimeout) {
  world w(false);
  auto h = start(w, wait_for([]() -> task<void> { co_await sleep_forever(); }(),
                             1ms));
  w.loop->run_once();
  // Both in one iteration; the request comes first in one run, then second.
  w.loop->call_soon([&] {
    h.cancel();
    w.clock.advance(5ms);
  });
  w.turns(3);
  EXPECT_TRUE(h.cancelled());

  auto g = start(w, [](world& v) -> task<void> {
    try {
      co_await wait_for([]() -> task<void> { co_await sleep_forever(); }(), 1ms);
      ADD_FAILURE();
    } catch (const timeout_error&) {
    }
    v.clock.advance(1ms);
    co_await sleep(1h); // the request that came during the unwinding
    ADD_FAILURE();
  }(w));
  w.loop->run_once();
  w.clock.advance(5ms);
  w.loop->run_once(); // the deadline interrupts
  g.cancel();         // before the task resumes
  w.turns(3);
  EXPECT_TRUE(g.cancelled());
}

TEST(Timeout, TheInnerOfTwoThrowsTheOuterIsSilent) {
  world w;
  w.run([]() -> task<void> {
    auto inner = []() -> task<std::string> {
      try {
        co_await wait_for(takes(1h), 1ms);
      } catch (const timeout_error&) {
        co_return "inner";
      }
      co_return "none";
    };
    EXPECT_EQ(co_await wait_for(inner(), 1s), "inner");
    auto outer = []() -> task<std::string> {
      try {
        co_await wait_for(takes(1h), 1s);
      } catch (const timeout_error&) {
        co_return "wrong one";
      }
      co_return "none";
    };
    EXPECT_THROW(co_await wait_for(outer(), 1ms), timeout_error);
  }());
}

TEST(Timeout, CanBeRescheduled) {
  world w;
  w.run([]() -> task<void> {
    event_loop& l = get_running_loop();
    const loop_time t = l.time();
    co_await with_timeout(1ms, [&](timeout_scope& s) -> task<void> {
      s.reschedule(10ms);
      EXPECT_EQ(s.when(), t + 10ms);
      co_await sleep(5ms);
      EXPECT_FALSE(s.expired());
    });
    EXPECT_THROW(co_await with_timeout(1h,
                                       [&](timeout_scope& s) -> task<void> {
                                         s.reschedule_at(l.time() + 1ms);
                                         co_await sleep(5ms);
                                       }),
                 timeout_error);
  }());
}

TEST(Timeout, OfAHandleCancelsTheTaskAndWaits) {
  world w;
  w.run([]() -> task<void> {
    bool cleaned = false;
    auto h = create_task([](bool& c) -> task<int> {
      try {
        co_await sleep(1h);
      } catch (const cancelled_error&) {
        c = true;
        throw;
      }
      co_return 1;
    }(cleaned));
    EXPECT_THROW(co_await wait_for(h, 1ms), timeout_error);
    EXPECT_TRUE(cleaned);
    EXPECT_TRUE(h.cancelled());
    auto quick = create_task(takes(1ms, 3));
    EXPECT_EQ(co_await wait_for(quick, 1s), 3);
    auto stubborn = create_task([]() -> task<int> {
      try {
        co_await sleep(1h);
      } catch (const cancelled_error&) {
      }
      co_return 2;
    }());
    EXPECT_EQ(co_await wait_for(stubborn, 1ms), 2); // no result is lost
  }());
}

TEST(Timeout, AHandleThatWasCancelledByOthersIsNoTimeout) {
  world w;
  w.run([]() -> task<void> {
    auto h = create_task(takes(1h));
    h.cancel();
    EXPECT_THROW(co_await wait_for(h, 1s), cancelled_error);
    co_await yield_now();
  }());
}

TEST(Timeout, IsPushedOnAndPulledBackAgain) {
  world w;
  w.run([]() -> task<void> {
    event_loop& l = get_running_loop();
    const auto start = l.time();
    EXPECT_THROW(co_await with_timeout(10ms,
                                       [](timeout_scope& t) -> task<void> {
                                         for (int i = 0; i < 5; ++i) {
                                           co_await nostall::sleep(9ms);
                                           t.reschedule(10ms);
                                         }
                                         t.reschedule(1h); // too far,
                                         t.reschedule(5ms); // and back
                                         co_await sleep_forever();
                                       }),
                 timeout_error);
    EXPECT_EQ(l.time() - start, 50ms);
  }());
}

/// A clock that counts who looks at it, and advances by each look.
struct counting_clock final : clock_source {
  loop_time t{};
  int looks = 0;
  loop_time now() noexcept override {
    ++looks;
    return t;
  }
  bool idle_until(loop_time until) noexcept override {
    t = until;
    return true;
  }
};

TEST(Timeout, PushingOnLooksAtNoClock) {
  counting_clock clock;
  event_loop l({.clock = &clock});
  l.run_until_complete([](counting_clock& clock) -> task<void> {
    co_await with_timeout(1s, [&clock](timeout_scope& t) -> task<void> {
      const int before = clock.looks;
      for (int i = 0; i < 100; ++i)
        t.reschedule(1h);
      EXPECT_EQ(clock.looks, before);
      // The rest of the step does not count: it is never early, nor stops what computes.
      clock.t += 10s;
      EXPECT_EQ(t.when(), clock.t + 1h);
      co_await yield_now();
      EXPECT_EQ(t.when(), clock.t + 1h);
      clock.t += 1h - 1ms;
      co_await yield_now();
      co_await yield_now();
      EXPECT_FALSE(t.expired());
    });
  }(clock));
}

TEST(Timeout, PushedOnByNothingIsUpAtOnce) {
  world w;
  w.run([]() -> task<void> {
    for (auto d : {0ns, -1ns, std::chrono::nanoseconds::min()}) {
      bool expired = false;
      EXPECT_THROW(co_await with_timeout(1h,
                                         [&](timeout_scope& t) -> task<void> {
                                           t.reschedule(1s); // takes no effect any more
                                           t.reschedule(d);
                                           expired = t.expired();
                                           t.reschedule(1h);
                                           co_await sleep_forever();
                                         }),
                   timeout_error);
      EXPECT_TRUE(expired);
    }
    // The body is gone before the loop looks at the clock.
    co_await with_timeout(1h, [](timeout_scope& t) -> task<void> {
      t.reschedule(1ms);
      co_return;
    });
    co_await nostall::sleep(1s);
    // Pushed on, and then to a time: the last holds.
    const auto start = get_running_loop().time();
    EXPECT_THROW(co_await with_timeout(1h,
                                       [&](timeout_scope& t) -> task<void> {
                                         t.reschedule(2h);
                                         t.reschedule_at(start + 5ms);
                                         EXPECT_EQ(t.when(), start + 5ms);
                                         co_await sleep_forever();
                                       }),
                 timeout_error);
    EXPECT_EQ(get_running_loop().time() - start, 5ms);
    // As long as it can be.
    co_await with_timeout(1ms, [](timeout_scope& t) -> task<void> {
      t.reschedule(std::chrono::hours::max());
      co_await nostall::sleep(1h);
      EXPECT_FALSE(t.expired());
    });
  }());
}

TEST(Timeout, OfAHandleThatIsKeptTakesNothingAway) {
  world w;
  w.run([]() -> task<void> {
    auto h = create_task([]() -> task<std::unique_ptr<int>> {
      co_return std::make_unique<int>(4);
    }());
    EXPECT_EQ(*co_await wait_for(h, 1s), 4);
    EXPECT_TRUE(h.result() && *h.result() == 4);
    auto some = co_await try_wait_for(h, 1s);
    EXPECT_TRUE(some && ***some == 4);
    EXPECT_EQ(*co_await wait_for(std::move(h), 1s), 4); // given away
  }());
}

TEST(Timeout, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              EXPECT_EQ(co_await wait_for(takes(1ms, 2), 1s), 2);
              try {
                co_await wait_for(takes(1h), 1ms);
              } catch (const timeout_error&) {
              }
              co_await with_timeout(1s, [](timeout_scope&) -> task<void> {
                co_await yield_now();
              });
            }),
            4);
}

task<const std::string> constant() { co_return "same"; }

TEST(Timeout, OfAConstResult) {
  world w;
  EXPECT_EQ(w.run(wait_for(constant(), 1s)), "same");
  EXPECT_EQ(w.run(with_timeout(1s, constant())), "same");
}

} // namespace

} // namespace timeout_tests
