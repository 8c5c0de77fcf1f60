// async_fd and add_reader where the kernel has its own ideas: half-closed peers,
// sockets that are not connected, wrong use, refused system calls, SIGPIPE.

#include "child_support.h"
#include "descriptor_support.h"

#include <nostall/async_fd.h>
#include <nostall/error.h>
#include <nostall/timeout.h>

#include <arpa/inet.h>
#include <csignal>
#include <climits>
#include <optional>
#include <system_error>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace descriptor_edges_tests {
namespace {

using namespace descriptor_tests;

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

} // namespace
} // namespace descriptor_edges_tests
