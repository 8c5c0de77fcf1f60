// RUN: %nostall-verify %s
// Conditions that the program has settled.
#include "co.h"
#include <unistd.h>

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
