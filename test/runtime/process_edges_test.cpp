// A long backlog, and what goes while it is awaited.

#include "process_support.h"

#include <csignal>
#include <ctime>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace process_edges_tests {
namespace {

struct ProcessEdges : leaves_nothing {};

int twice(int n) { return 2 * n; }
void hold_for_ever(ipc_end<int> end) {
  end.send_blocking(1);
  (void)end.receive_blocking();
}

} // namespace

TEST_F(ProcessEdges, ALongBacklogCostsTheSameACall) {
  nostall::run([]() -> task<void> {
    process_pool_executor pool({.max_workers = 1});
    const auto cost_of_one = [&](int n) -> task<double> {
      std::vector<task<int>> calls;
      for (int i = 0; i < n; ++i)
        calls.push_back(pool.run<twice>(i));
      timespec begin, end;
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
      (void)co_await gather(std::move(calls));
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
      co_return (static_cast<double>(end.tv_sec - begin.tv_sec) +
                 static_cast<double>(end.tv_nsec - begin.tv_nsec) * 1e-9) /
          n;
    };
    (void)co_await cost_of_one(400);
    const double few = co_await cost_of_one(2000);
    const double many = co_await cost_of_one(40'000);
    EXPECT_LT(many, 4 * few);
    co_await pool.shutdown();
  }());
}

TEST_F(ProcessEdges, WhatIsClosedOrGoesWhileItIsAwaitedIsAnError) {
  nostall::run([]() -> task<void> {
    const auto receive = [](ipc_end<int>& end) -> task<int> {
      try {
        co_await end.receive();
        co_return 0;
      } catch (const std::system_error& e) {
        co_return e.code().value();
      }
    };
    for (int how = 0; how < 4; ++how) {
      auto pipe = std::make_unique<ipc_pipe<int>>();
      ipc_end<int> elsewhere;
      auto h = create_task(receive(pipe->first));
      co_await yield_now();
      co_await yield_now();
      if (how == 0)
        pipe->first.close();
      else if (how == 1)
        pipe.reset();
      else if (how == 2)
        pipe->first = ipc_end<int>();
      else
        elsewhere = std::move(pipe->first); // moved: it is the same end
      co_await yield_now();
      if (how == 3)
        co_await pipe->second.send(1);
      EXPECT_EQ(co_await h, how == 3 ? 0 : EBADF) << how;
    }
    ipc_end<int> none;
    EXPECT_EQ(co_await receive(none), EBADF);

    ipc_pipe<int> pipe;
    auto p = std::make_unique<process>(process::start<hold_for_ever>(std::move(pipe.second)));
    co_await pipe.first.receive();
    auto waits = create_task(p->wait());
    co_await yield_now();
    co_await yield_now();
    p.reset();
    EXPECT_EQ((co_await waits).signal, SIGKILL);
  }());
}

} // namespace process_edges_tests
