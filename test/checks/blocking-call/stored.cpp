// RUN: %nostall-verify %s
// Calls through what holds a callable: members, variables, containers, pointers, and what keeps what.
#include "co.h"
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

static void nap() { std::this_thread::sleep_for(1s); }
static void quick() {}

//===--- variables ---------------------------------------------------------------

std::vector<std::function<void()>> hooks = {nap};
std::vector<std::function<void()>> quick_hooks = {quick};
void (*on_exit_hook)() = nap;
co::task<> variables() {
  hooks[0](); // warning: call through 'hooks' blocks the event loop: it reaches 'std::this_thread::sleep_for' (sleep)  // note: this calls 'std::function::operator()', which runs 'nap'
  for (auto &hook : hooks)
    hook(); // warning: call through 'hook' blocks
  quick_hooks[0]();
  void (*later)() = nap;
  later(); // warning: call through 'later' blocks  // note: this calls a stored callable, which runs 'nap'
  void (*converted)() = [] { nap(); };
  converted(); // warning: call through 'converted' blocks
  on_exit_hook(); // warning: call through 'on_exit_hook' blocks
  std::function<void()> f = [] { nap(); };
  f(); // warning: call through 'f' blocks
  std::function<void()> g = quick;
  g();
  std::function<void()> h;
  h();
  co_return;
}

//===--- members -----------------------------------------------------------------

using Handler = std::function<void()>;
class Server {
public:
  explicit Server(Handler handler) : handler_(std::move(handler)) {}
  void on_idle(Handler f) { idle_ = std::move(f); }
  void on_close(Handler f) { close_ = f; }
  void answer() { handler_(); }
  void idle() {
    if (idle_)
      idle_();
  }
  void close() { close_(); }

private:
  Handler handler_, idle_, close_, unset_ = quick;
};
class Keeper {
public:
  void keep(Handler f) { all_.push_back(std::move(f)), named_["x"] = quick; }
  void run() {
    for (auto &f : all_)
      f();
  }
  void run_named() { named_["x"](); }

private:
  std::vector<Handler> all_;
  std::map<std::string, Handler> named_;
};
struct Job {
  int id;
  Handler work;
  void (*done)(int);
};
static void done(int) { nap(); }
co::task<> members(Server &other, Keeper &keeper) {
  Server server([] { nap(); });
  server.on_idle(nap);
  server.on_close(quick);
  server.answer(); // warning: call to 'Server::answer' blocks
  other.answer();  // warning: call to 'Server::answer' blocks
  other.idle();    // warning: call to 'Server::idle' blocks
  other.close();
  keeper.keep([] { nap(); });
  keeper.run(); // warning: call to 'Keeper::run' blocks
  keeper.run_named();
  Job job{1, nap, nullptr};
  job.work(); // warning: call through 'work' blocks
  Job other_job{.id = 1, .work = quick, .done = done};
  other_job.done(1); // warning: call through 'done' blocks
  co_return;
}

//===--- what passes them on --------------------------------------------------------

struct Outer {
  Handler kept_, quiet_;
  explicit Outer(Handler f) : kept_(f) {}
};
struct Inner {
  Handler mine_;
  explicit Inner(Outer &o) : mine_(o.kept_) {}
  void run() { mine_(); }
};
struct Task {
  void nap_member() { nap(); }
};
static auto keeps(Handler f) {
  return [f] { f(); };
}
co::task<> passed_on(Task &task) {
  Outer outer(nap);
  Inner inner(outer);
  inner.run();     // warning: call to 'Inner::run' blocks
  outer.quiet_();
  Handler bound = std::bind(&Task::nap_member, &task);
  bound(); // warning: call through 'bound' blocks
  Handler again = [inner = Handler(nap)] { inner(); };
  again(); // warning: call through 'again' blocks
  co_return;
}
co::task<> kept_by_a_lambda() {
  keeps(nap)(); // warning: blocks
  co_return;
}

// What a function has returned; members by pointer; members of a temporary.
Handler chosen() { return nap; }
Handler chosen_quick() { return [] {}; }
struct Device {
  void flush() { nap(); }
  void look() {}
};
struct Later {
  Handler f;
  void now() { f(); }
};
co::task<> returned(Device &device) {
  auto handler = chosen();
  handler(); // warning: call through 'handler' blocks
  chosen()(); // warning: call through 'chosen' blocks
  chosen_quick()();
  auto member = &Device::flush;
  (device.*member)(); // warning: blocks
  auto quick = &Device::look;
  (device.*quick)();
  auto bound = std::bind(nap);
  bound(); // warning: call through 'bound' blocks
  Later{nap}.now(); // warning: call to 'Later::now' blocks
  co_return;
}

// What the program runs on workers alone is not run here.
struct Pool {
  std::vector<Handler> queue_;
  void post(Handler f) { queue_.push_back(std::move(f)); }
  void start() {
    std::thread([this] {
      for (auto &f : queue_)
        f();
    }).detach();
  }
};
co::task<> posts(Pool &pool) {
  pool.post(nap);
  pool.start();
  co_return;
}
