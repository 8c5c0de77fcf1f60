// RUN: %nostall-verify %s
// What is known of an object that the function itself has made: its members,
// also through accessors, by factories and along paths, and its class.
#include "co.h"
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

co::task<> next();
void nap() { sleep(1); }

//===--- accessors -----------------------------------------------------------------

class Writer {
public:
  enum class Policy { Lazy, Eager };
  explicit Writer(Policy policy, int level = 0) : policy(policy), level(level) {}
  Policy current() const { return policy; }
  bool eager() const { return current() == Policy::Eager; }
  bool idle() const { return !eager() && level < 3; }
  void flush() {
    if (!eager())
      return;
    nap();
  }
  void maybe_flush() {
    switch (current()) {
    case Policy::Eager:
      nap();
    default:
      break;
    }
  }
  void trim() {
    if (idle())
      nap();
  }

private:
  const Policy policy;
  const int level;
};
bool is_eager(const Writer &writer) { return writer.eager(); }
void flush_of(const Writer &writer) {
  if (is_eager(writer))
    nap();
}
co::task<> accessors() {
  Writer lazy(Writer::Policy::Lazy);
  lazy.flush();
  lazy.maybe_flush();
  flush_of(lazy);
  Writer eager(Writer::Policy::Eager);
  eager.flush();       // warning: it reaches 'sleep'
  eager.maybe_flush(); // warning: it reaches 'sleep'
  eager.trim();
  flush_of(eager);     // warning: it reaches 'sleep'
  Writer high(Writer::Policy::Lazy, 4);
  high.trim();
  Writer low(Writer::Policy::Lazy, 2);
  low.trim(); // warning: it reaches 'sleep'
  co_return;
}

//===--- members that hold something, or nothing -------------------------------------

class Session {
public:
  void trace_to(std::string file) { trace = std::make_unique<std::string>(std::move(file)); }
  void step() {
    if (trace)
      nap();
  }
  void drain() {
    for (auto &line : lines)
      nap();
  }
  void add() { lines.push_back("x"); }
  ~Session() {
    for (std::thread &t : threads)
      t.join();
  }
  void start() { threads.emplace_back([] {}); }

private:
  std::unique_ptr<std::string> trace;
  std::vector<std::string> lines;
  std::vector<std::thread> threads;
};
co::task<> members() {
  Session quiet;
  quiet.step();
  quiet.drain();
  co_await next();
  Session traced;
  traced.step();
  traced.trace_to("x");
  traced.step(); // warning: it reaches 'sleep'
  Session filled;
  filled.add();
  filled.drain(); // warning: it reaches 'sleep'
  Session started; // warning: destruction of 'started' blocks
  started.start();
}

//===--- factories -------------------------------------------------------------------

struct Options {
  bool durable = false;
  static Options fast() { return {}; }
  static Options safe() { return {.durable = true}; }
};
class Store {
public:
  explicit Store(bool durable) : durable(durable) {}
  static Store buffered() { return Store(false); }
  static Store synchronous() { return Store{true}; }
  void put() {
    if (durable)
      nap();
  }

private:
  bool durable;
};
void save(const Options &options) {
  if (options.durable)
    nap();
}
co::task<> factories() {
  auto buffered = Store::buffered();
  buffered.put();
  Store::buffered().put();
  auto synchronous = Store::synchronous();
  synchronous.put(); // warning: it reaches 'sleep'
  save(Options::fast());
  save(Options::safe()); // warning: it reaches 'sleep'
  co_return;
}

//===--- along paths -----------------------------------------------------------------

