// RUN: not %nostall --quiet --checks=-*,nostall-forgotten-co-await "--config={CheckOptions: {nostall-forgotten-co-await.ReportPartialDrops: true}}" %s -- -std=c++20 -I%source/test/Inputs 2>&1 | FileCheck %s --implicit-check-not=remark: --implicit-check-not=warning:
// RUN: %nostall-verify %s
// A task that only some paths take care of: said at the level of a remark, with
// the decision that led past it, and only when asked for.
#include "co.h"
#include <stdexcept>
#include <utility>

using co::task;
task<> f();
bool flag();

task<> one_branch(bool c) {
  auto t = f();
  if (c)
    co_await std::move(t);
}
// CHECK: [[@LINE-4]]:8: remark: task in variable 't' is not awaited on every path
// CHECK: [[@LINE-4]]:7: note: on the path where this is false

task<> other_branch(bool c) {
  auto t = f();
  if (c)
    co_return;
  co_await std::move(t);
}
// CHECK: [[@LINE-5]]:8: remark:
// CHECK: [[@LINE-5]]:7: note: on the path where this is true

task<> a_case(int n) {
  auto t = f();
  switch (n) {
  case 1:
    co_await std::move(t);
    break;
  case 2:
    break;
  }
}
// CHECK: [[@LINE-9]]:8: remark:

task<> never_entered() {
  auto t = f();
  while (flag()) {
    co_await std::move(t);
    break;
  }
}
// CHECK: [[@LINE-6]]:8: remark:
// CHECK: [[@LINE-6]]:10: note: on the path where this is false

task<> both(bool c) {
  auto t = f();
  if (c)
    co_await std::move(t);
  else
    t.start();
}
task<> throws(bool c) {
  auto t = f();
  if (c)
    throw std::runtime_error("");
  co_await std::move(t);
}
task<> in_a_loop() {
  for (;;) {
    auto t = f();
    co_await std::move(t);
  }
}
task<> constant() {
  auto t = f();
  if (true)
    co_await std::move(t);
}

// Two conditions that go the same way.
task<> the_same_twice(bool wanted) {
  auto t = f();
  if (!wanted)
    t.start();
  if (wanted)
    co_await std::move(t);
}
task<> not_the_same(bool wanted, bool other) {
  auto t = f();
  if (!wanted)
    t.start();
  if (other)
    co_await std::move(t);
  if (other || wanted)
    co_return;
}
// CHECK: [[@LINE-8]]:8: remark:
