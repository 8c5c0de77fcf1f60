// RUN: %nostall-verify %s
// The last task that a variable is given, and what it is given from elsewhere.
#include "co.h"
#include <map>
#include <optional>
#include <utility>
#include <vector>

using co::task;
task<> f();
task<task<>> task_in_a_task();
bool flag();

//===--- assigned last ----------------------------------------------------------

task<> last() {
  auto t = f();
  co_await std::move(t);
  t = f(); // warning: task assigned to 't' is never awaited, so the coroutine never runs; await it, or spawn it
}
task<> on_one_path() {
  auto t = f();
  co_await std::move(t);
  if (flag()) {
    t = f(); // warning: task assigned to 't'
    co_return;
  }
  t = f();
  co_await std::move(t);
}
task<> fetched_ahead(int n) {
  auto t = f();
  for (int i = 0; i != n; ++i) {
    co_await std::move(t);
    t = f();
  }
}
task<> looked_at_elsewhere() {
  auto t = f();
  auto later = [&]() -> task<> { co_await std::move(t); };
  co_await std::move(t);
  t = f();
  co_await later();
}

//===--- moved out --------------------------------------------------------------

struct Queue {
  std::vector<task<>> all;
  task<> next;
  std::optional<task<>> maybe;
};
task<> taken(Queue &q) {
  auto a = std::move(q.next);       // warning: task in variable 'a'
  auto b = std::move(q.all.back()); // warning: task in variable 'b'
  q.all.pop_back();
  auto c = std::move(*q.maybe);  // warning: task in variable 'c'
  auto d = std::move(q.all[0]);
  co_await std::move(d);
  auto e = std::move(q.next);
  q.all.push_back(std::move(e));
}
void destroyed(Queue &q) {
  auto out_of_the_lock = std::move(q.next);
  q.all.clear();
}

//===--- given by a co_await ----------------------------------------------------

task<> within() {
  auto t = co_await task_in_a_task(); // warning: task in variable 't' is never awaited
  auto u = co_await task_in_a_task();
  co_await std::move(u);
  co_await co_await task_in_a_task();
}
