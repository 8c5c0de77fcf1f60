// RUN: %nostall-verify %s
// Where code runs: on the loop, on a worker, nowhere, or nobody knows.
#include "co.h"
#include <functional>
#include <future>
#include <nostall/annotations.h>
#include <pthread.h>
#include <thread>
#include <threads.h>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <vector>

int slow() { return sleep(1); }
void slow_void() { sleep(1); }

//===--- not evaluated --------------------------------------------------------------

co::task<> unevaluated() {
  using T = decltype(slow());
  T size = sizeof(slow());
  size += alignof(decltype(slow()));
  static_assert(!noexcept(slow()));
  if constexpr (requires { slow(); })
    size = 1;
  static_assert(std::is_same_v<decltype(slow()), int>);
  auto f = [](decltype(slow()) x) { return x; };
  (void)typeid(slow());
  (void)f;
  co_return;
}

//===--- not reachable ---------------------------------------------------------------

constexpr bool Debug = false;
#define DISABLED 0
[[noreturn]] void stop();
co::task<> unreachable(int n) {
  if constexpr (Debug)
    sleep(1);
  if constexpr (!Debug) {
  } else
    sleep(1);
  if (Debug)
    sleep(1);
  if (false)
    sleep(1);
  if (DISABLED && n)
    sleep(1);
  if (true || slow())
    ++n;
  if (Debug && slow())
    ++n;
  n += Debug ? slow() : 1;
  while (false)
    sleep(1);
  for (; Debug;)
    sleep(1);
  do {
    n += 1;
  } while (Debug && slow());
  if (!Debug)
    sleep(1); // warning: (sleep)
  if (sizeof(int) == 8)
    sleep(1);
  switch (n) {
  case 1:
    co_return;
    sleep(1);
  case 2:
    stop();
    sleep(1);
  case 3:
    for (;;)
      co_await co::sleep(1);
    sleep(1);
  case 4:
    while (true)
      break;
    sleep(1); // warning: (sleep)
    break;
  case 5:
    goto end;
    sleep(1);
  case 6:
    throw 1;
    sleep(1);
  }
end:
  co_return;
  sleep(1);
}
template <bool Wait> co::task<> specialised() {
  if constexpr (Wait)
    sleep(1); // warning: (sleep)
  if (!Wait)
    sleep(2);
  co_return;
}
template co::task<> specialised<true>();
template <bool Wait> void helper() {
  if (Wait)
    sleep(1);
}
co::task<> by_helper() {
  helper<false>();
  helper<true>(); // warning: it reaches 'sleep'
  if (std::is_constant_evaluated())
    sleep(1);
  if consteval {
  } else {
    sleep(1); // warning: (sleep)
  }
  co_return;
}
// A helper that never comes to its blocking call.
void returns_first() {
  return;
  sleep(1);
}
void stops_first() {
  stop();
  sleep(1);
}
co::task<> calls_unreachable() {
  returns_first();
  stops_first();
  co_return;
}

//===--- worker threads ------------------------------------------------------------------

void *run_thread(void *) {
  sleep(1);
  return nullptr;
}
int run_c11(void *) {
  sleep(1);
  return 0;
}
co::task<> threads() {
  std::thread a(slow), b([] { slow(); }), c(std::bind(slow));
  std::jthread d([] { sleep(1); }); // warning: destruction of 'd'
  auto lambda = [] { sleep(1); };
  std::thread e(lambda), f(std::move(lambda)), g(std::ref(lambda));
  pthread_t p;
  pthread_create(&p, nullptr, run_thread, nullptr);
  thrd_t t;
  thrd_create(&t, run_c11, nullptr);
  a.join(); // warning: call to 'std::thread::join'
  pthread_join(p, nullptr); // warning: call to 'pthread_join'
  thrd_join(t, nullptr);    // warning: call to 'thrd_join'
  auto result = new auto(std::async(std::launch::async, slow));
  auto later = new auto(std::async([] { sleep(1); }));
  (void)result, (void)later;
  co_return;
}

// A coroutine that only threads run.
co::task<> on_thread() {
  sleep(1);
  co_return;
}
co::task<> taken_along() {
  sleep(1);
  co_return;
}
co::task<> on_a_loop_of_a_thread() {
  sleep(1); // warning: (sleep)
  co_return;
}
co::task<> taken_along_to_a_loop() {
  sleep(1); // warning: (sleep)
  co_return;
}
void run_a_loop_until_it_ends(co::task<> t);
void starts() {
  std::thread([] { on_thread().start(); }).detach();
  auto t = taken_along();
  std::thread([t = std::move(t)]() mutable { t.start(); }).detach();
  std::thread([] { run_a_loop_until_it_ends(on_a_loop_of_a_thread()); }).detach();
  auto u = taken_along_to_a_loop();
  std::thread([u = std::move(u)]() mutable { run_a_loop_until_it_ends(std::move(u)); }).detach();
}

