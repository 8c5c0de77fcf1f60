// RUN: %nostall-verify %s
// Every way in which a coroutine can reach a blocking call, in one file.
#include "co.h"
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

void direct_helper() { sleep(1); }
void two_deep() { direct_helper(); }
inline void three_deep() { two_deep(); }
static int value_after_sleep() {
  sleep(1);
  return 1;
}

co::task<> calls() {
  sleep(1);        // warning: call to 'sleep' blocks the event loop (sleep)
  ::sleep(1);      // warning: call to 'sleep' blocks
  (sleep)(1);      // warning: call to 'sleep' blocks
  (void)sleep(1);  // warning: call to 'sleep' blocks
  direct_helper(); // warning: call to 'direct_helper' blocks the event loop: it reaches 'sleep' (sleep)
  two_deep();      // warning: it reaches 'sleep'
  three_deep();    // warning: it reaches 'sleep'
  int a = value_after_sleep(); // warning: it reaches 'sleep'
  a += value_after_sleep();    // warning: it reaches 'sleep'
  if (value_after_sleep())     // warning: it reaches 'sleep'
    ++a;
  while (value_after_sleep()) // warning: it reaches 'sleep'
    break;
  switch (value_after_sleep()) { // warning: it reaches 'sleep'
  default:
    break;
  }
  for (int i = 0; i < value_after_sleep(); ++i) // warning: it reaches 'sleep'
    break;
  co_await co::sleep(value_after_sleep()); // warning: it reaches 'sleep'
  co_return;
}

co::task<int> returns() {
  co_return value_after_sleep(); // warning: it reaches 'sleep'
}

co::async_generator<int> yields() {
  co_yield value_after_sleep(); // warning: it reaches 'sleep'
}

//===--- constructors ---------------------------------------------------------

struct Waits {
  Waits() { sleep(1); }
  explicit Waits(int) {}
};
struct WaitsInInit {
  WaitsInInit() : value(value_after_sleep()) {}
  int value;
};
struct WaitsByDefaultInit {
  int value = value_after_sleep();
};
struct Derived : Waits {
  int extra = 0;
};
struct HasMember {
  HasMember() {}
  Waits member;
};
struct HasMemberImplicitly {
  Waits member;
};
struct Delegates {
  Delegates() : Delegates(1) {}
  explicit Delegates(int) { sleep(1); }
};

co::task<> constructs() {
  Waits a;                 // warning: construction of 'Waits' blocks the event loop: it reaches 'sleep'
  Waits none(1);
  WaitsInInit b;           // warning: it reaches 'sleep'
  WaitsByDefaultInit c;    // warning: it reaches 'sleep'
  Derived d;               // warning: it reaches 'sleep'
  HasMember e;             // warning: it reaches 'sleep'
  HasMemberImplicitly f;   // warning: it reaches 'sleep'
  Delegates g;             // warning: it reaches 'sleep'
  auto *h = new Waits;     // warning: it reaches 'sleep'
  delete h;
  Waits();                 // warning: it reaches 'sleep'
  std::ifstream in("path");  // warning: construction of 'std::ifstream' blocks the event loop (file-io)
  std::ifstream closed;
  closed.open("path");     // warning: 'std::basic_ifstream::open' blocks
  std::string line;
  std::getline(in, line);  // warning: (file-io)
  auto moved = std::move(in);
  co_return;
}

//===--- destructors ----------------------------------------------------------

struct WaitsAtEnd {
  ~WaitsAtEnd() { sleep(1); }
  void use() {}
};
struct HasEnd {
  WaitsAtEnd member;
};
struct HasEndBase : WaitsAtEnd {};
WaitsAtEnd make_end();
void takes_end(WaitsAtEnd) {}

co::task<> destroys() {
  WaitsAtEnd a;              // warning: destruction of 'a' blocks the event loop: it reaches 'sleep'
  HasEnd b;                  // warning: destruction of 'b' blocks
  HasEndBase c;              // warning: destruction of 'c' blocks
  WaitsAtEnd array[2];       // warning: destruction of 'array' blocks
  static WaitsAtEnd forever;
  WaitsAtEnd &alias = a;
  alias.use();
  WaitsAtEnd *heap = new WaitsAtEnd;
  delete heap;               // warning: deletion of this 'WaitsAtEnd' blocks the event loop: it reaches 'sleep'
  make_end();                // warning: destruction of the temporary
  make_end().use();          // warning: destruction of the temporary
  const WaitsAtEnd &kept = make_end(); // warning: destruction of 'kept' blocks
  std::jthread worker([] {});// warning: destruction of 'worker' blocks the event loop (wait)
  std::thread plain([] {});
  plain.detach();
  co_return;
}

struct Workers {
  std::vector<std::jthread> threads;
};
struct Opaque {
  ~Opaque();
};
std::unique_ptr<WaitsAtEnd> owner_of_end();
void takes_owner(std::unique_ptr<WaitsAtEnd>);
co::task<> owners() {
  auto one = std::make_unique<WaitsAtEnd>(); // warning: destruction of 'one' blocks the event loop: it reaches 'sleep'
  std::vector<WaitsAtEnd> many(2);           // warning: destruction of 'many' blocks
  std::optional<HasEnd> maybe;               // warning: destruction of 'maybe' blocks
  maybe.emplace();
  std::vector<std::unique_ptr<WaitsAtEnd>> nested; // warning: destruction of 'nested' blocks
  nested.emplace_back();
  std::vector<std::jthread> threads(2);      // warning: destruction of 'threads' blocks the event loop: it reaches 'std::jthread::~jthread' (wait)
  Workers nobody;
  Workers workers;                           // warning: destruction of 'workers' blocks the event loop: it reaches 'std::jthread::~jthread' (wait)
  workers.threads.emplace_back();
  owner_of_end();                            // warning: destruction of the temporary
  co_return;
}
co::task<std::unique_ptr<WaitsAtEnd>> owners_of_nothing() {
  std::vector<WaitsAtEnd *> pointers;
  std::vector<int> numbers;
  std::unique_ptr<Opaque> elsewhere;
  auto passed = owner_of_end();
  takes_owner(std::move(passed));
  auto released = owner_of_end();
  delete[] reinterpret_cast<char *>(released.release());
  auto returned = owner_of_end();
  co_return returned;
}

co::task<> future_of_async() {
  auto f = std::async(std::launch::async, [] { return 1; }); // warning: destruction of 'f' blocks
  std::promise<int> p;
  auto g = p.get_future();
  std::async(std::launch::async, [] {}); // warning: 'std::async' blocks
  co_return;
}

//===--- operators, conversions, defaults, range-for ---------------------------

struct Number {
  int value = 0;
  Number operator+(Number) const {
    sleep(1);
    return *this;
  }
  Number &operator++() {
    sleep(1);
    return *this;
  }
  int operator[](int) const {
    sleep(1);
    return 0;
  }
  int operator*() const {
    sleep(1);
    return 0;
  }
  Number *operator->() {
    sleep(1);
    return this;
  }
  bool operator==(const Number &) const {
    sleep(1);
    return true;
  }
  void operator()() const { sleep(1); }
  operator int() const {
    sleep(1);
    return 0;
  }
  explicit operator bool() const {
    sleep(1);
    return true;
  }
  Number &operator=(const Number &) {
    sleep(1);
    return *this;
  }
  Number() = default;
  Number(const Number &) = default;
};
int operator""_slow(unsigned long long) {
  sleep(1);
  return 1;
}

co::task<> operators(Number a, Number b) {
  a + b;         // warning: it reaches 'sleep'
  ++a;           // warning: it reaches 'sleep'
  a[1];          // warning: it reaches 'sleep'
  *a;            // warning: it reaches 'sleep'
  a->value = 1;  // warning: it reaches 'sleep'
  a();           // warning: it reaches 'sleep'
  a = b;         // warning: it reaches 'sleep'
  int i = a;     // warning: conversion by 'Number::operator int' blocks
  if (a)         // warning: conversion by
    ++i;
  if (a != b)    // warning: it reaches 'sleep'
    ++i;
  i = 7_slow;    // warning: it reaches 'sleep'
  co_return;
}

void with_default(int = value_after_sleep()) {}
struct WithDefault {
  explicit WithDefault(int = value_after_sleep()) {}
};

co::task<> default_arguments() {
  with_default();  // warning: this default argument, which calls 'value_after_sleep', blocks
  with_default(1);
  WithDefault a;   // warning: default argument
  WithDefault b(1);
  co_return;
}

struct SlowRange {
  int data[1] = {};
  int *begin() {
    sleep(1);
    return data;
  }
  int *end() { return data + 1; }
};
struct SlowStep {
  struct iterator {
    int at;
    iterator &operator++() {
      sleep(1);
      return *this;
    }
    int operator*() const { return at; }
    bool operator!=(const iterator &o) const { return at != o.at; }
  };
  iterator begin() { return {0}; }
  iterator end() { return {1}; }
};
SlowRange make_range() {
  sleep(1);
  return {};
}

co::task<> ranges(SlowRange range, SlowStep steps) {
  for (int i : range) // warning: this range-based for, which calls 'SlowRange::begin', blocks
    (void)i;
  for (int i : steps) // warning: this range-based for, which calls 'SlowStep::iterator::operator++', blocks
    (void)i;
  int plain[] = {1, 2};
  for (int i : plain)
    (void)i;
  for (int i : make_range().data) // warning: call to 'make_range' blocks
    (void)i;
  co_return;
}

//===--- a user's awaiter -------------------------------------------------------

struct SlowAwaiter {
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<>) { sleep(1); }
  void await_resume() {}
};
struct SlowAwaitable {
  co::operation<> operator co_await() const {
    sleep(1);
    return {};
  }
};
co::task<> suspends() {
  co_await SlowAwaiter();   // warning: this co_await, which calls 'SlowAwaiter::await_suspend', blocks
  co_await SlowAwaitable(); // warning: this co_await, which calls 'SlowAwaitable::operator co_await', blocks
}

//===--- silent -------------------------------------------------------------------

void never_called_from_a_loop() { sleep(1); }
int main() {
  sleep(1);
  three_deep();
}

// A temporary that is written as a cast is one like others.
struct LogLine {
  explicit LogLine(int);
  ~LogLine() { sleep(1); }
  LogLine &operator<<(const char *);
};
co::task<> logs() {
  LogLine(1) << "text"; // warning: destruction of the temporary
  LogLine(1);           // warning: destruction of the temporary
  LogLine{1} << "text"; // warning: destruction of the temporary
  static_cast<LogLine>(1) << "text"; // warning: destruction of the temporary
  LogLine line = LogLine(1); // warning: destruction of 'line'
  co_return;
}
