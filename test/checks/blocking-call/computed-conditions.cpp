// RUN: %nostall-verify %s
// Conditions over what is computed of parameters: by functions with several
// returns, by variables that branches set, by arithmetic, in loops that do not
// run, behind functions that return only if they hold.
#include "co.h"
#include <algorithm>
#include <chrono>
#include <poll.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/select.h>
#include <thread>
#include <unistd.h>

using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

enum class Level { off, lazy, full };

//===--- functions with several returns -----------------------------------===//

bool wants(Level level, int copies) {
  if (copies > 1)
    return true;
  switch (level) {
  case Level::full:
    return true;
  default:
    return false;
  }
}
void sync_if(Level level, int copies = 1) {
  if (wants(level, copies))
    fsync(0);
}
int limit(Level level) {
  if (level == Level::off)
    return 0;
  return level == Level::lazy ? 1 : 10;
}
void bounded(Level level) {
  if (limit(level) < 5)
    return;
  fsync(0);
}
// Its own parameter, changed, is not what was passed.
bool counts(int n) {
  if (--n > 0)
    return true;
  return false;
}
void counted(int n) {
  if (counts(n))
    fsync(0);
}
void leaves_early(Level level) {
  switch (level) {
  case Level::off:
  case Level::lazy:
    return;
  case Level::full:
    break;
  }
  fsync(0);
}
co::task<> by_functions(int n) {
  sync_if(Level::off);
  sync_if(Level::lazy, 2); // warning: call to 'sync_if'
  sync_if(Level::full);    // warning: call to 'sync_if'
  bounded(Level::off);
  bounded(Level::lazy);
  bounded(Level::full); // warning: call to 'bounded'
  counted(1);           // warning: call to 'counted'
  leaves_early(Level::lazy);
  leaves_early(Level::full); // warning: call to 'leaves_early'
  sync_if(Level::off, n);    // warning: call to 'sync_if'
  co_return;
}

//===--- variables that branches set --------------------------------------===//

void flagged(int n, bool quick) {
  bool wait = n > 3;
  if (quick)
    wait = false;
  if (wait)
    fsync(0);
}
void switched(Level level) {
  bool wait;
  switch (level) {
  case Level::full:
    wait = true;
    break;
  default:
    wait = false;
  }
  if (!wait)
    return;
  fsync(0);
}
// What a loop sets is not followed.
void in_loop(int n) {
  bool wait = false;
  for (int i = 0; i < n; ++i)
    wait = true;
  if (wait)
    fsync(0);
}
co::task<> by_variables() {
  flagged(9, true);
  flagged(1, false);
  flagged(9, false); // warning: call to 'flagged'
  switched(Level::lazy);
  switched(Level::full); // warning: call to 'switched'
  in_loop(2);            // warning: call to 'in_loop'
  co_return;
}

//===--- arithmetic -------------------------------------------------------===//

void two(bool a, bool b) {
  if (a != b)
    fsync(0);
}
void sum(int n) {
  if (n + 1 > 3)
    fsync(0);
}
void even(int n) {
  if (n % 2 == 0)
    fsync(0);
}
void masked(unsigned flags) {
  if ((flags & 6) == 2)
    fsync(0);
}
void scaled(int n) {
  if (n * 2 > 10)
    fsync(0);
}
void least(int n) {
  if (std::min(n, 8) > 4)
    fsync(0);
}
void clamped(int n) {
  if (std::clamp(n, 0, 8) == 0)
    return;
  fsync(0);
}
// A byte of it may be nothing where it is something.
void cut(int n) {
  if (static_cast<unsigned char>(n) == 0)
    fsync(0);
}
// Below 0, it is large.
void turned(int n) {
  if (static_cast<unsigned>(n) > 5)
    fsync(0);
}
co::task<> by_numbers() {
  two(true, true);
  two(true, false); // warning: call to 'two'
  sum(2);
  sum(3); // warning: call to 'sum'
  even(3);
  even(4); // warning: call to 'even'
  masked(1);
  masked(6);
  masked(3); // warning: call to 'masked'
  scaled(5);
  scaled(6); // warning: call to 'scaled'
  least(4);
  least(5); // warning: call to 'least'
  clamped(-2);
  clamped(2);  // warning: call to 'clamped'
  cut(256);    // warning: call to 'cut'
  turned(-1);  // warning: call to 'turned'
  co_return;
}

//===--- times ------------------------------------------------------------===//

