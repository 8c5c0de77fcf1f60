// RUN: %nostall-verify %s
// Objects that a factory makes, member by member; what is left behind a switch.
#include "co.h"
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

namespace { // other tests have such names, too

enum class Durability { none, lazy, full };
struct Options {
  std::string dir;
  Durability durability = Durability::lazy;
  int replicas = 0;
  bool verify = false;
  static Options memory();
  static Options disk(std::string dir);
  static Options either(bool full);
  static Options twice();
  static Options tuned();
  static Options one_of(bool b);
};
void tune(Options &o);
Options Options::memory() {
  Options o;
  o.durability = Durability::none;
  return o;
}
Options Options::disk(std::string dir) {
  Options o;
  o.dir = std::move(dir);
  o.durability = Durability::full;
  return o;
}
Options Options::either(bool full) {
  Options o;
  if (full)
    o.durability = Durability::full;
  return o;
}
Options Options::twice() {
  Options o;
  o.durability = Durability::none;
  o.durability = Durability::full;
  return o;
}
Options Options::tuned() {
  Options o;
  o.durability = Durability::none;
  tune(o);
  return o;
}
Options Options::one_of(bool b) {
  Options o;
  if (b)
    return disk("/data");
  return o;
}

class Store {
public:
  explicit Store(Options o) : options_(std::move(o)) {}
  void save() {
    if (options_.durability == Durability::full || options_.verify)
      fsync(1);
  }
  void open() {
    if (!options_.dir.empty())
      fsync(2);
  }
  void replicate() {
    for (int i = 0; i < options_.replicas; ++i)
      fsync(3);
  }
  void checkpoint() {
    switch (options_.durability) {
    case Durability::none:
    case Durability::lazy:
      return;
    case Durability::full:
      break;
    }
    fsync(4);
  }

private:
  Options options_;
};

co::task<> made(bool b) {
  Store memory(Options::memory());
  memory.save();
  memory.open();
  memory.replicate();
  memory.checkpoint();
  Store disk(Options::disk("/data"));
  disk.save(); // warning: it reaches 'fsync'
  disk.open(); // warning: it reaches 'fsync'
  disk.replicate();
  disk.checkpoint(); // warning: it reaches 'fsync'
  Store either(Options::either(b));
  either.save(); // warning: it reaches 'fsync'
  either.open();
  Store twice(Options::twice());
  twice.save(); // warning: it reaches 'fsync'
  Store tuned(Options::tuned());
  tuned.save(); // warning: it reaches 'fsync'
  tuned.replicate(); // warning: it reaches 'fsync'
  Store one(Options::one_of(b));
  one.open(); // warning: it reaches 'fsync'
  Options kept = Options::memory();
  kept.durability = Durability::full;
  Store of_changed(kept);
  of_changed.checkpoint(); // warning: it reaches 'fsync'
  co_return;
}

void behind(Durability d) {
  switch (d) {
  case Durability::none:
    return;
  case Durability::lazy:
  case Durability::full:
    break;
  }
  fsync(5);
}
void falls_through(Durability d, bool b) {
  switch (d) {
  case Durability::none:
    if (b)
      break;
    return;
  case Durability::lazy:
  case Durability::full:;
  }
  fsync(6);
}
co::task<> switches() {
  behind(Durability::none);
  behind(Durability::lazy); // warning: it reaches 'fsync'
  falls_through(Durability::none, true); // warning: it reaches 'fsync'
  co_return;
}

// What a factory sets is what it was given, also behind an owner.
struct Given {
  bool wait = false;
};
class Client {
public:
  static std::unique_ptr<Client> open(bool wait);
  static Client create(const Given &g);
  void send() {
    if (wait_)
      fsync(7);
  }
  void set(bool wait) { wait_ = wait; }

private:
  Client() = default;
  bool wait_ = false;
};
std::unique_ptr<Client> Client::open(bool wait) {
  auto c = std::unique_ptr<Client>(new Client);
  c->wait_ = wait;
  return c;
}
Client Client::create(const Given &g) {
  Client c;
  c.wait_ = g.wait;
  return c;
}
co::task<> owners(bool b) {
  auto quick = Client::open(false);
  quick->send();
  auto slow = Client::open(true);
  slow->send(); // warning: it reaches 'fsync'
  auto any = Client::open(b);
  any->send(); // warning: it reaches 'fsync'
  auto later = Client::open(false);
  later->set(true);
  later->send(); // warning: it reaches 'fsync'
  auto by_default = Client::create({});
  by_default.send();
  auto by_option = Client::create({.wait = true});
  by_option.send(); // warning: it reaches 'fsync'
  co_return;
}

} // namespace
