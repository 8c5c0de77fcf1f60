// RUN: %nostall-verify %s
// The class of an object that the function has made itself.
#include "co.h"
#include <memory>
#include <unistd.h>

namespace { // other tests have such names, too

struct Store {
  virtual ~Store() = default;
  virtual void save() = 0;
};
struct Memory : Store {
  void save() override {}
};
struct Disk : Store {
  void save() override { fsync(1); }
};
struct Cached : Disk {};

co::task<> owners() {
  std::unique_ptr<Store> a = std::make_unique<Memory>();
  a->save();
  std::shared_ptr<Store> b = std::make_shared<Memory>();
  (*b).save();
  std::unique_ptr<Store> c(new Disk);
  c->save(); // warning: it reaches 'fsync'  // note: this calls 'Store::save', which 'Disk::save' overrides
  std::shared_ptr<Store> d = std::make_shared<Cached>();
  d->save(); // warning: it reaches 'fsync'
  Store *e = new Memory;
  e->save();
  delete e;
  co_return;
}

// What is set again may be any.
co::task<> set_again(bool disk) {
  std::unique_ptr<Store> store = std::make_unique<Memory>();
  if (disk)
    store = std::make_unique<Disk>();
  store->save(); // warning: it reaches 'fsync'
  co_return;
}

co::task<> references(Store &any) {
  Memory memory;
  Store &store = memory;
  store.save();
  Store *pointer = &memory;
  pointer->save();
  any.save(); // warning: it reaches 'fsync'
  co_return;
}

// A factory with a body here; one that has several to choose from.
std::unique_ptr<Store> in_memory() { return std::make_unique<Memory>(); }
std::unique_ptr<Store> chosen(bool disk) {
  if (disk)
    return std::make_unique<Disk>();
  return std::make_unique<Memory>();
}
co::task<> factories() {
  auto quick = in_memory();
  quick->save();
  in_memory()->save();
  auto slow = chosen(false);
  slow->save(); // warning: it reaches 'fsync'
  co_return;
}

// operator() is dispatched as others are.
struct Action {
  virtual ~Action() = default;
  virtual void operator()() = 0;
};
struct Sync : Action {
  void operator()() override { fsync(1); }
};
struct Nothing : Action {
  void operator()() override {}
};
co::task<> actions(Action &any) {
  any(); // warning: it reaches 'fsync'
  Nothing nothing;
  Action &action = nothing;
  action();
  co_return;
}

} // namespace
