// RUN: %nostall-verify %s
// Calls through what holds a callable: members, variables, containers, pointers, and what keeps what.
#include "co.h"
#include <any>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <variant>
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

//===--- a function that blocks by itself -------------------------------------------

struct Operations {
  int (*sync)(int);
};
static const Operations operations = {::fsync};
static void with(int (*f)(int)) { f(1); }
co::task<> library_functions(std::map<int, std::function<int(int)>> &table) {
  std::function<int(int)> f = ::fsync;
  f(1); // warning: call through 'f' blocks the event loop: it reaches 'fsync' (file-io)
  int (*g)(int) = &::fsync;
  g(1); // warning: blocks
  int (*h)(int) = &::isatty;
  h(1);
  operations.sync(1); // warning: call through 'sync' blocks
  std::bind(::fsync, 1)(); // warning: blocks
  with(::fsync); // warning: call to 'with' blocks the event loop: it reaches 'fsync' (file-io)
  with(::isatty);
  table[1] = ::fdatasync;
  for (auto &[key, sync] : table)
    sync(1); // warning: blocks
  co_return;
}

//===--- by an iterator, a reference, a part ------------------------------------------

class Subscribers {
public:
  void add(int id, std::function<void()> f) { table_[id] = std::move(f); }
  void found(int id) {
    auto it = table_.find(id);
    if (it != table_.end())
      it->second();
  }
  void referred(int id) {
    auto &f = table_.at(id);
    f();
  }
  void taken_apart() {
    for (auto &[id, f] : table_)
      f();
  }

private:
  std::map<int, std::function<void()>> table_;
};
void subscribes(Subscribers &s) { s.add(1, nap); }
co::task<> publishes(Subscribers &s) {
  s.found(1); // warning: call to 'Subscribers::found' blocks
  s.referred(1); // warning: call to 'Subscribers::referred' blocks
  s.taken_apart(); // warning: call to 'Subscribers::taken_apart' blocks
  co_return;
}

//===--- a std::function by hand --------------------------------------------------------

class AnyCall {
public:
  template <class F> explicit AnyCall(F f) : self_(std::make_unique<Of<F>>(std::move(f))) {}
  void operator()() const { self_->run(); }

private:
  struct Self {
    virtual ~Self() = default;
    virtual void run() = 0;
  };
  template <class F> struct Of : Self {
    explicit Of(F f) : f(std::move(f)) {}
    void run() override { f(); }
    F f;
  };
  std::unique_ptr<Self> self_;
};
co::task<> by_hand() {
  AnyCall slow([] { nap(); }), fast([] { quick(); });
  slow(); // warning: blocks
  fast();
  co_return;
}

class Jobs {
  std::vector<AnyCall> slow_, fast_;

public:
  void add(AnyCall slow, AnyCall fast) {
    slow_.push_back(std::move(slow));
    fast_.push_back(std::move(fast));
  }
  co::task<> run() {
    for (auto &job : slow_)
      job(); // warning: blocks
    for (auto &job : fast_)
      job();
    co_return;
  }
};
void fill(Jobs &jobs) {
  jobs.add(AnyCall([] { nap(); }), AnyCall([] { quick(); }));
}

constexpr std::array<void (*)(), 2> pointers{quick, nap};
constexpr std::array<void (*)(), 2> quick_ones{quick, quick};
co::task<> of_arrays(int i) {
  pointers[i](); // warning: blocks
  quick_ones[i]();
  co_return;
}

//===--- instances of one template --------------------------------------------

template <class... Args> class Signal {
public:
  void connect(std::function<void(Args...)> slot) { slots_.emplace(next_++, std::move(slot)); }
  void emit(Args... args) const {
    for (auto &[id, slot] : slots_)
      slot(args...);
  }

private:
  std::map<int, std::function<void(Args...)>> slots_;
  int next_ = 0;
};
struct Player {
  Signal<int> moved;
  Signal<bool> jumped;
  Signal<> left;
};
void wire(Player &p) {
  p.moved.connect([](int) { nap(); });
  p.left.connect([] { quick(); });
}
co::task<> emits(Player &p) {
  p.moved.emit(1); // warning: call to 'Signal::emit' blocks
  p.jumped.emit(true);
  p.left.emit();
  co_return;
}

//===--- behind what may be anything ------------------------------------------

co::task<> anything() {
  std::any a = std::function<void()>([] { nap(); });
  std::any_cast<std::function<void()> &>(a)(); // warning: blocks
  auto f = std::any_cast<std::function<void()>>(a);
  f(); // warning: call through 'f' blocks
  if (auto *p = std::any_cast<std::function<void()>>(&a))
    (*p)(); // warning: blocks
  std::variant<int, std::function<void()>> v = std::function<void()>([] { nap(); });
  std::get<1>(v)(); // warning: blocks
  if (auto *p = std::get_if<1>(&v))
    (*p)(); // warning: blocks
  std::any b = std::function<void()>(quick);
  std::any_cast<std::function<void()> &>(b)();
  co_return;
}

//===--- passed on ------------------------------------------------------------------

namespace handing_on {
void slow() { usleep(1); }
void quick() {}
void run(const std::function<void()> &f) { f(); }
void keep(const std::function<void()> &f) { (void)f; }
struct Config {
  std::function<void()> on_open;
  void (*on_close)() = nullptr;
};
class Server {
  std::function<void()> hook_ = slow;
  std::function<void()> calm_ = quick;
  std::vector<std::function<void()>> all_{slow, quick};
  Config config_{slow, slow};
  std::once_flag once_;

public:
  co::task<> serve() {
    run(hook_); // warning: call to 'handing_on::run' blocks
    run(calm_);
    keep(hook_);
    run(all_[1]); // warning: call to 'handing_on::run' blocks
    for (auto &f : all_)
      run(f); // warning: call to 'handing_on::run' blocks
    run(config_.on_open); // warning: call to 'handing_on::run' blocks
    run(config_.on_close); // warning: call to 'handing_on::run' blocks
    std::invoke(hook_); // warning: call to 'std::invoke' blocks
    std::invoke(calm_);
    std::call_once(once_, hook_); // warning: call to 'std::call_once' blocks
    co_return;
  }
};
co::task<> assigned() {
  std::function<void()> f;
  f = slow;
  run(f); // warning: call to 'handing_on::run' blocks
  co_return;
}
} // namespace handing_on

namespace forwarded {
void nap() { sleep(1); }
class Signal {
  std::vector<std::function<void()>> slots_;

public:
  template <class F> void connect(F &&f) { slots_.emplace_back(std::forward<F>(f)); }
  void emit() {
    for (auto &slot : slots_)
      slot();
  }
};
co::task<> emits() {
  Signal s;
  s.connect(nap);
  s.emit(); // warning: call to 'forwarded::Signal::emit' blocks
  co_return;
}
} // namespace forwarded
