// async_fd and add_reader where the kernel has its own ideas: half-closed peers,
// messages, descriptors that go away, refused system calls, SIGPIPE.

#include "child_support.h"
#include "support.h"

#include <nostall/async_fd.h>
#include <nostall/error.h>
#include <nostall/timeout.h>

#include <arpa/inet.h>
#include <csignal>
#include <climits>
#include <optional>
#include <thread>
#include <utility>
#include <system_error>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>
#include <fcntl.h>
#include <memory>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

struct ends {
  int a = -1, b = -1;
  explicit ends(int type, int family = AF_UNIX) {
    int s[2];
    if (socketpair(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s))
      std::abort();
    a = s[0];
    b = s[1];
  }
  ~ends() {
    for (int fd : {a, b})
      if (fd >= 0)
        close(fd);
  }
};

task<std::error_code> read_error(async_fd& f) {
  char c;
  try {
    co_await f.read_some(&c, 1);
  } catch (const std::system_error& e) {
    co_return e.code();
  }
  co_return std::error_code();
}

const std::error_code bad(EBADF, std::generic_category());

// A peer that sends no more may still read: writing waits for room, and the loop is free.
TEST(DescriptorEdges, AHalfClosedPeerIsWrittenToWithoutSpinning) {
  event_loop loop;
  loop.run_until_complete([]() -> task<void> {
    ends p(SOCK_STREAM);
    const std::string big(4 << 20, 'x');
    shutdown(p.b, SHUT_WR);
    async_fd server(p.a);
    char c;
    EXPECT_EQ(co_await server.read_some(&c, 1), 0u);
    EXPECT_THROW(co_await wait_for(server.write_all(big.data(), big.size()), 20ms),
                 timeout_error);
    int turns = 0;
    auto reader = create_task([](int fd, int& n) -> task<std::size_t> {
      async_fd client(fd);
      std::vector<char> buffer(65536);
      std::size_t got = 0;
      while (const auto k = co_await client.read_some(buffer.data(), buffer.size())) {
        got += k;
        ++n;
      }
      co_return got;
    }(p.b, turns));
    co_await server.write_all(big.data(), big.size());
    shutdown(p.a, SHUT_WR);
    EXPECT_GE(co_await reader, big.size());
    EXPECT_GT(turns, 1);
  }());
}

