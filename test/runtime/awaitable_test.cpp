//===- awaitable_test.cpp - every combinator takes every awaitable --------===//

#include "support.h"

#include <nostall/nostall.h>

#include <array>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <variant>
#include <vector>

namespace {

task<int> number(int n) {
  co_await yield_now();
  co_return n;
}
task<int> later(int n, std::chrono::milliseconds d) {
  co_await sleep(d);
  co_return n;
}

// g++ 12 refuses braces in a statement that has a co_await.
using ints = std::vector<int>;
ints list(auto... n) { return {n...}; }
std::array<task<int>, 2> two(task<int> a, task<int> b) {
  return {std::move(a), std::move(b)};
}

TEST(Awaitable, TheConceptKnowsWhatCompiles) {
  static_assert(awaitable<task<int>>);
  static_assert(!awaitable<task<int>&>);
  static_assert(awaitable<task_handle<int>&>);
  static_assert(awaitable<future<int>&>);
  static_assert(awaitable<async_queue<int>::get_awaiter>);
  static_assert(awaitable<sleep_awaiter>);
  static_assert(!awaitable<int>);
  static_assert(std::same_as<await_result_t<async_queue<std::string>::get_awaiter>, std::string>);
  static_assert(std::same_as<await_result_t<task<int&>>, int&>);
  static_assert(std::same_as<await_result_t<sleep_awaiter>, void>);
}

TEST(Awaitable, WaitForTakesThemAll) {
  world w;
  w.run([]() -> task<void> {
    async_queue<int> q;
    EXPECT_THROW(co_await wait_for(q.get(), 10ms), timeout_error);
    q.put_nowait(3);
    EXPECT_EQ(co_await wait_for(q.get(), 10ms), 3);
    async_event e;
    EXPECT_THROW(co_await with_timeout(10ms, e.wait()), timeout_error);
    co_await wait_for(sleep(5ms), 10ms);
    EXPECT_THROW(co_await wait_for(sleep(15ms), 10ms), timeout_error);
    async_mutex m;
    {
      auto g = co_await wait_for(m.lock(), 1s);
      EXPECT_TRUE(m.locked());
      EXPECT_THROW(co_await wait_for(m.acquire(), 1ms), timeout_error);
    }
    EXPECT_FALSE(m.locked());
    promise<int> p;
    future<int> f = p.get_future();
    EXPECT_THROW(co_await wait_for(f, 10ms), timeout_error);
    p.set_value(8);
    EXPECT_EQ(co_await wait_for(f, 10ms), 8); // the same future, again
    auto h = create_task(number(4));
    EXPECT_EQ(co_await wait_for(h, 1s), 4);
    EXPECT_EQ(co_await h, 4);
    co_await wait_for(h.join(), 1s);
    // Made now, awaited later: nothing refers to the statement that made it.
    auto made = wait_for(sleep(1ms), 10ms);
    co_await yield_now();
    co_await std::move(made);
  }());
}

TEST(Awaitable, GatherMixesThem) {
  world w;
  w.run([]() -> task<void> {
    async_queue<std::string> q;
    q.put_nowait("x");
    promise<int> p;
    future<int> f = p.get_future();
    p.set_value(5);
    auto [item, n, none, from, h] =
        co_await gather(q.get(), number(2), sleep(1ms), f, create_task(number(9)));
    EXPECT_EQ(item, "x");
    EXPECT_EQ(n, 2);
    EXPECT_EQ(from, 5);
    EXPECT_EQ(h, 9);
    static_assert(std::same_as<decltype(none), std::monostate>);
    auto [a, b] = co_await gather(return_exceptions, number(1), wait_for(q.get(), 1ms));
    EXPECT_EQ(a.value(), 1);
    EXPECT_FALSE(b.has_value());
    auto kept = gather(q.get(), sleep(1ms));
    q.put_nowait("late");
    EXPECT_EQ(std::get<0>(co_await std::move(kept)), "late");
    static_assert(std::tuple_size_v<decltype(gather())::value_type> == 0);
    co_await gather();
  }());
}

TEST(Awaitable, RangesOfEveryKind) {
  world w;
  w.run([]() -> task<void> {
    EXPECT_EQ(co_await gather(two(number(1), number(2))), list(1, 2));
    std::list<task<int>> some;
    some.push_back(number(3));
    EXPECT_EQ(co_await gather(std::move(some)), list(3));
    std::vector<int> in{4, 5, 6};
    auto of_view = co_await gather(in | std::views::transform(number));
    EXPECT_EQ(of_view, in);
    std::vector<task_handle<int>> handles;
    for (int n : in)
      handles.push_back(create_task(number(n)));
    EXPECT_EQ(co_await gather(handles), in); // copies: they can be asked again
    EXPECT_EQ(handles[2].result(), 6);
    std::deque<async_queue<int>> queues(2);
    queues[0].put_nowait(7);
    queues[1].put_nowait(8);
    auto gets = queues | std::views::transform([](auto& q) { return q.get(); });
    EXPECT_EQ(co_await gather(gets), list(7, 8));
    std::vector<sleep_awaiter> sleeps;
    sleeps.push_back(sleep(1ms));
    sleeps.push_back(sleep(2ms));
    co_await gather(std::move(sleeps));
    auto settled = co_await gather(return_exceptions, in | std::views::transform(number));
    EXPECT_EQ(settled[1].value(), 5);
  }());
}

TEST(Awaitable, CreateTaskAndGroupsTakeThem) {
  world w;
  w.run([]() -> task<void> {
    auto nap = create_task(sleep(1ms), "nap");
    EXPECT_EQ(nap.name(), "nap");
    async_queue<std::unique_ptr<int>> q;
    auto got = create_task(q.get());
    q.put_nowait(std::make_unique<int>(1));
    EXPECT_EQ(*co_await std::move(got), 1);
    co_await nap;
    co_await with_task_group([&](task_group& g) -> task<void> {
      auto h = g.start(q.get());
      g.create_task(sleep(1ms));
      g.start(number(2));
      q.put_nowait(std::make_unique<int>(7));
      EXPECT_EQ(*co_await std::move(h), 7);
    });
    co_await shield(sleep(1ms));
    std::stop_source stop;
    co_await with_stop(stop.get_token(), sleep(1ms));
  }());
  run(sleep(1ms));
}

TEST(Awaitable, ACallableAndItsArgumentsLiveInTheTask) {
  world w;
  w.run([]() -> task<void> {
    auto owner = std::make_shared<int>(5);
    std::weak_ptr<int> watched = owner;
    auto h = create_task([owner]() -> task<int> {
      co_await sleep(1ms);
      co_return *owner;
    });
    owner.reset();
    EXPECT_EQ(co_await h, 5);
    EXPECT_TRUE(watched.expired());
    auto joined = create_task(
        [](const std::string& a, const std::string& b) -> task<std::string> {
          co_await sleep(1ms);
          co_return a + b;
        },
        std::string(100, 'a'), "b");
    EXPECT_EQ((co_await joined).size(), 101u);
    int n = 0;
    co_await create_task([](int& to) -> task<void> { to = 3; co_return; }, std::ref(n));
    EXPECT_EQ(n, 3);
    // What it gives need not be a task.
    co_await create_task([] { return sleep(1ms); });
    task_group g;
    auto in_group = g.start([](std::unique_ptr<int> p) -> task<int> { co_return *p; },
                            std::make_unique<int>(4));
    co_await g.join();
    EXPECT_EQ(in_group.result(), 4);
  }());
}

TEST(Awaitable, WaitAndAsCompletedOfDifferentTypes) {
  world w;
  w.run([]() -> task<void> {
    async_queue<std::string> q;
    auto [n, s] = co_await wait(first_completed, later(1, 5ms), q.get());
    EXPECT_TRUE(n.done());
    EXPECT_FALSE(s.done());
    q.put_nowait("y");
    auto [s2, nap] = co_await wait(s, sleep(1ms));
    EXPECT_EQ(s2.result(), "y");
    EXPECT_TRUE(nap.done());
    auto [slow] = co_await wait(all_completed, 2ms, later(1, 10ms));
    EXPECT_FALSE(slow.done());
    co_await slow;
    auto r = co_await wait(two(later(1, 5ms), later(2, 1ms)), first_completed);
    EXPECT_EQ(r.done.size(), 1u);
    EXPECT_EQ(r.done[0].result(), 2);
    co_await r.pending[0];

    std::vector<std::size_t> order;
    for (auto next : as_completed(later(1, 5ms), sleep(1ms), q.get())) {
      auto v = co_await next;
      static_assert(
          std::same_as<decltype(v), std::variant<int, std::monostate, std::string>>);
      order.push_back(v.index());
      if (v.index() == 1)
        q.put_nowait("z");
    }
    EXPECT_EQ(order, (std::vector<std::size_t>{1, 2, 0}));
    int sum = 0;
    for (auto next : as_completed(later(1, 5ms), later(2, 1ms)))
      sum = sum * 10 + co_await next;
    EXPECT_EQ(sum, 21);
  }());
}

TEST(Awaitable, TryWaitForGivesNothingInsteadOfThrowing) {
  world w;
  w.run([]() -> task<void> {
    async_queue<int> q;
    EXPECT_EQ(co_await try_wait_for(q.get(), 1ms), std::nullopt);
    q.put_nowait(1);
    EXPECT_EQ(co_await try_wait_for(q.get(), 1ms), 1);
    EXPECT_FALSE(co_await try_wait_for(sleep(5ms), 1ms));
    EXPECT_TRUE(co_await try_wait_for(sleep(1ms), 5ms));
    EXPECT_FALSE(co_await try_wait_for(later(1, 5ms), 1ms));
    EXPECT_EQ(co_await try_wait_for(number(6), 1ms), 6);
    EXPECT_THROW(co_await try_wait_for([]() -> task<int> { throw std::runtime_error("x"); co_return 1; }(), 1ms),
                 std::runtime_error);
    // Of an outer scope, it is that one's.
    EXPECT_THROW(co_await wait_for(try_wait_for(sleep(1h), 30min), 1ms), timeout_error);
    auto h = create_task(later(3, 5ms));
    EXPECT_FALSE(co_await try_wait_for(h, 1ms)); // as wait_for: the task is cancelled
    EXPECT_TRUE(h.cancelled());
  }());
  auto inside = [](async_queue<int>& q) -> task<void> {
    EXPECT_EQ(co_await try_wait_for(q.get(), 1h), std::nullopt);
    ADD_FAILURE() << "was cancelled";
  };
  w.run([&]() -> task<void> {
    async_queue<int> q;
    auto h = create_task(inside(q));
    co_await yield_now();
    h.cancel();
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
  }());
}

TEST(Awaitable, QueuesSayNothingInsteadOfThrowing) {
  world w;
  w.run([]() -> task<void> {
    async_queue<std::unique_ptr<int>> q(1);
    EXPECT_FALSE(q.try_get().has_value());
    EXPECT_TRUE(q.try_put(std::make_unique<int>(1)));
    auto two = std::make_unique<int>(2);
    EXPECT_FALSE(q.try_put(two));
    EXPECT_NE(two, nullptr); // as it was
    auto putter = create_task(q.put(std::move(two)));
    co_await yield_now();
    EXPECT_EQ(**q.try_get(), 1);
    co_await putter;
    q.shutdown();
    EXPECT_FALSE(q.try_put(std::make_unique<int>(3)));
    int seen = 0;
    while (auto v = co_await q.next())
      seen = **v;
    EXPECT_EQ(seen, 2);
    EXPECT_FALSE(q.try_get());
    async_queue<std::string> words;
    const std::string word = "a constant is copied";
    EXPECT_TRUE(words.try_put(word));
    EXPECT_EQ(*words.try_get(), word);
  }());
}

template <class T> task_handle<T> start_on(event_loop& l, task<T> t) {
  return detail::access::adopt<task_handle<T>>(
      detail::spawn<T>(detail::access::core(l).root, std::move(t), {},
                       std::source_location::current()));
}

// Copying it would give what cannot be awaited.
struct of_an_lvalue {
  int asked = 0;
  sleep_awaiter operator co_await() & {
    ++asked;
    return sleep(1ms);
  }
};

TEST(Awaitable, WhatOnlyAnLvalueOfCanBeAwaited) {
  static_assert(awaitable<of_an_lvalue&> && !awaitable<of_an_lvalue>);
  world w;
  w.run([]() -> task<void> {
    of_an_lvalue a;
    co_await a;
    co_await wait_for(a, 1s);
    co_await gather(a, yield_now());
    co_await create_task(a);
    co_await shield(a);
    EXPECT_TRUE(co_await try_wait_for(a, 1s));
    EXPECT_EQ(a.asked, 6);
  }());
}

TEST(Awaitable, LoopsAndRunnersRunThem) {
  event_loop l;
  l.run_until_complete(sleep(1ms));
  promise<int> p;
  p.set_value(3);
  EXPECT_EQ(l.run_until_complete(p.get_future()), 3);
  auto h = start_on(l, number(4));
  EXPECT_EQ(l.run_until_complete(h), 4);
  EXPECT_TRUE(h.done());
  runner r;
  r.run(yield_now());
}

TEST(Awaitable, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              async_queue<int> q;
              async_mutex m;
              q.put_nowait(1);
              co_await gather(q.get(), m.acquire(), sleep(2ms), number(1));
              co_await try_wait_for(q.get(), 2ms);
              auto [a, b] = co_await wait(q.put(1), sleep(1ms));
              co_await create_task([](int) { return sleep(1ms); }, 1);
            }),
            5);
}

} // namespace
