// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-forgotten-co-await
// checks/models/async_simple.yaml against declarations like async_simple's: one
// call for every entry.
#include <async_simple/fake.h>
#include <unistd.h>
#include <utility>

using namespace async_simple;
using async_simple::coro::Lazy;

int slow() { return sleep(1); }
Lazy<> other() { co_return; }

Lazy<> waits(Future<int> a, Future<int> b, Future<int> c, executors::SimpleExecutor &pool) {
  coro::syncAwait(other()); // warning: (sync-run)
  coro::syncAwait(other(), &pool); // warning: (sync-run)
  a.wait(); // warning: (wait)
  std::move(b).get(); // warning: (wait)
  if (c.hasResult())
    std::move(c).get();
  co_return;
}

Lazy<> switches(executors::SimpleExecutor *pool) {
  slow(); // warning: it reaches 'sleep'
  co_await coro::dispatch(pool);
  slow();
}

void hands_on(executors::SimpleExecutor &pool, Executor &executor, util::ThreadPool &threads) {
  pool.schedule([] { slow(); });
  executor.schedule([] { slow(); });
  executor.schedule_move_only([] { slow(); });
  threads.scheduleById([] { slow(); });
}

void drops() {
  other(); // warning: is never awaited
  other().start([](auto &&) {});
}
