// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call
// checks/models/nostall.yaml, and what the other models' replacements are in the
// nostall dialect, against the runtime's own headers.
#include <chrono>
#include <nostall/nostall.h>
#include <nostall/processes.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
using nostall::task;

task<void> sleeps(std::chrono::milliseconds some) {
  std::this_thread::sleep_for(some); // warning: (sleep) // fix: co_await nostall::sleep(some);
  std::this_thread::sleep_for(1s + some); // warning: (sleep) // fix: co_await nostall::sleep(1s + some);
  std::this_thread::sleep_for(0s);
  sleep(1); // warning: (sleep) // fix: co_await nostall::sleep(std::chrono::seconds(1));
  usleep(1); // warning: (sleep) // fix: co_await nostall::sleep(std::chrono::microseconds(1));
  co_await nostall::sleep(some);
}

task<void> each(std::vector<task<int>> tasks) {
  for (auto &&next : nostall::as_completed(std::move(tasks)))
    co_await std::move(next);
}

// Where an executor runs what it is given.
task<void> elsewhere(nostall::event_loop &loop, nostall::thread_pool_executor &threads,
                     nostall::process_pool_executor &processes) {
  co_await loop.run_in_executor(threads, [] { sleep(1); });
  co_await loop.run_in_executor(processes, [] { sleep(1); });
}

// What no other process can use (nostall-process-boundary).
struct stays {
  nostall::task<void> task;
  nostall::task_handle<void> handle;
  nostall::event_loop *loop;
  nostall::async_mutex mutex;
  nostall::async_event event;
  nostall::async_condition condition;
  nostall::async_semaphore semaphore;
  nostall::async_queue<int> queue;
  nostall::async_barrier barrier;
};
