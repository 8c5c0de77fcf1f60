#include "support.h"

#include <nostall/nostall.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

TEST(LoopHandle, PostsWhileTheLoopIsThereAndSaysWhenItIsGone) {
  loop_handle home;
  EXPECT_TRUE(home.closed());
  EXPECT_FALSE(home.post([] {}));
  int ran = 0;
  {
    world w;
    home = loop_handle(*w.loop);
    EXPECT_FALSE(home.closed());
    EXPECT_TRUE(home.post([&] { ++ran; }));
    w.turns(2);
    EXPECT_EQ(ran, 1);
    EXPECT_TRUE(home.post([&, t = std::make_shared<int>(1)] { ++ran; })); // dropped
  }
  EXPECT_TRUE(home.closed());
  auto held = std::make_shared<int>(1);
  EXPECT_FALSE(home.post([&, held] { ++ran; }));
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(ran, 1);
}

TEST(LoopHandle, PostingRacesWithTheLoopsEnd) {
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> accepted{0}, destroyed{0}, refused{0};
    struct counted {
      std::atomic<int>* n;
      explicit counted(std::atomic<int>& a) : n(&a) {}
      counted(counted&& o) noexcept : n(std::exchange(o.n, nullptr)) {}
      ~counted() {
        if (n)
          ++*n;
      }
    };
    std::optional<event_loop> l;
    l.emplace();
    std::thread poster([&, home = loop_handle(*l)] {
      while (home.post([c = counted(destroyed)] {}))
        ++accepted;
      ++refused;
    });
    for (int i = 0; i < 20; ++i)
      l->run_once();
    l.reset();
    poster.join();
    EXPECT_EQ(destroyed, accepted + 1); // none is lost, and the refused one is gone, too
    EXPECT_EQ(refused, 1);
  }
}

TEST(LoopHandle, ACoroutineFromAnotherThread) {
  nostall::run([]() -> task<void> {
    const loop_handle home(get_running_loop());
    nostall::promise<void> done;
    auto f = done.get_future();
    std::thread other([&] {
      auto add = [](int a, int b) -> task<int> {
        co_await yield_now();
        co_return a + b;
      };
      EXPECT_EQ(run_coroutine_threadsafe(add(1, 2), home).get(), 3);
      auto fails = []() -> task<void> {
        co_await yield_now();
        throw std::runtime_error("inside");
      };
      EXPECT_THROW(run_coroutine_threadsafe(fails(), home).get(), std::runtime_error);
      done.set_value();
    });
    co_await f;
    other.join();
  }());
}

TEST(LoopHandle, ACoroutineForALoopThatIsGone) {
  auto one = []() -> task<int> { co_return 1; };
  auto forever = []() -> task<void> { co_await sleep_forever(); };
  loop_handle home;
  EXPECT_THROW((void)run_coroutine_threadsafe(one(), home).get(), loop_closed);
  std::future<void> unfinished;
  {
    world w;
    home = loop_handle(*w.loop);
    unfinished = run_coroutine_threadsafe(forever(), home);
    w.turns(3);
  }
  EXPECT_THROW(unfinished.get(), std::future_error);
  EXPECT_THROW((void)run_coroutine_threadsafe(one(), home).get(), loop_closed);
}
