// RUN: %nostall-verify %s
// Objects that functions are given, and change, and what is copied out of them.
#include "co.h"
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

struct Options {
  bool sync = false;
  int level = 0;
  std::string dir;
};
void durable(Options &o) { o.sync = true; }
void quick(Options *o) {
  o->sync = false;
  o->level = 1;
}
void both(Options &o) {
  durable(o);
  quick(&o);
}
void louder(Options &o) { o.level += 3; }
void perhaps(Options &o, bool sure) {
  if (sure)
    o.sync = true;
}
void set(Options &o, bool sync) { o.sync = sync; }
void elsewhere(Options &o);
Options *last;
void keeps(Options &o) { last = &o; }
void apply(const Options &o) {
  if (o.sync)
    sync();
}
void ask(Options &o) {
  if (o.sync)
    sync();
  o.level = 0;
}

//===--- in order --------------------------------------------------------------

co::task<> in_order() {
  Options o;
  apply(o);
  durable(o);
  apply(o); // warning: call to 'apply' blocks
  quick(&o);
  apply(o);
  both(o);
  apply(o);
  co_return;
}
co::task<> other_members() {
  Options o;
  louder(o);
  apply(o);
  ask(o);
  apply(o);
  co_return;
}
co::task<> by_argument() {
  Options o;
  set(o, true);
  apply(o); // warning: call to 'apply' blocks
  set(o, false);
  ask(o);
  co_return;
}
co::task<> on_some_paths(bool sure) {
  Options o;
  perhaps(o, sure);
  apply(o); // warning: call to 'apply' blocks
  co_return;
}
co::task<> unknown() {
  Options o;
  elsewhere(o);
  apply(o); // warning: call to 'apply' blocks
  co_return;
}
co::task<> kept_by_others() {
  Options o;
  keeps(o);
  last->sync = true;
  apply(o); // warning: call to 'apply' blocks
  co_return;
}

//===--- copied one by one -----------------------------------------------------

class Writer {
  bool wait_;
  std::string dir_;

public:
  explicit Writer(const Options &o) : wait_(o.sync), dir_(o.dir) {}
  void put() {
    if (wait_)
      sync();
  }
};
void write_with(const Options &o) {
  Writer w(o);
  w.put();
}
co::task<> copied() {
  Options o;
  Writer before(o);
  before.put();
  o.sync = true;
  Writer after(o);
  after.put(); // warning: call to 'Writer::put' blocks
  before.put();
  Writer listed({.sync = false});
  listed.put();
  Writer made(Options{.sync = true});
  made.put(); // warning: call to 'Writer::put' blocks
  write_with({});
  write_with({.sync = true}); // warning: call to 'write_with' blocks
  co_return;
}
co::task<> copied_for_owners() {
  Options o;
  auto w = std::make_unique<Writer>(o);
  w->put();
  o.sync = true;
  auto v = std::make_unique<Writer>(o);
  v->put(); // warning: call to 'Writer::put' blocks
  co_return;
}

//===--- behind owners ---------------------------------------------------------

struct Journal {
  bool sync_ = false;
  void set_sync(bool on) { sync_ = on; }
  int size() const { return 0; }
  void append() {
    if (sync_)
      sync();
  }
};
void arm(Journal &j) { j.sync_ = true; }
co::task<> owned() {
  auto read_only = std::make_unique<Journal>();
  read_only->size();
  read_only->append();
  auto j = std::make_unique<Journal>();
  j->set_sync(true);
  j->append(); // warning: call to 'Journal::append' blocks
  auto k = std::make_shared<Journal>();
  k->sync_ = true;
  k->append(); // warning: call to 'Journal::append' blocks
  auto lent = std::make_unique<Journal>();
  arm(*lent);
  lent->append(); // warning: call to 'Journal::append' blocks
  auto shared = std::make_shared<Journal>();
  auto other = shared;
  other->set_sync(true);
  shared->append(); // warning: call to 'Journal::append' blocks
  co_return;
}

//===--- what nobody ever sets ---------------------------------------------------

class Metrics {
  bool simulate_ = false;
  int backoff_ = 0;
  enum class Level { debug, info } level_ = Level::info;
  struct Point {
    int x = 0;
    void move() { ++x; }
  };
  Point at_;

public:
  void tick() {
    if (simulate_)
      usleep(1);
    at_.move();
  }
  void back_off() {
    if (backoff_ > 0)
      usleep(2);
  }
  void log() {
    if (level_ == Level::debug)
      usleep(3);
  }
};
class Settable {
  bool slow_ = false;

public:
  void set(bool on) { slow_ = on; }
  void tick() {
    if (slow_)
      usleep(1);
  }
};
co::task<> references(Metrics &m, Settable &s) {
  m.tick();
  m.back_off();
  m.log();
  s.tick(); // warning: call to 'Settable::tick' blocks
  co_return;
}
