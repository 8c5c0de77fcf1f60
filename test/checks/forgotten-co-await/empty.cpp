// RUN: not %nostall --quiet --checks=-*,nostall-forgotten-co-await "--config={CheckOptions: {nostall-forgotten-co-await.ReportPartialDrops: true}}" %s -- -std=c++20 -I%source/test/Inputs 2>&1 | FileCheck %s --implicit-check-not=remark: "--implicit-check-not=: warning:"
// RUN: %nostall-verify %s
// Where a test says that there is no task in a variable, nothing is dropped.
#include "co.h"
#include <utility>

using co::task;
task<> f();
bool flag();

task<> filled_if_empty() {
  task<> t = f();
  if (!t)
    t = f();
  co_await std::move(t);
}
task<> leaves_if_empty() {
  task<> t = f();
  if (!t)
    co_return;
  co_await std::move(t);
}
task<> kept_answer() {
  task<> t = f();
  const bool full = static_cast<bool>(t);
  if (full)
    co_await std::move(t);
}
task<> under_and(bool c) {
  task<> t = f();
  if (t && c)
    co_await std::move(t);
}
// CHECK: [[@LINE-4]]:10: remark: task in variable 't' is not awaited on every path
// CHECK: [[@LINE-4]]:12: note: on the path where this is false
task<> filled_if_full() {
  task<> t = f();
  if (t)
    t = f(); // warning: task
  co_await std::move(t);
}
// CHECK: [[@LINE-3]]:5: warning:
