// Pipes, queues, shared memory, values and locks, between this process and others.

#include "process_support.h"

#include <csignal>
#include <latch>
#include <numeric>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace ipc_tests {
namespace {

struct Ipc : leaves_nothing {};

using text = std::string;

void shout(ipc_end<text> end) {
  while (auto s = end.receive_blocking())
    end.send_blocking(*s + "!");
}
/// The same on a loop of its own.
int shout_on_a_loop(ipc_end<text> end) {
  nostall::run([](ipc_end<text>& end) -> task<void> {
    while (auto s = co_await end.receive())
      co_await end.send(*s + "?");
  }(end));
  return 0;
}
void square(ipc_queue<int> in, ipc_queue<int> out) {
  for (int n; (n = in.get_blocking()) != 0;)
    out.put_blocking(n * n);
}
void fill(shared_memory m, int with) {
  for (std::byte& b : m.bytes())
    b = static_cast<std::byte>(with);
}
shared_memory make(std::size_t n) {
  shared_memory m(n);
  m.data()[0] = std::byte{9};
  return m;
}
void add_many(shared_value<long> v, int n) {
  for (int i = 0; i < n; ++i) {
    const auto locked = v.lock_blocking();
    const long before = *locked;
    *locked = before + 1;
  }
}
void lock_and_die(shared_array<int> a, ipc_end<int> end) {
  const auto locked = a.lock_blocking();
  locked[0] = 1;
  end.send_blocking(1);
  end.receive_blocking();
  raise(SIGKILL);
}
int lock_and_leave(ipc_mutex m, ipc_end<int> end) {
  const auto guard = m.lock_blocking();
  end.send_blocking(1);
  return end.receive_blocking().value_or(0);
}
int give_code(int n) { return n; }
void wait_for_ever(ipc_end<int> end) { end.receive_blocking(); }
int fails() { throw std::runtime_error("said on stderr"); }

} // namespace

TEST_F(Ipc, APipeCarriesMessagesBothWaysAndShowsItsEnd) {
  world w;
  w.run([]() -> task<void> {
    ipc_pipe<text> pipe;
    process p = process::start<shout>(std::move(pipe.second));
    EXPECT_FALSE(pipe.second.is_open());
    co_await pipe.first.send("a");
    EXPECT_EQ(co_await pipe.first.receive(), "a!");
    const text large(300'000, 'x');
    co_await pipe.first.send(large);
    EXPECT_EQ(co_await pipe.first.receive(), large + "!");
    p.kill();
    co_await p.wait();
    EXPECT_EQ(co_await pipe.first.receive(), std::nullopt);
    EXPECT_THROW(co_await pipe.first.send("b"), std::system_error);
  }());
}

TEST_F(Ipc, BothEndsMayBeOnLoops) {
  world w;
  w.run([]() -> task<void> {
    ipc_pipe<text> pipe;
    process p = process::start<shout_on_a_loop>(std::move(pipe.second));
    for (int i = 0; i < 50; ++i) {
      co_await pipe.first.send(std::to_string(i));
      EXPECT_EQ(co_await pipe.first.receive(), std::to_string(i) + "?");
    }
    pipe.first.close();
    EXPECT_TRUE((co_await p.wait()).success());
  }());
}

TEST_F(Ipc, AFullPipeSuspendsItsSenderAndLosesNothing) {
  world w;
  w.run([]() -> task<void> {
    ipc_pipe<std::vector<int>> pipe;
    constexpr int items = 200;
    auto sending = create_task([](ipc_end<std::vector<int>>& end) -> task<void> {
      for (int i = 0; i < items; ++i)
        co_await end.send(std::vector<int>(5000, i));
    }(pipe.first));
    co_await yield_now();
    EXPECT_FALSE(sending.done());
    for (int i = 0; i < items; ++i) {
      const auto item = co_await pipe.second.receive();
      EXPECT_EQ(item->at(4999), i);
    }
    co_await sending;
  }());
}

// A message that no packet can hold goes through memory, as long ones do.
TEST_F(Ipc, WhereOnlySmallPacketsAreAllowed) {
  ipc_pipe<std::vector<char>> p;
  int made_small = 0;
  for (int fd = 0; fd < 256; ++fd) {
    int type = 0;
    socklen_t size = sizeof type;
    const int least = 1;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET)
      made_small += setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least) == 0;
  }
  EXPECT_EQ(made_small, 2);
  nostall::run([](ipc_pipe<std::vector<char>>& p) -> task<void> {
    std::vector<char> sent(50'000);
    std::iota(sent.begin(), sent.end(), '\0');
    co_await p.first.send(sent);
    EXPECT_EQ(co_await p.second.receive(), sent);
  }(p));
}

