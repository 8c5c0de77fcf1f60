// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-forgotten-co-await
// checks/models/concurrencpp.yaml against declarations like concurrencpp's: one
// call for every entry.
#include <concurrencpp/fake.h>
#include <unistd.h>

using namespace concurrencpp;
using namespace std::chrono_literals;
using Clock = std::chrono::system_clock;
template <class T> using shared = std::shared_ptr<T>;

int slow() { return sleep(1); }
result<void> other() { co_return; }
lazy_result<void> lazily() { co_return; }
null_result nobody_waits() {
  slow(); // warning: it reaches 'sleep'
  co_return;
}

result<void> waits(result<int> a, result<int> b, shared_result<int> c, shared_result<int> d) {
  a.wait_for(1s); // warning: (wait)
  a.wait_until(Clock::now()); // warning: (wait)
  a.wait_for(0s);
  a.wait(); // warning: (wait)
  c.wait_for(1s); // warning: (wait)
  c.wait_until(Clock::now()); // warning: (wait)
  c.wait_for(0s);
  c.wait(); // warning: (wait)
  b.get(); // warning: (wait)
  d.get(); // warning: (wait)
  co_return;
}
result<void> asks_first(result<int> a, shared_result<int> b, result<int> c) {
  if (a.status() == result_status::value)
    a.get();
  if (b.status() != result_status::idle)
    b.get();
  if (c.wait_for(0s) == result_status::value)
    c.get();
  co_return;
}

result<void> ends(thread_pool_executor &pool, worker_thread_executor &worker, thread_executor &threads,
                  timer_queue &timers) {
  pool.shutdown(); // warning: (wait)
  worker.shutdown(); // warning: (wait)
  threads.shutdown(); // warning: (wait)
  timers.shutdown(); // warning: (wait)
  runtime own; // warning: destruction of 'own'
  co_return;
}

result<void> runs(manual_executor &loop) {
  loop.loop_once();
  loop.loop(10);
  loop.loop_once_for(1s); // warning: (sync-run)
  loop.loop_once_for(0ms);
  loop.loop_once_until(Clock::now() + 1s); // warning: (sync-run)
  loop.loop_for(1, 1s); // warning: (sync-run)
  loop.loop_until(1, Clock::now() + 1s); // warning: (sync-run)
  loop.wait_for_task(); // warning: (wait)
  loop.wait_for_task_for(1s); // warning: (wait)
  loop.wait_for_task_until(Clock::now()); // warning: (wait)
  loop.wait_for_tasks(1); // warning: (wait)
  loop.wait_for_tasks_for(1, 1s); // warning: (wait)
  loop.wait_for_tasks_for(1, 0ms);
  loop.wait_for_tasks_until(1, Clock::now()); // warning: (wait)
  co_return;
}

result<void> switches(runtime &runtime, shared<manual_executor> loop, shared<worker_thread_executor> worker,
                      shared<thread_executor> threads) {
  slow(); // warning: it reaches 'sleep'
  co_await resume_on(runtime.background_executor());
  slow();
  co_await resume_on(loop);
  slow(); // warning: it reaches 'sleep'
  co_await resume_on(*worker);
  slow();
  co_await resume_on(loop);
  co_await runtime.timer_queue()->make_delay_object(1s, loop);
  slow(); // warning: it reaches 'sleep'
  co_await runtime.timer_queue()->make_delay_object(1s, threads);
  slow();
  co_await when_all(loop, other());
  slow(); // warning: it reaches 'sleep'
  co_await when_any(threads, other());
  slow();
}
result<int> may_go_on_elsewhere(shared<thread_pool_executor> pool, shared<executor> unknown, async_lock &lock) {
  co_await pool->submit(slow);
  slow();
  co_await resume_on(unknown);
  co_return co_await lock.lock(unknown) + slow();
}
result<void> may_wait(shared<executor> executor, async_condition_variable &condition, scoped_async_lock &lock) {
  co_await condition.await(executor, lock);
  slow();
}

void hands_on(shared<thread_pool_executor> pool, shared<worker_thread_executor> worker, shared<thread_executor> threads,
              shared<manual_executor> loop, shared<executor> unknown) {
  pool->post([] { slow(); });
  worker->post([] { slow(); });
  threads->submit([] { slow(); });
  loop->post([] { slow(); }); // warning: it reaches 'sleep'
  loop->submit([] { slow(); }); // warning: it reaches 'sleep'
  unknown->post([] { slow(); });
  unknown->submit([] { slow(); });
}
// In a coroutine that could await it, post() is what needs no result.
result<void> submits(shared<thread_pool_executor> pool, shared<executor> unknown) {
  pool->submit([] { return 1; }); // warning: is never awaited, so it runs, but its result and its exceptions are lost
  unknown->submit([] { return 1; }); // warning: is never awaited
  pool->post([] {});
  co_return;
}
void times(timer_queue &timers, shared<manual_executor> loop, shared<thread_pool_executor> pool) {
  timers.make_timer(1s, 1s, loop, [] { slow(); }); // warning: it reaches 'sleep'
  timers.make_timer(1s, 1s, pool, [] { slow(); });
  timers.make_one_shot_timer(1s, loop, [] { slow(); }); // warning: it reaches 'sleep'
  timers.make_one_shot_timer(1s, pool, [] { slow(); });
}

void drops(shared<thread_pool_executor> pool, runtime &runtime) {
  resume_on(pool); // warning: is never awaited
  other(); // warning: is never awaited
  lazily(); // warning: is never awaited
  lazily().run();
  nobody_waits();
}
