// RUN: %nostall-verify %s
// Blocking calls under conditions on a parameter: they count where the arguments let control get there.
#include "co.h"
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

enum class Mode { Async, Sync, Both };
struct Store {
  virtual ~Store();
  virtual void save(bool wait) {}
};
struct Disk : Store {
  Disk(int fd, bool sync = false) {
    if (sync)
      fsync(fd);
  }
  void save(bool wait) override {
    if (wait)
      fsync(0);
  }
  Disk &operator<<(Mode mode) {
    if (mode == Mode::Sync)
      fsync(0);
    return *this;
  }
};

void flush(int fd, bool wait) {
  if (wait)
    fsync(fd);
}
void by_else(bool async) {
  if (async) {
  } else
    fsync(0);
}
void by_return(bool wait) {
  if (!wait)
    return;
  fsync(0);
}
void by_throw(int *out) {
  if (out == nullptr)
    throw 1;
  else
    *out = fsync(0);
}
void by_and(bool a, bool b) { a && b && fsync(0); }
void by_or(bool done) { done || fsync(0); }
int by_choice(int n) { return n > 0 ? sleep(n) : 0; }
void by_loop(unsigned times) {
  for (unsigned i = 0; times != 0 && i < times; ++i)
    fsync(0);
}
void by_while(const bool &more) {
  while (more)
    fsync(0);
}
void by_default(bool wait = false) { flush(0, wait); }
void by_switch(Mode mode) {
  switch (mode) {
  case Mode::Async:
    break;
  case Mode::Sync:
    fsync(0);
    break;
  case Mode::Both:
    break;
  }
}
void falls_through(Mode mode) {
  switch (mode) {
  case Mode::Async:
  case Mode::Sync:
    fsync(0);
  case Mode::Both:
    sleep(1);
  }
}
void through(int fd, bool wait) { flush(fd, wait); }
void both_ways(bool wait) {
  flush(0, wait);
  flush(0, !wait);
}
void recursive(bool wait, int depth) {
  if (depth)
    recursive(wait, depth - 1);
  flush(0, wait);
}

co::task<> arguments(Disk &disk, bool wait) {
  flush(0, true); // warning: call to 'flush' blocks the event loop: it reaches 'fsync' (file-io)
  flush(0, false);
  flush(0, wait); // warning: call to 'flush'
  by_else(false); // warning: call to 'by_else'
  by_else(true);
  by_return(true); // warning: call to 'by_return'
  by_return(false);
  int n;
  by_throw(&n); // warning: call to 'by_throw'
  by_throw(nullptr);
  by_and(true, true); // warning: call to 'by_and'
  by_and(true, false);
  by_and(false, true);
  by_or(false); // warning: call to 'by_or'
  by_or(true);
  by_choice(1); // warning: call to 'by_choice'
  by_choice(0);
  by_choice(-1);
  by_loop(2); // warning: call to 'by_loop'
  by_loop(0);
  by_while(true); // warning: call to 'by_while'
  by_while(false);
  by_default();
  by_default(true); // warning: call to 'by_default'
  by_switch(Mode::Sync); // warning: call to 'by_switch'
  by_switch(Mode::Async);
  by_switch(Mode::Both);
  falls_through(Mode::Both);  // warning: call to 'falls_through'
  falls_through(Mode::Async); // warning: call to 'falls_through'
  through(0, true); // warning: call to 'through'
  through(0, false);
  both_ways(false); // warning: call to 'both_ways'
  recursive(true, 3); // warning: call to 'recursive'
  recursive(false, 3);
  Disk quick(0);
  Disk slow(0, true); // warning: construction of 'Disk' blocks
  disk << Mode::Async;
  disk << Mode::Sync; // warning: call to 'Disk::operator<<'
  co_return;
}

co::task<> overrides(Store &store) {
  store.save(true); // warning: call to 'Store::save'
  store.save(false);
  co_return;
}

