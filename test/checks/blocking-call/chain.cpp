// RUN: %nostall-verify %s
// The notes walk from the loop down to the operation and say how it is known.
#include "co.h"
#include <algorithm>
#include <fstream>
#include <nostall/annotations.h>
#include <thread>
#include <unistd.h>
#include <vector>

void primitive() {
  sleep(1); // note: 'primitive' calls 'sleep' here // note: 'sleep' blocks, according to model posix.yaml (man 3 sleep)
}
void middle() {
  primitive(); // note: 'middle' calls 'primitive' here
}
co::task<> walks() {
  middle(); // warning: call to 'middle' blocks the event loop: it reaches 'sleep' (sleep)
  co_return;
}

co::task<> direct() {
  usleep(1); // warning: (sleep) // note: 'usleep' blocks, according to model posix.yaml
  co_return;
}

struct Config {
  Config() {
    std::ifstream in("config"); // note: 'Config' constructs 'std::basic_ifstream' here // note: 'std::basic_ifstream' blocks, according to model std.yaml
  }
};
struct Closes {
  ~Closes() {
    sync(); // note: 'Closes::~Closes' calls 'sync' here // note: 'sync' blocks
  }
};
void closes() {
  Closes c; // note: 'closes' runs the destructor 'Closes::~Closes' here
}
co::task<> objects() {
  Config c; // warning: construction of 'Config' blocks
  closes(); // warning: it reaches 'sync'
  co_return;
}

void sort(std::vector<int> &v) {
  std::sort(v.begin(), v.end(), [](int a, int b) { // note: 'sort' calls 'std::sort', which runs the lambda here
    pause(); // note: the lambda calls 'pause' here // note: 'pause' blocks
    return a < b;
  });
}
co::task<> callables(std::vector<int> &v) {
  sort(v); // warning: it reaches 'pause'
  std::for_each(v.begin(), v.end(), [](int) { // warning: it reaches 'fsync' // note: this calls 'std::for_each', which runs the lambda
    fsync(1); // note: the lambda calls 'fsync' here
  });
  co_return;
}

struct Base {
  virtual ~Base() = default;
  virtual void f() = 0;
};
struct Heir : Base {
  void f() override {
    getppid();
    fdatasync(1); // note: 'Heir::f' calls 'fdatasync' here // note: 'fdatasync' blocks
  }
};
co::task<> dispatched(Base &b) {
  b.f(); // warning: it reaches 'fdatasync' // note: this calls 'Base::f', which 'Heir::f' overrides
  co_return;
}

NOSTALL_BLOCKING(db) void query();
void clang_blocking() [[clang::blocking]];
void asks() {
  query(); // note: 'asks' calls 'query' here // note: 'query' blocks, according to annotation NOSTALL_BLOCKING
}
co::task<> annotated() {
  asks(); // warning: it reaches 'query' (db)
  clang_blocking(); // warning: (wait) // note: 'clang_blocking' blocks, according to attribute [[clang::blocking]]
  co_return;
}

// One finding a call, however much lies below; the notes count.
void three() {
  sleep(1);
  usleep(1);
  sync();
}
void two() {
  pause();
  pause();
}
co::task<> counts() {
  three(); // warning: it reaches 'sleep' // note: 2 more blocking calls are reached from here
  two();   // warning: it reaches 'pause' // note: 1 more blocking call is reached from here
  co_return;
}

// Round in circles, and out at the operation.
void ping(int n);
void pong(int n) {
  if (n)
    ping(n - 1); // note: 'pong' calls 'ping' here
}
void ping(int n) {
  pong(n);
  getpgid(0);
  if (!n)
    mkdtemp(nullptr); // note: 'ping' calls 'mkdtemp' here // note: 'mkdtemp' blocks
}
void itself(int n) {
  if (n)
    itself(n - 1);
  else
    rmdir(""); // note: 'itself' calls 'rmdir' here
}
void only_itself(int n) { only_itself(n - 1); }
co::task<> recursion() {
  pong(1);   // warning: it reaches 'mkdtemp'
  itself(1); // warning: it reaches 'rmdir'
  only_itself(1);
  co_return;
}

// A body that is no coroutine says why it is on the loop.
template <class F> void call_soon(NOSTALL_RUNS_ON(loop) F) {}
void hands_over() {
  call_soon([] { // note: the lambda runs on the event loop: it is handed to 'call_soon' here
    sleep(1);    // warning: (sleep)
  });
}

// The first in the order of the source is told, whatever its category.
void file_first() { fsync(1); sleep(1); }
void sleep_first() { sleep(1); fsync(1); }
void file_first_below() { file_first(); sleep_first(); }
co::task<> told_in_order() {
  file_first();       // warning: it reaches 'fsync' (file-io)
  sleep_first();      // warning: it reaches 'sleep' (sleep)
  file_first_below(); // warning: it reaches 'fsync' (file-io)
  co_return;
}
