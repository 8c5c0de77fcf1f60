// What a child of fork has of its parent's processes: copies.

#include "child_support.h"
#include "process_support.h"

#include <atomic>
#include <coroutine>
#include <csignal>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <vector>

namespace process_fork_tests {
namespace {

struct ProcessFork : leaves_nothing {};

int twice(int n) { return 2 * n; }
int answer_when_told(ipc_end<int> end, int n) {
  end.send_blocking(1);
  (void)end.receive_blocking();
  return n;
}
void hold_for_ever(ipc_end<int> end) {
  end.send_blocking(1);
  (void)end.receive_blocking();
}

} // namespace

TEST_F(ProcessFork, AForkedChildLeavesItsParentsProcessesAlone) {
  nostall::run([]() -> task<void> {
    auto pool = std::make_unique<process_pool_executor>(
        process_pool_executor::options{.max_workers = 1});
    ipc_pipe<int> a, b;
    auto call = create_task(pool->run<answer_when_told>(std::move(a.second), 7));
    co_await a.first.receive();
    auto p = std::make_unique<process>(process::start<hold_for_ever>(std::move(b.second)));
    co_await b.first.receive();
    auto waits = create_task(p->wait());
    auto receives = create_task(a.first.receive());
    co_await yield_now();
    co_await yield_now();
    EXPECT_EQ(in_a_child([&] {
                p->kill();
                if (p->status().value_or(exit_status{}).success())
                  return 1;
                p.reset();
                pool.reset();
                ipc_end<int> gone = std::move(a.first);
                return 0;
              }),
              0);
    EXPECT_FALSE(p->status().has_value()); // it lives
    receives.cancel();
    co_await receives.join();
    co_await a.first.send(1);
    EXPECT_EQ(co_await call, 7);
    p->kill();
    EXPECT_EQ((co_await waits).signal, SIGKILL);
    co_await pool->shutdown();
  }());
}

// What takes each lock that all loops share: an awaiter of another library, whose task is
// destroyed; loops and coroutines in debug mode; a signal's callback.
struct never {
  std::coroutine_handle<>& slot;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) { slot = h; }
  void await_resume() const {}
};
void use_what_loops_share() {
  std::coroutine_handle<> slot;
  {
    event_loop l;
    l.set_debug(true);
    l.set_exception_handler([](const exception_context&) {});
    l.add_signal_handler(SIGUSR1, [] {});
    l.run_until_complete([](std::coroutine_handle<>& s) -> task<void> {
      create_task([](std::coroutine_handle<>& slot) -> task<void> {
        co_await never{slot};
      }(s)).detach();
      co_await yield_now();
      co_await yield_now();
    }(slot));
  }
  slot.resume();
}

TEST_F(ProcessFork, AForkedChildFindsNoLockTaken) {
  std::atomic<bool> over{false};
  std::vector<std::thread> busy;
  for (int i = 0; i < 2; ++i)
    busy.emplace_back([&] {
      while (!over)
        use_what_loops_share();
    });
  for (int i = 0; i < 100 && !HasFailure(); ++i)
    EXPECT_EQ(in_a_child(use_what_loops_share), 100) << "fork number " << i;
  over = true;
  for (std::thread& t : busy)
    t.join();
}

TEST_F(ProcessFork, AForkedChildMayUseItsCopyOfAChannel) {
  const channel<int> c(4);
  std::atomic<bool> over{false};
  std::vector<std::thread> busy;
  for (int i = 0; i < 2; ++i)
    busy.emplace_back([&] {
      while (!over) {
        (void)c.try_send(1);
        (void)c.try_receive();
      }
    });
  for (int i = 0; i < 100 && !HasFailure(); ++i)
    EXPECT_EQ(in_a_child([&c] {
                while (c.try_receive()) {
                }
                return c.try_send(5) && c.try_receive() == 5 ? 0 : 1;
              }),
              0)
        << "fork number " << i;
  over = true;
  for (std::thread& t : busy)
    t.join();
}

namespace {
/// Waits where it is moved for the first time.
struct held_up {
  static inline std::atomic<bool> reached{false}, on{false};
  held_up() = default;
  held_up(held_up&&) noexcept {
    reached = true;
    while (!on)
      std::this_thread::yield();
  }
};
} // namespace

TEST_F(ProcessFork, AForkedChildHasThePlaceOfAValueThatAThreadWasSending) {
  held_up::reached = held_up::on = false;
  const channel<held_up> c(1);
  std::thread sends([&c] {
    held_up v;
    EXPECT_TRUE(c.try_send(v));
  });
  while (!held_up::reached)
    std::this_thread::yield();
  EXPECT_EQ(in_a_child([&c] {
              held_up::on = true;
              c.close(); // nothing is on its way here
              return nostall::run([](channel<held_up> c) -> task<int> {
                co_return co_await wait_for(c.receive(), 1s) ? 1 : 0;
              }(c));
            }),
            0);
  EXPECT_EQ(in_a_child([&c] {
              held_up::on = true;
              return c.try_send(held_up()) && !c.try_send(held_up()) && c.try_receive() ? 0 : 1;
            }),
            0);
  EXPECT_FALSE(c.try_send(held_up())); // the parent's is taken
  held_up::on = true;
  sends.join();
  EXPECT_EQ(c.size(), 1u);
}

TEST_F(ProcessFork, APoolOfTheParentRefusesCallsInAForkedChild) {
  process_pool_executor pool({.max_workers = 1});
  EXPECT_EQ(nostall::run([](process_pool_executor& p) -> task<int> {
              co_return co_await p.run<twice>(1);
            }(pool)),
            2);
  EXPECT_EQ(in_a_child([&] {
              return nostall::run([](process_pool_executor& p) -> task<int> {
                try {
                  co_return co_await p.run<twice>(1);
                } catch (const usage_error&) {
                }
                process_pool_executor own({.max_workers = 1});
                co_return co_await own.run<twice>(2);
              }(pool));
            }),
            4);
}

} // namespace process_fork_tests
