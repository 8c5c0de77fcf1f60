// RUN: %nostall-verify %s
// A lock that is held on some path only: the notes tell which.
#include "co.h"
#include <mutex>
#include <stdexcept>

using co::task;
std::mutex m;
task<> save();
bool flag();
[[noreturn]] void stop();

task<> on_one_path(bool c) {
  std::unique_lock guard(m, std::defer_lock);
  if (c) // note: on the path where this is true
    guard.lock();
  co_await save(); // warning: guard 'guard'
}
task<> unlocked_on_one_path(bool c) {
  std::unique_lock guard(m);
  if (c) // note: on the path where this is false
    guard.unlock();
  co_await save(); // warning: guard 'guard'
}
task<> unlocked_on_both(bool c) {
  std::unique_lock guard(m);
  if (c)
    guard.unlock();
  else
    guard.unlock();
  co_await save();
}
task<> leaves_early(bool c) {
  std::unique_lock guard(m);
  if (c)
    co_return;
  guard.unlock();
  co_await save();
}
task<> throws(bool c) {
  std::unique_lock guard(m);
  if (c)
    throw std::runtime_error("");
  guard.unlock();
  co_await save();
}
task<> stops(bool c) {
  std::unique_lock guard(m);
  if (c)
    stop();
  else
    guard.unlock();
  co_await save();
}
task<> breaks() {
  for (;;) {
    std::lock_guard guard(m);
    if (flag())
      break;
    if (flag())
      continue;
  }
  co_await save();
}
task<> next_turn() {
  std::unique_lock guard(m, std::defer_lock);
  while (flag()) {
    co_await save(); // warning: guard 'guard'
    guard.lock();
  }
}
task<> each_turn() {
  while (flag()) {
    co_await save();
    std::lock_guard guard(m);
  }
}
task<> jumps() {
again: {
  std::lock_guard guard(m);
  if (flag())
    goto again;
}
  co_await save();
}
task<> into_a_label(int n) {
  std::unique_lock guard(m, std::defer_lock);
  switch (n) {
  case 1:
    guard.lock();
    [[fallthrough]];
  case 2:
    co_await save(); // warning: guard 'guard'
    break;
  case 3:
    co_await save();
    break;
  default:
    guard.lock();
    guard.unlock();
    co_await save();
  }
}
task<> constant() {
  std::unique_lock guard(m, std::defer_lock);
  if (false)
    guard.lock();
  co_await save();
  if constexpr (sizeof(int) == 8)
    guard.lock();
  co_await save();
}
template <bool Lock> task<> specialised() {
  std::unique_lock guard(m, std::defer_lock);
  if constexpr (Lock)
    guard.lock();
  co_await save(); // warning: guard 'guard'
}
template task<> specialised<true>();
template <bool Lock> task<> unspecialised() {
  std::unique_lock guard(m, std::defer_lock);
  if constexpr (Lock)
    guard.lock();
  co_await save();
}
template task<> unspecialised<false>();
task<> conditional_operand(bool c) {
  std::unique_lock guard(m, std::defer_lock);
  c ? guard.lock() : (void)0; // note: on the path where this is true
  co_await save(); // warning: guard 'guard'
}
task<> short_circuit() {
  std::unique_lock guard(m, std::defer_lock);
  if (flag() && guard.try_lock())
    guard.unlock();
  co_await save();
}
task<> after_a_handler() {
  try {
    std::lock_guard guard(m);
    flag();
  } catch (...) {
  }
  co_await save();
}
task<> around_a_try() {
  std::lock_guard guard(m);
  try {
    co_await save(); // warning: guard 'guard'
  } catch (...) {
  }
}
task<> unreachable() {
  std::lock_guard guard(m);
  co_return;
  co_await save();
}
