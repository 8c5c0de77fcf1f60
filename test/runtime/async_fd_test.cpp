// async_fd: sockets and pipes without a registration a wait.

#include "support.h"

#include <nostall/async_fd.h>
#include <nostall/gather.h>
#include <nostall/timeout.h>

#include <algorithm>
#include <fcntl.h>
#include <memory>
#include <span>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace {

struct pair {
  int a, b;
  pair() {
    int s[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s))
      std::abort();
    a = s[0];
    b = s[1];
  }
  void close_b() { close(std::exchange(b, -1)); }
  ~pair() {
    close(a);
    if (b >= 0)
      close(b);
  }
};

TEST(AsyncFd, EchoesUntilTheEnd) {
  world w;
  w.run([]() -> task<void> {
    pair p;
    auto server = create_task([](int fd) -> task<int> {
      async_fd s(fd);
      char buffer[16];
      int rounds = 0;
      while (const std::size_t n = co_await s.read_some(buffer, sizeof buffer)) {
        co_await s.write_all(buffer, n);
        ++rounds;
      }
      co_return rounds;
    }(p.a));
    {
      async_fd c(p.b);
      char got[8];
      for (int i = 0; i < 100; ++i) {
        co_await c.write_all("ping", 4);
        EXPECT_EQ(co_await c.read_some(got, sizeof got), 4u);
      }
    }
    p.close_b();
    EXPECT_EQ(co_await server, 100);
  }());
}

TEST(AsyncFd, LargeWritesWaitForRoom) {
  world w;
  w.run([]() -> task<void> {
    pair p;
    const std::string big(4 << 20, 'x');
    auto write = [](int fd, const std::string& s) -> task<void> {
      async_fd f(fd);
      co_await f.write_all(s.data(), s.size());
    };
    auto read = [](int fd, std::size_t want) -> task<std::size_t> {
      async_fd f(fd);
      std::vector<char> buffer(65536);
      std::size_t got = 0;
      while (got < want)
        got += co_await f.read_some(buffer.data(), buffer.size());
      co_return got;
    };
    auto [done, n] = co_await gather(write(p.a, big), read(p.b, big.size()));
    EXPECT_EQ(n, big.size());
    (void)done;
  }());
}

TEST(AsyncFd, WriteSomeWritesWhatFits) {
  world w;
  w.run([]() -> task<void> {
    pair p;
    async_fd a(p.a), b(p.b);
    const std::string big(4 << 20, 'x');
    const std::size_t n = co_await a.write_some(std::as_bytes(std::span(big)));
    EXPECT_GT(n, 0u);
    EXPECT_LT(n, big.size());
    auto rest = create_task(a.write_some(big.data(), big.size()));
    co_await yield_now();
    co_await yield_now();
    EXPECT_FALSE(rest.done());
    // It has written nothing, but it is its turn.
    EXPECT_THROW(co_await a.write_some("y", 1), usage_error);
    EXPECT_THROW(co_await a.write_all("y", 1), usage_error);
    std::vector<char> got(big.size());
    std::size_t received = 0;
    while (received < n)
      received += co_await b.read_some(got.data(), got.size());
    EXPECT_GT(co_await rest, 0u);
    auto all = create_task(a.write_all(big.data(), big.size()));
    co_await yield_now();
    EXPECT_THROW(co_await a.write_some("y", 1), usage_error);
    all.cancel();
    co_await all.join();
    EXPECT_EQ(std::count(got.begin(), got.end(), 'y'), 0);
  }());
}

TEST(AsyncFd, ACancelledWriteSomeHasWrittenNothing) {
  world w;
  w.run([]() -> task<void> {
    pair p;
    async_fd a(p.a);
    std::string block(65536, 'x');
    std::size_t full = 0;
    for (ssize_t n; (n = send(p.a, block.data(), block.size(), MSG_DONTWAIT)) > 0;)
      full += static_cast<std::size_t>(n);
    auto h = create_task(a.write_some("y", 1));
    co_await yield_now();
    co_await yield_now();
    h.cancel();
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
    std::size_t got = 0;
    for (ssize_t n; (n = recv(p.b, block.data(), block.size(), MSG_DONTWAIT)) > 0;)
      got += static_cast<std::size_t>(n);
    EXPECT_EQ(got, full);
    EXPECT_EQ(co_await a.write_some("y", 1), 1u); // there is room again
  }());
}

