// RUN: %nostall-verify %s
// What is known of a member of a member: the options that an object keeps.
#include "co.h"
#include <chrono>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>

using namespace std::chrono_literals;

struct Retry {
  int tries = 0;
};
struct Options {
  std::string dir;
  bool sync = false;
  int level = 0;
  std::optional<int> wait;
  Retry retry;
  bool thorough() const { return level == 2; }
};

//===--- by value, moved in ----------------------------------------------------

class Spool {
public:
  explicit Spool(Options options) : options_(std::move(options)) {
    if (options_.dir.empty())
      return;
    usleep(1);
  }
  void put() {
    if (options_.sync)
      usleep(2);
  }
  void commit() {
    if (options_.wait)
      usleep(*options_.wait);
  }
  void check() {
    if (options_.thorough())
      usleep(4);
  }
  void again() {
    const auto &retry = options_.retry;
    if (retry.tries > 0)
      usleep(5);
  }
  void set_sync(bool sync) { options_.sync = sync; }

private:
  Options options_;
};

co::task<> spools() {
  Spool s{Options{}};
  s.put();
  s.commit();
  s.check();
  s.again();
  Spool on(Options{.dir = "x", .sync = true, .level = 2}); // warning: construction of 'Spool' blocks
  on.put(); // warning: call to 'Spool::put' blocks
  on.check(); // warning: call to 'Spool::check' blocks
  on.commit();
  on.again();
  Spool again(Options{.retry = {.tries = 3}});
  again.again(); // warning: call to 'Spool::again' blocks
  Spool later{Options{}};
  later.set_sync(true);
  later.put(); // warning: call to 'Spool::put' blocks
  later.check();
  co_return;
}

co::task<> from_variables() {
  Options plain;
  Spool s(plain);
  s.put();
  Options set;
  set.sync = true;
  Spool t(set);
  t.put(); // warning: call to 'Spool::put' blocks
  t.check();
  co_return;
}

//===--- copied, referred to, an aggregate -------------------------------------

class Copied {
public:
  explicit Copied(const Options &options) : options_(options) {}
  void put() {
    if (options_.sync)
      usleep(2);
  }

private:
  Options options_;
};
class Kept {
public:
  explicit Kept(const Options &options) : options_(options) {}
  void put() {
    if (options_.sync)
      usleep(2);
  }

private:
  const Options &options_;
};
struct Flat {
  Options options;
  void put() {
    if (options.sync)
      usleep(2);
  }
};
void put(const Flat &flat) {
  if (flat.options.sync)
    usleep(3);
}

co::task<> others() {
  Copied c{Options{}};
  c.put();
  Copied d{Options{.sync = true}};
  d.put(); // warning: call to 'Copied::put' blocks
  Options options;
  Kept k(options);
  k.put();
  Options loud{.sync = true};
  Kept l(loud);
  l.put(); // warning: call to 'Kept::put' blocks
  Flat f;
  f.put();
  put(f);
  Flat g{{.sync = true}};
  g.put(); // warning: call to 'Flat::put' blocks
  put(g); // warning: call to 'put' blocks
  co_return;
}

//===--- durations and numbers -------------------------------------------------

struct Poll {
  std::chrono::milliseconds timeout{0};
  std::chrono::seconds pause = std::chrono::seconds::zero();
  double rate = 0.0;
  void a() {
    if (timeout == 0ms)
      return;
    usleep(1);
  }
  void b() {
    if (timeout > 0ms)
      usleep(1);
  }
  void c() {
    if (pause != pause.zero())
      usleep(1);
  }
  void d() {
    if (rate > 0)
      usleep(1);
  }
};
void after(std::chrono::milliseconds t = 0ms) {
  if (t > 0ms)
    usleep(1);
}
void unless_zero(std::chrono::nanoseconds t) {
  if (t == std::chrono::nanoseconds::zero())
    return;
  usleep(1);
}
void forever(std::chrono::milliseconds t) {
  if (t < 0ms)
    usleep(1);
}
void at_rate(double r) {
  if (r > 0)
    usleep(1);
}

co::task<> durations() {
  Poll p;
  p.a();
  p.b();
  p.c();
  p.d();
  Poll q{.timeout = 5ms, .rate = 0.5};
  q.a(); // warning: call to 'Poll::a' blocks
  q.b(); // warning: call to 'Poll::b' blocks
  q.d(); // warning: call to 'Poll::d' blocks
  after();
  after(0ms);
  after(1s); // warning: call to 'after' blocks
  unless_zero(0ms);
  unless_zero({});
  unless_zero(1s); // warning: call to 'unless_zero' blocks
  forever(5ms);
  forever(-1ms); // warning: call to 'forever' blocks
  at_rate(0);
  at_rate(0.5); // warning: call to 'at_rate' blocks
  co_return;
}
