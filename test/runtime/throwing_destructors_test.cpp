// Destructors that throw. In a body that runs it is an exception as any other; what is
// destroyed without running has nobody to throw to, and the program ends with a message.

#include "child_support.h"
#include "support.h"

#include <nostall/async_generator.h>
#include <nostall/task_group.h>
#include <nostall/thread_pool_executor.h>
#include <nostall/timeout.h>

#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>

namespace throwing_destructors_tests {

struct spiteful {
  bool on = true;
  spiteful() = default;
  spiteful(spiteful&& o) noexcept : on(std::exchange(o.on, false)) {}
  ~spiteful() noexcept(false) {
    if (on)
      throw std::runtime_error("spite");
  }
};
[[maybe_unused]] task<void> keeps(spiteful) { co_await sleep(1h); }
task<void> leaves_a_local() {
  const spiteful local;
  co_await yield_now();
}
task<void> waits_with_a_local(bool nested) {
  if (nested) {
    co_await waits_with_a_local(false);
  } else {
    const spiteful local;
    co_await sleep(1h);
  }
}
struct spiteful_awaiter : spiteful {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const { h.resume(); }
  void await_resume() const {}
};

TEST(ThrowingDestructors, ADestructorThatThrowsWhileTheBodyRunsIsAnException) {
  world w;
  w.run([]() -> task<void> {
    EXPECT_TRUE(co_await throws<std::runtime_error>(leaves_a_local()));
    EXPECT_TRUE(co_await throws<std::runtime_error>(create_task(leaves_a_local())));
    EXPECT_TRUE(co_await throws<std::runtime_error>(wait_for(leaves_a_local(), 1h)));
    EXPECT_TRUE(co_await throws<exception_group>(with_task_group([](task_group& g) -> task<void> {
      g.start(leaves_a_local());
      co_return;
    })));
    EXPECT_TRUE(co_await throws<std::runtime_error>(
        []() -> task<void> { co_await spiteful_awaiter(); }()));
    auto g = []() -> async_generator<int> {
      const spiteful local;
      co_yield 1;
    }();
    EXPECT_EQ(co_await g.next(), 1);
    EXPECT_THROW(co_await g.next(), std::runtime_error);
    EXPECT_EQ(co_await g.next(), std::nullopt);
  }());
  EXPECT_TRUE(w.reports.empty());
}

// What `body` makes of it, which need not be seen by whoever looks at this program's output.
int ends_with(std::string& text, void (*body)()) {
  int out[2];
  if (pipe(out) != 0)
    return -1;
  const int code = in_a_child([&] {
    dup2(out[1], STDERR_FILENO);
    body();
  });
  close(out[1]);
  char c[4096];
  const auto n = read(out[0], c, sizeof c);
  text.assign(c, n > 0 ? static_cast<std::size_t>(n) : 0);
  close(out[0]);
  return code;
}

TEST(ThrowingDestructors, ADestructorThatThrowsWhereNobodyRunsEndsTheProgramWithAMessage) {
  struct {
    const char* what;
    void (*body)();
  } const cases[] = {
      {"a local of a task that is destroyed with its loop",
       [] {
         world w;
         auto h = start(w, waits_with_a_local(false));
         w.turns(2);
         w.loop.reset();
       }},
      {"a local of what it awaits",
       [] {
         world w;
         auto h = start(w, waits_with_a_local(true));
         w.turns(2);
         w.loop.reset();
       }},
      {"a local of a child, with its group",
       [] {
         world w;
         w.run([]() -> task<void> {
           task_group g;
           g.start(waits_with_a_local(false));
           co_await yield_now();
           co_await yield_now();
         }());
       }},
      {"a local of a generator",
       [] {
         world w;
         w.run([]() -> task<void> {
           auto g = []() -> async_generator<int> {
             const spiteful local;
             co_yield 1;
           }();
           (void)co_await g.next();
         }());
       }},
      {"a local of what a generator awaits, which another task destroys",
       [] {
         world w;
         w.run([]() -> task<void> {
           auto g = std::make_unique<async_generator<int>>([]() -> async_generator<int> {
             co_await waits_with_a_local(false);
             co_yield 1;
           }());
           auto h = create_task([](async_generator<int>& g) -> task<void> {
             (void)co_await g.next();
           }(*g));
           co_await yield_now();
           co_await yield_now();
           g.reset();
         }());
       }},
#if !(defined(__clang__) && NOSTALL_SANITIZED)
      // Clang 22 reads the frame once more after it has freed it, on the way to std::terminate.
      {"the argument of a task",
       [] {
         world w;
         auto h = start(w, keeps(spiteful()));
         w.turns(2);
         w.loop.reset();
       }},
#endif
      {"what a callback has captured",
       [] {
         world w;
         w.loop->call_soon([s = spiteful()] {});
         w.loop->run_once();
       }},
      {"what a timer has captured, with its loop",
       [] {
         world w;
         w.loop->call_later(1h, [s = spiteful()] {});
         w.loop.reset();
       }},
      {"what a done callback has captured",
       [] {
         world w;
         auto h = start(w, []() -> task<void> { co_return; }());
         h.add_done_callback([s = spiteful()](task_handle<void>) {});
         w.turns(3);
       }},
      {"what a call on a thread has captured",
       [] { run([]() -> task<void> { co_await to_thread([s = spiteful()] {}); }()); }},
      {"an exception handler",
       [] {
         world w;
         w.loop->set_exception_handler([s = spiteful()](const exception_context&) {});
         w.loop.reset();
       }},
  };
  for (const auto& c : cases) {
    std::string said;
    EXPECT_EQ(ends_with(said, c.body), 128 + SIGABRT) << c.what;
    EXPECT_TRUE(said.find("a destructor threw") != said.npos ||
                said.find("terminat") != said.npos || said.find("spite") != said.npos)
        << c.what << ": " << said;
  }
}

} // namespace throwing_destructors_tests