TEST(AsyncFd, AnEmptyBufferIsFilledAtOnce) {
  world w;
  w.run([]() -> task<void> {
    char one = 0;
    pair p;
    async_fd reader(p.a);
    EXPECT_EQ(co_await reader.read_some(&one, 0), 0u); // before anything is known
    EXPECT_FALSE(co_await try_wait_for(reader.read_some(&one, 1), 1ms));
    EXPECT_EQ(co_await reader.read_some(std::span<std::byte>()), 0u); // known: nothing is there
    {
      async_fd writer(p.b);
      co_await writer.write_all("x", 1);
    }
    EXPECT_EQ(co_await reader.read_some(&one, 0), 0u);
    EXPECT_EQ(co_await reader.read_some(&one, 1), 1u); // is still there
    p.close_b();
    EXPECT_EQ(co_await reader.read_some(&one, 1), 0u);
    EXPECT_EQ(co_await reader.read_some(&one, 0), 0u);

    bool others_run = false;
    auto other = create_task([](bool& run) -> task<void> {
      run = true;
      co_return;
    }(others_run));
    for (int i = 0; i < 100'000 && !others_run; ++i)
      co_await reader.read_some(&one, 0);
    EXPECT_TRUE(others_run); // the budget holds for what never waits
    co_await other;
  }());
}

TEST(AsyncFd, AnEmptyBufferTakesNoDatagram) {
  world w;
  w.run([]() -> task<void> {
    int s[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s), 0);
    {
      async_fd a(s[0]), b(s[1]);
      co_await b.write_some("letter", 6);
      char got[8];
      EXPECT_EQ(co_await a.read_some(got, 0), 0u);
      EXPECT_EQ(co_await a.read_some(got, sizeof got), 6u);
      co_await b.write_some("", 0); // an empty one is one, too
      co_await b.write_some("z", 1);
      EXPECT_EQ(co_await a.read_some(got, sizeof got), 0u);
      EXPECT_EQ(co_await a.read_some(got, sizeof got), 1u);
    }
    close(s[0]);
    close(s[1]);
  }());
}

TEST(AsyncFd, NothingToWriteNeedsNoRoom) {
  world w;
  w.run([]() -> task<void> {
    pair p;
    async_fd writer(p.a);
    char block[4096]{};
    while (co_await try_wait_for(writer.write_some(block, sizeof block), 1ms)) {
    }
    EXPECT_EQ(co_await writer.write_some(block, 0), 0u);
    co_await writer.write_all(block, 0);
  }());
}

TEST(AsyncFd, ABrokenPeerIsAnException) {
  world w;
  w.run([]() -> task<void> {
    pair p;
    async_fd f(p.a);
    p.close_b();
    EXPECT_THROW(co_await f.write_all("x", 1), std::system_error); // no SIGPIPE
    EXPECT_THROW(co_await f.write_some("x", 1), std::system_error);
    char c;
    EXPECT_EQ(co_await f.read_some(&c, 1), 0u);
    EXPECT_EQ(co_await f.read_some(&c, 1), 0u);
  }());
}

TEST(AsyncFd, AnErrorCanBeToldInsteadOfThrown) {
  world w;
  w.run([]() -> task<void> {
    const std::string large(1 << 22, 'x');
    for (const bool gone : {false, true}) {
      pair p;
      auto f = std::make_unique<async_fd>(p.a);
      std::error_code read, written = std::make_error_code(std::errc::io_error);
      char c;
      EXPECT_EQ(co_await f->write_some("ab", 2, written), 2u);
      EXPECT_FALSE(written);
      EXPECT_FALSE(co_await try_wait_for(f->read_some(&c, 1, read), 1ms));
      auto reads = create_task(f->read_some(&c, 1, read));
      auto writes = create_task(f->write_all(large.data(), large.size(), written));
      co_await yield_now();
      co_await yield_now();
      if (gone)
        f.reset();
      else
        p.close_b(); // with bytes that nobody has read
      EXPECT_EQ(co_await reads, 0u);
      co_await writes;
      if (gone) {
        EXPECT_EQ(read, std::errc::bad_file_descriptor);
        EXPECT_EQ(written, std::errc::bad_file_descriptor);
        continue;
      }
      EXPECT_EQ(read, std::errc::connection_reset);
      EXPECT_TRUE(written == std::errc::broken_pipe || written == std::errc::connection_reset);
      EXPECT_EQ(co_await f->write_some("x", 1, written), 0u);
      EXPECT_EQ(written, std::errc::broken_pipe);
      written.clear();
      co_await f->write_all("x", 1, written);
      EXPECT_EQ(written, std::errc::broken_pipe);
    }
  }());
}

TEST(AsyncFd, ReadableAndWritable) {
  world w;
  w.run([]() -> task<void> {
    int p[2];
    EXPECT_EQ(pipe2(p, O_NONBLOCK | O_CLOEXEC), 0);
    {
      async_fd r(p[0]), o(p[1]);
      co_await o.writable();
      r.not_readable();
      auto h = create_task([](async_fd& f) -> task<void> {
        co_await f.readable();
      }(r));
      co_await yield_now();
      co_await yield_now();
      EXPECT_FALSE(h.done());
      EXPECT_THROW(co_await r.readable(), usage_error); // one a direction
      co_await o.write_all("x", 1);
      co_await h;
      char c;
      EXPECT_EQ(co_await r.read_some(&c, 1), 1u);
    }
    close(p[0]);
    close(p[1]);
  }());
}

TEST(AsyncFd, WrongUse) {
  EXPECT_THROW(async_fd{0}, usage_error);
  world w;
  w.run([]() -> task<void> {
    EXPECT_THROW(async_fd{-1}, std::system_error);
    co_return;
  }());
}

TEST(AsyncFd, SurvivesEverywhere) {
  EXPECT_GT(survives_everywhere([]() -> task<void> {
              pair p;
              async_fd a(p.a), b(p.b);
              char c;
              auto send = [](async_fd& f) -> task<void> {
                co_await sleep(1ms);
                co_await f.write_all("x", 1);
              };
              auto receive = [](async_fd& f, char& x) -> task<void> {
                co_await f.read_some(&x, 1);
                f.not_writable();
                co_await sleep(1ms);
              };
              co_await gather(send(a), receive(b, c));
            }),
            3);
}

} // namespace
