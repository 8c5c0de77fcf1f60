// What async_fd reads of what is no stream: messages, lines, packets, counters, timers,
// names, datagrams.

#include "descriptor_support.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <string>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

namespace descriptor_kinds_tests {
namespace {

using namespace descriptor_tests;

TEST(DescriptorKinds, MessagesThatComeTogetherAreAllRead) {
  for (int type : {SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM}) {
    world w;
    w.run([](int t) -> task<void> {
      ends p(t);
      async_fd a(p.a);
      auto reader = create_task([](async_fd& f) -> task<std::string> {
        std::string all;
        char buffer[100];
        while (all.size() < 6)
          all.append(buffer, co_await f.read_some(buffer, sizeof buffer));
        co_return all;
      }(a));
      co_await yield_now();
      co_await yield_now();
      EXPECT_EQ(send(p.b, "one", 3, 0), 3);
      EXPECT_EQ(send(p.b, "two", 3, 0), 3);
      EXPECT_EQ(co_await reader, "onetwo");
    }(type));
  }
}

// A read gives one line, however many there are and however large the buffer.
TEST(DescriptorKinds, ATerminalGivesALineAtATimeAndEndsWithItsOtherEnd) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0)
    GTEST_SKIP() << "no terminals here";
  ASSERT_EQ(grantpt(master), 0);
  ASSERT_EQ(unlockpt(master), 0);
  const int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(slave, 0);
  event_loop loop;
  loop.run_until_complete([](int keyboard, int s) -> task<void> {
    async_fd terminal(s);
    auto lines = create_task([](async_fd& t) -> task<std::string> {
      std::string all;
      char buffer[100];
      for (int i = 0; i < 3; ++i)
        all.append(buffer, co_await t.read_some(buffer, sizeof buffer)).append(";");
      co_return all;
    }(terminal));
    co_await yield_now(); // it waits
    std::optional<async_fd> keys(std::in_place, keyboard);
    co_await keys->write_all("one\ntwo\nthree\n", 14);
    EXPECT_EQ(co_await lines, "one\n;two\n;three\n;");

    auto end = create_task([](async_fd& t) -> task<bool> {
      char c;
      try {
        co_return co_await t.read_some(&c, 1) == 0;
      } catch (const std::system_error& e) {
        co_return e.code().value() == EIO;
      }
    }(terminal));
    co_await yield_now();
    keys.reset();
    close(keyboard);
    EXPECT_TRUE(co_await end);
  }(master, slave));
  close(slave);
}

TEST(DescriptorKinds, APacketPipeKeepsItsPackets) {
  world w;
  w.run([]() -> task<void> {
    int p[2];
    EXPECT_EQ(pipe2(p, O_NONBLOCK | O_CLOEXEC | O_DIRECT), 0);
    {
      async_fd r(p[0]);
      EXPECT_EQ(write(p[1], "a", 1), 1);
      EXPECT_EQ(write(p[1], "b", 1), 1);
      char buffer[64];
      EXPECT_EQ(co_await r.read_some(buffer, sizeof buffer), 1u);
      EXPECT_EQ(co_await r.read_some(buffer, sizeof buffer), 1u);
      EXPECT_EQ(buffer[0], 'b');
    }
    close(p[0]);
    close(p[1]);
  }());
}

// What is no stream: counters, timers, signals, names. Each reading is one event, or some.
template <class T> task<T> read_one(async_fd& f) {
  T value{};
  EXPECT_EQ(co_await f.read_some(&value, sizeof value), sizeof value);
  co_return value;
}

TEST(DescriptorKinds, ACounterGivesEachOfItsEventsAndHasRoomAgain) {
  const int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC | EFD_SEMAPHORE);
  world w;
  w.run([](int fd) -> task<void> {
    async_fd f(fd);
    auto h = create_task([](async_fd& f) -> task<int> {
      int n = 0;
      while (n < 5)
        n += static_cast<int>(co_await read_one<std::uint64_t>(f));
      co_return n;
    }(f));
    co_await yield_now();
    const std::uint64_t five = 5, most = ~std::uint64_t{0} - 1, one = 1;
    co_await f.write_all(&five, sizeof five);
    EXPECT_EQ(co_await h, 5);
    co_await f.write_all(&most, sizeof most);
    auto full = create_task(f.write_all(&one, sizeof one));
    co_await yield_now();
    co_await yield_now();
    EXPECT_FALSE(full.done());
    EXPECT_EQ(co_await read_one<std::uint64_t>(f), 1u);
    co_await full;
  }(fd));
  close(fd);
}

