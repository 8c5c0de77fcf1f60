// RUN: %nostall-verify %s
// What was stored in a variable or member, and what a condition has said of it,
// decides where control goes: until somebody else may have changed it.
#include "co.h"
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace { // other tests have such names, too

void anything();
void change(bool &);
co::operation<int> next();

co::task<> implied(bool wait, bool force, int n) {
  const bool either = wait || force, both = wait && force;
  if (!either) {
    if (wait)
      usleep(1);
    if (force)
      usleep(2);
  }
  if (both && !wait)
    usleep(3);
  if (!wait) {
    if (both)
      usleep(4);
  }
  if (wait && !wait)
    usleep(5);
  if (n > 3)
    co_return;
  if (n > 3)
    usleep(6);
  if (n == 2) {
    if (n != 2)
      usleep(7);
    if (n > 5)
      usleep(8);
    usleep(9); // warning: call to 'usleep' blocks
  }
  if (both)
    usleep(10); // warning: call to 'usleep' blocks
  if (either)
    usleep(11); // warning: call to 'usleep' blocks
}

co::task<> locals(int n, const std::vector<int> &all) {
  bool found = false;
  if (found)
    usleep(1);
  for (int one : all)
    if (one == n)
      found = true;
  if (found)
    usleep(2); // warning: call to 'usleep' blocks
  bool lent = false;
  change(lent);
  if (lent)
    usleep(3); // warning: call to 'usleep' blocks
  bool captured = false;
  auto set = [&] { captured = true; };
  set();
  if (captured)
    usleep(4); // warning: call to 'usleep' blocks
  int *none = nullptr;
  if (none)
    usleep(5);
  std::unique_ptr<int> owner;
  if (owner)
    usleep(6);
  owner = std::make_unique<int>(n);
  if (owner)
    usleep(7); // warning: call to 'usleep' blocks
  std::optional<int> given = n;
  given.reset();
  if (given)
    usleep(8);
  std::string text;
  if (!text.empty())
    usleep(9);
  text += "x";
  if (!text.empty())
    usleep(10); // warning: call to 'usleep' blocks
  bool done = false;
  while (!done) {
    usleep(11); // warning: call to 'usleep' blocks
    done = n > 3;
  }
  if (!done)
    usleep(12);
  co_return;
}

co::task<> handlers(int n) {
  bool begun = false;
  try {
    begun = true;
    anything();
  } catch (...) {
    if (begun)
      usleep(1); // warning: call to 'usleep' blocks
  }
  co_return;
}

struct Options {
  std::string folder;
  bool read_only = false;
  int tries = 0;
};
void save(const Options &o) {
  if (!o.read_only)
    usleep(1);
}
void wait_if(bool wait) {
  if (wait)
    usleep(1);
}

co::task<> options(bool any) {
  Options o{.folder = "/tmp", .read_only = true};
  if (!o.read_only)
    usleep(1);
  if (o.read_only)
    usleep(2); // warning: call to 'usleep' blocks
  save(o);
  Options set;
  set.read_only = true;
  save(set);
  set.read_only = any;
  save(set); // warning: call to 'save' blocks
  const Options constant;
  co_await next();
  if (constant.read_only)
    usleep(3);
  bool wait = false;
  wait_if(wait);
  wait = any;
  wait_if(wait); // warning: call to 'wait_if' blocks
}

class Door {
  const bool simulated_;
  bool open_ = false;

public:
  explicit Door(bool simulated) : simulated_(simulated) {}
  bool simulated() const { return simulated_; }
  bool is_open() const { return open_; }
  void open() { open_ = true; }
};

co::task<> doors() {
  Door door(true);
  if (!door.simulated())
    usleep(1);
  const bool real = !door.simulated();
  if (real)
    usleep(2);
  if (door.is_open())
    usleep(3);
  door.open();
  if (door.is_open())
    usleep(4); // warning: call to 'usleep' blocks
  co_return;
}

class Link {
  bool up_ = false;
  std::atomic<bool> stopped_{false};
  Link *peer_ = nullptr;
  std::optional<int> last_;

  void flush() {
    if (!up_)
      usleep(1);
  }
  void count() const {}
  void drop() { up_ = false; }
  bool is_up() const { return up_; }

  co::task<> run(Link &other) {
    up_ = true;
    if (!up_)
      usleep(1);
    if (!is_up())
      usleep(2);
    flush();
    count();
    std::string text("x");
    if (!up_)
      usleep(3);
    co_await next();
    if (!up_)
      usleep(4); // warning: call to 'usleep' blocks
    up_ = true;
    anything();
    if (!up_)
      usleep(5); // warning: call to 'usleep' blocks
    up_ = true;
    drop();
    if (!up_)
      usleep(6); // warning: call to 'usleep' blocks
    flush(); // warning: call to 'Link::flush' blocks
    other.up_ = true;
    if (!other.up_)
      usleep(7);
    up_ = false;
    if (!other.up_)
      usleep(8); // warning: call to 'usleep' blocks
    if (peer_ == nullptr) {
      if (peer_)
        usleep(9);
    }
    stopped_ = false;
    if (stopped_)
      usleep(10); // warning: call to 'usleep' blocks
    last_ = std::nullopt;
    if (last_)
      usleep(11);
    last_ = 3;
    if (last_)
      usleep(12); // warning: call to 'usleep' blocks
  }
};

struct Aliased {
  bool up_ = false;
  co::task<> run() {
    bool &alias = up_;
    up_ = false;
    alias = true;
    if (up_)
      usleep(13); // warning: call to 'usleep' blocks
    co_return;
  }
};

struct Entity {
  explicit Entity(int id, bool load = false) : id(id) {
    if (load)
      usleep(1);
  }
  int id;
};

co::task<> defaults(std::vector<Entity> &all) {
  auto quick = std::make_unique<Entity>(1);
  auto slow = std::make_unique<Entity>(1, true); // warning: it reaches 'usleep'
  all.emplace_back(1);
  co_return;
}

// The same number is another one as another type, and as a truth value.
union Word {
  int number;
  unsigned bits;
};
co::task<> types(int n) {
  unsigned none = -1;
  if (none == -1)
    usleep(1); // warning: call to 'usleep' blocks
  int minus = -1;
  if (minus == 4294967295u)
    usleep(2); // warning: call to 'usleep' blocks
  if (minus < 3u)
    co_return;
  int five = 5;
  bool some = five;
  if (some == true)
    usleep(3); // warning: call to 'usleep' blocks
  Word word;
  word.number = 0;
  word.bits = n;
  if (word.number)
    usleep(4); // warning: call to 'usleep' blocks
  five = n;
  if (five == 5) {
    if (five < 5)
      usleep(5);
    usleep(6); // warning: call to 'usleep' blocks
  }
}

// What a lambda has captured is its owner's, who may change it meanwhile.
void later(co::task<>);
void captured(bool &done) {
  bool own = false;
  auto watch = [&]() -> co::task<> {
    done = false;
    own = false;
    co_await next();
    if (done)
      usleep(1); // warning: call to 'usleep' blocks
    if (own)
      usleep(2); // warning: call to 'usleep' blocks
  };
  later(watch());
  own = true;
}

// What is asked of a container or owner, and then used, is as empty as it was.
struct Worker {
  int n;
  void go() { usleep(n); }
};
void dereferenced(std::optional<int> n) {
  if (n)
    usleep(*n);
}
void called(std::optional<Worker> w) {
  if (w)
    w->go();
}
void first_of(std::vector<int> all) {
  if (!all.empty())
    usleep(all.front() + all[0]);
}
void each(std::vector<int> all) {
  if (all.empty())
    return;
  for (int n : all)
    usleep(n);
}
co::task<> used() {
  dereferenced({});
  dereferenced(3); // warning: call to 'dereferenced' blocks
  called({});
  first_of({});
  first_of({1}); // warning: call to 'first_of' blocks
  each({});
  std::optional<Worker> none;
  if (none)
    none->go();
  co_return;
}

// A thread that nobody starts, an optional that nobody fills: there is nothing
// to wait for, and nothing to destroy.
class File {
  int fd_;

public:
  explicit File(int fd) : fd_(fd) {}
  ~File() { fsync(fd_); }
};
class Updater {
  std::thread background_;
  std::optional<File> log_;

public:
  void start() { background_ = std::thread([] {}); }
  void open(int fd) { log_.emplace(fd); }
  void stop() {
    if (background_.joinable())
      background_.join();
  }
  ~Updater() { stop(); }
};
class Ticker {
  std::jthread thread_;

public:
  void start() { thread_ = std::jthread([] {}); }
};
co::task<> never_started() {
  Updater idle;
  idle.stop();
  Ticker still;
  std::optional<File> none;
  co_return;
}
co::task<> started(int fd) {
  Updater busy; // warning: destruction of 'busy' blocks
  busy.start();
  busy.stop(); // warning: it reaches 'std::thread::join'
  Updater opened; // warning: it reaches 'fsync'
  opened.open(fd);
  Ticker ticks; // warning: destruction of 'ticks' blocks
  ticks.start();
  co_return;
}

// Constant objects, and truth values that are computed of parameters.
inline const Options in_memory{{}, true, 0};
inline const Options on_disk{{}, false, 3};
struct Profile {
  const char *name;
  bool durable = true;
};
inline constexpr Profile fast{"fast", false}, safe{"safe"};
void apply(const Profile &p) {
  if (p.durable)
    usleep(1);
}
enum class Sync { off, full };
void level2(int fd, bool lazy) {
  if (!lazy)
    fsync(fd);
}
void level1(int fd, Sync how) { level2(fd, how == Sync::off); }
void negated(int fd, bool sync) { level2(fd, !sync); }
void either(int fd, bool a, bool b) { level2(fd, a || b); }
co::task<> computed(int fd) {
  apply(fast);
  apply(safe); // warning: call to 'apply' blocks
  save(in_memory);
  save(on_disk); // warning: call to 'save' blocks
  level1(fd, Sync::off);
  level1(fd, Sync::full); // warning: call to 'level1' blocks
  negated(fd, false);
  negated(fd, true); // warning: call to 'negated' blocks
  either(fd, true, false);
  either(fd, false, false); // warning: call to 'either' blocks
  co_return;
}

// In a constructor, a member is what its initialiser says.
class Encoder {
  const std::string path_;
  bool hardware_ = false;
  bool logs_ = false;
  bool later_ = false;
  int threads_;
  void open() { later_ = true; }

public:
  Encoder(const char *path, bool hardware, int threads = 0) : path_(path), hardware_(hardware), threads_(threads) {
    if (hardware_)
      usleep(1);
    if (logs_)
      usleep(2);
    if (threads_ > 2)
      usleep(3);
  }
  explicit Encoder(int threads) : hardware_(threads > 1), threads_(0) {
    open();
    if (hardware_)
      usleep(1);
    if (threads_)
      usleep(2);
  }
  explicit Encoder(bool later) : later_(later) {
    open();
    if (later_)
      usleep(1);
  }
};

co::task<> encoders() {
  Encoder software("x", false);
  Encoder hardware("x", true); // warning: it reaches 'usleep'
  Encoder four("x", false, 4); // warning: it reaches 'usleep'
  Encoder one(1);
  Encoder two(2); // warning: it reaches 'usleep'
  Encoder later(false); // warning: it reaches 'usleep'
  auto made = std::make_unique<Encoder>("x", false);
  co_return;
}

} // namespace

// A function that ends with a call that never returns, after all cases have
// left it, is no end of the program.
enum class Shape { point, line };
[[noreturn]] void unreachable(const char *why);
static int by_switch(Shape s) {
  switch (s) {
  case Shape::point:
    return 1;
  case Shape::line:
    usleep(1);
    return 2;
  }
  std::abort();
}
static int by_tests(Shape s) {
  if (s == Shape::point)
    return 1;
  if (s == Shape::line)
    return usleep(2);
  __builtin_unreachable();
}
static int by_turns() {
  for (int i = 0; i < 3; ++i)
    if (usleep(3) == 0)
      return i;
  unreachable("turns");
}
static void to_the_end(bool broken) {
  if (broken) {
    usleep(4);
    std::abort();
  }
}
co::task<> cases(Shape s, bool broken) {
  by_switch(s); // warning: call to 'by_switch' blocks
  by_tests(s); // warning: call to 'by_tests' blocks
  by_turns(); // warning: call to 'by_turns' blocks
  to_the_end(broken);
  co_return;
}
