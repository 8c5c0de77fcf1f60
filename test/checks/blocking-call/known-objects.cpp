// RUN: %nostall-verify %s
// What is known of objects: constructors that change members under a condition,
// functions that give back what they were given, virtual call operators, bits
// that are set whatever the others are, and the child of a fork.
#include "co.h"
#include <fcntl.h>
#include <memory>
#include <optional>
#include <string>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

//===--- constructors -----------------------------------------------------===//

struct Options {
  std::string dir;
  int copies = 0;
  bool enabled() const { return !dir.empty(); }
  static Options memory();
  static Options disk();
};
Options Options::memory() {
  Options o;
  o.copies = 0;
  return o;
}
Options Options::disk() {
  Options o;
  o.dir = "/var/lib/store";
  return o;
}
class Store {
public:
  explicit Store(Options o) : options_(std::move(o)) {
    if (!options_.dir.empty())
      fd_ = open(options_.dir.c_str(), O_RDWR);
  }
  ~Store() { close(); }
  void close() {
    if (fd_ >= 0) {
      fsync(fd_);
      fd_ = -1;
    }
  }

private:
  Options options_;
  int fd_ = -1;
};
class Logger {
public:
  explicit Logger(const Options &o) : options_(o) {
    if (options_.enabled())
      thread_ = std::thread(&Logger::run, this);
  }
  ~Logger() {
    if (thread_.joinable())
      thread_.join();
  }

private:
  void run() { lines_ = 1; }
  Options options_;
  std::thread thread_;
  int lines_ = 0;
};
class Workers {
public:
  explicit Workers(int n = 0) {
    for (int i = 0; i < n; ++i)
      threads_.emplace_back([] { sleep(1); });
  }
  ~Workers() {
    for (auto &thread : threads_)
      thread.join();
  }

private:
  std::vector<std::thread> threads_;
};
co::task<> makes_nothing() {
  Store s(Options::memory());
  Store t({});
  Logger l{Options{}};
  Workers none;
  Workers zero(0);
  co_return;
}
co::task<> makes_a_store() {
  Store s(Options::disk()); // warning: construction of 'Store'
  co_return;
}
co::task<> makes_threads() {
  Logger l{Options::disk()}; // warning: destruction of 'l'
  Workers two(2);            // warning: destruction of 'two'
  co_return;
}

//===--- what functions give back -----------------------------------------===//

struct Sink {
  virtual ~Sink() = default;
  virtual void operator()(int) = 0;
  Sink &add(int n) {
    (*this)(n);
    return *this;
  }
};
struct Memory : Sink {
  int sum = 0;
  void operator()(int n) override { sum += n; }
};
struct File : Sink {
  void operator()(int) override { fsync(3); }
};
Sink &operator<<(Sink &sink, int n) {
  sink(n);
  return sink;
}
Sink &put(Sink &sink, int n) { return sink << n; }
Sink *first(Sink *a, Sink *) { return a; }
// It may be either.
Sink &one_of(Sink &a, Sink &b, bool is_a) {
  if (is_a)
    return a;
  return b;
}
co::task<> writes(Sink &any, bool a) {
  Memory memory;
  File file;
  memory << 1 << 2 << 3;
  memory.add(1).add(2);
  put(put(memory, 1), 2);
  first(&memory, &file)->add(1);
  file << 1 << 2;                    // warning: call to 'operator<<' // warning: call to 'operator<<'
  put(put(file, 1), 2);              // warning: call to 'put' // warning: call to 'put'
  one_of(memory, file, a).add(1);    // warning: call to 'Sink::add'
  any << 1;                          // warning: call to 'operator<<'
  co_return;
}

