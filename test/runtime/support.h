//===- support.h - a loop on a test clock, and the contract of awaitables -===//
//
// `world` is a loop whose time jumps instead of passing, and that keeps what is
// reported. `survives_everywhere` is what every awaitable is put through: the
// task is cancelled, and another time destroyed, after each number of iterations
// that it can live through. No test sleeps.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_RUNTIME_SUPPORT_H
#define NOSTALL_TEST_RUNTIME_SUPPORT_H

#include <nostall/loop.h>
#include <nostall/run.h>
#include <nostall/sleep.h>
#include <nostall/task_handle.h>
#include <nostall/test_clock.h>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

using namespace nostall;
using namespace std::chrono_literals;

/// A test clock that can also be told to jump to the loop's next timer.
struct jumping_clock : test_clock {
  using test_clock::test_clock;
  event_loop* loop = nullptr;
  void jump() {
    detail::loop_core& l = detail::access::core(*loop);
    if (l.ready.empty() && !l.timers.empty())
      idle_until(loop_time(std::chrono::nanoseconds(l.timers.next_deadline())));
  }
};

struct world {
  jumping_clock clock;
  std::vector<exception_context> reports;
  std::optional<event_loop> loop;

  explicit world(bool autojump = true) : clock(autojump) {
    loop.emplace(event_loop::options{.clock = &clock});
    clock.loop = &*loop;
    loop->set_exception_handler(
        [this](const exception_context& c) { reports.push_back(c); });
  }
  template <class T> T run(task<T> t) {
    return loop->run_until_complete(std::move(t));
  }
  /// Iterations; time jumps when there is nothing else to do.
  void turns(int n) {
    for (int i = 0; i < n; ++i) {
      loop->run_once();
      clock.jump();
    }
  }
  std::vector<report_kind> kinds() const {
    std::vector<report_kind> k;
    for (const exception_context& c : reports)
      k.push_back(c.kind);
    return k;
  }
};

/// Starts `t` on a loop that does not run yet.
template <class T> task_handle<T> start(world& w, task<T> t) {
  return detail::access::adopt<task_handle<T>>(
      detail::spawn<T>(detail::access::core(*w.loop).root, std::move(t), {},
                       std::source_location::current()));
}

/// Counts itself in and out: what is in a frame must go with it.
struct tracked {
  int* alive;
  explicit tracked(int& n) : alive(&n) { ++n; }
  tracked(const tracked&) = delete;
  ~tracked() { --*alive; }
};

template <class F> task<void> with_tracker(F body, int& alive) {
  tracked t(alive);
  co_await body();
}

/// Whether awaiting it throws an `E`.
template <class E, class A> task<bool> throws(A a) {
  try {
    co_await std::move(a);
  } catch (const E&) {
    co_return true;
  }
  co_return false;
}

/// `body` is a callable that makes a task which ends by itself. Returns in how
/// many iterations.
/// With threads, these are not counted in iterations: `by_turns` false.
template <class F> int survives_everywhere(F body, bool by_turns = true) {
  for (int n = 0;; ++n) {
    // Cancelled after n iterations: it ends, one way or the other.
    int alive = 0;
    bool was_done;
    {
      world w;
      auto h = start(w, with_tracker(body, alive));
      w.turns(n);
      was_done = h.done();
      h.cancel();
      w.run([](task_handle<void> t) -> task<void> { co_await t.join(); }(h));
      EXPECT_TRUE(h.done());
      if (!h.cancelled()) {
        EXPECT_EQ(h.exception(), nullptr);
      }
      EXPECT_EQ(alive, 0) << "cancelled after " << n << " iterations";
    }
    // Destroyed with its loop after n iterations.
    {
      world w;
      auto h = start(w, with_tracker(body, alive));
      w.turns(n);
      w.loop.reset();
      EXPECT_TRUE(h.done());
      EXPECT_EQ(alive, 0) << "destroyed after " << n << " iterations";
    }
    if (was_done)
      return n;
    if (n > 40) {
      EXPECT_FALSE(by_turns) << "it does not end";
      return n;
    }
  }
}

#endif
