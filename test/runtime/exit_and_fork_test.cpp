// Loops and what belongs to them at exit, and in children of fork.

#include "child_support.h"
#include "support.h"

#include <nostall/process.h>
#include <nostall/process_pool_executor.h>
#include <nostall/stall_watchdog.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace exit_and_fork_tests {
namespace {

/// Static objects that are made after this are destroyed at exit, and no others.
void end_with(int code) {
  static int exit_code;
  exit_code = code;
  std::atexit([] { _exit(exit_code); });
}
task<int> seven() {
  co_await nostall::sleep(1ms);
  co_return 7;
}

int plain_seven() { return 7; }

TEST(ExitAndFork, ExitInATaskOfAStaticRunner) {
  EXPECT_EQ(in_a_child([] {
              end_with(3);
              static runner r;
              r.run([]() -> task<void> {
                create_task(nostall::sleep(1h)).detach();
                co_await yield_now();
                std::exit(0);
              }());
            }),
            3);
}

TEST(ExitAndFork, ExitInACallbackOfALoopThatIsNotTheFirst) {
  EXPECT_EQ(in_a_child([] {
              nostall::run(seven());
              end_with(3);
              static event_loop l;
              l.call_soon([] { std::exit(0); });
              l.run_forever();
            }),
            3);
}

// A pool that goes after its loop still has a worker to let go.
TEST(ExitAndFork, ExitInATaskWhereAPoolGoesAfterTheLoop) {
  EXPECT_EQ(in_a_child([] {
              end_with(3);
              static process_pool_executor pool({.max_workers = 1});
              static auto l = std::make_unique<event_loop>();
              l->run_until_complete([]() -> task<void> {
                co_await pool.run<plain_seven>();
                std::exit(0);
              }());
            }),
            3);
}

// Its tasks go on meanwhile, and ask for it.
void exits_under_a_busy_loop() {
  end_with(3);
  static std::atomic<int> turns = 0;
  static struct goes_after_the_loop {
    ~goes_after_the_loop() {
      for (const int then = turns; turns < then + 10;)
        std::this_thread::yield();
    }
  } last;
  static process_pool_executor pool({.max_workers = 1});
  static event_loop l;
  std::thread other([] {
    while (turns < 10)
      std::this_thread::yield();
    std::exit(0);
  });
  l.run_until_complete([]() -> task<void> {
    for (;;) {
      get_running_loop().call_soon([] { ++turns; });
      co_await pool.run<plain_seven>();
    }
  }());
}
TEST(ExitAndFork, ExitOnAnotherThreadThanABusyLoops) {
  auto p = process::start<exits_under_a_busy_loop>();
  EXPECT_EQ(to_string(p.wait_blocking()), "exit code 3");
}

// In a process of its own: no loop has run there before.
void exits_elsewhere() {
  end_with(3);
  static runner r;
  static std::atomic<bool> runs = false;
  std::thread other([] {
    while (!runs)
      std::this_thread::yield();
    std::exit(0);
  });
  r.run([]() -> task<void> {
    runs = true;
    co_await sleep_forever();
  }());
}
TEST(ExitAndFork, ExitOnAnotherThreadThanTheLoops) {
  auto p = process::start<exits_elsewhere>();
  EXPECT_EQ(to_string(p.wait_blocking()), "exit code 3");
}

TEST(ExitAndFork, ARunnerOfTheParentInAForkedChild) {
  runner r;
  EXPECT_EQ(r.run(seven()), 7);
  r.loop().call_soon([] { create_task(nostall::sleep(1h)).detach(); });
  r.loop().run_once();
  r.loop().set_exception_handler([](const exception_context&) {});
  EXPECT_EQ(in_a_child([&r] {
              r.~runner();
              _exit(3);
            }),
            3);
  EXPECT_EQ(r.run(seven()), 7);
}

TEST(ExitAndFork, ATaskThatForksAndRunsALoopInTheChild) {
  world w;
  w.run([]() -> task<void> {
    EXPECT_EQ(in_a_child([] {
                EXPECT_FALSE(has_running_loop());
                _exit(nostall::run(seven()));
              }),
              7);
    co_await nostall::sleep(1ms);
  }());
}

// Whoever goes on in the child would take the parent's events.
TEST(ExitAndFork, ATaskThatForksAndGoesOnInTheChildIsTold) {
  const pid_t parent = getpid();
  int code = -1;
  try {
    nostall::run([](int& code) -> task<void> {
      std::fflush(nullptr);
      const pid_t pid = fork();
      if (pid == 0) {
        alarm(20);
        co_await nostall::sleep(1ms);
        _exit(1); // it went on
      }
      int status = 0;
      TEMP_FAILURE_RETRY(waitpid(pid, &status, 0));
      code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
      co_await nostall::sleep(1ms);
    }(code));
  } catch (const usage_error&) {
    if (getpid() != parent)
      _exit(3);
    throw;
  }
  EXPECT_EQ(code, 3);
}

TEST(ExitAndFork, AWatchdogMayOutliveItsLoop) {
  std::optional<event_loop> l(std::in_place);
  std::promise<void> seen;
  std::atomic<int> reports{0};
  auto dog = std::make_unique<stall_watchdog>(
      *l, stall_watchdog::options{.threshold = 1ms, .on_stall = [&](const stall_report&) {
                                    if (reports.fetch_add(1) == 0)
                                      seen.set_value(); // its thread is at work
                                  }});
  l->call_soon([&] { seen.get_future().wait(); });
  l->run_once();
  EXPECT_EQ(in_a_child([&] {
              l.reset();
              dog.reset();
              _exit(3);
            }),
            3);
  l.reset();
  const std::size_t looks = dog->looks(); // it looks no more
  EXPECT_GE(dog->stalls(), 1u);
  EXPECT_EQ(dog->looks(), looks);
  dog.reset();
}

TEST(ExitAndFork, AWatchdogInAForkedChild) {
  event_loop l;
  std::promise<void> seen;
  auto dog = std::make_unique<stall_watchdog>(
      l, stall_watchdog::options{.threshold = 1ms, .on_stall = [&](const stall_report&) {
                                   seen.set_value(); // its thread is at work
                                 }});
  l.call_soon([&] { seen.get_future().wait(); });
  l.run_once();
  EXPECT_EQ(in_a_child([&] {
              dog.reset();
              _exit(3);
            }),
            3);
}

} // namespace
} // namespace exit_and_fork_tests