TEST_F(Ipc, SendingToNobodyIsABrokenPipe) {
  world w;
  w.run([]() -> task<void> {
    for (const bool unread : {false, true}) {
      ipc_pipe<int> pipe;
      if (unread)
        co_await pipe.first.send(1);
      pipe.second.close();
      int error = 0;
      try {
        co_await pipe.first.send(2);
      } catch (const std::system_error& e) {
        error = e.code().value();
      }
      EXPECT_EQ(error, EPIPE) << unread;
    }
  }());
}

TEST_F(Ipc, WaitingOnAPipeSurvivesCancellationAndDestructionAnywhere) {
  survives_everywhere([]() -> task<void> {
    ipc_pipe<int> pipe;
    co_await with_task_group([&](task_group& g) -> task<void> {
      g.start([](ipc_end<int>& end) -> task<void> {
        co_await yield_now();
        co_await end.send(1);
      }(pipe.first));
      co_await pipe.second.receive();
    });
  });
}

TEST_F(Ipc, AQueueGivesEachItemToOne) {
  world w;
  w.run([]() -> task<void> {
    ipc_queue<int> in, out;
    process a = process::start<square>(in, out);
    process b = process::start<square>(in, out);
    for (int n = 1; n <= 100; ++n)
      co_await in.put(n);
    long sum = 0;
    for (int n = 1; n <= 100; ++n)
      sum += co_await out.get();
    EXPECT_EQ(sum, 338350);
    co_await in.put(0);
    co_await in.put(0);
    EXPECT_TRUE((co_await a.wait()).success());
    EXPECT_TRUE((co_await b.wait()).success());
  }());
}

TEST_F(Ipc, SeveralTasksMayWaitForOneQueue) {
  world w;
  w.run([]() -> task<void> {
    ipc_queue<int> q;
    auto a = create_task(q.get()), b = create_task(q.get());
    co_await yield_now();
    co_await q.put(1);
    co_await q.put(2);
    EXPECT_EQ(co_await a + co_await b, 3);
  }());
}

TEST_F(Ipc, SharedMemoryIsTheSameBytes) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    shared_memory m(100'000);
    EXPECT_EQ(m.data()[5], std::byte{0});
    co_await pool.run<fill>(m, 7);
    EXPECT_EQ(m.bytes().back(), std::byte{7});
    const shared_memory again = m.share();
    m.data()[0] = std::byte{1};
    EXPECT_EQ(again.data()[0], std::byte{1});
    const shared_memory made = co_await pool.run<make>(std::size_t{10});
    EXPECT_EQ(made.data()[0], std::byte{9});
    co_await pool.shutdown();
  }());
}

TEST_F(Ipc, AValueIsLockedByOneProcessAtATime) {
  world w;
  w.run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 2});
    shared_value<long> v(0);
    constexpr int n = 2000;
    auto a = create_task(pool.run<add_many>(v, n));
    auto b = create_task(pool.run<add_many>(v, n));
    for (int i = 0; i < n; ++i) {
      auto locked = co_await v.lock();
      const long before = *locked;
      *locked = before + 1;
    }
    co_await a;
    co_await b;
    EXPECT_EQ(v.load(), 3 * n);
    co_await pool.shutdown();
  }());
}

TEST_F(Ipc, TasksAndThreadsOfOneProcessExcludeEachOther) {
  world w;
  w.run([]() -> task<void> {
    ipc_mutex m;
    auto held = co_await m.lock();
    EXPECT_FALSE(m.try_lock().has_value());
    bool got = false;
    auto other = create_task([](ipc_mutex& m, bool& got) -> task<void> {
      const auto g = co_await m.lock();
      EXPECT_FALSE(g.recovered());
      got = true;
    }(m, got));
    ipc_mutex handle = m.share();
    std::jthread thread([&handle] { const auto g = handle.lock_blocking(); });
    co_await yield_now();
    co_await yield_now();
    EXPECT_FALSE(got);
    held.unlock();
    co_await other;
    EXPECT_TRUE(got);
  }());
}

