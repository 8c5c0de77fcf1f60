// RUN: %nostall-verify %s
// Algorithms that drop what their callable returns.
#include "co.h"
#include <algorithm>
#include <functional>
#include <vector>

using co::task;
task<> visit_one(int id);
task<int> ask_one(int id);
co::detached start_one(int id);
void note_one(int id);

task<> visit_all(std::vector<int> &ids) {
  std::for_each(ids.begin(), ids.end(), visit_one); // warning: task that 'visit_one' returns to 'std::for_each' is never awaited, so the coroutine never runs; await it, or spawn it
  std::for_each_n(ids.begin(), 2, [](int id) { return ask_one(id); }); // warning: task that the lambda returns to 'std::for_each_n' is never awaited
  std::ranges::for_each(ids, visit_one); // warning: task that 'visit_one' returns to 'std::ranges::for_each' is never awaited
  std::for_each(ids.begin(), ids.end(), start_one);
  std::for_each(ids.begin(), ids.end(), note_one);
  std::ranges::for_each(ids, [](int id) { note_one(id); });
  std::vector<task<>> all;
  std::ranges::for_each(ids, [&](int id) { all.push_back(visit_one(id)); });
  for (auto &t : all)
    co_await std::move(t);
}
void visit_from_outside(std::vector<int> &ids) {
  std::ranges::for_each(ids, visit_one); // warning: is never awaited, so the coroutine never runs; await it in a coroutine, or spawn it
}

void each(std::vector<int> &ids) {
  std::ranges::for_each(ids, [](auto id) { return visit_one(id); }); // warning: never awaited
}
