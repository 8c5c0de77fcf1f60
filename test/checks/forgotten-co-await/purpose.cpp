// RUN: %nostall-verify %s
// Dropped on purpose: what runs anyway, where the code says so or cannot await.
#include "co.h"
#include <array>
#include <functional>
#include <tuple>
#include <utility>

using co::eager;
using co::task;
eager<> runs();
task<> waits();
struct [[nodiscard]] strict : eager<> {};
strict must_use();
void on_timer(std::function<void()> callback);

template <class... T> void unused(T &&...) {}
template <class T> void kept(T &&value) { value.done(); }
co::operation<> reads();

struct lazy_job : task<> {
  using task<>::task;
  eager<> start() &&;
  task<> then(int) &&;
};
lazy_job job();

task<> said() {
  (void)runs();
  std::ignore = runs();
  std::ignore = waits(); // warning: task returned by 'waits'
  unused(runs(), 1);
  unused(1, waits()); // warning: task returned by 'waits'
  kept(waits());
  [[maybe_unused]] auto begun = reads(); // warning: awaitable in variable 'begun'
  [[maybe_unused]] auto a = runs();
  [[maybe_unused]] auto b = waits(); // warning: task in variable 'b'
  auto c = runs(); // warning: task in variable 'c'
  job().start();
  job().then(1); // warning: task returned by 'lazy_job::then'
  auto d = waits();
  d.start();
  co_return;
}

// Kept by a function that is no coroutine, while it does other things.
struct event_loop {
  void run();
};
int main_like(event_loop &loop, bool twice) {
  auto one = runs();
  std::array both{runs(), runs()};
  auto [first, second] = std::pair(runs(), runs());
  auto never = waits(); // warning: task in variable 'never'
  if (twice) {
    auto short_lived = runs(); // warning: task in variable 'short_lived'
  }
  loop.run();
  auto late = runs(); // warning: task in variable 'late'
  return 0;
}
eager<> passes_on(event_loop &loop) {
  auto guard = runs(); // warning: task in variable 'guard'
  loop.run();
  return runs();
}
void lambda_after() {
  auto kept = runs(); // warning: task in variable 'kept'
  auto later = [] { on_timer(nullptr); };
  static_assert(sizeof(later) == 1);
}

struct Window {
  virtual void closed();
  void clicked() { runs(); }
  void other() { runs(); } // warning: task returned by 'runs'
};
struct Main : Window {
  void closed() override {
    runs();
    waits(); // warning: task returned by 'waits'
  }
};
void connect(void (Window::*)());
void free_slot() { runs(); }
void callbacks() {
  connect(&Window::clicked);
  on_timer(free_slot);
  on_timer([] { runs(); });
  on_timer([] { waits(); }); // warning: task returned by 'waits'
  on_timer([] { return; });
  [] { runs(); }(); // warning: task returned by 'runs'
}
struct Button {
  std::function<void()> pressed, held = [] { runs(); };
};
void assigned(Button &b) {
  b.pressed = [] { runs(); };
  b.pressed = [] { waits(); }; // warning: task returned by 'waits'
}
