#include "support.h"

#include <nostall/nostall.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

TEST(Channel, InOrderBoundedAndClosed) {
  world w;
  w.run([]() -> task<void> {
    channel<int> c(2);
    auto sender = create_task([](channel<int> c) -> task<void> {
      for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(co_await c.send(i));
      c.close();
      EXPECT_FALSE(co_await c.send(9));
    }(c));
    co_await yield_now();
    EXPECT_EQ(c.size(), 2u);
    std::vector<int> got;
    while (auto v = co_await c.receive())
      got.push_back(*v);
    EXPECT_EQ(got, (std::vector{0, 1, 2, 3, 4}));
    co_await sender;
    EXPECT_THROW(channel<int>(0), usage_error);
  }());
}

TEST(Channel, TheTryFormsAndMoveOnlyValues) {
  world w;
  w.run([]() -> task<void> {
    channel<std::unique_ptr<int>> c(1);
    EXPECT_FALSE(c.try_receive());
    EXPECT_TRUE(c.try_send(std::make_unique<int>(1)));
    auto kept = std::make_unique<int>(2);
    EXPECT_FALSE(c.try_send(kept));
    EXPECT_TRUE(kept);
    EXPECT_EQ(**co_await c.receive(), 1);
    c.close();
    EXPECT_FALSE(c.try_send(kept));
    EXPECT_TRUE(kept);
    channel<std::string> words(1);
    const std::string word = "a constant is copied";
    EXPECT_TRUE(words.try_send(word));
    EXPECT_EQ(*words.try_receive(), word);
  }());
}

TEST(Channel, ClosingWakesAllWhoWait) {
  world w;
  w.run([]() -> task<void> {
    channel<int> full(1), empty(1);
    (void)co_await full.send(1);
    std::vector<task_handle<bool>> senders;
    std::vector<task_handle<std::optional<int>>> receivers;
    for (int i = 0; i < 3; ++i) {
      senders.push_back(create_task(full.send(i)));
      receivers.push_back(create_task(empty.receive()));
    }
    co_await yield_now();
    full.close();
    empty.close();
    for (auto& h : senders)
      EXPECT_FALSE(co_await h);
    for (auto& h : receivers)
      EXPECT_FALSE(co_await h);
  }());
}

TEST(Channel, AWaiterThatIsCancelledWithItsTurnPassesItOn) {
  world w;
  w.run([]() -> task<void> {
    channel<int> c(1);
    auto first = create_task(c.receive());
    auto second = create_task(c.receive());
    co_await yield_now();
    EXPECT_TRUE(c.try_send(7)); // calls the first
    first.cancel();
    co_await first.join();
    if (first.cancelled())
      EXPECT_EQ(co_await second, 7);
    else
      second.cancel();
    co_await second.join();
  }());
}

TEST(Channel, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              channel<int> c(1);
              auto sender = create_task([](channel<int> c) -> task<void> {
                for (int i = 0; i < 4; ++i)
                  (void)co_await c.send(i);
                c.close();
              }(c));
              while (co_await c.receive()) {
              }
              co_await sender;
            }),
            3);
}

TEST(Channel, BetweenLoopsWithCancellationsNothingIsLostOrDoubled) {
  constexpr int n = 2000;
  channel<int> c(3);
  std::atomic<long> sum{0};
  std::atomic<int> got{0};
  std::vector<std::thread> all;
  for (int l = 0; l < 2; ++l)
    all.emplace_back([&, l] {
      nostall::run([](channel<int> c, int l) -> task<void> {
        for (int i = l; i < n; i += 2)
          EXPECT_TRUE(co_await c.send(i));
      }(c, l));
    });
  std::vector<std::thread> readers;
  for (int l = 0; l < 2; ++l)
    readers.emplace_back([&] {
      nostall::run([](channel<int> c, std::atomic<long>& sum, std::atomic<int>& got) -> task<void> {
        for (int round = 0;; ++round) {
          auto h = create_task(c.receive());
          if (round % 3 == 0) {
            co_await yield_now();
            h.cancel();
          }
          co_await h.join();
          if (h.cancelled())
            continue;
          const std::optional<int> v = h.result();
          if (!v)
            co_return;
          sum += *v;
          ++got;
        }
      }(c, sum, got));
    });
  for (auto& t : all)
    t.join();
  c.close();
  for (auto& t : readers)
    t.join();
  EXPECT_EQ(got, n);
  EXPECT_EQ(sum, static_cast<long>(n) * (n - 1) / 2);
}

namespace channel_tests {
namespace {
/// A value whose move throws when `left` of them have gone well.
struct brittle {
  static inline int left = -1;
  int n;
  explicit brittle(int i) : n(i) {}
  brittle(brittle&& o) : n(o.n) {
    if (left >= 0 && left-- == 0)
      throw std::runtime_error("move");
  }
  brittle& operator=(brittle&&) = delete;
};
} // namespace

TEST(Channel, AMoveThatThrowsFailsOneCall) {
  for (int at = 0; at < 8; ++at) {
    world w;
    w.run([](int at) -> task<void> {
      channel<brittle> c(2);
      auto receive = [](channel<brittle> c) -> task<void> {
        try {
          (void)co_await c.receive();
        } catch (const std::runtime_error&) {
        }
      };
      auto first = create_task(receive(c)), second = create_task(receive(c));
      co_await yield_now();
      brittle::left = at;
      bool sent = false;
      brittle v(5);
      try {
        sent = c.try_send(v);
      } catch (const std::runtime_error&) {
      }
      co_await sleep(1ms);
      brittle::left = -1;
      EXPECT_EQ(c.size(), 0u); // nobody waits while there is something
      EXPECT_EQ(first.done() || second.done(), sent);
      c.close();
      co_await first;
      co_await second;
    }(at));
  }
}

namespace {
/// A value whose copies and destructor look into the channel.
struct nosy {
  static inline channel<nosy>* home = nullptr;
  static inline std::size_t seen = 0;
  nosy() = default;
  nosy(const nosy&) { look(); }
  ~nosy() { look(); }
  static void look() {
    if (home)
      seen += 1 + home->size();
  }
};
} // namespace

TEST(Channel, WhatAValueRunsMayUseTheChannel) {
  world w;
  w.run([]() -> task<void> {
    channel<nosy> c(2);
    nosy::home = &c;
    nosy v;
    EXPECT_TRUE(c.try_send(v));
    EXPECT_TRUE(c.try_receive());
    auto r = create_task([](channel<nosy> c) -> task<void> { (void)co_await c.receive(); }(c));
    co_await yield_now();
    EXPECT_TRUE(co_await c.send(v));
    co_await r;
    nosy::home = nullptr;
    EXPECT_GT(nosy::seen, 0u);
  }());
}

} // namespace channel_tests
