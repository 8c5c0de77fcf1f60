// RUN: %nostall-verify %s
// What runs anyway, dropped by a plain function that then runs the loop: the
// function has no other way to let it run (after QCoro's and corolib's tests).
#include "co.h"
#include <coroutine>
#include <deque>
#include <functional>
#include <thread>
#include <utility>

using co::eager;
using co::task;
eager<> serve();
task<> waits();
struct [[nodiscard]] strict : eager<> {};
strict must_use();

struct loop_elsewhere {
  void run();
  int run_for(int milliseconds);
  void runForever();
  void run(std::function<void()> job);
  bool stopped();
};

void runs_it(loop_elsewhere &loop) {
  serve();
  must_use(); // warning: task returned by 'must_use'
  waits(); // warning: task returned by 'waits'
  loop.run();
  serve(); // warning: task returned by 'serve'
}
int runs_forever(loop_elsewhere &loop, bool twice) {
  if (twice)
    serve();
  (serve(), serve());
  loop.runForever();
  return 0;
}
void does_not(loop_elsewhere &loop) {
  serve(); // warning: task returned by 'serve'
  loop.run([] {});
  loop.stopped();
}
void by_a_helper(loop_elsewhere &loop) {
  auto helper = [&] { runs_it(loop); };
  serve();
  helper();
}
void after_a_wait() {
  serve(); // warning: task returned by 'serve'
  std::this_thread::yield();
}
eager<> passes_on(loop_elsewhere &loop) {
  serve(); // warning: task returned by 'serve'
  loop.run();
  return serve();
}

// Told by its body, whatever its name.
struct queue {
  std::deque<std::coroutine_handle<>> ready;
  void drive() {
    while (!ready.empty()) {
      auto next = ready.front();
      ready.pop_front();
      next.resume();
    }
  }
  void resume_one() { ready.front().resume(); }
  // Named like one, but there is no loop in it.
  void run() { ready.clear(); }
};
void home_made(queue &q) {
  serve();
  q.drive();
}
void no_loop(queue &q) {
  serve(); // warning: task returned by 'serve'
  q.resume_one();
  q.run();
}

// The coroutine dies with the object that the call returned.
struct owned {
  struct promise_type {
    owned get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
  ~owned() { clear(); }
  void clear() {
    if (handle)
      handle.destroy();
  }
  bool await_ready() { return handle.done(); }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};
// It is destroyed only if it is done.
struct left : owned {
  struct promise_type : owned::promise_type {
    left get_return_object();
  };
};
struct let_go {
  struct promise_type {
    let_go get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
  ~let_go() {
    if (handle && handle.done())
      handle.destroy();
  }
  bool await_ready() { return handle.done(); }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};
// Whoever comes second destroys it, as QCoro 0.11 has it.
template <class T> struct shared {
  struct promise_type {
    bool asked = false;
    bool set_destroy() { return std::exchange(asked, true); }
    shared get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
  ~shared() {
    if (!handle)
      return;
    if (handle.promise().set_destroy())
      handle.destroy();
  }
  bool await_ready() { return handle.done(); }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};
shared<int> shares();
owned dies();
left dies_too();
let_go lives();
void owners(loop_elsewhere &loop) {
  dies(); // warning: task returned by 'dies'
  dies_too(); // warning: task returned by 'dies_too'
  lives();
  shares();
  loop.run();
}