int select_ms(fd_set *set, int ms) {
  timeval time = {ms / 1000, ms % 1000 * 1000};
  return select(3, set, nullptr, nullptr, &time);
}
int ppoll_ms(pollfd *fds, int ms) {
  timespec time;
  time.tv_sec = ms / 1000;
  time.tv_nsec = (ms % 1000) * 1000000L;
  return ppoll(fds, 1, &time, nullptr);
}
int wait_for(int epoll, epoll_event *events, int ms, bool pending) {
  return epoll_wait(epoll, events, 8, pending ? 0 : ms);
}
int poll_any(pollfd *fds, auto time) {
  return poll(fds, 1, duration_cast<milliseconds>(time).count());
}
void pause(int ms) { std::this_thread::sleep_for(milliseconds(ms) * 2); }
void longer(milliseconds time) {
  if (time > time.zero())
    std::this_thread::sleep_for(time);
}
void passed_on(int epoll, epoll_event *events, int s) {
  wait_for(epoll, events, s * 1000, false);
}
co::task<> by_times(fd_set *set, pollfd *fds, epoll_event *events, bool any) {
  select_ms(set, 0);
  select_ms(set, 1); // warning: call to 'select_ms'
  ppoll_ms(fds, 0);
  ppoll_ms(fds, 1500); // warning: call to 'ppoll_ms'
  wait_for(3, events, 0, any);
  wait_for(3, events, 5, true);
  wait_for(3, events, 5, any); // warning: call to 'wait_for'
  poll_any(fds, 0us);
  poll_any(fds, 3s); // warning: call to 'poll_any'
  pause(0);
  pause(2); // warning: call to 'pause'
  longer(0ms);
  longer(1ms); // warning: call to 'longer'
  passed_on(3, events, 0);
  passed_on(3, events, 1); // warning: call to 'passed_on'
  co_return;
}

//===--- loops ------------------------------------------------------------===//

void down(int n) {
  while (n-- > 0)
    fsync(0);
}
void copied(int n) {
  int left = n;
  while (left > 0) {
    fsync(0);
    --left;
  }
}
void from(int n) {
  for (int i = n; i > 0; --i)
    fsync(0);
}
void up_to(int n) {
  for (int i = 0; i < std::min(n, 3); ++i)
    fsync(0);
}
void once(int n) {
  do
    fsync(0);
  while (--n > 0);
}
// In an outer loop, it may be another number the next time.
void nested(int n) {
  for (int i = 0; i < 2; ++i) {
    while (n > 0)
      fsync(0);
    n = i + 1;
  }
}
co::task<> by_loops() {
  down(0);
  down(2); // warning: call to 'down'
  copied(0);
  copied(2); // warning: call to 'copied'
  from(0);
  from(2); // warning: call to 'from'
  up_to(0);
  up_to(2);  // warning: call to 'up_to'
  once(0);   // warning: call to 'once'
  nested(0); // warning: call to 'nested'
  co_return;
}

//===--- steps ------------------------------------------------------------===//

enum Flags : unsigned { sync_file = 1, trace = 4 };
void put(unsigned flags) {
  if (flags & sync_file)
    fsync(0);
}
co::task<> by_steps(unsigned any) {
  unsigned flags = 0;
  flags |= trace;
  put(flags);
  flags |= sync_file;
  put(flags); // warning: call to 'put'
  flags &= ~sync_file;
  put(flags);
  flags ^= any;
  put(flags); // warning: call to 'put'
  co_return;
}

//===--- functions that return only if ... --------------------------------===//

void require(bool ok) {
  if (!ok)
    throw std::logic_error("no");
}
void asks(bool wait) {
  require(!wait);
  if (wait)
    fsync(0);
}
void checked(int n) {
  require(n > 3);
  fsync(0);
}
co::task<> by_assertions(int n) {
  asks(n > 0);
  checked(2);
  checked(4); // warning: call to 'checked'
  checked(n); // warning: call to 'checked'
  co_return;
}

} // namespace

//===--- times that are not given -----------------------------------------===//

namespace {

int select_until(fd_set *set, timeval *time) {
  return select(1, set, nullptr, nullptr, time);
}
void select_any(fd_set *set) { select(1, set, nullptr, nullptr, nullptr); }
co::task<> for_ever(fd_set *set) {
  select_until(set, nullptr); // warning: call to 'select_until'
  select_any(set);            // warning: call to 'select_any'
  co_return;
}

} // namespace
