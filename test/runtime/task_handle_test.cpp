// create_task and task_handle: states, results, cancellation as in asyncio, errors
// that nobody fetched.

#include "support.h"

#include <nostall/async_event.h>
#include <nostall/shield.h>
#include <nostall/task_group.h>

namespace task_handle_tests {
namespace {

task<int> later(int i) {
  co_await sleep(10ms);
  co_return i;
}
task<int> fails() {
  co_await yield_now();
  throw std::runtime_error("boom");
}

TEST(TaskHandle, GoesThroughTheStates) {
  world w;
  w.run([]() -> task<void> {
    task_state inside{};
    task_handle<void> h;
    h = create_task([](task_state& s, task_handle<void>& self) -> task<void> {
      s = self.state();
      co_await sleep(1ms);
    }(inside, h));
    EXPECT_EQ(h.state(), task_state::scheduled);
    co_await yield_now();
    EXPECT_EQ(inside, task_state::running);
    EXPECT_EQ(h.state(), task_state::pending);
    EXPECT_FALSE(h.done());
    co_await h;
    EXPECT_EQ(h.state(), task_state::finished);
    auto c = create_task(later(1));
    c.cancel();
    co_await c.join();
    EXPECT_EQ(c.state(), task_state::cancelled);
    EXPECT_FALSE(c.cancel());
  }());
}

TEST(TaskHandle, IsAwaitedByMany) {
  world w;
  w.run([]() -> task<void> {
    auto h = create_task(later(3));
    auto wait = [](task_handle<int> t) -> task<int> { co_return co_await t; };
    auto a = create_task(wait(h)), b = create_task(wait(h));
    EXPECT_EQ(co_await a + co_await b + co_await h, 9);
    EXPECT_EQ(h.result(), 3);
    EXPECT_EQ(h.exception(), nullptr);
  }());
}

TEST(TaskHandle, ResultBeforeTheEndIsNamed) {
  world w;
  w.run([]() -> task<void> {
    auto h = create_task(later(3), "slowpoke");
    try {
      h.result();
      ADD_FAILURE();
    } catch (const invalid_state_error& e) {
      EXPECT_NE(std::string(e.what()).find("slowpoke"), std::string::npos);
    }
    EXPECT_THROW(h.exception(), invalid_state_error);
    h.cancel();
    co_await h.join();
    EXPECT_THROW(h.result(), cancelled_error);
  }());
}

TEST(TaskHandle, EmptyHandleIsNamed) {
  task_handle<int> h;
  EXPECT_FALSE(h.valid());
  EXPECT_THROW(h.done(), usage_error);
  world w;
  w.run([]() -> task<void> {
    task_handle<int> empty;
    EXPECT_THROW(co_await empty, usage_error);
    EXPECT_THROW(co_await std::move(empty), usage_error);
  }());
}

TEST(TaskHandle, CreateTaskNeedsARunningLoop) {
  EXPECT_THROW((void)create_task(later(1)), usage_error);
}

TEST(TaskHandle, AwaitingItselfIsNamed) {
  world w;
  w.run([]() -> task<void> {
    task_handle<void> h;
    h = create_task([](task_handle<void>& self) -> task<void> {
      EXPECT_THROW(co_await self, usage_error);
    }(h));
    co_await h;
  }());
}

TEST(TaskHandle, TheLoopOwnsRunningTasks) {
  world w;
  bool ran = false;
  w.run([](bool& r) -> task<void> {
    create_task([](bool& done) -> task<void> {
      co_await sleep(1ms);
      done = true;
    }(r)).detach();
    co_await sleep(5ms);
  }(ran));
  EXPECT_TRUE(ran);
}

TEST(TaskHandle, ARunningTaskMayDropItsLastHandle) {
  world w;
  w.run([]() -> task<void> {
    task_handle<void> h;
    bool after = false;
    h = create_task([](task_handle<void>& self, bool& a) -> task<void> {
      self = {};
      co_await yield_now();
      a = true;
    }(h, after));
    for (int i = 0; i < 4; ++i)
      co_await yield_now();
    EXPECT_TRUE(after);
  }());
  EXPECT_TRUE(w.reports.empty());
}

TEST(TaskHandle, AnUnfetchedExceptionIsReportedWithNameAndPlace) {
  world w;
  w.run([]() -> task<void> {
    {
      auto h = create_task(fails(), "doomed");
      co_await h.join();
    }
    create_task(fails(), "detached").detach();
    co_await sleep(1ms);
  }());
  ASSERT_EQ(w.reports.size(), 2u);
  EXPECT_EQ(w.reports[0].kind, report_kind::task_failed);
  EXPECT_EQ(w.reports[0].task_name, "doomed");
  EXPECT_NE(std::string(w.reports[0].where.file_name()).find("task_handle_test"),
            std::string::npos);
  EXPECT_NE(to_string(w.reports[0]).find("boom"), std::string::npos);
  EXPECT_EQ(w.reports[1].task_name, "detached");
}

TEST(TaskHandle, AFetchedExceptionIsNotReported) {
  world w;
  w.run([]() -> task<void> {
    auto a = create_task(fails());
    EXPECT_THROW(co_await a, std::runtime_error);
    auto b = create_task(fails());
    co_await b.join();
    EXPECT_NE(b.exception(), nullptr);
    auto c = create_task(later(1));
    c.cancel();
    co_await c.join(); // a cancellation is no failure
  }());
  EXPECT_TRUE(w.reports.empty());
}

TEST(TaskHandle, DoneCallbacksRunInTheNextIteration) {
  world w;
  std::string order;
  w.run([](std::string& o) -> task<void> {
    auto h = create_task(later(5));
    h.add_done_callback([&o](task_handle<int> t) {
      o += "first" + std::to_string(t.result());
    });
    co_await h;
    co_await yield_now();
    h.add_done_callback([&o](task_handle<int>) { o += " second"; });
    EXPECT_EQ(o, "first5");
    co_await yield_now();
    co_await yield_now();
  }(order));
  EXPECT_EQ(order, "first5 second");
}

TEST(TaskHandle, CancelIsThrownOnceAtTheWait) {
  world w;
  w.run([]() -> task<void> {
    int caught = 0;
    auto h = create_task([](int& n) -> task<int> {
      try {
        co_await sleep_forever();
      } catch (const cancelled_error&) {
        ++n;
      }
      co_await sleep(1ms); // asyncio-shaped: the request was an event
      co_return 7;
    }(caught));
    co_await yield_now();
    EXPECT_TRUE(h.cancel());
    EXPECT_EQ(co_await h, 7);
    EXPECT_EQ(caught, 1);
  }());
}

TEST(TaskHandle, CancelledBeforeItsStartItRunsToItsFirstWait) {
  world w;
  w.run([]() -> task<void> {
    std::string got;
    auto h = create_task([](std::string& s) -> task<void> {
      s += "started";
      co_await sleep(1ms);
      s += " and slept";
    }(got));
    h.cancel();
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
    EXPECT_EQ(got, "started");
  }());
}

TEST(TaskHandle, AValueOnItsWayIsKept) {
  world w;
  w.run([]() -> task<void> {
    async_event e;
    std::string got;
    auto h = create_task([](async_event& ev, std::string& s) -> task<void> {
      co_await ev.wait();
      s += "value";
      co_await sleep(1ms);
      s += " slept";
    }(e, got));
    co_await yield_now();
    e.set();
    h.cancel(); // it is about to be resumed with the value
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
    EXPECT_EQ(got, "value");
  }());
}

TEST(TaskHandle, CancellingTheWaiterCancelsTheTask) {
  world w;
  w.run([]() -> task<void> {
    auto inner = create_task(later(1));
    auto outer = create_task(
        [](task_handle<int> t) -> task<void> { co_await t; }(inner));
    co_await yield_now();
    outer.cancel();
    co_await outer.join();
    EXPECT_TRUE(inner.cancelled());
    EXPECT_TRUE(outer.cancelled());
  }());
}

TEST(TaskHandle, ATaskThatEndsAllTheSameLosesNeitherValueNorRequest) {
  world w;
  w.run([]() -> task<void> {
    int got = 0;
    auto inner = create_task([]() -> task<int> {
      try {
        co_await sleep_forever();
      } catch (const cancelled_error&) {
      }
      co_return 9;
    }());
    auto outer = create_task([](task_handle<int> t, int& g) -> task<void> {
      g = co_await t;
      co_await sleep(1ms); // the request is thrown here
    }(inner, got));
    co_await yield_now();
    co_await yield_now();
    outer.cancel();
    co_await outer.join();
    EXPECT_EQ(got, 9);
    EXPECT_TRUE(outer.cancelled());
  }());
}

TEST(TaskHandle, JoinLeavesTheTaskAlone) {
  world w;
  w.run([]() -> task<void> {
    auto inner = create_task(later(1));
    auto outer = create_task(
        [](task_handle<int> t) -> task<void> { co_await t.join(); }(inner));
    co_await yield_now();
    outer.cancel();
    co_await outer.join();
    EXPECT_TRUE(outer.cancelled());
    EXPECT_EQ(co_await inner, 1);
  }());
}

TEST(TaskHandle, OutlivesTheLoop) {
  task_handle<int> pending, ended;
  {
    world w;
    pending = start(w, later(1));
    ended = start(w, later(2));
    w.run([](task_handle<int> h) -> task<void> { co_await h; }(ended));
    pending = start(w, later(3));
  }
  EXPECT_TRUE(pending.cancelled());
  EXPECT_THROW(pending.result(), cancelled_error);
  EXPECT_EQ(ended.result(), 2);
}

TEST(TaskHandle, AFailureThatOutlivesTheLoopIsWrittenToStderr) {
  testing::internal::CaptureStderr();
  task_handle<int> h;
  {
    world w; // its exception handler refers to it
    h = start(w, fails());
    w.turns(4);
    EXPECT_TRUE(h.done());
  }
  h = {};
  EXPECT_NE(testing::internal::GetCapturedStderr().find("boom"), std::string::npos);
}

TEST(TaskHandle, MoveOnlyResultsAreMovedOut) {
  world w;
  w.run([]() -> task<void> {
    auto p = co_await create_task(
        []() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(4); }());
    EXPECT_EQ(*p, 4);
  }());
}

TEST(TaskHandle, AwaitingAsRvalueDoesNotRobOtherHandles) {
  world w;
  w.run([]() -> task<void> {
    auto h = create_task([]() -> task<std::string> {
      co_return std::string(100, 'x');
    }());
    auto copy = h;
    EXPECT_EQ((co_await std::move(copy)).size(), 100u);
    EXPECT_EQ(h.result().size(), 100u);
  }());
}

TEST(TaskHandle, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              auto h = create_task(later(1));
              EXPECT_EQ(co_await h, 1);
              auto g = create_task(later(2));
              co_await g.join();
            }),
            3);
}

} // namespace

