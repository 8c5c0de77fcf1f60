// RUN: %nostall-verify %s --checks=-*,nostall-await-holding-lock,nostall-blocking-call
// RUN: %nostall-verify %s --checks=-*,nostall-await-holding-lock,nostall-blocking-call -- -DUNUSED_ANNOTATION
// Of a library that no model knows, in a unit where nothing is placed on a loop,
// all that is known is that some thread runs its coroutines.
#include <coroutine>
#include <mutex>
#include <nostall/annotations.h>

extern "C" unsigned sleep(unsigned);

struct job {
  struct promise_type {
    job get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void();
    void unhandled_exception();
  };
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<>) const noexcept;
  void await_resume() const noexcept;
};
job save();
job home_made(std::mutex &m) {
  std::lock_guard guard(m);
  co_await save(); // warning: any other coroutine that wants its mutex blocks a thread that runs coroutines; unlock
}
job stalls() {
  sleep(1); // warning: blocks a thread that runs coroutines
  co_return;
}
// Declared, and nothing is given to it: no loop is shown.
#ifdef UNUSED_ANNOTATION
void post(NOSTALL_RUNS_ON(loop) void (*callback)());
#endif
