// RUN: %nostall-verify %s
// Conditions that the program has settled.
#include "co.h"
#include <memory>
#include <unistd.h>

namespace { // other tests have such names, too

static const bool durable = false;
constexpr bool fast = true;

void by_global() {
  if (durable)
    fsync(1);
}
void by_both(bool wanted) {
  const bool both = wanted && durable;
  if (both)
    fsync(1);
  if (durable || !fast)
    fsync(1);
}
void by_either(bool wanted) {
  const bool either = wanted || durable;
  if (either)
    fsync(1);
}

class Journal {
public:
  Journal() {}
  void save() {
    if (in_memory_)
      return;
    fsync(1);
  }
  void flush() {
    if (!in_memory_)
      fsync(1);
    else
      fsync(2);
  }

private:
  const bool in_memory_ = true;
};

// A constructor says otherwise; anybody may; nobody has said that it stays.
class Chosen {
public:
  explicit Chosen(bool in_memory) : in_memory_(in_memory) {}
  void save() {
    if (in_memory_)
      return;
    fsync(1);
  }

private:
  const bool in_memory_ = true;
};
struct Open {
  const bool in_memory = true;
  void save() {
    if (in_memory)
      return;
    fsync(1);
  }
};
struct Settable {
  bool in_memory = true;
  void save() {
    if (in_memory)
      return;
    fsync(1);
  }
};

co::task<> serve(Journal &journal, Chosen &chosen, Open &open, Settable &settable) {
  by_global();
  by_both(true);
  by_either(true); // warning: it reaches 'fsync'
  journal.save();
  journal.flush(); // warning: it reaches 'fsync'
  chosen.save(); // warning: it reaches 'fsync'
  open.save(); // warning: it reaches 'fsync'
  settable.save(); // warning: it reaches 'fsync'
  co_return;
}

// After a label everything may be reached again.
void jumps(int n) {
  if (n)
    goto again;
  if (fast)
    return;
  fsync(1);
again:
  sleep(1);
}
co::task<> labels() {
  jumps(1); // warning: it reaches 'sleep'
  co_return;
}

// Members that an object was made with, and that nothing changes.
enum class Mode { durable, quick };
class Log {
public:
  explicit Log(Mode mode, int level = 0) : mode_(mode), level_(level) {}
  void write() { flush(); }
  void flush() {
    if (mode_ == Mode::quick)
      return;
    fsync(1);
  }
  void verbose() {
    if (level_ > 0)
      fsync(1);
  }

private:
  Mode mode_;
  int level_;
};
class Switched {
public:
  explicit Switched(bool on) : on_(on) {}
  void turn_on() { on_ = true; }
  void flush() {
    if (on_)
      fsync(1);
  }

private:
  bool on_;
};
struct Plain {
  bool sync;
  void flush() const {
    if (sync)
      fsync(1);
  }
};
class Remote {
public:
  explicit Remote(bool on) : on_(on) {}
  void configure(); // elsewhere
  void flush() {
    if (on_)
      fsync(1);
  }

private:
  bool on_;
};
void pass(Log &log);

co::task<> made(Log &other) {
  Log quick(Mode::quick);
  quick.flush();
  quick.write();
  quick.verbose();
  Log loud(Mode::quick, 2);
  loud.verbose(); // warning: it reaches 'fsync'
  auto owned = std::make_unique<Log>(Mode::quick);
  owned->write();
  auto shared = std::make_shared<Log>(Mode::durable);
  shared->write(); // warning: it reaches 'fsync'
  Log(Mode::quick).flush();
  other.flush(); // warning: it reaches 'fsync'
  Plain plain{false};
  plain.flush();
  Plain eager{true};
  eager.flush(); // warning: it reaches 'fsync'
  Switched off(false);
  off.flush();
  off.turn_on();
  off.flush(); // warning: it reaches 'fsync'
  Remote remote(false);
  remote.flush();
  remote.configure();
  remote.flush(); // warning: it reaches 'fsync'
  co_return;
}

// Members of what a function is given.
struct Options {
  bool durable = false;
  int level = 0;
};
void commit(const Options &o) {
  if (o.durable)
    fsync(1);
}
void commits(const Options &o) { commit(o); }
void by_value(Options o) {
  if (!o.durable)
    return;
  fsync(1);
}
void by_pointer(const Options *o) {
  if (o && o->level > 1)
    fsync(1);
}
void decides(Options o) {
  o.durable = true;
  commit(o);
}
void use(Log &log) { log.flush(); }
co::task<> given() {
  commits({});
  commits({.durable = true}); // warning: it reaches 'fsync'
  by_value(Options{false, 1});
  by_value(Options{true, 1}); // warning: it reaches 'fsync'
  const Options options;
  commits(options);
  Options chosen;
  commits(chosen);
  Options changed;
  changed.durable = true;
  commits(changed); // warning: it reaches 'fsync'
  by_pointer(nullptr);
  by_pointer(&options);
  const Options deep{.level = 2};
  by_pointer(&deep); // warning: it reaches 'fsync'
  decides({}); // warning: it reaches 'fsync'
  co_return;
}

// A local variable that nothing changes.
co::task<> kept() {
  bool verbose = false;
  if (verbose)
    fsync(1);
  bool sync = false;
  auto set = [&] { sync = true; };
  set();
  if (sync)
    fsync(1); // warning: blocks
  co_return;
}

// The child of a fork is another program.
co::task<> forks() {
  switch (fork()) {
  case 0:
    sleep(1);
    _exit(0);
  case -1:
    sleep(1); // warning: blocks
    break;
  default:
    break;
  }
  co_return;
}
// What a coroutine ends with is not what it is for.
co::task<> ends() {
  sleep(1); // warning: blocks
  co_await co::sleep(1);
  _exit(0);
}

} // namespace