TEST(DescriptorEdges, MessagesThatComeTogetherAreAllRead) {
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
TEST(DescriptorEdges, ATerminalGivesALineAtATimeAndEndsWithItsOtherEnd) {
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

TEST(DescriptorEdges, APacketPipeKeepsItsPackets) {
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

// The kernel calls a socket hung up until it is connected.
TEST(DescriptorEdges, ASocketIsRegisteredBeforeItIsConnected) {
  event_loop loop;
  loop.run_until_complete([]() -> task<void> {
    const int l = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    EXPECT_EQ(bind(l, reinterpret_cast<sockaddr*>(&at), size), 0);
    getsockname(l, reinterpret_cast<sockaddr*>(&at), &size);
    const int c = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int server = -1;
    {
      async_fd listening(l), client(c);
      co_await sleep(1ms); // both have been reported as hung up
      listening.not_readable();
      client.not_writable();
      EXPECT_THROW(co_await wait_for(
                       [](async_fd& f) -> task<void> { co_await f.writable(); }(client),
                       5ms),
                   timeout_error);
      EXPECT_EQ(listen(l, 1), 0);
      if (connect(c, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) {
        EXPECT_EQ(errno, EINPROGRESS);
        client.not_writable();
        co_await client.writable();
      }
      while ((server = accept4(l, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) < 0) {
        listening.not_readable();
        co_await listening.readable();
      }
      co_await client.write_all("hello", 5);
      async_fd s(server);
      char buffer[16];
      EXPECT_EQ(co_await s.read_some(buffer, sizeof buffer), 5u);
    }
    for (int fd : {l, c, server})
      close(fd);
  }());
}

TEST(DescriptorEdges, DestroyedWhileATaskWaits) {
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

TEST(DescriptorEdges, DestroyedWhileAMessageIsWritten) {
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

TEST(DescriptorEdges, ClosedBehindItsBackWhileATaskWaits) {
  event_loop loop;
  loop.run_until_complete([]() -> task<void> {
    ends p(SOCK_STREAM);
    async_fd f(p.a);
    auto h = create_task(read_error(f));
    co_await yield_now();
    co_await yield_now();
    close(std::exchange(p.a, -1));
    EXPECT_EQ(co_await h, bad);
    EXPECT_EQ(co_await read_error(f), bad);
  }());
}

TEST(DescriptorEdges, ANumberThatIsUsedAgainEndsTheOldWait) {
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
TEST(DescriptorEdges, ADuplicateThatLivesOnIsNotTouched) {
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

TEST(DescriptorEdges, TheLoopMayGoFirst) {
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

TEST(DescriptorEdges, ABlockingDescriptorIsRefused) {
  world w;
  w.run([]() -> task<void> {
    int p[2];
    EXPECT_EQ(pipe2(p, O_CLOEXEC), 0);
    try {
      async_fd f(p[0]);
      ADD_FAILURE() << "accepted";
    } catch (const usage_error& e) {
      EXPECT_NE(std::string(e.what()).find("O_NONBLOCK"), std::string::npos);
    }
    close(p[0]);
    close(p[1]);
    co_return;
  }());
}

TEST(DescriptorEdges, APipeWithoutAReaderRaisesNoSignal) {
  world w;
  w.run([]() -> task<void> {
    int p[2];
    EXPECT_EQ(pipe2(p, O_NONBLOCK | O_CLOEXEC), 0);
    close(p[0]);
    {
      async_fd f(p[1]);
      EXPECT_THROW(co_await f.write_all("x", 1), std::system_error);
    }
    close(p[1]);
    sigset_t pending;
    sigpending(&pending);
    EXPECT_FALSE(sigismember(&pending, SIGPIPE));
  }());
}

TEST(DescriptorEdges, AMessageIsNotInterrupted) {
  world w;
  w.run([]() -> task<void> {
    ends p(SOCK_STREAM);
    const std::string big(4 << 20, 'x');
    async_fd f(p.a);
    auto h = create_task(f.write_all(big.data(), big.size()));
    co_await yield_now();
    co_await yield_now();
    std::vector<char> some(1 << 20);
    EXPECT_GT(recv(p.b, some.data(), some.size(), 0), 0); // there would be room now
    EXPECT_THROW(co_await f.write_all("y", 1), usage_error);
    h.cancel();
    co_await h.join();
    co_await f.write_all("", 0); // the direction is free again
  }());
}

TEST(DescriptorEdges, ANumberThatIsNoDescriptorIsAnErrorAndTakesNoMemory) {
  world w;
  for (const int fd : {-1, 500'000'000, INT_MAX})
    w.run([](int fd) -> task<void> {
      EXPECT_THROW(async_fd{fd}, std::system_error);
      EXPECT_THROW(get_running_loop().add_reader(fd, [] {}), std::system_error);
      EXPECT_THROW(get_running_loop().add_writer(fd, [] {}), std::system_error);
      EXPECT_FALSE(get_running_loop().remove_reader(fd));
      co_return;
    }(fd));
}

TEST(DescriptorEdges, AwaitedOnAnotherLoopIsToldSo) {
  ends p(SOCK_STREAM);
  world one, two;
  std::optional<async_fd> f;
  one.run([](std::optional<async_fd>& f, int fd) -> task<void> {
    f.emplace(fd);
    co_return;
  }(f, p.a));
  two.run([](async_fd& f) -> task<void> {
    char c = 'x';
    EXPECT_TRUE(co_await throws<usage_error>(wait_for(f.read_some(&c, 1), 1s)));
    f.not_readable();
    EXPECT_TRUE(co_await throws<usage_error>(wait_for(f.readable(), 1s)));
    co_await f.write_some(&c, 1); // what need not wait
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

TEST(DescriptorEdges, ClosedByAThreadWhileTheLoopSleeps) {
  EXPECT_EQ(error_of_a_wait([](ends& p) { close(std::exchange(p.a, -1)); }), EBADF);
  EXPECT_EQ(error_of_a_wait([](ends& p) { // the number becomes that of a regular file
              const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
              dup2(file, p.a);
              close(file);
            }),
            EBADF);
}

/// Runs `body` in a child where a system call fails; 77 without seccomp.
template <class F> int with_refused(int call, int error, F body) {
  return in_a_child([&] { return refuse_call(call, error) ? body() : 77; });
}

// What an old container says to a call that it does not know.
TEST(DescriptorEdges, EpollPwait2MayBeRefused) {
  for (const int error : {EPERM, ENOSYS, EINVAL}) {
    const int r = with_refused(SYS_epoll_pwait2, error, [] {
      event_loop loop;
      return loop.run_until_complete([]() -> task<int> {
        ends p(SOCK_STREAM);
        async_fd f(p.a);
        get_running_loop().call_later(50ms, [fd = p.b] {
          [[maybe_unused]] const auto n = send(fd, "x", 1, 0);
        });
        char c;
        const auto n = co_await f.read_some(&c, 1);
        co_await sleep(10ms);
        co_return n == 1 ? 0 : 1;
      }());
    });
    if (r == 77)
      GTEST_SKIP() << "no seccomp here";
    EXPECT_EQ(r, 0) << error;
  }
}

TEST(DescriptorEdges, SigtimedwaitMayBeRefused) {
  const int r = with_refused(SYS_rt_sigtimedwait, EPERM, [] {
    std::signal(SIGPIPE, SIG_DFL);
    event_loop loop;
    return loop.run_until_complete([]() -> task<int> {
      int p[2];
      if (pipe2(p, O_NONBLOCK | O_CLOEXEC) != 0)
        co_return 2;
      close(p[0]);
      async_fd f(p[1]);
      int broken = 0;
      for (int i = 0; i < 2; ++i)
        try {
          co_await f.write_some("x", 1);
        } catch (const std::system_error& e) {
          broken += e.code().value() == EPIPE;
        }
      co_return broken == 2 ? 0 : 1;
    }());
  });
  if (r == 77)
    GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(r, 0);
}

// A loop that never sleeps notices it as well.
TEST(DescriptorEdges, ClosedBehindABusyLoop) {
  event_loop loop;
  loop.run_until_complete([]() -> task<void> {
    ends p(SOCK_STREAM);
    async_fd f(p.a);
    auto h = create_task(read_error(f));
    co_await yield_now();
    co_await yield_now();
    close(std::exchange(p.a, -1));
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (!h.done() && std::chrono::steady_clock::now() < give_up)
      co_await yield_now();
    EXPECT_TRUE(h.done());
    EXPECT_EQ(co_await wait_for(h, 10s), bad);
  }());
}

// What is no stream: counters, timers, signals, names. Each reading is one event, or some.
template <class T> task<T> read_one(async_fd& f) {
  T value{};
  EXPECT_EQ(co_await f.read_some(&value, sizeof value), sizeof value);
  co_return value;
}

TEST(DescriptorEdges, ACounterGivesEachOfItsEventsAndHasRoomAgain) {
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

TEST(DescriptorEdges, ATimerTicksAgainAndAgain) {
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

TEST(DescriptorEdges, NamesThatAppearAreAllRead) {
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
TEST(DescriptorEdges, ANamedPipeMayHaveAnotherWriter) {
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
TEST(DescriptorEdges, ADatagramThatNobodyTookIsOneError) {
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
