// RUN: %nostall-verify %s
// Calls that nobody wrote where they are made: they are what they would be if
// somebody had.
#include "co.h"
#include <functional>
#include <memory>
#include <unistd.h>
#include <utility>

using co::task;
struct Slow {
  ~Slow() { sleep(1); }
};

//===--- dispatched -------------------------------------------------------------------

struct Source {
  virtual ~Source() = default;
  virtual int *begin() = 0;
  virtual int *end() = 0;
  virtual int length() = 0;
  virtual void operator()() = 0;
};
struct SlowSource : Source {
  int *begin() override { sleep(1); return nullptr; }
  int *end() override { return nullptr; }
  int length() override { sleep(1); return 0; }
  void operator()() override { sleep(1); }
};
Source &source();
void take(int n = source().length());

task<> range(Source &from) {
  for (int x : from) // warning: this range-based for, which calls 'Source::begin'
    (void)x;
  co_return;
}
task<> default_argument() {
  take(); // warning: this default argument, which calls 'Source::length'
  take(1);
  co_return;
}
task<> call_operator(Source &from) {
  from(); // warning: call to 'from'
  co_return;
}
struct Owners {
  struct iterator {
    std::unique_ptr<Slow> operator*() const;
    iterator &operator++();
    bool operator!=(const iterator &) const;
  };
  iterator begin() const;
  iterator end() const;
};
task<> owner_as_loop_variable(const Owners &owners) {
  for (std::unique_ptr<Slow> owner : owners) // warning: destruction of 'owner'
    (void)owner;
  co_return;
}

//===--- destroyed --------------------------------------------------------------------

void by_value(Slow) {}
void by_value_and_gone(std::unique_ptr<Slow> slow, std::unique_ptr<Slow> &to) {
  to = std::move(slow);
}
void by_value_owner(std::unique_ptr<Slow> slow) { (void)slow; }
task<> parameters(std::unique_ptr<Slow> &kept) {
  by_value(Slow()); // warning: it reaches 'sleep'
  by_value_and_gone(nullptr, kept);
  by_value_owner(nullptr);
  by_value_owner(std::make_unique<Slow>()); // warning: it reaches 'sleep'
  co_return;
}
task<> in_the_frame(Slow slow) { // warning: destruction of 'slow'
  co_return;
}
task<> in_the_frame_and_gone(std::unique_ptr<Slow> slow, std::unique_ptr<Slow> &to) {
  to = std::move(slow);
  co_return;
}

//===--- unions -------------------------------------------------------------------------

// Which member lives is nobody's business but its own.
union Either {
  int number;
  Slow slow;
  Either() : number(0) {}
  ~Either() {}
};
union Chosen {
  int number;
  Slow slow;
  Chosen() : number(0) {}
  ~Chosen() { slow.~Slow(); }
};
task<> unions() {
  Either either;
  (void)either;
  Chosen chosen; // warning: destruction of 'chosen'
  (void)chosen;
  co_return;
}

//===--- constructors, allocation, cleanup --------------------------------------------------

struct Base {
  explicit Base(int) { sleep(1); }
};
struct Derived : Base {
  using Base::Base;
};
task<> inherited_constructor() {
  Derived derived(1); // warning: construction of 'Derived'
  (void)derived;
  co_return;
}
struct Allocated {
  void *operator new(std::size_t size) { sleep(1); return ::operator new(size); }
  void operator delete(void *memory) { sleep(1); ::operator delete(memory); }
};
task<> allocation() {
  auto *allocated = new Allocated; // warning: 'Allocated::operator new'
  delete allocated;                // warning: 'Allocated::operator delete'
  co_return;
}
void clean(int *) { sleep(1); }
task<> cleanup() {
  __attribute__((cleanup(clean))) int handle = 1; // warning: 'clean'
  (void)handle;
  co_return;
}
// What co_return gives, its promise is given.
struct recorded {
  struct promise_type {
    recorded get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_value(int) { sleep(1); }
    void unhandled_exception() {}
  };
};
co::operation<> soon();
recorded last() {
  co_await soon();
  co_return 1; // warning: call to 'recorded::promise_type::return_value' blocks
}
