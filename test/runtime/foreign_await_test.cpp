//===- foreign_await_test.cpp - awaiters that other libraries made --------===//

#include "support.h"

#include <nostall/nostall.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace foreign_await_tests {
namespace {

/// Keeps whom it is to resume; cannot be moved.
struct plain_event {
  std::vector<std::coroutine_handle<>> waiting;
  int value = 0;
  struct awaiter {
    plain_event& e;
    explicit awaiter(plain_event& p) : e(p) {}
    awaiter(const awaiter&) = delete;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> h) { e.waiting.push_back(h); }
    int await_resume() const { return e.value; }
  };
  awaiter operator co_await() { return awaiter(*this); }
  void set(int v) {
    value = v;
    for (auto h : std::exchange(waiting, {}))
      h.resume();
  }
};

/// Resumes on a thread of its own.
struct on_thread {
  std::thread* t;
  std::thread::id resumed_on{};
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    *t = std::thread([this, h] {
      resumed_on = std::this_thread::get_id();
      h.resume();
    });
  }
  std::thread::id await_resume() const { return resumed_on; }
};

/// A lazy coroutine of another library, which knows nothing of loops.
template <class T> struct lazy {
  struct promise_type {
    std::optional<T> value;
    std::exception_ptr error;
    std::coroutine_handle<> then;
    lazy get_return_object() {
      return lazy{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() { return {}; }
    struct last {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        return h.promise().then;
      }
      void await_resume() noexcept {}
    };
    last final_suspend() noexcept { return {}; }
    void return_value(T v) { value = std::move(v); }
    void unhandled_exception() { error = std::current_exception(); }
  };
  std::coroutine_handle<promise_type> h;
  explicit lazy(std::coroutine_handle<promise_type> f) : h(f) {}
  lazy(lazy&& o) noexcept : h(std::exchange(o.h, {})) {}
  ~lazy() {
    if (h)
      h.destroy();
  }
  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> c) {
    h.promise().then = c;
    return h;
  }
  T await_resume() {
    if (h.promise().error)
      std::rethrow_exception(h.promise().error);
    return std::move(*h.promise().value);
  }
};

TEST(ForeignAwait, ResumedInsideAnotherTask) {
  world w;
  plain_event e;
  std::string log;
  auto first = [&]() -> task<void> {
    EXPECT_EQ(co_await e, 7);
    log += "a";
    co_await sleep(1ms); // waits as itself, not as the task that has set the event
    log += "A";
  };
  auto second = [&]() -> task<void> {
    co_await sleep(1ms);
    e.set(7);
    log += "b";
    co_await sleep(5ms);
    log += "B";
  };
  w.run([&]() -> task<void> { co_await gather(first(), second()); }());
  EXPECT_EQ(log, "baAB");
}

TEST(ForeignAwait, ResumedOnAnotherThreadGoesOnInTheLoop) {
  const auto home = std::this_thread::get_id();
  run([home]() -> task<void> {
    for (int i = 0; i < 50; ++i) {
      std::thread t;
      const auto elsewhere = co_await on_thread{&t};
      EXPECT_NE(elsewhere, home);
      EXPECT_EQ(std::this_thread::get_id(), home);
      co_await yield_now();
      t.join();
    }
  }());
}

TEST(ForeignAwait, ResumedInsideAwaitSuspend) {
  struct at_once {
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> h) { h.resume(); }
    int await_resume() const { return 3; }
  };
  struct says_false {
    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<>) { return false; }
    int await_resume() const { return 4; }
  };
  struct itself {
    bool await_ready() const { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) { return h; }
    int await_resume() const { return 5; }
  };
  struct throws {
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<>) { throw std::runtime_error("no"); }
    void await_resume() const {}
  };
  world w;
  w.run([]() -> task<void> {
    EXPECT_EQ(co_await at_once(), 3);
    EXPECT_EQ(co_await says_false(), 4);
    EXPECT_EQ(co_await itself(), 5);
    EXPECT_THROW(co_await throws(), std::runtime_error);
    co_await std::suspend_never();
    co_await sleep(1ms);
  }());
}

lazy<int> twice(int n) { co_return 2 * n; }
lazy<int> naps(int n) {
  co_await sleep(1ms);
  const int m = co_await twice(n);
  co_await sleep(1ms);
  co_return m + 1;
}
lazy<int> fails() {
  co_await sleep(1ms);
  throw std::runtime_error("lazy");
}
lazy<int> waits_for(plain_event& e) { co_return co_await e; }