//===--- annotated places --------------------------------------------------------------------

template <class F> auto to_thread(NOSTALL_RUNS_ON(worker) F f) -> co::operation<decltype(f())> { return {}; }
template <class F> void call_soon(NOSTALL_RUNS_ON(loop) F f) {}
void call_later(int ms, NOSTALL_RUNS_ON(loop) std::function<void()> f);
template <class F> auto in_process(NOSTALL_RUNS_ON(process) F f) -> co::operation<decltype(f())> { return {}; }
template <class F> void dispatch(F f) { f(); }

co::task<> offloads() {
  co_await to_thread([] { return slow(); });
  co_await to_thread(slow);
  co_await to_thread([] {
    sleep(1);
    dispatch([] { sleep(1); });
    return 1;
  });
  auto work = [] { return slow(); };
  co_await to_thread(work);
  co_await to_thread(std::move(work));
  co_await in_process(slow);
  // The arguments are worked out on the loop.
  co_await to_thread([n = slow()] { return n; }); // warning: it reaches 'sleep'
}

void on_loop() {
  sleep(1); // warning: call to 'sleep' blocks
}
void not_on_loop() { sleep(1); }
void hands_over() {
  call_soon([] { sleep(1); }); // warning: call to 'sleep' blocks
  call_soon(on_loop);
  call_soon(&on_loop);
  call_later(1, [] { sleep(1); }); // warning: call to 'sleep' blocks
  auto f = [] { slow(); }; // warning: it reaches 'sleep'
  call_soon(f);
  call_soon([] { dispatch([] { sleep(1); }); }); // warning: call to 'dispatch' blocks the event loop: it reaches 'sleep'
  call_soon([] { std::thread(slow).detach(); });
  call_soon([] { call_soon([] { sleep(1); }); }); // warning: call to 'sleep' blocks
  not_on_loop();
}

NOSTALL_LOOP_ONLY void tick() {
  sleep(1); // warning: call to 'sleep' blocks
}
struct Timer {
  NOSTALL_LOOP_ONLY void fire();
  template <class T> NOSTALL_LOOP_ONLY void fire_with(T) {
    sleep(1); // warning: call to 'sleep' blocks
  }
};
void Timer::fire() {
  sleep(1); // warning: call to 'sleep' blocks
}

// A function that is both: it can stall the loop.
void both() {
  sleep(1); // warning: call to 'sleep' blocks
}
void hands_both() {
  std::thread(both).detach();
  call_soon(both);
}

//===--- a coroutine that changes its place ------------------------------------------------------

struct Pool {
  NOSTALL_SWITCHES_TO(worker) co::operation<> schedule();
};
struct Loop {
  NOSTALL_SWITCHES_TO(loop) co::operation<> schedule();
};
struct NOSTALL_SWITCHES_TO(worker) resume_background {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) noexcept {}
  void await_resume() {}
};
struct WaitsAtEnd {
  ~WaitsAtEnd() { sleep(1); }
};

co::task<> switches(Pool &pool, Loop &loop, bool early) {
  sleep(1); // warning: (sleep)
  co_await pool.schedule();
  sleep(1);
  slow();
  co_await co::sleep(1);
  sleep(1);
  co_await loop.schedule();
  sleep(1); // warning: (sleep)
  if (early)
    co_await pool.schedule();
  sleep(1); // on either: nothing is said
  co_await loop.schedule();
  {
    WaitsAtEnd here; // warning: destruction of 'here'
  }
  {
    WaitsAtEnd there;
    co_await resume_background();
    sleep(1);
  }
  sleep(1);
}
co::task<> loops(Pool &pool, Loop &loop) {
  for (;;) {
    sleep(1); // warning: (sleep)
    co_await pool.schedule();
    sleep(1);
    co_await loop.schedule();
  }
}
co::task<> all_of_it(Pool &pool) {
  co_await pool.schedule();
  for (int i = 0; i < 3; ++i)
    sleep(i);
  auto f = [] { sleep(1); };
  f();
  std::thread t(slow);
  t.join();
}

// What a block does that ends the program holds up nobody.
[[noreturn]] void give_up();
void log(int severity) {
  if (severity > 3) {
    system("addr2line");
    give_up();
  }
}
void log_and_go_on(int severity) {
  if (severity > 3) {
    system("addr2line");
    if (severity > 4)
      give_up();
  }
}
void log_and_throw(int severity) {
  if (severity > 3) {
    system("addr2line");
    throw severity;
  }
}
co::task<> logs(int severity) {
  log(severity);
  log_and_go_on(severity); // warning: it reaches 'system'
  log_and_throw(severity); // warning: it reaches 'system'
  if (severity == 9) {
    sleep(1);
    give_up();
  }
  co_return;
}