TEST(DescriptorKinds, ATimerTicksAgainAndAgain) {
  const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  const itimerspec often{{0, 100'000}, {0, 100'000}};
  ASSERT_EQ(timerfd_settime(fd, 0, &often, nullptr), 0);
  run([](int fd) -> task<void> {
    async_fd f(fd);
    for (std::uint64_t ticks = 0; ticks < 20;)
      ticks += co_await read_one<std::uint64_t>(f);
  }(fd));
  close(fd);
}

TEST(DescriptorKinds, NamesThatAppearAreAllRead) {
  char folder[] = "/tmp/nostall-names-XXXXXX";
  ASSERT_TRUE(mkdtemp(folder));
  const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  ASSERT_GE(inotify_add_watch(fd, folder, IN_CREATE), 0);
  run([](int fd, std::string in) -> task<void> {
    async_fd f(fd);
    auto h = create_task([](async_fd& f) -> task<int> {
      alignas(inotify_event) char room[sizeof(inotify_event) + 16]; // for one
      int n = 0;
      for (; n < 4; ++n)
        EXPECT_GT(co_await f.read_some(room, sizeof room), 0u);
      co_return n;
    }(f));
    co_await yield_now();
    for (const char* name : {"/a", "/b", "/c", "/d"})
      EXPECT_EQ(mkdir((in + name).c_str(), 0700), 0);
    EXPECT_EQ(co_await h, 4);
    for (const char* name : {"/a", "/b", "/c", "/d"})
      rmdir((in + name).c_str());
  }(fd, folder));
  close(fd);
  rmdir(folder);
}

// A named pipe ends with its last writer, and begins again with the next.
TEST(DescriptorKinds, ANamedPipeMayHaveAnotherWriter) {
  char folder[] = "/tmp/nostall-pipe-XXXXXX";
  ASSERT_TRUE(mkdtemp(folder));
  const std::string name = std::string(folder) + "/p";
  ASSERT_EQ(mkfifo(name.c_str(), 0600), 0);
  const int fd = open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  world w;
  w.run([](int fd, std::string name) -> task<void> {
    async_fd f(fd);
    char c[8];
    EXPECT_EQ(co_await f.read_some(c, sizeof c), 0u); // nobody yet
    for (int round = 0; round < 3; ++round) {
      const int writer = open(name.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
      auto h = create_task([](async_fd& f) -> task<std::size_t> {
        char c[8];
        co_return co_await f.read_some(c, sizeof c);
      }(f));
      co_await yield_now();
      co_await yield_now();
      EXPECT_FALSE(h.done()) << round;
      EXPECT_EQ(write(writer, "abc", 3), 3);
      EXPECT_EQ(co_await h, 3u);
      close(writer);
      EXPECT_EQ(co_await f.read_some(c, sizeof c), 0u);
    }
  }(fd, name));
  close(fd);
  unlink(name.c_str());
  rmdir(folder);
}

// "Connection refused" of a datagram is the error of one call, and of no other.
TEST(DescriptorKinds, ADatagramThatNobodyTookIsOneError) {
  auto bound = [](sockaddr_in& a) {
    const int s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    socklen_t size = sizeof a;
    EXPECT_EQ(bind(s, reinterpret_cast<sockaddr*>(&a), size), 0);
    EXPECT_EQ(getsockname(s, reinterpret_cast<sockaddr*>(&a), &size), 0);
    return s;
  };
  sockaddr_in peer{}, own{};
  peer.sin_family = own.sin_family = AF_INET;
  peer.sin_addr.s_addr = own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  close(bound(peer));
  const int s = bound(own);
  ASSERT_EQ(connect(s, reinterpret_cast<sockaddr*>(&peer), sizeof peer), 0);
  world w;
  w.run([](int s, sockaddr_in peer, sockaddr_in own, auto bound) -> task<void> {
    async_fd f(s);
    EXPECT_EQ(co_await f.write_some("x", 1), 1u);
    EXPECT_EQ(co_await read_error(f), std::error_code(ECONNREFUSED, std::generic_category()));
    const int other = bound(peer);
    auto h = create_task(read_error(f));
    co_await yield_now();
    co_await yield_now();
    EXPECT_FALSE(h.done());
    EXPECT_EQ(sendto(other, "y", 1, 0, reinterpret_cast<sockaddr*>(&own), sizeof own), 1);
    EXPECT_EQ(co_await h, std::error_code());
    EXPECT_EQ(co_await f.write_some("z", 1), 1u);
    close(other);
  }(s, peer, own, bound));
  close(s);
}

} // namespace
} // namespace descriptor_kinds_tests