// A parameter that does not keep what was passed says nothing.
void changed(bool wait) {
  wait = true;
  if (wait)
    fsync(0);
}
void change(bool &);
void handed_out(bool wait) {
  change(wait);
  if (wait)
    fsync(0);
}
void captured(bool wait) {
  auto set = [&] { wait = true; };
  set();
  if (wait)
    fsync(0);
}
void read_only(bool wait) {
  (void)wait;
  bool copy = wait;
  auto show = [wait] { return wait; };
  if (wait)
    fsync(0);
}
// A label is reached from somewhere else.
void jumps(bool wait) {
  if (!wait)
    goto out;
  return;
out:
  fsync(0);
}
void into_branch(int n, bool wait) {
  switch (n) {
    if (wait) {
    case 1:
      fsync(0);
    }
  }
}
// One of two conditions is not known.
void either(bool a, bool b) {
  if (a || b)
    fsync(0);
}
// Narrowed, it is another value.
void narrow(int n) {
  if (static_cast<unsigned char>(n) == 0)
    fsync(0);
}

co::task<> unknown() {
  changed(false);    // warning: call to 'changed'
  handed_out(false); // warning: call to 'handed_out'
  captured(false);   // warning: call to 'captured'
  read_only(false);
  jumps(false);           // warning: call to 'jumps'
  into_branch(1, false);  // warning: call to 'into_branch'
  either(true, false);    // warning: call to 'either'
  narrow(256);            // warning: call to 'narrow'
  co_return;
}

// The chain that is told is one that is gone.
void ways(bool quick) {
  if (quick)
    fsync(0); // note: 'ways' calls 'fsync' here
  flush(0, true); // note: 'ways' calls 'flush' here
}
co::task<> chain() {
  ways(false); // warning: call to 'ways' blocks the event loop: it reaches 'fsync' (file-io)
  ways(true); // warning: call to 'ways' // note: 1 more blocking call is reached from here
  co_return;
}

// Of what may be nothing: strings, containers, optionals, callables, pointers.
void log_to(const std::string &file = {}) {
  if (!file.empty())
    fsync(0);
}
void log_by_value(std::string file = "") {
  if (file.empty())
    return;
  fsync(0);
}
bool has_file(std::string_view file) { return !file.empty() && fsync(0); }
void if_some(std::optional<int> level) {
  if (level)
    fsync(0);
}
void if_none(const std::optional<std::string> &name = std::nullopt) {
  if (!name.has_value())
    fsync(0);
}
void if_pointer(std::shared_ptr<int> p = nullptr) {
  if (p != nullptr)
    fsync(0);
}
void if_callable(const std::function<void()> &done) {
  if (nullptr == done)
    return;
  fsync(0);
}
void if_any(const std::vector<int> &numbers) { numbers.empty() ? 0 : fsync(0); }
void if_named(const std::string &name) {
  if (name != "")
    fsync(0);
}
void passes_on(const std::string &file) { log_to(file); }
void copies(std::string file) { log_by_value(file); }
void assigns(std::string file) {
  file = "log";
  log_by_value(file);
}
struct Status { // not of the standard library: its default may be anything
  explicit operator bool() const;
  bool empty() const;
};
void if_status(Status s) {
  if (s)
    fsync(0);
}

co::task<> nothing(std::string file, const std::pair<int, const std::string_view> &named) {
  const auto &[number, view] = named;
  log_to(std::string(view)); // warning: call to 'log_to'
  log_to(std::string(view.data(), 1)); // warning: call to 'log_to'
  log_to();
  log_to({});
  log_to("");
  log_to(std::string());
  log_to("a"); // warning: call to 'log_to'
  log_to(file); // warning: call to 'log_to'
  log_by_value();
  log_by_value("a"); // warning: call to 'log_by_value'
  has_file({});
  has_file("a"); // warning: call to 'has_file'
  if_some({});
  if_some(std::nullopt);
  if_some(0); // warning: call to 'if_some'
  if_none(); // warning: call to 'if_none'
  if_none(""); // warning: call to 'if_none'
  if_none(std::string()); // warning: call to 'if_none'
  if_pointer();
  if_pointer({});
  if_pointer(std::make_shared<int>()); // warning: call to 'if_pointer'
  if_callable(nullptr);
  if_callable({});
  if_callable([] {}); // warning: call to 'if_callable'
  if_any({});
  if_any({1}); // warning: call to 'if_any'
  if_named("");
  if_named("a"); // warning: call to 'if_named'
  passes_on({});
  passes_on("a"); // warning: call to 'passes_on'
  copies("");
  copies("a"); // warning: call to 'copies'
  assigns(""); // warning: call to 'assigns'
  if_status({}); // warning: call to 'if_status'
  co_return;
}

//===--- a callable that is run under a condition ------------------------------------

