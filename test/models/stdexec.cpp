// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-forgotten-co-await
// checks/models/stdexec.yaml against declarations like stdexec's: its senders, in
// its own task and in a promise of the program's own.
#include <stdexec/execution.hpp>
#include <unistd.h>

stdexec::task<void> child();
stdexec::__scheduler scheduler();

stdexec::task<void> parent() {
  child();                // warning: task returned by 'child' is never awaited, so the coroutine never runs; add 'co_await' // fix: co_await child();
  stdexec::just();        // warning: awaitable returned by 'stdexec::just' is never awaited // fix: co_await stdexec::just();
  scheduler().schedule(); // warning: awaitable returned by 'stdexec::__scheduler::schedule' // fix: co_await scheduler().schedule();
  scheduler();
  co_await child();
}

namespace app {
struct job {
  struct promise_type : stdexec::with_awaitable_senders<promise_type> {
    job get_return_object() noexcept;
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void();
    void unhandled_exception() noexcept;
  };
};
job work();
job works() {
  work();          // warning: task returned by 'app::work' // fix: co_await work();
  stdexec::just(); // warning: awaitable returned by 'stdexec::just' // fix: co_await stdexec::just();
  sleep(1);        // warning: (sleep)
  co_return;
}
} // namespace app
