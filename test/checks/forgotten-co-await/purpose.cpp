// RUN: %nostall-verify %s
// Dropped on purpose: what runs anyway, where the code says so or cannot await.
#include "co.h"
#include <functional>
#include <tuple>

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