TEST(ForeignAwait, ACoroutineOfAnotherLibraryThatAwaitsOurs) {
  world w;
  w.run([]() -> task<void> {
    EXPECT_EQ(co_await twice(4), 8);
    EXPECT_EQ(co_await naps(4), 9);
    EXPECT_THROW(co_await fails(), std::runtime_error);
    auto [a, b] = co_await gather(naps(1), naps(2));
    EXPECT_EQ(a, 3);
    EXPECT_EQ(b, 5);
    EXPECT_THROW(co_await wait_for(naps(1), 1ns), timeout_error);
    plain_event e;
    auto h = create_task(waits_for(e));
    co_await yield_now();
    e.set(6);
    EXPECT_EQ(co_await h, 6);
  }());
}

TEST(ForeignAwait, GeneratorsMayAwaitThem) {
  world w;
  plain_event e;
  auto numbers = [&]() -> async_generator<int> {
    co_yield co_await e;
    co_yield co_await twice(2);
  };
  w.run([&]() -> task<void> {
    auto g = numbers();
    w.loop->call_soon([&] { e.set(1); });
    EXPECT_EQ(co_await g.next(), 1);
    EXPECT_EQ(co_await g.next(), 4);
    EXPECT_EQ(co_await g.next(), std::nullopt);
  }());
}

TEST(ForeignAwait, CancellationWaitsForIt) {
  world w;
  plain_event e;
  bool delivered = false;
  auto body = [&]() -> task<void> {
    EXPECT_EQ(co_await e, 2);
    delivered = true;
    co_await sleep(1h); // here the request is thrown
  };
  auto h = start(w, body());
  w.turns(3);
  h.cancel();
  w.turns(3);
  EXPECT_FALSE(h.done());
  w.loop->call_soon([&] { e.set(2); });
  w.turns(3);
  EXPECT_TRUE(delivered);
  EXPECT_TRUE(h.cancelled());
}

TEST(ForeignAwait, ACancelledTaskDoesNotBegin) {
  world w;
  plain_event e;
  auto h = start(w, [](plain_event& p) -> task<void> { co_await p; }(e));
  h.cancel();
  w.turns(3);
  EXPECT_TRUE(h.cancelled());
  EXPECT_TRUE(e.waiting.empty());
}

TEST(ForeignAwait, AnAwaiterMayOfferToBeCancelled) {
  struct polite {
    std::coroutine_handle<>& slot;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> h) { slot = h; }
    void await_resume() const {}
    bool cancel_wait() noexcept { return std::exchange(slot, {}) != nullptr; }
  };
  world w;
  std::coroutine_handle<> slot;
  w.run([&]() -> task<void> {
    EXPECT_THROW(co_await wait_for(polite{slot}, 5ms), timeout_error);
    EXPECT_FALSE(slot);
    EXPECT_THROW(co_await with_timeout(5ms, [&](timeout_scope&) -> task<void> {
                   co_await polite{slot};
                 }),
                 timeout_error);
  }());
}

TEST(ForeignAwait, DestroyedWhileItWaits) {
  plain_event e;
  {
    world w;
    int alive = 0;
    auto h = start(w, with_tracker([&]() -> task<void> { co_await e; }, alive));
    w.turns(3);
    w.loop.reset();
    EXPECT_TRUE(h.done());
    EXPECT_EQ(alive, 0);
  }
  e.set(1); // nobody is there any more
}

TEST(ForeignAwait, DestroyedWhileAnotherThreadResumes) {
  for (int round = 0; round < 200; ++round) {
    std::thread t;
    {
      event_loop loop;
      std::atomic<bool> go{false};
      struct raced {
        std::thread& t;
        std::atomic<bool>& go;
        bool await_ready() const { return false; }
        void await_suspend(std::coroutine_handle<> h) {
          t = std::thread([&g = go, h] {
            g = true;
            h.resume();
          });
        }
        void await_resume() const {}
      };
      auto body = [&]() -> task<void> { co_await raced{t, go}; };
      loop.set_exception_handler([](const exception_context&) {});
      loop.call_soon([&] { create_task(body()).detach(); });
      loop.run_once();
      loop.run_once();
      while (!go)
        std::this_thread::yield();
      if (round % 2)
        loop.run_once();
    }
    t.join();
  }
}

/// What docs/runtime/awaiters.md shows: an awaiter over ours.
TEST(ForeignAwait, AnAwaiterThatIsMadeOfOurs) {
  struct nap {
    sleep_awaiter inner = sleep(1ms);
    bool await_ready() { return inner.await_ready(); }
    bool await_suspend(std::coroutine_handle<> h) { return inner.await_suspend(h); }
    int await_resume() {
      inner.await_resume();
      return 1;
    }
  };
  world w;
  w.run([]() -> task<void> {
    EXPECT_EQ(co_await nap(), 1);
    EXPECT_THROW(co_await wait_for(
                     []() -> task<int> {
                       const int a = co_await nap();
                       co_return a + co_await nap();
                     }(),
                     1500us),
                 timeout_error);
  }());
}

} // namespace

} // namespace foreign_await_tests