// Two steps down, the class is still known.
struct Buffered : Sink {
  int kept = 0;
  void operator()(int n) override {
    if (++kept > 100)
      flush();
  }
  void flush() { raw(kept); }
  virtual void raw(int) = 0;
};
struct Hash : Buffered {
  void raw(int n) override { kept ^= n; }
};
struct Disk : Buffered {
  void raw(int) override { fsync(3); }
};
void give(Sink &sink) { sink(1); }
template <class F> void run(F &f) { f(1); }
co::task<> gives() {
  Hash hash;
  give(hash);
  run(hash);
  Disk disk;
  give(disk); // warning: call to 'give'
  run(disk);  // warning: call to 'run'
  co_return;
}

//===--- bits -------------------------------------------------------------===//

int kind(bool exclusive);
bool try_lock(int fd, bool exclusive) {
  const int type = kind(exclusive);
  return flock(fd, type | LOCK_NB) == 0;
}
int reap(int pid, int options) {
  options |= WNOHANG;
  int status;
  return waitpid(pid, &status, options);
}
int wait(int pid, int options, bool quick) {
  int status;
  if (quick)
    options |= WNOHANG;
  return waitpid(pid, &status, options);
}
co::task<> sets_bits(int fd, int flags, bool which) {
  char c;
  try_lock(fd, true);
  reap(7, flags);
  wait(7, flags, which); // warning: call to 'wait'
  recv(fd, &c, 1, flags | MSG_DONTWAIT);
  recv(fd, &c, 1, which ? MSG_DONTWAIT : MSG_PEEK | MSG_DONTWAIT);
  recv(fd, &c, 1, which ? MSG_DONTWAIT : MSG_PEEK); // warning: call to 'recv'
  recv(fd, &c, 1, flags & ~MSG_DONTWAIT);           // warning: call to 'recv'
  co_return;
}

//===--- the console ------------------------------------------------------===//

void print(int fd, const char *text) { (void)write(fd, text, 1); }
co::task<> prints(int fd) {
  char c;
  (void)write(STDOUT_FILENO, "x", 1);
  dprintf(2, "x");
  print(STDERR_FILENO, "x");
  print(fd, "x");        // warning: call to 'print'
  (void)read(0, &c, 1);  // warning: call to 'read' blocks the event loop (input)
  co_return;
}

//===--- children ---------------------------------------------------------===//

void become() { sleep(1); }
long start() { return fork(); }
co::task<> has_children() {
  pid_t pid = -1;
  if ((pid = fork()) == 0)
    become();
  pid_t other;
  other = fork();
  if (other == 0) {
    become();
  } else {
    become(); // warning: call to 'become'
  }
  if (!vfork())
    become();
  if (start() == 0)
    become();
  if (fork() > 0)
    become(); // warning: call to 'become'
  switch (fork()) {
  case 0:
    become();
    break;
  default:
    become(); // warning: call to 'become'
  }
  if (fork() != 0)
    co_return;
  become();
}

} // namespace

//===--- moved out of what holds it ---------------------------------------===//

namespace {

struct Stream {
  std::thread thread;
  ~Stream() {
    if (thread.joinable())
      thread.join();
  }
};
template <class T> struct Result {
  std::unique_ptr<T> held;
  std::unique_ptr<T> &value() & { return held; }
  std::unique_ptr<T> &&value() && { return std::move(held); }
};
template <class T> std::unique_ptr<T> unwrap(Result<T> r) {
  return std::move(r.value());
}
template <class T> std::unique_ptr<T> take(Result<T> r) {
  return std::move(r).value();
}
template <class T> T *peek(Result<T> r) { return r.value().get(); }
Result<Stream> result();
co::task<> takes() {
  auto a = unwrap(result());
  auto b = take(result());
  (void)a.release();
  (void)b.release();
  (void)peek(result()); // warning: call to 'peek'
  co_return;
}

} // namespace

//===--- behind an owner, and temporaries ---------------------------------===//

