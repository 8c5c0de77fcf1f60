// RUN: %nostall dump flow %s -- -std=c++20 -I%source/test/Inputs -I%source/runtime/include | FileCheck %s --match-full-lines --strict-whitespace
// Events by block, and what holds at each suspension.
#include "co.h"
#include <chrono>
#include <future>
#include <mutex>
#include <nostall/annotations.h>
#include <utility>

using co::task;
std::mutex m;
task<> save();
bool flag();
NOSTALL_SWITCHES_TO(worker) task<> to_worker();
using namespace std::chrono_literals;

task<> in_order(std::future<int> f) {
  std::unique_lock guard(m);
  auto t = save();
  int n = 1;
  n += 2;
  co_await save();
  guard.unlock();
  co_await std::move(t);
}
//      CHECK:coroutine in_order [[@LINE-9]]:8
// CHECK-NEXT:  block 1 -> 0
// CHECK-NEXT:    call [[@LINE-10]]:20 by std::unique_lock
// CHECK-NEXT:    declare [[@LINE-11]]:20 guard
// CHECK-NEXT:    call [[@LINE-11]]:12 by save
// CHECK-NEXT:    declare [[@LINE-12]]:8 t
// CHECK-NEXT:    declare [[@LINE-12]]:7 n
// CHECK-NEXT:    assign [[@LINE-12]]:5 n
// CHECK-NEXT:    call [[@LINE-12]]:12 by save
// CHECK-NEXT:    call [[@LINE-13]]:3 by co::task::operator co_await
// CHECK-NEXT:    call [[@LINE-14]]:3 by co::task::awaiter::await_ready
// CHECK-NEXT:    call [[@LINE-15]]:3 by co::task::awaiter::await_suspend
// CHECK-NEXT:    suspend [[@LINE-16]]:3
// CHECK-NEXT:    call [[@LINE-17]]:3 by co::task::awaiter::await_resume
// CHECK-NEXT:    use-method [[@LINE-17]]:3 guard
// CHECK-NEXT:    call [[@LINE-18]]:9 guard by std::unique_lock::unlock
// CHECK-NEXT:    use-awaited [[@LINE-18]]:22 t
// CHECK-NEXT:    call [[@LINE-19]]:3 by co::task::operator co_await
// CHECK-NEXT:    call [[@LINE-20]]:3 by co::task::awaiter::await_ready
// CHECK-NEXT:    call [[@LINE-21]]:3 by co::task::awaiter::await_suspend
// CHECK-NEXT:    suspend [[@LINE-22]]:3
// CHECK-NEXT:    call [[@LINE-23]]:3 by co::task::awaiter::await_resume
// CHECK-NEXT:    destroy [[@LINE-23]]:1 t by co::task::~task
// CHECK-NEXT:    destroy [[@LINE-24]]:1 guard by std::unique_lock::~unique_lock
// CHECK-NEXT:    leave
// CHECK-NEXT:  co_await [[@LINE-29]]:3 loop
// CHECK-NEXT:    lock guard held since [[@LINE-34]]:20
// CHECK-NEXT:    task t open
// CHECK-NEXT:  co_await [[@LINE-30]]:3 loop
// CHECK-NEXT:    lock guard released since [[@LINE-32]]:9
// CHECK-NEXT:    task t done

task<> on_some_path(bool c) {
  std::unique_lock guard(m, std::defer_lock);
  auto t = save();
  if (c)
    guard.lock();
  else
    co_await std::move(t);
  co_await save();
}
//      CHECK:coroutine on_some_path [[@LINE-9]]:8
//      CHECK:  block 4 asks [[@LINE-7]]:7 -> 3 -> 2
//      CHECK:    declare [[@LINE-10]]:20 guard
//      CHECK:    declare [[@LINE-10]]:8 t
//      CHECK:  block 3 -> 1
//      CHECK:    call [[@LINE-10]]:11 guard by std::unique_lock::lock
//      CHECK:  block 2 -> 1
//      CHECK:    suspend [[@LINE-10]]:5
//      CHECK:  block 1 -> 0
//      CHECK:    suspend [[@LINE-11]]:3
//      CHECK:  co_await [[@LINE-13]]:5 loop
//      CHECK:    lock guard empty since [[@LINE-19]]:20
//      CHECK:    task t done
//      CHECK:  co_await [[@LINE-15]]:3 loop
//      CHECK:    lock guard held since [[@LINE-19]]:11 if [[@LINE-20]]:7
//      CHECK:    task t open on some paths

