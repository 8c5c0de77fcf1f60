// RUN: %nostall-verify %s
// Stored callables that are chosen, found or returned before somebody calls them.
#include "co.h"
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

namespace { // other tests have such names, too

using Handler = std::function<void(const std::string &)>;
void store(const std::string &) { fsync(1); }
void greet(const std::string &) {}

class Router {
  std::map<std::string, Handler> routes_;
  Handler missing_ = greet;

public:
  void add(std::string path, Handler h) { routes_[std::move(path)] = std::move(h); }
  void conditional(const std::string &path) {
    auto it = routes_.find(path);
    (it == routes_.end() ? missing_ : it->second)(path);
  }
  void pointer(const std::string &path) {
    const Handler *h = &missing_;
    if (auto it = routes_.find(path); it != routes_.end())
      h = &it->second;
    (*h)(path);
  }
  const Handler &find(const std::string &path) {
    auto it = routes_.find(path);
    return it == routes_.end() ? missing_ : it->second;
  }
  const Handler *find_pointer(const std::string &path) {
    auto it = routes_.find(path);
    return it == routes_.end() ? nullptr : &it->second;
  }
  std::optional<Handler> find_copy(const std::string &path) {
    if (auto it = routes_.find(path); it != routes_.end())
      return it->second;
    return std::nullopt;
  }
  void only_missing(const std::string &path) { missing_(path); }
};
void set_up(Router &r) { r.add("/store", store); }

co::task<> routed(Router &r, const std::string &path) {
  r.conditional(path); // warning: it reaches 'fsync'
  r.pointer(path); // warning: it reaches 'fsync'
  r.find(path)(path); // warning: it reaches 'fsync'
  if (auto *h = r.find_pointer(path))
    (*h)(path); // warning: it reaches 'fsync'
  if (auto h = r.find_copy(path))
    (*h)(path); // warning: it reaches 'fsync'
  r.only_missing(path);
  co_return;
}

//===--- returned, and passed on -----------------------------------------------------

using Work = std::function<void()>;
void run(const Work &w) {
  if (w)
    w();
}
void run_at(const Work *w) { (*w)(); }
Work slow_work() {
  return [] { fsync(2); };
}
Work quick_work() {
  return [] {};
}
struct Holder {
  Work work;
  Work &get() { return work; }
};
co::task<> passed_on(Holder &h, bool b) {
  run(slow_work()); // warning: it reaches 'fsync'
  run(quick_work());
  run(b ? slow_work() : quick_work()); // warning: it reaches 'fsync'
  Work mine = slow_work();
  run_at(&mine); // warning: it reaches 'fsync'
  Work other = quick_work();
  run_at(&other);
  h.work = slow_work();
  run(h.get()); // warning: it reaches 'fsync'
  co_return;
}

//===--- what a coroutine is given ---------------------------------------------------

co::task<> with_function(Work w) {
  w(); // warning: it reaches 'fsync'
  co_return;
}
co::task<> with_pointer(void (*f)(int)) {
  f(1); // warning: it reaches 'fsync'
  co_return;
}
co::task<> with_quick(Work w) {
  w();
  co_return;
}
co::task<> gives() {
  co_await with_function([] { fsync(3); });
  co_await with_pointer([](int n) { fsync(n); });
  co_await with_quick([] {});
}

//===--- tables, and what an accessor keeps --------------------------------------------

void nap() { sleep(1); }
void nop() {}
using Step = void (*)();
co::task<> tables(unsigned n) {
  Step steps[] = {nop, nap};
  steps[n](); // warning: it reaches 'sleep'
  std::array<Step, 2> more{nop, nap};
  more[n](); // warning: it reaches 'sleep'
  Step quiet[] = {nop, nop};
  quiet[n]();
  Step chosen = steps[n];
  chosen(); // warning: it reaches 'sleep'
  co_return;
}
std::vector<Work> &filters() {
  static std::vector<Work> all;
  return all;
}
std::vector<Work> &checks() {
  static std::vector<Work> all;
  return all;
}
void add_filter(Work w) { filters().push_back(std::move(w)); }
void add_check(Work w) { checks().push_back(std::move(w)); }
void register_all() {
  add_filter(nap);
  add_check(nop);
}
co::task<> kept_by_accessors() {
  for (auto &f : filters())
    f(); // warning: it reaches 'sleep'
  filters().front()(); // warning: it reaches 'sleep'
  for (auto &c : checks())
    c();
  co_return;
}

//===--- which awaiter has which -------------------------------------------------------

struct Inline {
  Work work;
  bool await_ready() { return false; }
  bool await_suspend(std::coroutine_handle<>) {
    work();
    return false;
  }
  void await_resume() {}
};
class Made {
  std::function<int()> f_;

public:
  explicit Made(std::function<int()> f) : f_(std::move(f)) {}
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  int await_resume() { return f_(); }
};
co::task<> awaiters() {
  co_await Inline{[] { sleep(1); }}; // warning: it reaches 'sleep'
  co_await Inline{[] {}};
  Inline kept{[] {}};
  co_await kept;
  co_await Made([] { return fsync(1); }); // warning: it reaches 'fsync'
  co_await Made([] { return 3; });
}

} // namespace
