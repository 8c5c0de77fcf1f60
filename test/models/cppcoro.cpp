// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-forgotten-co-await
// checks/models/cppcoro.yaml against declarations like cppcoro's: one call for
// every entry.
#include <cppcoro/fake.hpp>
#include <unistd.h>

using cppcoro::task;
using namespace std::chrono_literals;

int slow() { return sleep(1); }
task<> other() { co_return; }
cppcoro::shared_task<> shared() { co_return; }

task<> runs(cppcoro::io_service &io) {
  cppcoro::sync_wait(other()); // warning: deadlocks a thread that runs coroutines (sync-run)
  io.process_events(); // warning: (sync-run)
  io.process_one_event(); // warning: (sync-run)
  io.process_pending_events();
  co_await shared();
}

// The coroutine that runs the loop is the outermost one.
void starts(cppcoro::io_service &io) {
  cppcoro::sync_wait([&]() -> task<> {
    io.process_events();
    co_return;
  }());
}
task<> nested(cppcoro::io_service &io) {
  co_await [&]() -> task<> {
    io.process_events(); // warning: (sync-run)
    co_return;
  }();
}

task<> switches(cppcoro::static_thread_pool &pool, cppcoro::io_service &io) {
  slow(); // warning: it reaches 'sleep'
  co_await pool.schedule();
  slow();
  co_await io.schedule();
  slow(); // warning: it reaches 'sleep'
  co_await cppcoro::resume_on(pool, other());
  slow();
  co_await io.schedule_after(1s);
  slow(); // warning: it reaches 'sleep'
  co_await cppcoro::schedule_on(pool, other());
  slow();
}

task<> spawns(cppcoro::async_scope &scope) {
  scope.spawn(other());
  other(); // warning: is never awaited // fix: co_await other();
  co_await scope.join();
}

task<> files(cppcoro::io_service &io) {
  cppcoro::read_only_file::open(io, "a"); // warning: (file-io)
  cppcoro::write_only_file::open(io, "a"); // warning: (file-io)
  cppcoro::read_write_file::open(io, "a"); // warning: (file-io)
  co_return;
}
