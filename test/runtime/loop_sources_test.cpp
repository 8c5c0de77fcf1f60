// What comes to the loop from outside: descriptors, other threads, signals; and a main
// loop of somebody else's around it.

#include "pipe_support.h"
#include "support.h"

#include <nostall/async_event.h>
#include <nostall/async_fd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace loop_sources_tests {
namespace {

TEST(LoopSources, ReaderIsLevelTriggeredAndCanBeReplaced) {
  world w;
  fds p;
  int first = 0, second = 0;
  w.loop->add_reader(p.r, [&] { ++first; });
  p.put();
  w.turns(3);
  EXPECT_EQ(first, 2);
  w.loop->add_reader(p.r, [&] { ++second; });
  w.turns(2);
  EXPECT_EQ(first, 2);
  EXPECT_GE(second, 1);
  EXPECT_TRUE(w.loop->remove_reader(p.r));
  EXPECT_FALSE(w.loop->remove_reader(p.r));
}

TEST(LoopSources, ReaderAndWriterOfOneDescriptor) {
  world w;
  int s[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s), 0);
  int reads = 0, writes = 0;
  w.loop->add_reader(s[0], [&] { ++reads; });
  w.loop->add_writer(s[0], [&] { ++writes; });
  w.turns(2);
  EXPECT_EQ(reads, 0);
  EXPECT_EQ(writes, 1);
  EXPECT_TRUE(w.loop->remove_writer(s[0]));
  ASSERT_EQ(write(s[1], "x", 1), 1);
  w.turns(2);
  EXPECT_EQ(reads, 1);
  EXPECT_EQ(writes, 1);
  EXPECT_TRUE(w.loop->remove_reader(s[0]));
  close(s[0]);
  close(s[1]);
}

// A foreign main loop that runs one iteration at a time, with nothing to do between.
TEST(LoopSources, IdleIterationsSeeNews) {
  world w;
  fds p;
  int reads = 0;
  w.loop->add_reader(p.r, [&] {
    ++reads;
    p.take();
  });
  w.turns(3);
  EXPECT_EQ(reads, 0);
  p.put();
  w.turns(2);
  EXPECT_EQ(reads, 1);
}

// The callable that is replaced or removed takes its own descriptor along.
TEST(LoopSources, ADestructorOfACallbackMayUseTheLoop) {
  struct meddler {
    event_loop* loop;
    int fd;
    int* gone;
    meddler(event_loop& l, int f, int& g) : loop(&l), fd(f), gone(&g) {}
    meddler(meddler&& o) noexcept
        : loop(std::exchange(o.loop, nullptr)), fd(o.fd), gone(o.gone) {}
    ~meddler() {
      if (loop) {
        ++*gone;
        loop->remove_reader(fd);
      }
    }
    void operator()() const {}
  };
  world w;
  fds p;
  int gone = 0;
  w.loop->add_reader(p.r, meddler(*w.loop, p.r, gone));
  w.loop->add_reader(p.r, meddler(*w.loop, p.r, gone)); // the first removes it
  EXPECT_EQ(gone, 2);
  EXPECT_FALSE(w.loop->remove_reader(p.r));
  w.loop->add_reader(p.r, meddler(*w.loop, p.r, gone));
  EXPECT_TRUE(w.loop->remove_reader(p.r));
  EXPECT_EQ(gone, 3);
}

TEST(LoopSources, RegularFilesCannotBeWatched) {
  world w;
  const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  EXPECT_THROW(w.loop->add_reader(fd, [] {}), std::system_error);
  close(fd);
}

TEST(LoopSources, OtherThreadsWakeTheLoop) {
  event_loop loop;
  int got = 0;
  std::thread t([&] {
    for (int i = 0; i < 1000; ++i)
      loop.call_soon_threadsafe([&] {
        if (++got == 1000)
          loop.stop();
      });
  });
  loop.run_forever();
  t.join();
  EXPECT_EQ(got, 1000);
}

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

