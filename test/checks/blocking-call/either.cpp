// RUN: %nostall-verify %s
// Conditions that are made of several: what is ruled out is where each part of an || is.
#include "co.h"
#include <string>
#include <unistd.h>

namespace { // other tests have such names, too

struct Options {
  bool durable = false;
  int copies = 0;
  std::string mirror;
  bool quiet = false;
};
void either(const Options &o) {
  if (o.durable || o.copies > 1)
    fsync(1);
}
void both(const Options &o) {
  if (o.durable && o.copies > 1)
    fsync(2);
}
void within(const Options &o) {
  if (!o.quiet && (o.durable || !o.mirror.empty()))
    fsync(3);
}
void early(const Options &o) {
  if (!o.durable && o.copies <= 1)
    return;
  fsync(4);
}
void early_or(const Options &o) {
  if (!(o.durable || o.copies > 1))
    return;
  fsync(5);
}
void kept(const Options &o) {
  const bool wanted = o.durable || o.copies > 1;
  if (wanted)
    fsync(6);
}
void by_parameters(bool a, int n, const std::string &dir) {
  if (a || n > 1 || !dir.empty())
    fsync(7);
}
bool wants(const Options &o) { return o.durable || o.copies > 1; }
void by_helper(const Options &o) {
  if (wants(o))
    fsync(8);
}
void unknown_part(bool a, int fd) {
  if (a || isatty(fd))
    fsync(9);
}
void changed_part(bool a, bool b) {
  b = !a;
  if (a || b)
    fsync(10);
}
struct Log {
  Options options;
  explicit Log(Options o) : options(o) {}
  void flush() {
    if (options.durable || options.copies > 1)
      fsync(11);
  }
};

co::task<> calls() {
  either({});
  either({.copies = 1});
  either({.durable = true}); // warning: it reaches 'fsync'
  either({.copies = 2}); // warning: it reaches 'fsync'
  both({.durable = true, .copies = 1});
  both({.durable = true, .copies = 2}); // warning: it reaches 'fsync'
  within({});
  within({.durable = true, .quiet = true});
  within({.mirror = "x"}); // warning: it reaches 'fsync'
  early({});
  early({.copies = 3}); // warning: it reaches 'fsync'
  early_or({.copies = 1});
  early_or({.durable = true}); // warning: it reaches 'fsync'
  kept({});
  kept({.durable = true}); // warning: it reaches 'fsync'
  by_parameters(false, 1, "");
  by_parameters(false, 1, "d"); // warning: it reaches 'fsync'
  by_helper({});
  by_helper({.copies = 9}); // warning: it reaches 'fsync'
  unknown_part(false, 0); // warning: it reaches 'fsync'
  changed_part(false, false); // warning: it reaches 'fsync'
  Log quiet({});
  quiet.flush();
  Log loud({.durable = true});
  loud.flush(); // warning: it reaches 'fsync'
  co_return;
}

//===--- members of members that nobody changes -----------------------------------

struct Limits {
  bool durable = false;
  int tries = 0;
};
class Quiet {
public:
  co::task<> run() {
    if (limits_.durable)
      fsync(1);
    if (fixed_.tries > 3)
      fsync(2);
    if (!(silent_ && !verbose_))
      fsync(3);
    if (!silent_ || verbose_)
      fsync(4);
    co_return;
  }

private:
  Limits limits_;
  const Limits fixed_{.durable = false, .tries = 1};
  bool silent_ = true, verbose_ = false;
};
class Loud {
public:
  co::task<> run() {
    if (limits_.durable)
      fsync(5); // warning: call to 'fsync' blocks
    if (set_.durable)
      fsync(6); // warning: call to 'fsync' blocks
    if (fixed_.tries > 0)
      fsync(7); // warning: call to 'fsync' blocks
    if (!silent_ || verbose_)
      fsync(8); // warning: call to 'fsync' blocks
    co_return;
  }
  void change() {
    limits() = {true, 1};
    set_.durable = true;
    verbose_ ^= true;
  }

private:
  Limits &limits() { return limits_; }
  Limits limits_, set_;
  const Limits fixed_{.durable = false, .tries = 1};
  bool silent_ = true, verbose_ = false;
};

} // namespace

//===--- one object by two names -----------------------------------------------------

namespace {

void merge(const Options &from, Options &into) {
  into.durable = true;
  if (from.durable)
    fsync(1);
}
void merge_at(const Options &from, Options *into) {
  into->copies = 3;
  if (from.copies > 1)
    fsync(2);
}
void count(const int &from, int &into) {
  into = 3;
  if (from > 0)
    fsync(3);
}
struct Pair {
  Options own;
  void take(const Options &o) {
    own.durable = true;
    if (o.durable)
      fsync(4);
  }
};
co::task<> by_two_names() {
  Options a, b;
  merge(a, a); // warning: it reaches 'fsync'
  Options c;
  merge(c, b);
  Options d;
  merge_at(d, &d); // warning: it reaches 'fsync'
  int n = 0, m = 0;
  count(n, m);
  int k = 0;
  count(k, k); // warning: it reaches 'fsync'
  Pair p;
  p.take(p.own); // warning: it reaches 'fsync'
  co_return;
}

} // namespace