namespace {

class Timed {
public:
  explicit Timed(int seconds) : seconds(seconds) {}
  ~Timed() {
    if (seconds > 0)
      ::sleep(seconds);
  }
  void dismiss() { seconds = 0; }
  void set(int s) { seconds = s; }
  int get() const { return seconds; }

private:
  int seconds;
};
struct Joins {
  std::thread thread;
  void start() { thread = std::thread([] {}); }
  ~Joins() {
    if (thread.joinable())
      thread.join();
  }
};
Timed timed(int n) { return Timed(n); }
std::unique_ptr<Timed> owned() { return std::make_unique<Timed>(2); }
void change(Timed &);
Timed *kept;

co::task<> dies_with_owner() {
  auto never = std::make_unique<Timed>(0);
  std::shared_ptr<Timed> shared = std::make_shared<Timed>(0);
  std::unique_ptr<Timed> plain(new Timed(0));
  auto idle = std::make_unique<Joins>();
  auto slow = std::make_unique<Timed>(3); // warning: destruction of 'slow'
  auto later = std::make_unique<Timed>(0); // warning: destruction of 'later'
  later->set(3);
  auto other = std::make_unique<Timed>(0); // warning: destruction of 'other'
  other = std::make_unique<Timed>(3); // warning: it reaches 'sleep'
  auto given = std::make_unique<Timed>(0); // warning: destruction of 'given'
  given.reset(new Timed(3));
  auto lent = std::make_unique<Timed>(0); // warning: destruction of 'lent'
  change(*lent);
  auto busy = std::make_unique<Joins>(); // warning: destruction of 'busy'
  busy->start();
  std::optional<Timed> filled(0); // warning: destruction of 'filled'
  filled.emplace(3);
  co_return;
}

co::task<> temporaries() {
  kept = owned().release();
  timed(3).dismiss();
  (void)timed(3).get(); // warning: destruction of the temporary 'Timed'
  (void)owned().get(); // warning: destruction of the temporary 'std::unique_ptr'
  co_return;
}

} // namespace

//===--- parts of the own object, and factories of owners ------------------===//

namespace {

enum class Mode { Blocking, Nonblocking };
class Conn {
public:
  Conn(int fd, Mode mode) : fd(fd), mode(mode) {}
  void send() {
    if (mode != Mode::Nonblocking)
      fsync(fd);
  }
  void makeBlocking() { mode = Mode::Blocking; }

private:
  int fd;
  Mode mode;
};
class Peer {
public:
  explicit Peer(int fd) : conn(fd, Mode::Nonblocking) {}
  co::task<> hello() {
    conn.send();
    co_return;
  }

private:
  Conn conn;
};
class Old {
public:
  explicit Old(int fd) : conn(fd, Mode::Blocking) {}
  co::task<> hello() {
    conn.send(); // warning: call to 'Conn::send'
    co_return;
  }

private:
  Conn conn;
};
class Changes {
public:
  explicit Changes(int fd) : conn(fd, Mode::Nonblocking) {}
  void fallBack() { conn.makeBlocking(); }
  co::task<> hello() {
    conn.send(); // warning: call to 'Conn::send'
    co_return;
  }

private:
  Conn conn;
};
class Shared {
public:
  explicit Shared(int fd) : conn(fd, Mode::Nonblocking) {}
  co::task<> hello() {
    conn.send(); // warning: call to 'Conn::send'
    co_return;
  }
  Conn conn;
};
class Either {
public:
  explicit Either(int fd) : conn(fd, Mode::Nonblocking) {}
  explicit Either() : conn(1, Mode::Blocking) {}
  co::task<> hello() {
    conn.send(); // warning: call to 'Conn::send'
    co_return;
  }

private:
  Conn conn;
};

std::unique_ptr<Conn> quickly(int fd) {
  return std::make_unique<Conn>(fd, Mode::Nonblocking);
}
std::unique_ptr<Conn> with(int fd, Mode mode) {
  return std::make_unique<Conn>(fd, mode);
}
co::task<> by_factory(int fd) {
  auto quick = quickly(fd);
  quick->send();
  auto told = with(fd, Mode::Nonblocking);
  told->send();
  auto slow = with(fd, Mode::Blocking);
  slow->send(); // warning: call to 'Conn::send'
  co_return;
}

} // namespace