TEST(LoopSources, SleepsAgainAfterAWakeUp) {
  event_loop loop;
  std::thread t([&] { loop.call_soon_threadsafe([] {}); });
  loop.call_later(30ms, [&] { loop.stop(); });
  loop.run_forever();
  t.join();
  const double before = cpu_seconds();
  loop.call_later(300ms, [&] { loop.stop(); });
  loop.run_forever();
  EXPECT_LT(cpu_seconds() - before, 0.1); // a loop that does not sleep takes 0.3
}

/// How often eventfds of this process were written to: nobody reads them.
std::uint64_t eventfd_writes() {
  std::uint64_t n = 0;
  for (int fd = 0; fd < 256; ++fd) {
    std::ifstream info("/proc/self/fdinfo/" + std::to_string(fd));
    for (std::string word; info >> word;)
      if (word == "eventfd-count:") {
        info >> std::hex >> word;
        n += std::stoull(word, nullptr, 16);
      }
  }
  return n;
}

TEST(LoopSources, ABusyLoopIsNotWoken) {
  event_loop loop;
  const std::uint64_t before = eventfd_writes();
  int got = 0;
  std::thread t([&] {
    for (int i = 0; i < 20'000; ++i)
      loop.call_soon_threadsafe([&] { ++got; });
  });
  loop.run_until_complete([](int& got) -> task<void> {
    while (got != 20'000)
      co_await yield_now();
  }(got));
  t.join();
  EXPECT_LE(eventfd_writes() - before, 2u);
}

// A main loop of somebody else's: it polls, and asks for one iteration.
TEST(LoopSources, ServesAForeignMainLoop) {
  event_loop loop;
  bool over = false;
  std::atomic<int> waits = 0;
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  std::thread other;
  loop.call_soon([&] {
    create_task([](event_loop& l, std::thread& other, std::atomic<int>& waits, int* ends, bool& over) -> task<void> {
      co_await yield_now();
      const auto start = l.time();
      co_await nostall::sleep(20ms);
      EXPECT_GE(l.time() - start, 20ms);
      async_event e;
      other = std::thread([&, before = waits.load()] {
        waits.wait(before); // until the main loop is about to wait
        l.call_soon_threadsafe([&] { e.set(); });
      });
      co_await e.wait();
      async_fd in(ends[0]);
      l.call_later(1ms, [ends] { EXPECT_EQ(write(ends[1], "x", 1), 1); });
      char c;
      EXPECT_EQ(co_await in.read_some(&c, 1), 1u);
      l.add_signal_handler(SIGUSR1, [&] { e.set(); });
      e.clear();
      l.call_later(1ms, [] { raise(SIGUSR1); });
      co_await e.wait();
      l.remove_signal_handler(SIGUSR1);
      over = true;
    }(loop, other, waits, ends, over)).detach();
  });
  while (!over && waits < 10'000) {
    pollfd p{loop.native_handle(), POLLIN, 0};
    int ms = -1;
    if (const auto due = loop.next_deadline())
      ms = std::max(0, static_cast<int>(
                           std::chrono::ceil<std::chrono::milliseconds>(*due - loop.time())
                               .count()));
    ++waits;
    waits.notify_all();
    poll(&p, 1, ms);
    loop.run_once();
  }
  EXPECT_TRUE(over);
  EXPECT_LT(waits, 200); // it waits, and does not spin
  other.join();
  close(ends[0]);
  close(ends[1]);
}

TEST(LoopSources, SignalsAreCallbacks) {
  world w;
  int got = 0;
  w.loop->add_signal_handler(SIGUSR1, [&] {
    ++got;
    w.loop->stop();
  });
  raise(SIGUSR1);
  w.loop->run_forever();
  EXPECT_EQ(got, 1);
  EXPECT_TRUE(w.loop->remove_signal_handler(SIGUSR1));
  EXPECT_FALSE(w.loop->remove_signal_handler(SIGUSR1));
  struct sigaction now {};
  sigaction(SIGUSR1, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
  EXPECT_THROW(w.loop->add_signal_handler(SIGKILL, [] {}), std::system_error);
}

} // namespace
} // namespace loop_sources_tests