TEST(TaskHandle, AwaitingAnLvalueGivesAValueOfItsOwn) {
  world w;
  w.run([]() -> task<void> {
    auto make = []() -> task<std::string> { co_return std::string(100, 'x'); };
    auto h = create_task(make());
    auto&& s = co_await h;
    static_assert(std::is_same_v<decltype(s), std::string&&>);
    h = create_task(make());
    co_await h;
    EXPECT_EQ(s, std::string(100, 'x'));
    // What cannot be copied stays where it is.
    auto only = create_task(
        []() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(5); }());
    const std::unique_ptr<int>& there = co_await only;
    EXPECT_EQ(&there, &only.result());
  }());
}

// A "stop everything when I go" guard, in a task that is destroyed where it waits.
TEST(TaskHandle, ADestructorOfAKilledTaskMayCancelItOrItsGroup) {
  struct stop_group {
    task_group& g;
    ~stop_group() { g.cancel(); }
  };
  struct stop_task {
    task_handle<void>& h;
    ~stop_task() { h.cancel(); }
  };
  {
    world w;
    w.run([]() -> task<void> {
      try {
        task_group g;
        for (int i = 0; i < 3; ++i)
          g.start([](task_group& own) -> task<void> {
            stop_group guard{own};
            co_await sleep_forever();
          }(g));
        co_await yield_now();
        throw 1;
      } catch (int) {
      }
      co_await yield_now();
    }());
  }
  task_handle<void> own, other;
  for (task_handle<void>* victim : {&own, &other}) {
    world w;
    w.run([](task_handle<void>& a, task_handle<void>& b, task_handle<void>& v) -> task<void> {
      a = create_task([](task_handle<void>& h) -> task<void> {
        stop_task guard{h};
        co_await sleep_forever();
      }(v));
      b = create_task([]() -> task<void> { co_await sleep_forever(); }());
      co_await yield_now();
    }(own, other, *victim));
    w.loop.reset();
    EXPECT_TRUE(own.cancelled());
    EXPECT_TRUE(other.cancelled());
  }
}

} // namespace task_handle_tests
