// cancel_wait is the program's code, and may do what the program does.

#include "support.h"

#include <nostall/nostall.h>

#include <coroutine>
#include <functional>
#include <memory>
#include <stdexcept>

namespace cancel_wait_tests {
namespace {

struct meddler {
  std::function<bool()>& when_asked;
  std::coroutine_handle<>& slot;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) { slot = h; }
  void await_resume() const {}
  bool cancel_wait() noexcept { return when_asked(); }
};

TEST(CancelWait, MayCancelItsOwnTask) {
  world w;
  w.run([]() -> task<void> {
    std::coroutine_handle<> slot;
    task_handle<void> h;
    int asked = 0;
    std::function<bool()> again = [&] {
      h.cancel();
      return ++asked == 1;
    };
    h = create_task(meddler{again, slot});
    co_await yield_now();
    co_await yield_now();
    h.cancel();
    EXPECT_THROW(co_await h, cancelled_error);
    EXPECT_EQ(asked, 1);
  }());
}

// An operation that is called off may complete in the midst of that.
TEST(CancelWait, MayResume) {
  for (const bool answer : {false, true}) {
    world w;
    w.run([](bool answer) -> task<void> {
      std::coroutine_handle<> slot;
      std::function<bool()> completes = [&] {
        slot.resume();
        return answer;
      };
      task_handle<void> h = create_task(meddler{completes, slot});
      co_await yield_now();
      co_await yield_now();
      h.cancel();
      co_await h; // the result was on its way
      EXPECT_FALSE(h.cancelled());
    }(answer));
  }
}

/// Starts a task in `g` that waits with a `meddler`.
void meddle(task_group& g, std::function<bool()>& when_asked, std::coroutine_handle<>& slot) {
  g.start([](std::function<bool()>& f, std::coroutine_handle<>& s) -> task<void> {
    co_await meddler{f, s};
  }(when_asked, slot));
}
task<void> long_nap() { co_await sleep(1h); }
task<void> fails_later() {
  co_await yield_now();
  throw std::runtime_error("first");
}

// The group that is being cancelled, with the task that is asked in it.
TEST(CancelWait, MayDestroyItsOwnGroup) {
  for (const bool by_failure : {false, true}) {
    world w;
    w.run([](bool by_failure) -> task<void> {
      std::coroutine_handle<> slot;
      auto g = std::make_unique<task_group>();
      int asked = 0;
      std::function<bool()> destroys = [&] {
        ++asked;
        g.reset();
        return true;
      };
      g->start(long_nap());
      meddle(*g, destroys, slot);
      g->start(long_nap());
      co_await yield_now();
      co_await yield_now();
      if (by_failure)
        g->start(fails_later());
      else
        g->cancel();
      for (int i = 0; i < 5; ++i)
        co_await yield_now();
      EXPECT_EQ(asked, 1);
      EXPECT_FALSE(g);
    }(by_failure));
  }
}

// The scopes below the one that is being cancelled.
TEST(CancelWait, MayDestroyAnotherGroup) {
  world w;
  w.run([]() -> task<void> {
    std::coroutine_handle<> slot;
    task_group outer;
    auto inner = std::make_unique<task_group>();
    inner->start(long_nap());
    std::function<bool()> destroys = [&] {
      inner.reset();
      return true;
    };
    meddle(outer, destroys, slot);
    outer.start(long_nap());
    co_await yield_now();
    co_await yield_now();
    outer.cancel();
    co_await outer.join();
    EXPECT_FALSE(inner);
  }());
}

// Two that cancel each other and go on are each asked once.
TEST(CancelWait, MayCancelWhoCancels) {
  world w;
  w.run([]() -> task<void> {
    std::coroutine_handle<> slots[2];
    task_handle<void> h[2];
    int asked = 0;
    std::function<bool()> cancels[2];
    for (int i = 0; i < 2; ++i) {
      cancels[i] = [&, i] {
        ++asked;
        h[1 - i].cancel();
        return false;
      };
      h[i] = create_task(meddler{cancels[i], slots[i]});
    }
    co_await yield_now();
    co_await yield_now();
    h[0].cancel();
    for (int i = 0; i < 5; ++i)
      co_await yield_now();
    EXPECT_EQ(asked, 2);
    for (const auto& s : slots)
      s.resume();
    co_await h[0].join();
    co_await h[1].join();
  }());
}

// Who takes the request back before the loop asks is asked nothing.
TEST(CancelWait, ARequestThatIsTakenBackIsNotPassedOn) {
  world w;
  w.run([]() -> task<void> {
    std::coroutine_handle<> slot;
    int asked = 0;
    std::function<bool()> counts = [&] { return ++asked != 0; };
    task_handle<void> h = create_task(meddler{counts, slot});
    co_await yield_now();
    co_await yield_now();
    h.cancel();
    h.uncancel();
    co_await yield_now();
    co_await yield_now();
    EXPECT_EQ(asked, 0);
    slot.resume();
    co_await h;
  }());
}

// A loop that is about to sleep asks first.
TEST(CancelWait, ATimeoutCallsOffBeforeTheLoopSleeps) {
  world w(false);
  w.loop.emplace(); // on the real clock
  w.run([]() -> task<void> {
    std::coroutine_handle<> slot;
    std::function<bool()> agrees = [] { return true; };
    EXPECT_THROW(co_await wait_for(meddler{agrees, slot}, 1ms), timeout_error);
  }());
}

} // namespace
} // namespace cancel_wait_tests
