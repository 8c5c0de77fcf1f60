// RUN: %nostall-verify %s
// Which callable a call runs: chosen where it is called, exchanged before, or
// kept by the one object that runs it.
#include "co.h"
#include <algorithm>
#include <array>
#include <fcntl.h>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

co::task<> until_it_is_done();
void nap() { sleep(1); }
void quick() {}
void nothing() {}

//===--- where it is called -----------------------------------------------------

struct Worker {
  void drain() { sleep(1); }
  void skip() {}
};
using Step = void (*)();
Step choose(bool b) { return b ? nap : quick; }
Step harmless() { return quick; }

co::task<> either(Worker &w, bool b) {
  (b ? nap : quick)(); // warning: 'sleep'
  (b ? quick : nothing)();
  (w.*(b ? &Worker::drain : &Worker::skip))(); // warning: 'sleep'
  (w.*(b ? &Worker::skip : &Worker::skip))();
  std::invoke(b ? nap : quick); // warning: 'sleep'
  choose(b)();                  // warning: 'sleep'
  (*choose(b))();               // warning: 'sleep'
  harmless()();
  (&nap)(); // warning: 'sleep'
  (*quick)();
  co_return;
}

co::task<> by_algorithm(std::vector<std::thread> &threads) {
  std::ranges::for_each(threads, &std::thread::join);                             // warning: call through 'for_each'
  std::ranges::for_each(threads, &std::thread::detach);
  co_return;
}

//===--- before -----------------------------------------------------------------

co::task<> swapped() {
  std::function<void()> first = nap, second = quick;
  std::swap(first, second);
  second(); // warning: 'sleep'
  co_return;
}
co::task<> swapped_by_member() {
  std::function<void()> first = nap, second = quick;
  first.swap(second);
  second(); // warning: 'sleep'
  co_return;
}
co::task<> exchanged() {
  std::function<void()> hook = quick;
  (void)std::exchange(hook, nap);
  hook(); // warning: 'sleep'
  co_return;
}

// Kept by a template, which knows the closure's class.
template <class... A> class Signal {
public:
  template <class F> void connect(F &&f) { slots.emplace_back(std::forward<F>(f)); }
  void operator()(A... a) {
    for (auto &slot : slots)
      slot(a...);
  }

private:
  std::vector<std::function<void(A...)>> slots;
};
struct Model {
  Signal<const std::string &> saved;
};
struct View {
  Signal<int> changed;
};
class Bus {
public:
  template <class F> void on(const std::string &topic, F f) { topics[topic].push_back(std::move(f)); }
  void fire(const std::string &topic) {
    for (auto &f : topics[topic])
      f();
  }

private:
  std::map<std::string, std::vector<std::function<void()>>> topics;
};
void wire(Model &m, View &v, Bus &b) {
  m.saved.connect([](const std::string &) { sleep(1); });
  v.changed.connect([](int) {});
  b.on("end", [] { sleep(1); });
}
co::task<> emit(Model &m, View &v, Bus &b) {
  m.saved("a"); // warning: 'sleep'
  v.changed(1);
  b.fire("end"); // warning: 'sleep'
  co_return;
}

//===--- by the one object ------------------------------------------------------

class Finally {
public:
  explicit Finally(std::function<void()> f) : run(std::move(f)) {}
  ~Finally() { run(); }
  void now() { run(); }

private:
  std::function<void()> run;
};
class Dismissed {
public:
  explicit Dismissed(std::function<void()> &&f) : run(std::move(f)) {}
  ~Dismissed() {
    if (run)
      run();
  }
  void replace() { run = nap; }

private:
  std::function<void()> run;
};

co::task<> guards(int &waiting) {
  Finally count([&] { --waiting; });
  count.now();
  Finally rest(nap); // warning: destruction of 'rest'
  rest.now();        // warning: 'sleep'
  Dismissed still([&] { --waiting; });
  Dismissed other(quick); // warning: destruction of 'other'
  other.replace();
  co_return;
}
template <class T> co::task<> guards_in_a_template(T &waiting) {
  Finally count([&] { --waiting; });
  co_await until_it_is_done();
}
co::task<> given(Finally &any) {
  any.now(); // warning: 'sleep'
  co_return;
}

//===--- parts of a pair --------------------------------------------------------

std::pair<int, int> quick_pipe() {
  int ends[2];
  pipe2(ends, O_NONBLOCK);
  return {ends[0], ends[1]};
}
std::pair<int, int> slow_pipe() {
  int ends[2];
  pipe2(ends, O_CLOEXEC);
  return {ends[0], ends[1]};
}
co::task<> tied(char *to) {
  int in, out;
  std::tie(in, out) = quick_pipe();
  read(in, to, 1);
  write(out, to, 1);
  std::tie(in, std::ignore) = quick_pipe();
  read(in, to, 1);
  int slow;
  std::tie(slow, std::ignore) = slow_pipe();
  read(slow, to, 1); // warning: 'read'
  co_return;
}

//===--- futures in owners ------------------------------------------------------

int work();
co::task<> let_go() {
  std::optional<std::future<int>> a;
  a = std::async(std::launch::async, work);
  a.reset(); // warning: (wait)
  a.emplace(std::async(std::launch::async, work));
  a = std::nullopt; // warning: (wait)
  std::vector<std::future<int>> all;
  all.push_back(std::async(std::launch::async, work));
  all.clear(); // warning: (wait)
  std::optional<std::future<int>> dies(std::async(std::launch::async, work)); // warning: (wait)
  co_return;
}
co::task<> kept(std::vector<std::future<int>> &out) {
  std::optional<std::future<int>> a;
  a = std::async(std::launch::async, work);
  out.push_back(std::move(*a));
  a.reset();
  std::optional<std::future<int>> b(std::async(std::launch::deferred, work));
  b.reset();
  std::optional<std::future<int>> none;
  none.reset();
  co_return;
}
//===--- a template argument ----------------------------------------------------

void slow_argument() { sleep(1); }
void quick_argument() {}
struct Hooks {
  void (*plain)() = nullptr;
  std::function<void()> wrapped, harmless;
  template <auto F> void set() { plain = F; }
  template <void (*F)()> void wrap() { wrapped = F; }
  template <void (*F)()> void wrap_harmless() { harmless = F; }
};
void run_argument(void (*f)()) { f(); }
template <auto F> void hand_on() { run_argument(F); }
void fill(Hooks &hooks) {
  hooks.set<slow_argument>();
  hooks.wrap<slow_argument>();
  hooks.wrap_harmless<quick_argument>();
}
co::task<> template_arguments(Hooks &hooks) {
  hand_on<slow_argument>(); // warning: it reaches 'sleep'
  hand_on<quick_argument>();
  hooks.plain(); // warning: it reaches 'sleep'
  hooks.wrapped(); // warning: it reaches 'sleep'
  hooks.harmless();
  co_return;
}

