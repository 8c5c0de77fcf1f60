// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-forgotten-co-await
// checks/models/unifex.yaml against declarations like libunifex's: its senders.
#include <unifex/task.hpp>
#include <unistd.h>

using unifex::task;

task<int> child();
unifex::inline_scheduler scheduler();

task<void> parent() {
  child();                // warning: task returned by 'child' is never awaited, so the coroutine never runs; add 'co_await' // fix: co_await child();
  unifex::just();         // warning: awaitable returned by 'unifex::just' is never awaited // fix: co_await unifex::just();
  scheduler().schedule(); // warning: awaitable returned by 'unifex::inline_scheduler::schedule' // fix: co_await scheduler().schedule();
  scheduler();
  co_await child();
  co_await unifex::just();
}
task<void> blocks() {
  sleep(1); // warning: (sleep)
  co_return;
}
