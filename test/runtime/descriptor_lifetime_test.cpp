// Descriptors that go while a task waits for them: destroyed, closed, given away, used
// again; and a loop that goes before them.

#include "descriptor_support.h"

#include <nostall/error.h>
#include <nostall/timeout.h>

#include <ctime>
#include <fcntl.h>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace descriptor_lifetime_tests {
namespace {

using namespace descriptor_tests;

TEST(DescriptorLifetime, DestroyedWhileATaskWaits) {
  world w;
  w.run([]() -> task<void> {
    ends p(SOCK_STREAM);
    auto f = std::make_unique<async_fd>(p.a);
    auto h = create_task(read_error(*f));
    co_await yield_now();
    co_await yield_now();
    f.reset();
    EXPECT_EQ(co_await h, bad);
  }());
}

TEST(DescriptorLifetime, DestroyedWhileAMessageIsWritten) {
  world w;
  w.run([]() -> task<void> {
    ends p(SOCK_STREAM);
    const std::string big(4 << 20, 'x');
    auto f = std::make_unique<async_fd>(p.a);
    auto h = create_task(f->write_all(big.data(), big.size()));
    co_await yield_now();
    co_await yield_now();
    f.reset();
    EXPECT_THROW(co_await h, std::system_error);
  }());
}

// The loop has nothing else to do, and sleeps; or is busy, and never does.
TEST(DescriptorLifetime, ClosedBehindItsBackWhileATaskWaits) {
  for (const bool busy : {false, true}) {
    event_loop loop;
    loop.run_until_complete([](bool busy) -> task<void> {
      ends p(SOCK_STREAM);
      async_fd f(p.a);
      auto h = create_task(read_error(f));
      co_await yield_now();
      co_await yield_now();
      close(std::exchange(p.a, -1));
      const auto give_up = std::chrono::steady_clock::now() + 20s;
      while (busy && !h.done() && std::chrono::steady_clock::now() < give_up)
        co_await yield_now();
      EXPECT_EQ(h.done(), busy);
      EXPECT_EQ(co_await wait_for(h, 20s), bad);
      EXPECT_EQ(co_await read_error(f), bad);
    }(busy));
  }
}

TEST(DescriptorLifetime, ANumberThatIsUsedAgainEndsTheOldWait) {
  world w;
  w.run([]() -> task<void> {
    ends p(SOCK_STREAM), q(SOCK_STREAM);
    const int number = p.a;
    async_fd f(number);
    auto h = create_task(read_error(f));
    co_await yield_now();
    co_await yield_now();
    EXPECT_EQ(dup2(q.a, number), number);
    async_fd g(number);
    EXPECT_EQ(co_await h, bad);
    EXPECT_EQ(send(q.b, "x", 1, 0), 1);
    char c;
    EXPECT_EQ(co_await g.read_some(&c, 1), 1u);
  }());
}

// epoll keeps the open file: its events must find nobody, and must not come for ever.
TEST(DescriptorLifetime, ADuplicateThatLivesOnIsNotTouched) {
  event_loop loop;
  loop.run_until_complete([]() -> task<void> {
    ends p(SOCK_STREAM), q(SOCK_STREAM);
    const int copy = dup(p.a);
    event_loop& l = get_running_loop();
    auto f = std::make_unique<async_fd>(p.a);
    int called = 0;
    l.add_reader(q.a, [&] { ++called; });
    const int other = dup(q.a);
    close(std::exchange(p.a, -1));
    close(q.a);
    f.reset();
    l.remove_reader(std::exchange(q.a, -1));
    EXPECT_EQ(send(p.b, "x", 1, 0), 1);
    EXPECT_EQ(send(q.b, "x", 1, 0), 1);
    timespec before{}, after{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    co_await sleep(200ms);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    EXPECT_LT((after.tv_sec - before.tv_sec) * 1'000'000'000 + after.tv_nsec -
                  before.tv_nsec,
              100'000'000);
    EXPECT_EQ(called, 0);
    close(copy);
    close(other);
  }());
}

TEST(DescriptorLifetime, TheLoopMayGoFirst) {
  ends p(SOCK_STREAM);
  std::unique_ptr<async_fd> f;
  {
    world w;
    w.run([](int fd, std::unique_ptr<async_fd>& out) -> task<void> {
      out = std::make_unique<async_fd>(fd);
      co_return;
    }(p.a, f));
  }
  world later;
  later.run([](async_fd& a) -> task<void> {
    EXPECT_EQ(co_await read_error(a), bad);
  }(*f));
}

/// What a task gets that waits for a descriptor to which a thread does that meanwhile.
int error_of_a_wait(void (*change)(ends& p)) {
  ends p(SOCK_STREAM);
  event_loop loop;
  std::thread other;
  const int error = loop.run_until_complete(
      [](ends& p, std::thread& other, void (*change)(ends&)) -> task<int> {
        async_fd f(p.a);
        char c;
        auto h = create_task([](async_fd& f, char* c) -> task<void> {
          co_await f.read_some(c, 1);
        }, std::ref(f), &c);
        co_await sleep(1100ms); // the loop has looked at what it watches, and has time
        other = std::thread([&p, change] { change(p); });
        try {
          co_await wait_for(h, 20s);
        } catch (const std::system_error& e) {
          co_return e.code().value();
        } catch (const timeout_error&) {
        }
        co_return 0;
      }(p, other, change));
  other.join();
  return error;
}

TEST(DescriptorLifetime, ClosedByAThreadWhileTheLoopSleeps) {
  EXPECT_EQ(error_of_a_wait([](ends& p) { close(std::exchange(p.a, -1)); }), EBADF);
  EXPECT_EQ(error_of_a_wait([](ends& p) { // the number becomes that of a regular file
              const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
              dup2(file, p.a);
              close(file);
            }),
            EBADF);
}

} // namespace
} // namespace descriptor_lifetime_tests
