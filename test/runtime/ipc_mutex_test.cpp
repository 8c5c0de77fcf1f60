// One process at a time, whatever the state of /proc, of descriptors and of pidfds.

#include "child_support.h"
#include "process_support.h"

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>

namespace {

struct IpcMutex : leaves_nothing {};

void lock_and_hold(ipc_mutex m, ipc_end<int> end) {
  const auto g = m.lock_blocking();
  end.send_blocking(1);
  (void)end.receive_blocking();
}

} // namespace

TEST_F(IpcMutex, WithoutPidfdsAMutexIsStillRobust) {
  EXPECT_EQ(in_a_child([] {
              if (!refuse_call(SYS_pidfd_open, EPERM))
                return 10;
              ipc_mutex m;
              ipc_pipe<int> pipe;
              auto p = process::start<lock_and_hold>(m, std::move(pipe.second));
              (void)pipe.first.receive_blocking();
              return nostall::run([](ipc_mutex& mutex, process& owner) -> task<int> {
                if (mutex.try_lock())
                  co_return 1;
                auto waits = create_task(mutex.lock());
                co_await nostall::sleep(120ms);
                if (waits.done())
                  co_return 2;
                owner.kill();
                auto g = co_await std::move(waits);
                co_return g.recovered() ? 0 : 3;
              }(m, p));
            }),
            0);
}

TEST_F(IpcMutex, AMutexIsNotTakenFromTheLivingForWantOfDescriptors) {
  EXPECT_EQ(in_a_child([] {
              rlimit few{64, 64};
              setrlimit(RLIMIT_NOFILE, &few);
              return nostall::run([]() -> task<int> {
                ipc_mutex m;
                ipc_pipe<int> pipe;
                auto p = process::start<lock_and_hold>(m, std::move(pipe.second));
                co_await pipe.first.receive();
                try { // what a wait needs is there afterwards
                  (void)co_await wait_for(m.lock(), 1ms);
                  co_return 1;
                } catch (const timeout_error&) {
                }
                std::vector<int> all;
                for (int fd; (fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;)
                  all.push_back(fd);
                for (int left = 0; left < 4; ++left) {
                  try {
                    (void)co_await wait_for(m.lock(), 1ms);
                    co_return 2;
                  } catch (const std::exception&) {
                  }
                  try {
                    if (m.try_lock())
                      co_return 3;
                  } catch (const std::system_error&) {
                  }
                  close(all.back());
                  all.pop_back();
                }
                co_return p.status() ? 4 : 0;
              }());
            }),
            0);
}

TEST_F(IpcMutex, AMutexExcludesWithoutProc) {
  const int r = in_a_child([] {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("none", "/proc", "tmpfs", 0, nullptr) != 0)
      return 77;
    ipc_mutex m;
    {
      const auto first = m.try_lock();
      if (!first || m.try_lock())
        return 1;
      int status;
      const pid_t other = fork();
      if (other == 0)
        _exit(m.try_lock() ? 1 : 0);
      if (waitpid(other, &status, 0) != other || status != 0)
        return 2;
    }
    return m.try_lock() ? 0 : 3;
  });
  if (r == 77)
    GTEST_SKIP() << "needs the right to hide /proc";
  EXPECT_EQ(r, 0);
}

TEST_F(IpcMutex, ACopyOfAGuardUnlocksNothing) {
  ipc_mutex m;
  auto mine = m.try_lock();
  ASSERT_TRUE(mine);
  EXPECT_EQ(in_a_child([&] {
              mine.reset();
              return 0;
            }),
            0);
  EXPECT_FALSE(m.try_lock());
}

TEST_F(IpcMutex, ThreadsShareAMutexAndItsHandle) {
  ipc_mutex m;
  long count = 0;
  std::vector<std::thread> all;
  for (int t = 0; t < 4; ++t)
    all.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const auto g = m.lock_blocking();
        ++count;
      }
    });
  for (auto& t : all)
    t.join();
  EXPECT_EQ(count, 2000);
}

TEST_F(IpcMutex, MayGoWhileATaskWaits) {
  run([]() -> task<void> {
    for (const bool by_move : {false, true}) {
      auto m = std::make_unique<ipc_mutex>();
      auto v = std::make_unique<shared_value<int>>(3);
      auto held = co_await m->lock();
      auto item = co_await v->lock();
      auto waits = create_task(m->lock());
      auto reads = create_task(v->lock());
      co_await yield_now();
      co_await yield_now();
      auto begins = create_task(v->lock());
      if (by_move) {
        *m = ipc_mutex();
        *v = shared_value<int>();
      } else {
        m.reset();
        v.reset();
      }
      EXPECT_THROW((void)co_await std::move(waits), std::system_error);
      EXPECT_THROW((void)co_await std::move(reads), std::system_error);
      EXPECT_THROW((void)co_await std::move(begins), std::system_error);
      EXPECT_EQ(++*item, 4); // a guard keeps what it has locked
    }
  }());
}

TEST_F(IpcMutex, MayMoveWhileItIsHeldOrAwaited) {
  run([]() -> task<void> {
    ipc_mutex m;
    auto held = m.try_lock();
    auto waits = create_task(m.lock());
    co_await yield_now();
    co_await yield_now();
    ipc_mutex other(std::move(m));
    EXPECT_FALSE(other.try_lock());
    held.reset();
    auto g = co_await std::move(waits);
    EXPECT_FALSE(other.try_lock());
    g.unlock();
    EXPECT_TRUE(other.try_lock());
  }());
}
