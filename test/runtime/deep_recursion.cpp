// A million awaits in a flat loop, a chain of a million, and a million tasks in
// a row: none may grow the stack, whatever the compiler does with tail calls. A
// million that wait, for one event or for each other in a row, are let go or
// cancelled in linear time.

#include <nostall/nostall.h>

#include <cstdio>
#include <utility>
#include <vector>

using namespace nostall;
using namespace std::chrono_literals;

namespace {

constexpr int million = 1'000'000;
// Of those that are cancelled, each throws, which is slow where nothing is
// optimised.
#if defined(__OPTIMIZE__) && !NOSTALL_SANITIZED
constexpr int many = million;
#else
constexpr int many = 30'000;
#endif

task<int> leaf(int i) { co_return i; }
task<int> chain(int n) {
  if (n == 0)
    co_return 0;
  co_return 1 + co_await chain(n - 1);
}
task<int> flat() {
  long sum = 0;
  for (int i = 0; i < million; ++i)
    sum += co_await leaf(1);
  co_return static_cast<int>(sum);
}
task<int> spawned() {
  int sum = 0;
  for (int i = 0; i < million / 10; ++i)
    sum += co_await create_task(leaf(1));
  co_return sum;
}

task<void> waits(async_event& e) { co_await e.wait(); }
task<int> let_go() {
  async_event e;
  std::vector<task_handle<void>> all;
  for (int i = 0; i < million; ++i)
    all.push_back(create_task(waits(e)));
  co_await yield_now();
  e.set();
  int ended = 0;
  for (auto& h : all) {
    co_await h;
    ++ended;
  }
  co_return ended;
}
task<int> cancelled() {
  async_event e;
  std::vector<task_handle<void>> all;
  task_group g;
  for (int i = 0; i < many; ++i)
    all.push_back(g.start(waits(e)));
  co_await yield_now();
  g.cancel();
  co_await g.join();
  int ended = 0;
  for (auto& h : all)
    ended += h.cancelled();
  co_return ended;
}
task<void> link(task_handle<void> inner, int& ended) {
  try {
    co_await std::move(inner);
  } catch (const cancelled_error&) {
    ++ended;
    throw;
  }
}
task<int> handles() {
  int ended = 0;
  task_handle<void> h = create_task(sleep(1h));
  for (int i = 0; i < many; ++i)
    h = create_task(link(std::move(h), ended));
  co_await yield_now();
  co_await yield_now();
  h.cancel();
  co_await h.join();
  co_return ended;
}
task<void> nested(int depth, int& ended) {
  if (depth == 0) {
    co_await sleep(1h);
    co_return;
  }
  task_group g;
  g.start(nested(depth - 1, ended));
  try {
    co_await g.join();
  } catch (const cancelled_error&) {
    ++ended;
    throw;
  }
}
task<int> groups() {
  int ended = 0;
  auto h = create_task(nested(many, ended));
  for (int i = 0; i < many + 2; ++i)
    co_await yield_now();
  h.cancel();
  co_await h.join();
  co_return ended;
}

bool expect(const char* what, int got, int wanted) {
  std::printf("%s %d\n", what, got);
  return got == wanted;
}

} // namespace

int main() {
  bool good = expect("flat", run(flat()), million);
  good &= expect("chain", run(chain(million)), million);
  good &= expect("spawned", run(spawned()), million / 10);
  good &= expect("let go", run(let_go()), million);
  good &= expect("cancelled", run(cancelled()), many);
  good &= expect("chain of handles", run(handles()), many);
  good &= expect("nested groups", run(groups()), many);
  return good ? 0 : 1;
}
