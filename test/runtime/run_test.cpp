// run and runner: from main() into coroutines and back.

#include "support.h"

#include <nostall/shield.h>

#include <csignal>
#include <unistd.h>

namespace {

task<int> gives(int i) {
  co_await yield_now();
  co_return i;
}

TEST(Run, GivesTheValueOrTheException) {
  EXPECT_EQ(run(gives(3)), 3);
  EXPECT_THROW(run([]() -> task<void> {
                 co_await yield_now();
                 throw std::logic_error("x");
               }()),
               std::logic_error);
}

TEST(Run, CancelsAndAwaitsWhatIsLeft) {
  std::string log;
  run([](std::string& l) -> task<void> {
    create_task([](std::string& m) -> task<void> {
      try {
        co_await sleep(1h);
      } catch (const cancelled_error&) {
        m += "cancelled";
      }
      co_await shield(gives(1));
      m += " and cleaned up";
    }(l)).detach();
    co_await yield_now();
  }(log));
  EXPECT_EQ(log, "cancelled and cleaned up");
}

TEST(Run, AtTheEndEveryWaitIsRefused) {
  int refused = 0;
  run([](int& n) -> task<void> {
    create_task([](int& m) -> task<void> {
      for (int i = 0; i < 3; ++i)
        try {
          co_await sleep(1h);
        } catch (const cancelled_error&) {
          ++m; // wrong, and yet the program ends
        }
    }(n)).detach();
    co_await yield_now();
  }(refused));
  EXPECT_EQ(refused, 3);
}

TEST(Run, InsideALoopIsNamed) {
  run([]() -> task<void> {
    try {
      run(gives(1));
      ADD_FAILURE();
    } catch (const usage_error& e) {
      EXPECT_NE(std::string(e.what()).find("run()"), std::string::npos);
    }
    co_return;
  }());
}

namespace {
/// As a terminal starts a program. A shell starts one in the background with SIGINT ignored.
struct default_interrupt {
  struct sigaction before {};
  default_interrupt() {
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    sigaction(SIGINT, &usual, &before);
  }
  default_interrupt(const default_interrupt&) = delete;
  ~default_interrupt() { sigaction(SIGINT, &before, nullptr); }
};
} // namespace

TEST(Run, TheFirstInterruptCancelsMain) {
  const default_interrupt usual;
  bool cleaned = false;
  EXPECT_THROW(run([](bool& c) -> task<void> {
                 raise(SIGINT);
                 try {
                   co_await sleep(1h);
                 } catch (const cancelled_error&) {
                   c = true;
                   throw;
                 }
               }(cleaned)),
               interrupted_error);
  EXPECT_TRUE(cleaned);
  struct sigaction now {};
  sigaction(SIGINT, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
}

TEST(Run, AnInterruptThatMainSurvivesIsNoError) {
  const default_interrupt usual;
  EXPECT_EQ(run([]() -> task<int> {
              raise(SIGINT);
              try {
                co_await sleep(1h);
              } catch (const cancelled_error&) {
              }
              co_return 5;
            }()),
            5);
}

TEST(RunDeathTest, TheSecondInterruptEndsAStuckProgram) {
  const default_interrupt usual;
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(run([]() -> task<void> {
                raise(SIGINT);
                raise(SIGINT); // the loop never got its turn
                co_return;
              }()),
              ::testing::KilledBySignal(SIGINT), "");
}

TEST(Run, RunnerRunsSeveralTasksOnOneLoop) {
  runner r;
  event_loop* first = nullptr;
  r.run([](event_loop*& l) -> task<void> {
    l = &get_running_loop();
    co_return;
  }(first));
  EXPECT_EQ(first, &r.loop());
  EXPECT_EQ(r.run(gives(2)), 2);
}

TEST(Run, StoppingBeforeTheEndIsNamed) {
  world w;
  w.loop->call_soon([&] { w.loop->stop(); });
  try {
    w.run([]() -> task<void> { co_await sleep_forever(); }());
    FAIL();
  } catch (const usage_error& e) {
    EXPECT_NE(std::string(e.what()).find("'main'"), std::string::npos);
  }
}

} // namespace
