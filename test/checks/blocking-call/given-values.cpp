// RUN: %nostall-verify %s
// A member that its class gives no other object, and a variable that has one of
// a few: what a virtual call may run.
#include "co.h"
#include <memory>
#include <unistd.h>
#include <utility>

namespace { // other tests have such names, too

struct Printer {
  virtual ~Printer() = default;
  virtual void print() = 0;
};
struct Screen : Printer {
  void print() override {}
};
struct Nowhere : Printer {
  void print() override {}
};
struct Paper : Printer {
  void print() override { sleep(1); }
};
std::unique_ptr<Printer> screen() { return std::make_unique<Screen>(); }
std::unique_ptr<Printer> quick(bool on) {
  if (on)
    return std::make_unique<Screen>();
  return std::make_unique<Nowhere>();
}
void replace(std::unique_ptr<Printer> &);

class Office {
  std::unique_ptr<Printer> declared_ = screen();
  const std::unique_ptr<Printer> constant_ = std::make_unique<Nowhere>();
  std::unique_ptr<Printer> initialised_;
  std::unique_ptr<Printer> assigned_;
  std::unique_ptr<Printer> reset_;
  std::unique_ptr<Printer> slow_ = std::make_unique<Screen>();
  std::unique_ptr<Printer> given_;
  std::unique_ptr<Printer> lent_ = screen();
  Screen own_;
  Printer &reference_ = own_;
  Printer *pointer_ = &own_;

public:
  std::unique_ptr<Printer> open_ = screen();

  explicit Office(std::unique_ptr<Printer> any) : initialised_(std::make_unique<Screen>()), given_(std::move(any)) {}
  void begin(bool quiet) {
    assigned_ = quiet ? screen() : std::make_unique<Nowhere>();
    reset_.reset(new Screen);
    replace(lent_);
  }
  void break_down() { slow_ = std::make_unique<Paper>(); }
  co::task<> work() {
    declared_->print();
    constant_->print();
    initialised_->print();
    assigned_->print();
    reset_->print();
    reference_.print();
    pointer_->print();
    own_.print();
    slow_->print(); // warning: it reaches 'sleep' // note: this calls 'Printer::print', which 'Paper::print' overrides
    given_->print(); // warning: it reaches 'sleep'
    lent_->print(); // warning: it reaches 'sleep'
    open_->print(); // warning: it reaches 'sleep'
    co_return;
  }
};

// One of its functions is elsewhere, and may do anything.
class Agency {
  std::unique_ptr<Printer> printer_ = screen();

public:
  void sign_up();
  co::task<> work() {
    printer_->print(); // warning: it reaches 'sleep'
    co_return;
  }
};

co::task<> locals(bool on, bool loud) {
  auto several = quick(on);
  several->print();
  std::unique_ptr<Printer> either;
  if (on)
    either = std::make_unique<Screen>();
  else
    either = std::make_unique<Nowhere>();
  either->print();
  Printer *choice = on ? static_cast<Printer *>(new Screen) : new Nowhere;
  choice->print();
  std::unique_ptr<Printer> one_of_them = std::make_unique<Screen>();
  if (loud)
    one_of_them.reset(new Paper);
  one_of_them->print(); // warning: it reaches 'sleep'
  std::unique_ptr<Printer> lent = screen(); // warning: destruction of 'lent' blocks
  replace(lent);
  lent->print(); // warning: it reaches 'sleep'
  [&] { either->print(); }();
  co_return;
}

// Options of which the function fills in some.
struct Settings {
  bool flush = false;
  int tries = 0;
};
void store(const Settings &with) {
  if (with.flush)
    fsync(1);
}
co::task<> settings() {
  Settings a;
  a.tries = 3;
  store(a);
  Settings b;
  b.flush = true;
  store(b); // warning: it reaches 'fsync'
  Settings c{.flush = true};
  c.tries = 4;
  store(c); // warning: it reaches 'fsync'
  Settings d;
  bool *flush = &d.flush;
  *flush = true;
  store(d); // warning: it reaches 'fsync'
  co_return;
}

// What is closed once at most, and not if it was never open.
class Session {
  bool open_ = false;

public:
  void open() { open_ = true; }
  void close() {
    if (!open_)
      return;
    sleep(1);
    open_ = false;
  }
  void close_and_tell() {
    open_ = false;
    close();
  }
  void toggle() {
    open_ = !open_;
    if (open_)
      sleep(1);
  }
  ~Session() { close(); }
};
co::task<> sessions() {
  Session never;
  Session once;
  once.open();
  once.close(); // warning: it reaches 'sleep'
  Session other; // warning: destruction of 'other' blocks
  other.toggle(); // warning: it reaches 'sleep'
  co_return;
}

// A scope that nobody leaves.
struct Closer {
  ~Closer() { sleep(1); }
};
co::task<> next_one();
co::task<> for_ever() {
  Closer never;
  while (true) {
    Closer each; // warning: destruction of 'each' blocks
    co_await next_one();
  }
}
co::task<> until_it_breaks(bool enough) {
  Closer in_the_end; // warning: destruction of 'in_the_end' blocks
  while (true) {
    if (enough)
      break;
    co_await next_one();
  }
}

// With the object, its own class's destructor runs.
struct Helper {
  ~Helper() { sleep(1); }
};
struct Busy : Printer {
  ~Busy() override {}
  Helper helper;
  void print() override {}
};
co::task<> ends() {
  std::unique_ptr<Printer> quiet = std::make_unique<Screen>();
  std::unique_ptr<Printer> busy = std::make_unique<Busy>(); // warning: destruction of 'busy' blocks the event loop: it reaches 'sleep'
  std::pair<int, std::unique_ptr<Helper>> nothing;
  struct {
    std::unique_ptr<Helper> helper;
  } nobody;
  struct WithAnEnd {
    ~WithAnEnd() { sleep(1); }
    std::unique_ptr<Helper> helper;
  };
  WithAnEnd with_an_end; // warning: destruction of 'with_an_end' blocks
  std::pair<int, std::unique_ptr<Helper>> something; // warning: destruction of 'something' blocks
  something.second = std::make_unique<Helper>();
  co_return;
}

} // namespace