task<> what_a_variable_kept(std::future<int> f) {
  bool got = flag() && m.try_lock();
  auto status = f.wait_for(0s);
  if (!got)
    co_return;
  switch (status) {
  case std::future_status::timeout:
    co_await save();
    break;
  default:
    co_await save();
  }
  m.unlock();
}
//      CHECK:coroutine what_a_variable_kept [[@LINE-14]]:8
//      CHECK:  block 8 asks [[@LINE-14]]:14 -> 7 -> 6
//      CHECK:  block 7 -> 6
//      CHECK:    call [[@LINE-16]]:26 m by std::mutex::try_lock
//      CHECK:  block 6 asks [[@LINE-15]]:7 -> 5 -> 2
//      CHECK:    declare [[@LINE-18]]:8 got
//      CHECK:    call [[@LINE-18]]:19 f by std::future::wait_for
//      CHECK:    declare [[@LINE-19]]:8 status
//      CHECK:  block 5 -> 0
//      CHECK:  block 4 -> 1
//      CHECK:    suspend [[@LINE-17]]:5
//      CHECK:  block 3 -> 1
//      CHECK:    suspend [[@LINE-16]]:5
//      CHECK:  block 2 -> 4 -> 3
//      CHECK:  block 1 -> 0
//      CHECK:    call [[@LINE-17]]:5 m by std::mutex::unlock
//      CHECK:  co_await [[@LINE-23]]:5 loop
//      CHECK:    lock m held since [[@LINE-30]]:26
//      CHECK:  co_await [[@LINE-22]]:5 loop
//      CHECK:    lock m held since [[@LINE-32]]:26
//      CHECK:    ready f

task<> around(int n) {
  while (flag()) {
    m.lock();
    if (!n)
      break;
    m.unlock();
  }
  co_await save();
}
//      CHECK:coroutine around [[@LINE-9]]:8
//      CHECK:  block 6 asks [[@LINE-9]]:10 -> 5 -> 1
//      CHECK:  block 5 asks [[@LINE-8]]:9 -> 4 -> 3
//      CHECK:    call [[@LINE-10]]:7 m by std::mutex::lock
//      CHECK:  block 3 -> 2
//      CHECK:    call [[@LINE-9]]:7 m by std::mutex::unlock
//      CHECK:  block 1 -> 0
//      CHECK:    suspend [[@LINE-9]]:3
//      CHECK:  co_await [[@LINE-10]]:3 loop
//      CHECK:    lock m held since [[@LINE-16]]:7 if [[@LINE-17]]:10 if [[@LINE-15]]:9

task<> moved(std::future<int> f) {
  std::unique_lock a(m);
  f.wait();
  auto g = std::move(f);
  std::unique_lock b = std::move(a);
  std::swap(a, b);
  co_await save();
}
//      CHECK:coroutine moved [[@LINE-8]]:8
//      CHECK:  block 1 -> 0
//      CHECK:    declare [[@LINE-9]]:20 a
//      CHECK:    call [[@LINE-9]]:5 f by std::future::wait
//      CHECK:    declare [[@LINE-9]]:8 g from f
//      CHECK:    move-moved [[@LINE-10]]:22 f
//      CHECK:    declare [[@LINE-10]]:20 b from a
//      CHECK:    move-moved [[@LINE-11]]:34 a
//      CHECK:    swap [[@LINE-11]]:3 a with b by std::swap
//      CHECK:    suspend [[@LINE-11]]:3
//      CHECK:  co_await [[@LINE-12]]:3 loop
//      CHECK:    lock a held since [[@LINE-15]]:20
//      CHECK:    lock b handed on since [[@LINE-16]]:34
//      CHECK:    ready g

task<> elsewhere() {
  co_await to_worker();
  co_await save();
}
//      CHECK:coroutine elsewhere [[@LINE-4]]:8
//      CHECK:  block 1 -> 0
//      CHECK:    suspend [[@LINE-5]]:3
//      CHECK:    suspend [[@LINE-5]]:3
//      CHECK:  co_await [[@LINE-7]]:3 loop
//      CHECK:  co_await [[@LINE-7]]:3 worker

struct account {
  std::mutex m;
  task<> both(account &other) {
    try {
      m.lock();
      other.m.lock();
      m.unlock();
    } catch (int) {
      co_return;
    }
    co_await save();
  }
};
//      CHECK:coroutine account::both [[@LINE-11]]:10
//      CHECK:  block 4 -> 1
//      CHECK:    try [[@LINE-11]]:7
//      CHECK:    call [[@LINE-12]]:9 this.m by std::mutex::lock
//      CHECK:    call [[@LINE-12]]:15 other.m by std::mutex::lock
//      CHECK:    call [[@LINE-12]]:9 this.m by std::mutex::unlock
//      CHECK:  block 3 -> 0
//      CHECK:  block 2 -> 3 -> 0
//      CHECK:  block 1 -> 0
//      CHECK:    suspend [[@LINE-12]]:5
//      CHECK:  co_await [[@LINE-13]]:5 loop
//      CHECK:    lock other.m held since [[@LINE-19]]:15
//      CHECK:    lock this.m released since [[@LINE-19]]:9
