// RUN: %nostall-verify %s
// Conditions of more than one constant, and constructors that call others.
#include "co.h"
#include <functional>
#include <memory>
#include <unistd.h>
#include <vector>

enum class State { idle, opening, open, closed };

//===--- one of several --------------------------------------------------------

struct Machine {
  State state = State::idle;
  void cases() {
    switch (state) {
    case State::idle:
    case State::closed:
      return;
    case State::opening:
    case State::open:
      usleep(2);
    }
  }
  void rest() {
    switch (state) {
    case State::idle:
      return;
    default:
      usleep(1);
    }
  }
  void either() {
    if (state == State::open || state == State::opening)
      usleep(3);
  }
  void unless() {
    if (!(state != State::open && state != State::opening))
      usleep(3);
  }
  bool busy() const { return state == State::open || state == State::opening; }
  void asks() {
    if (busy())
      usleep(4);
  }
};
void switched(State s) {
  switch (s) {
  case State::idle:
  case State::closed:
    break;
  case State::opening:
  case State::open:
    usleep(2);
  }
}
void falls_through(State s) {
  switch (s) {
  case State::idle:
    getpid();
  case State::open:
    usleep(2);
  }
}

co::task<> machines() {
  Machine m;
  m.cases();
  m.rest();
  m.either();
  m.unless();
  m.asks();
  Machine o{State::open};
  o.cases(); // warning: call to 'Machine::cases' blocks
  o.rest(); // warning: call to 'Machine::rest' blocks
  o.either(); // warning: call to 'Machine::either' blocks
  o.unless(); // warning: call to 'Machine::unless' blocks
  o.asks(); // warning: call to 'Machine::asks' blocks
  switched(State::idle);
  switched(State::opening); // warning: call to 'switched' blocks
  falls_through(State::idle); // warning: call to 'falls_through' blocks
  co_return;
}

//===--- constructors that call others -----------------------------------------

struct Line {
  Line() : Line(false) {}
  explicit Line(bool s) : sync(s) {}
  explicit Line(int) : Line(true) {}
  void write() {
    if (sync)
      fsync(1);
  }
  bool sync;
};
struct Derived : Line {
  Derived() : Line() {}
};
struct Inherits : Line {
  using Line::Line;
};
struct Loud : Line {
  bool loud = false;
  explicit Loud(bool l) : Line(false), loud(l) {}
  void say() {
    if (loud)
      usleep(1);
  }
};
struct Undone : Line {
  Undone() : Line(false) { sync = true; }
};

co::task<> constructors() {
  Line a;
  a.write();
  Line b(1);
  b.write(); // warning: call to 'Line::write' blocks
  Derived c;
  c.write();
  Inherits d;
  d.write();
  Inherits e(true);
  e.write(); // warning: call to 'Line::write' blocks
  Loud f(false);
  f.write();
  f.say();
  Loud g(true);
  g.say(); // warning: call to 'Loud::say' blocks
  Undone h;
  h.write(); // warning: call to 'Line::write' blocks
  auto p = std::make_unique<Line>();
  p->write();
  co_return;
}

//===--- a callable given to an operator ---------------------------------------

void slow() { usleep(1); }
void quick() {}
struct Runs {
  void operator()(const std::function<void()> &f) { f(); }
  Runs &operator<<(void (*f)()) {
    f();
    return *this;
  }
};
struct Keeps {
  std::vector<std::function<void()>> all;
  Keeps &operator+=(std::function<void()> f) {
    all.push_back(std::move(f));
    return *this;
  }
  void fire() {
    for (auto &f : all)
      f();
  }
};
struct Other : Keeps {};

co::task<> operators() {
  Runs r;
  r(slow); // warning: blocks
  r(quick);
  r << slow; // warning: call to 'Runs::operator<<' blocks
  r << quick;
  Keeps k;
  k += slow;
  k.fire(); // warning: call to 'Keeps::fire' blocks
  co_return;
}

//===--- what its own methods have set ------------------------------------------

class Engine {
public:
  co::task<> run() {
    start();
    step();
    drain();
    step(); // warning: call to 'Engine::step' blocks
    co_return;
  }
  co::task<> loads_once() {
    load(); // warning: call to 'Engine::load' blocks
    load();
    unload();
    load(); // warning: call to 'Engine::load' blocks
    co_return;
  }
  co::task<> loads_some() {
    loadPart(); // warning: call to 'Engine::loadPart' blocks
    loadPart(); // warning: call to 'Engine::loadPart' blocks
    co_return;
  }

private:
  void start() { state = State::open; }
  void drain() { state = State::closed; }
  void step() {
    switch (state) {
    case State::closed:
      usleep(1);
      return;
    default:
      return;
    }
  }
  void load() {
    if (!loaded) {
      usleep(1);
      loaded = true;
    }
  }
  void unload() { loaded = false; }
  void loadPart() {
    if (!loaded) {
      usleep(1);
      if (state == State::open)
        return;
      loaded = true;
    }
  }
  State state = State::idle;
  bool loaded = false;
};
