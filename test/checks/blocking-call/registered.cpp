// RUN: %nostall-verify %s
// Callables that programs keep where they are registered, chosen or wrapped.
#include "co.h"
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

using Action = std::function<void()>;
void nap() { sleep(1); }
void quick() {}

//===--- before main ------------------------------------------------------------

class Commands {
public:
  static Commands &instance() {
    static Commands only;
    return only;
  }
  bool add(std::string name, Action action) { return all.emplace(std::move(name), std::move(action)).second; }
  void run(const std::string &name) { all.at(name)(); }

private:
  std::map<std::string, Action> all;
};
static const bool added = Commands::instance().add("nap", nap);
class Plugins {
public:
  explicit Plugins(Action first) { all.push_back(std::move(first)); }
  void start() {
    for (auto &plugin : all)
      plugin();
  }

private:
  std::vector<Action> all;
};
static Plugins plugins([] { nap(); });
struct Logging {
  static inline Action flush = [] { nap(); };
  static inline Action nothing = [] {};
  Action on_error = nap;
};
co::task<> registered(Logging &logging) {
  Commands::instance().run("nap"); // warning: it reaches 'sleep'
  plugins.start();                 // warning: it reaches 'sleep'
  Logging::flush();                // warning: it reaches 'sleep'
  Logging::nothing();
  logging.on_error();              // warning: it reaches 'sleep'
  co_return;
}

//===--- behind a function -----------------------------------------------------

std::vector<Action> &at_exit() {
  static std::vector<Action> all{[] { nap(); }};
  return all;
}
std::map<std::string, Action> &handlers() {
  static std::map<std::string, Action> all;
  return all;
}
std::vector<Action> &harmless() {
  static std::vector<Action> all{quick};
  return all;
}
void fill() { handlers()["x"] = nap; }
co::task<> behind() {
  at_exit()[0]();       // warning: it reaches 'sleep'
  for (auto &action : at_exit())
    action();           // warning: it reaches 'sleep'
  handlers().at("x")(); // warning: it reaches 'sleep'
  if (auto found = handlers().find("x"); found != handlers().end())
    found->second();    // warning: it reaches 'sleep'
  for (auto &action : harmless())
    action();
  co_return;
}

//===--- chosen -------------------------------------------------------------------

Action pick(bool slow) { return slow ? Action(nap) : Action(quick); }
auto pointer(bool slow) { return slow ? &nap : &quick; }
co::task<> chosen(bool slow) {
  pick(slow)();    // warning: it reaches 'sleep'
  pointer(slow)(); // warning: it reaches 'sleep'
  Action action = slow ? Action(nap) : Action(quick);
  action();        // warning: it reaches 'sleep'
  Action other = slow ? Action(quick) : Action([] {});
  other();
  co_return;
}

//===--- wrapped ------------------------------------------------------------------

struct Wrapped {
  std::unique_ptr<Action> owned = std::make_unique<Action>(nap);
  std::variant<int, Action> one_of;
  std::tuple<int, Action> both;
  Action once;
  void fill() {
    one_of = Action(nap);
    both = {1, nap};
    once = nap;
  }
  void fire() {
    if (auto action = std::exchange(once, nullptr))
      action();
  }
};
co::task<> wrapped(Wrapped &w) {
  (*w.owned)();               // warning: it reaches 'sleep'
  std::get<Action>(w.one_of)(); // warning: it reaches 'sleep'
  std::get<1>(w.both)();      // warning: it reaches 'sleep'
  auto &[number, action] = w.both;
  action();                   // warning: it reaches 'sleep'
  w.fire();                   // warning: it reaches 'sleep'
  auto shared = std::make_shared<Action>([] { nap(); });
  (*shared)();                // warning: it reaches 'sleep'
  auto none = std::make_shared<Action>([] {});
  (*none)();
  co_return;
}

//===--- members, by pointer ---------------------------------------------------------

class Machine {
public:
  void step(int i) { (this->*steps[i])(); }
  void other(int i) { (this->*more[i])(); }
  void current() { (this->*now)(); }
  void row(int i) { (this->*rows()[i].run)(); }

private:
  void slow() { nap(); }
  void fast() {}
  struct Row {
    int code;
    void (Machine::*run)();
  };
  static const Row *rows() {
    static const Row all[] = {{1, &Machine::fast}, {2, &Machine::slow}};
    return all;
  }
  static constexpr void (Machine::*steps[])() = {&Machine::fast, &Machine::slow};
  static constexpr std::array<void (Machine::*)(), 2> more{&Machine::fast, &Machine::slow};
  void (Machine::*now)() = &Machine::slow;
};
co::task<> machine(Machine &m) {
  m.step(1);   // warning: it reaches 'sleep'
  m.other(1);  // warning: it reaches 'sleep'
  m.current(); // warning: it reaches 'sleep'
  m.row(1);    // warning: it reaches 'sleep'
  co_return;
}