TEST_F(Ipc, ADeadOwnersLockIsRecoveredAndSaid) {
  world w;
  w.run([]() -> task<void> {
    shared_array<int> a(3);
    ipc_pipe<int> pipe;
    process p = process::start<lock_and_die>(a, std::move(pipe.second));
    co_await pipe.first.receive();
    auto waiting = create_task([](shared_array<int>& a) -> task<void> {
      const auto locked = co_await a.lock(); // suspended: the owner lives
      EXPECT_TRUE(locked.recovered());
      EXPECT_EQ(locked[0], 1);
    }(a));
    co_await yield_now();
    EXPECT_FALSE(waiting.done());
    co_await pipe.first.send(1);
    co_await waiting;
    EXPECT_EQ((co_await p.wait()).signal, SIGKILL);
    const auto again = co_await a.lock();
    EXPECT_FALSE(again.recovered());
  }());
}

TEST_F(Ipc, AnOwnerThatWasReapedLongAgoIsDead) {
  world w;
  w.run([]() -> task<void> {
    ipc_mutex m;
    {
      ipc_pipe<int> pipe;
      process p = process::start([](ipc_mutex n, ipc_end<int> end) {
        const auto g = n.lock_blocking();
        end.send_blocking(1);
        raise(SIGKILL);
      }, m, std::move(pipe.second));
      co_await pipe.first.receive();
      co_await p.wait();
    }
    EXPECT_TRUE(m.lock_blocking().recovered());
  }());
}

TEST_F(Ipc, AnUnlockInAnotherProcessWakesTheTask) {
  world w;
  w.run([]() -> task<void> {
    ipc_mutex m;
    ipc_pipe<int> pipe;
    process p = process::start<lock_and_leave>(m, std::move(pipe.second));
    co_await pipe.first.receive();
    auto waiting = create_task([](ipc_mutex& m) -> task<bool> {
      const auto g = co_await m.lock();
      co_return g.recovered();
    }(m));
    co_await yield_now();
    co_await pipe.first.send(5);
    EXPECT_FALSE(co_await waiting);
    EXPECT_EQ(co_await p.wait(), (exit_status{5, 0}));
  }());
}

TEST_F(Ipc, WaitingForALockSurvivesCancellationAndDestructionAnywhere) {
  survives_everywhere([]() -> task<void> {
    ipc_mutex m;
    co_await with_task_group([&](task_group& g) -> task<void> {
      g.start([](ipc_mutex::guard held) -> task<void> {
        co_await yield_now();
        held.unlock();
      }(co_await m.lock()));
      const auto again = co_await m.lock();
    });
  });
}

TEST_F(Ipc, AProcessSaysHowItEnded) {
  world w;
  w.run([]() -> task<void> {
    process a = process::start<give_code>(7);
    process b = process::start([] {});
    process c = process::start<fails>();
    EXPECT_EQ(co_await a.wait(), (exit_status{7, 0}));
    EXPECT_TRUE((co_await b.wait()).success());
    EXPECT_EQ(c.wait_blocking(), (exit_status{1, 0}));
    EXPECT_EQ(c.status(), (exit_status{1, 0}));
    ipc_pipe<int> pipe;
    process d = process::start<wait_for_ever>(std::move(pipe.second));
    EXPECT_EQ(d.status(), std::nullopt);
    auto first = create_task(d.wait()), second = create_task(d.wait());
    co_await yield_now();
    first.cancel();
    co_await first.join();
    EXPECT_TRUE(first.cancelled());
    d.kill();
    EXPECT_EQ(co_await second, (exit_status{0, SIGKILL}));
    // One that is dropped is killed and reaped: the fixture counts.
    ipc_pipe<int> other;
    const process e = process::start<wait_for_ever>(std::move(other.second));
  }());
}

} // namespace ipc_tests
