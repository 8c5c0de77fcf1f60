// task_group: children end before their parent goes on; all errors are reported.

#include "support.h"

#include <nostall/shield.h>
#include <nostall/task_group.h>
#include <nostall/timeout.h>

namespace task_group_tests {
namespace {

task<int> takes(std::chrono::nanoseconds d, int v = 1) {
  co_await sleep(d);
  co_return v;
}
task<void> fails(std::chrono::nanoseconds d, const char* what) {
  co_await sleep(d);
  throw std::runtime_error(what);
}

TEST(TaskGroup, WaitsForAllChildren) {
  world w;
  w.run([]() -> task<void> {
    int sum = 0;
    task_handle<int> h;
    co_await with_task_group([&](task_group& g) -> task<void> {
      h = g.create_task(takes(5ms, 4), "four");
      g.start([](int& s) -> task<void> {
        co_await sleep(10ms);
        s = 1;
      }(sum));
      EXPECT_EQ(g.size(), 2u);
      co_return;
    });
    EXPECT_EQ(sum, 1);
    EXPECT_EQ(h.result(), 4);
    EXPECT_EQ(h.name(), "four");
  }());
}

TEST(TaskGroup, TheFirstErrorCancelsTheRestAndAllAreReported) {
  world w;
  w.run([]() -> task<void> {
    bool cancelled = false;
    try {
      co_await with_task_group([&](task_group& g) -> task<void> {
        g.start(fails(1ms, "first"));
        g.start([](bool& c) -> task<void> {
          try {
            co_await sleep(1h);
          } catch (const cancelled_error&) {
            c = true;
            throw std::runtime_error("second");
          }
        }(cancelled));
        co_await sleep(1h); // the body is inside, too
      });
      ADD_FAILURE();
    } catch (const exception_group& e) {
      EXPECT_EQ(e.exceptions().size(), 2u);
      EXPECT_STREQ(e.what(), "2 tasks failed: first; second");
    }
    EXPECT_TRUE(cancelled);
  }());
  EXPECT_TRUE(w.reports.empty());
}

TEST(TaskGroup, AnErrorOfTheBodyCancelsTheChildren) {
  world w;
  w.run([]() -> task<void> {
    task_handle<int> h;
    try {
      co_await with_task_group([&](task_group& g) -> task<void> {
        h = g.start(takes(1h));
        co_await yield_now();
        throw std::runtime_error("body");
      });
      ADD_FAILURE();
    } catch (const exception_group& e) {
      EXPECT_STREQ(e.what(), "1 task failed: body");
    }
    EXPECT_TRUE(h.cancelled());
  }());
}

TEST(TaskGroup, CancelEndsItWithoutAnError) {
  world w;
  w.run([]() -> task<void> {
    task_handle<int> h;
    co_await with_task_group([&](task_group& g) -> task<void> {
      h = g.start(takes(1h));
      co_await yield_now();
      g.cancel();
      co_await sleep(1h); // refused
      ADD_FAILURE();
    });
    EXPECT_TRUE(h.cancelled());
    co_await sleep(1ms);
  }());
}

TEST(TaskGroup, ChildrenStartedAfterCancelAreRefused) {
  world w;
  w.run([]() -> task<void> {
    task_group g;
    g.cancel();
    bool began = false;
    auto h = g.start([](bool& b) -> task<void> {
      b = true;
      co_await sleep(1h);
    }(began));
    co_await g.join();
    EXPECT_TRUE(began);
    EXPECT_TRUE(h.cancelled());
  }());
}

TEST(TaskGroup, CancellationIsAStateForTheChildren) {
  world w;
  w.run([]() -> task<void> {
    int refused = 0;
    auto stubborn = [](int& n) -> task<void> {
      for (int i = 0; i < 3; ++i)
        try {
          co_await sleep(1h);
        } catch (const cancelled_error&) {
          ++n;
        }
    };
    task_group g;
    g.start(stubborn(refused));
    co_await yield_now();
    g.cancel();
    co_await g.join();
    EXPECT_EQ(refused, 3);
    co_await sleep(1ms); // the one who joined is outside
  }());
}

TEST(TaskGroup, ACancelledChildIsNoError) {
  world w;
  w.run([]() -> task<void> {
    task_group g;
    auto a = g.start(takes(1h));
    auto b = g.start(takes(1ms, 2));
    co_await yield_now();
    a.cancel();
    co_await g.join();
    EXPECT_EQ(b.result(), 2);
  }());
}

TEST(TaskGroup, CancellingTheParentCancelsTheChildrenAndWaits) {
  world w;
  w.run([]() -> task<void> {
    int cleaned = 0;
    auto parent = create_task([](int& n) -> task<void> {
      co_await with_task_group([&](task_group& g) -> task<void> {
        for (int i = 0; i < 3; ++i)
          g.start([](int& m) -> task<void> {
            try {
              co_await sleep(1h);
            } catch (const cancelled_error&) {
            }
            co_await shield(takes(5ms)); // takes its time to clean up
            ++m;
          }(n));
        co_return;
      });
    }(cleaned));
    co_await yield_now();
    co_await yield_now();
    parent.cancel();
    co_await parent.join();
    EXPECT_EQ(cleaned, 3);
    EXPECT_TRUE(parent.cancelled());
  }());
}

TEST(TaskGroup, ErrorsDuringACancellationDoNotLoseIt) {
  world w;
  w.run([]() -> task<void> {
    bool grouped = false;
    auto parent = create_task([](bool& seen) -> task<void> {
      try {
        co_await with_task_group([&](task_group& g) -> task<void> {
          g.start([]() -> task<void> {
            try {
              co_await sleep(1h);
            } catch (const cancelled_error&) {
              throw std::runtime_error("cleanup");
            }
          }());
          co_await sleep(1h);
        });
      } catch (const exception_group&) {
        seen = true;
      }
      co_await sleep(1ms); // the request is thrown here
    }(grouped));
    co_await yield_now();
    co_await yield_now();
    parent.cancel();
    co_await parent.join();
    EXPECT_TRUE(grouped);
    EXPECT_TRUE(parent.cancelled());
  }());
}

TEST(TaskGroup, ATimeoutAroundReachesTheChildren) {
  world w;
  w.run([]() -> task<void> {
    task_handle<int> child;
    auto body = [](task_handle<int>& h) -> task<void> {
      co_await with_task_group([&](task_group& g) -> task<void> {
        h = g.start(takes(1h));
        co_return;
      });
    };
    EXPECT_THROW(co_await wait_for(body(child), 1ms), timeout_error);
    EXPECT_TRUE(child.cancelled());
  }());
}

TEST(TaskGroup, DestroyedUnjoinedStopsAndReportsItsChildren) {
  world w;
  int alive = 0;
  w.run([](int& n) -> task<void> {
    task_handle<void> h;
    {
      task_group g;
      h = g.start([](int& m) -> task<void> {
        tracked t(m);
        co_await sleep(1h);
      }(n));
      co_await yield_now();
      EXPECT_EQ(n, 1);
    }
    EXPECT_EQ(n, 0);
    EXPECT_TRUE(h.cancelled());
  }(alive));
  EXPECT_EQ(w.kinds(),
            std::vector{report_kind::task_destroyed});
}

TEST(TaskGroup, ChildrenStartChildren) {
  world w;
  w.run([]() -> task<void> {
    int n = 0;
    struct spawner {
      static task<void> go(task_group& g, int depth, int& count) {
        ++count;
        if (depth > 0) {
          g.start(go(g, depth - 1, count));
          g.start(go(g, depth - 1, count));
        }
        co_return;
      }
    };
    task_group g;
    g.start(spawner::go(g, 5, n));
    co_await g.join();
    EXPECT_EQ(n, 63);
  }());
}

TEST(TaskGroup, NeedsARunningLoop) { EXPECT_THROW(task_group{}, usage_error); }

TEST(TaskGroup, TwoJoinersAreNamed) {
  world w;
  w.run([]() -> task<void> {
    task_group g;
    g.start(takes(1ms));
    auto other = create_task([](task_group& x) -> task<void> {
      co_await x.join();
    }(g));
    co_await yield_now();
    EXPECT_THROW(co_await g.join(), usage_error);
    co_await other;
  }());
}

TEST(TaskGroupDeathTest, DestroyedByItsOwnChildEndsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        world w;
        w.run([]() -> task<void> {
          auto g = std::make_unique<task_group>();
          g->start([](std::unique_ptr<task_group>& x) -> task<void> {
            x.reset();
            co_return;
          }(g));
          co_await yield_now();
        }());
      },
      "destroyed from inside itself");
}

TEST(TaskGroup, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              co_await with_task_group([](task_group& g) -> task<void> {
                g.start(takes(1ms));
                g.start(takes(2ms));
                co_await sleep(3ms);
              });
            }),
            4);
}

} // namespace

} // namespace task_group_tests