void run_if(const std::function<void()> &f, bool now) {
  if (now)
    f();
}
template <class F> void run_unless(F f, bool later) {
  if (later)
    return;
  f();
}
void run_through(const std::function<void()> &f, bool now) { run_if(f, now); }
co::task<> callables() {
  run_if([] { sleep(1); }, false);
  run_if([] { sleep(1); }, true); // warning: call to 'run_if'
  run_unless([] { sleep(1); }, true);
  run_unless([] { sleep(1); }, false); // warning: call to 'run_unless
  run_through([] { sleep(1); }, false);
  run_through([] { sleep(1); }, true); // warning: call to 'run_through'
  co_return;
}

//===--- conditions that are kept in local variables ----------------------------------

void by_constant(bool wait, bool really) {
  const bool both = wait && really;
  if (both)
    fsync(0);
}
void by_variable(bool wait, bool really) {
  bool neither = !wait || !really;
  auto again = neither;
  if (again)
    return;
  fsync(0);
}
void by_changed_variable(bool wait) {
  bool now = wait;
  now = true;
  if (now)
    fsync(0);
}
void by_variable_changed_in_a_lambda(bool wait) {
  bool now = wait;
  auto change = [&] { now = true; };
  change();
  if (now)
    fsync(0);
}
co::task<> kept() {
  by_constant(true, false);
  by_constant(true, true); // warning: call to 'by_constant'
  by_variable(false, true);
  by_variable(true, true); // warning: call to 'by_variable'
  by_changed_variable(false); // warning: call to 'by_changed_variable'
  by_variable_changed_in_a_lambda(false); // warning: call to 'by_variable_changed_in_a_lambda'
  co_return;
}

// An enumeration without a type of its own is promoted before it is compared.
enum Kind { stored, cached };
void keep(Kind kind) {
  switch (kind) {
  case stored:
    fsync(1);
    break;
  case cached:
    break;
  }
}
void keep_if(Kind kind) {
  if (kind == stored)
    fsync(1);
}
co::task<> kinds() {
  keep(stored); // warning: it reaches 'fsync'
  keep(cached);
  keep_if(stored); // warning: it reaches 'fsync'
  keep_if(cached);
  co_return;
}

// A variable that is made of itself, and constants that name each other often.
void by_itself(bool wanted) {
  bool x = x;
  if (x)
    fsync(1);
  const bool a = a && wanted, b = a && a, c = b && b, d = c && c, e = d && d, f = e && e, g = f && f, h = g && g,
             i = h && h, j = i && i, k = j && j, l = k && k, m = l && l, n = m && m, o = n && n, p = o && o,
             q = p && p, r = q && q, s = r && r, t = s && s, u = t && t, v = u && u, w = v && v, y = w && w;
  if (y)
    fsync(1);
}
co::task<> odd() {
  by_itself(true); // warning: it reaches 'fsync'
  co_return;
}

//===--- globals of this file ---------------------------------------------------

static bool never_set = false;
static int delay = 0;
namespace {
bool by_flag = false;
bool by_table = false;
struct Option {
  const char *name;
  bool *value;
};
const Option options[] = {{"--table", &by_table}};
} // namespace
bool anybodys = false;
void parse(const char *argument) {
  if (argument)
    by_flag = true;
}
void traces() {
  if (never_set)
    usleep(1);
}
void delays() {
  if (delay > 0)
    usleep(2);
}
void flagged() {
  if (by_flag)
    usleep(3);
}
void listed() {
  if (by_table)
    usleep(4);
}
void shared() {
  if (anybodys)
    usleep(5);
}
co::task<> globals() {
  traces();
  delays();
  flagged(); // warning: call to 'flagged' blocks
  listed(); // warning: call to 'listed' blocks
  shared(); // warning: call to 'shared' blocks
  co_return;
}

//===--- set further down --------------------------------------------------------

static bool set_below = false;
static const char *folder_below = nullptr;
static void (*hook_below)() = nullptr;
static bool cleared_by_nobody = true;
co::task<> reads_globals_set_below() {
  if (set_below)
    sleep(1); // warning: blocks
  if (folder_below)
    sleep(1); // warning: blocks
  if (hook_below)
    hook_below(); // warning: blocks
  if (cleared_by_nobody)
    co_return;
  sleep(1);
}
void sets_below(int argc, char **argv) {
  [&] { set_below = argc > 1; }();
  struct Folder {
    explicit Folder(const char *name) { folder_below = name; }
  } folder(argv[0]);
  hook_below = [] { sleep(1); };
}