template <class F> class Undo {
public:
  explicit Undo(F f) : f(std::move(f)) {}
  ~Undo() {
    if (armed)
      f();
  }
  void dismiss() noexcept { armed = false; }
  void arm(bool on) { armed = on; }

private:
  F f;
  bool armed = true;
};
co::task<> dismissed(bool odd) {
  Undo never([] { nap(); });
  never.dismiss();
  Undo again([] { nap(); }); // warning: destruction of 'again' blocks
  again.dismiss();
  again.arm(true);
  Undo off([] { nap(); });
  off.arm(false);
  Undo sometimes([] { nap(); }); // warning: destruction of 'sometimes' blocks
  if (odd)
    sometimes.dismiss();
  Undo too_late([] { nap(); }); // warning: destruction of 'too_late' blocks
  if (odd)
    co_return;
  too_late.dismiss();
}

//===--- its class ---------------------------------------------------------------------

struct Step {
  virtual ~Step() = default;
  void run() {
    prepare();
    work();
  }

protected:
  virtual void prepare() {}
  virtual void work() = 0;
};
struct Slow : Step {
  void work() override { nap(); }
};
struct Quick : Step {
  void work() override {}
};
struct Last final : Step {
  void work() override {}
};
struct Prepares : Quick {
  void prepare() override { nap(); }
};
void run_it(Step &step) { step.run(); }
co::task<> classes(Step &any, Last &last) {
  Quick quick;
  quick.run();
  run_it(quick);
  last.run();
  auto owned = std::make_unique<Quick>();
  owned->run();
  std::unique_ptr<Step> behind = std::make_unique<Quick>();
  behind->run();
  Slow slow;
  slow.run(); // warning: it reaches 'sleep'
  run_it(slow); // warning: it reaches 'sleep'
  any.run(); // warning: it reaches 'sleep'
  Prepares prepares;
  prepares.run(); // warning: it reaches 'sleep'
  co_return;
}

//===--- visitors ----------------------------------------------------------------------

template <class... F> struct overloaded : F... {
  using F::operator()...;
};
struct Visitor {
  void operator()(int) const {}
  void operator()(const std::string &) const { nap(); }
};
struct Harmless {
  void operator()(int) const {}
  void operator()(const std::string &) const {}
};
co::task<> visits(const std::variant<int, std::string> &value) {
  std::visit(Visitor(), value); // warning: it reaches 'sleep'
  std::visit(overloaded{[](int) {}, [](const std::string &) { nap(); }}, value); // warning: it reaches 'sleep'
  std::visit(Harmless(), value);
  std::visit(overloaded{[](int) {}, [](const std::string &) {}}, value);
  co_return;
}

//===--- promises ------------------------------------------------------------------------

std::future<int> at_once(int value) {
  std::promise<int> promise;
  promise.set_value(value);
  return promise.get_future();
}
std::future<int> some_day();
co::task<int> fulfilled() {
  std::promise<int> promise;
  auto future = promise.get_future();
  promise.set_value(1);
  int sum = future.get();
  std::packaged_task<int()> packaged([] { return 1; });
  auto result = packaged.get_future();
  packaged();
  sum += result.get();
  sum += at_once(1).get();
  auto later = at_once(2);
  sum += later.get();
  auto deferred = std::async(std::launch::deferred, [] { return 3; });
  sum += deferred.get();
  sum += some_day().get(); // warning: call to 'std::future::get' blocks
  std::promise<int> theirs;
  auto waiting = theirs.get_future();
  std::thread([promise = std::move(theirs)]() mutable { promise.set_value(1); }).detach();
  sum += waiting.get(); // warning: call to 'std::future::get' blocks
  co_return sum;
}

template <class T> bool is_ready(const std::future<T> &future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}
class Work {
public:
  explicit Work(std::future<int> result) : result(std::move(result)) {}
  bool done() const {
    return result.valid() && result.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }
  int get() { return result.get(); }

private:
  std::future<int> result;
};
co::task<int> asked(std::future<int> a, std::future<int> b, Work w, Work early) {
  if (!is_ready(a))
    co_return 0;
  int sum = a.get();
  while (!is_ready(b))
    co_await next();
  sum += b.get();
  if (w.done())
    sum += w.get();
  sum += early.get(); // warning: it reaches 'std::future::get'
  co_return sum;
}
