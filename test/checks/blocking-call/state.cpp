// RUN: %nostall-verify %s
// What the caller's own state says: non-blocking descriptors, and futures that
// were seen to be ready.
#include "co.h"
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <future>
#include <optional>
#include <string>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

using namespace std::chrono_literals;

//===--- EAGAIN ------------------------------------------------------------------

co::task<int> tested(int fd, char *buffer) {
  int n = read(fd, buffer, 1);
  if (n < 0 && errno == EAGAIN)
    co_await co::sleep(1);
  co_return n;
}
co::task<int> tested_the_other_name(int fd, char *buffer) {
  for (;;) {
    int n = recv(fd, buffer, 1, 0);
    if (n >= 0)
      co_return n;
    switch (errno) {
    case EWOULDBLOCK:
      co_await co::sleep(1);
      continue;
    default:
      co_return -1;
    }
  }
}
co::task<int> tested_as_errc(int fd, char *buffer) {
  int n = read(fd, buffer, 1);
  std::error_code ec(errno, std::generic_category());
  if (ec == std::errc::resource_unavailable_try_again)
    co_await co::sleep(1);
  co_return n;
}
co::task<int> untested(int fd, char *buffer) {
  int n = read(fd, buffer, 1); // warning: call to 'read' blocks the event loop (file-io)
  if (n < 0 && errno == EINTR)
    co_await co::sleep(1);
  co_return n;
}
// Testing helps no call that always waits.
co::task<> tested_in_vain(int fd, char *buffer) {
  sleep(1);                   // warning: (sleep)
  pread(fd, buffer, 1, 0);    // warning: (file-io)
  if (errno == EAGAIN)
    co_await co::sleep(1);
}
// Tested in the caller, not in the function that reads.
int reads(int fd, char *buffer) { return read(fd, buffer, 1); }
int reads_and_tests(int fd, char *buffer) {
  int n = read(fd, buffer, 1);
  return n < 0 && errno == EAGAIN ? 0 : n;
}
co::task<> by_helper(int fd, char *buffer) {
  reads(fd, buffer); // warning: it reaches 'read'
  reads_and_tests(fd, buffer);
  co_return;
}

// What the test does not rule out counts, whichever of the two comes first.
void reads_and_syncs(int fd) {
  char c;
  recv(fd, &c, 1, 0);
  pread(fd, &c, 1, 0);
}
void syncs_and_reads(int fd) {
  char c;
  pread(fd, &c, 1, 0);
  recv(fd, &c, 1, 0);
}
bool read_first(int fd) { reads_and_syncs(fd); return errno == EAGAIN; }
bool sync_first(int fd) { syncs_and_reads(fd); return errno == EAGAIN; }
co::task<> of_both_kinds(int fd) {
  read_first(fd); // warning: it reaches 'pread'
  sync_first(fd); // warning: it reaches 'pread'
  co_return;
}

//===--- O_NONBLOCK --------------------------------------------------------------

co::task<> nonblocking_descriptors(char *buffer, int other) {
  int fd = open("fifo", O_RDONLY | O_NONBLOCK);
  read(fd, buffer, 1);
  int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  read(event, buffer, 8);
  int sock = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  connect(sock, nullptr, 0);
  fcntl(other, F_SETFL, O_NONBLOCK);
  read(other, buffer, 1);
  int plain = socket(AF_INET, SOCK_STREAM, 0);
  connect(plain, nullptr, 0); // warning: call to 'connect' blocks the event loop (net-io)
  co_return;
}
struct Connection {
  int fd_ = -1;
  int other_ = -1;
  co::task<> open_and_read(char *buffer) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    read(fd_, buffer, 1);
    this->fd_ = 1;
    read(this->other_, buffer, 1); // warning: call to 'read' blocks
    co_return;
  }
};
// A member is what its class made it.
static int make_event() {
  int made = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return made;
}
static int make_blocking_event() { return eventfd(0, 0); }
class Wakeup {
public:
  Wakeup() : event_(make_event()), direct_(eventfd(0, EFD_NONBLOCK)), plain_(make_blocking_event()) {}
  co::task<> wake(char *buffer) {
    write(event_, buffer, 8);
    write(direct_, buffer, 8);
    write(plain_, buffer, 8); // warning: call to 'write' blocks
    co_return;
  }

private:
  int event_, direct_, plain_;
};

//===--- futures -----------------------------------------------------------------

co::task<int> seen_ready(std::future<int> f) {
  if (f.wait_for(0s) == std::future_status::ready)
    co_return f.get();
  co_return f.get(); // warning: call to 'std::future::get' blocks
}
co::task<int> negated(std::future<int> f) {
  if (f.wait_for(0s) != std::future_status::ready)
    co_return 0;
  co_return f.get();
}
co::task<int> swapped(std::future<int> f) {
  if (std::future_status::ready == f.wait_for(0s))
    co_return f.get();
  co_return 0;
}
co::task<int> loops(std::future<int> f) {
  while (f.wait_for(0s) != std::future_status::ready)
    co_await co::sleep(1);
  co_return f.get();
}
co::task<int> loops_until(std::future<int> f) {
  do
    co_await co::sleep(1);
  while (!(f.wait_for(0s) == std::future_status::ready));
  co_return f.get();
}
co::task<int> and_more(std::future<int> f, bool wanted) {
  if (wanted && f.wait_for(0s) == std::future_status::ready)
    co_return f.get();
  if (wanted || f.wait_for(0s) == std::future_status::ready)
    co_return f.get(); // warning: call to 'std::future::get' blocks
  co_return 0;
}
co::task<int> or_not(std::future<int> f, bool wanted) {
  if (!wanted || f.wait_for(0s) != std::future_status::ready)
    co_return 0;
  co_return f.get();
}
co::task<int> conditional(std::future<int> f) {
  co_return f.wait_for(0s) == std::future_status::ready ? f.get() : 0;
}
co::task<int> until_ready(std::future<int> f) {
  while (f.wait_for(0s) == std::future_status::timeout)
    co_await co::sleep(1);
  co_return f.get();
}
co::task<int> until_not_waiting(std::future<int> f) {
  for (;;) {
    if (f.wait_for(0s) != std::future_status::timeout)
      break;
    co_await co::sleep(1);
  }
  co_return f.get();
}
co::task<int> while_waiting(std::future<int> f) {
  if (f.wait_for(0s) == std::future_status::timeout)
    co_return f.get(); // warning: call to 'std::future::get' blocks
  if (f.wait_for(0s) != std::future_status::deferred)
    co_return f.get();
  co_return 0;
}
co::task<int> kept_answer(std::future<int> f) {
  bool ready = f.wait_for(0s) == std::future_status::ready;
  if (ready)
    co_return f.get();
  auto status = f.wait_for(0s);
  if (status == std::future_status::ready)
    co_return f.get();
  if (auto s = f.wait_for(0s); s == std::future_status::ready)
    co_return f.get();
  co_return 0;
}
co::task<int> switched(std::future<int> f) {
  switch (f.wait_for(0s)) {
  case std::future_status::ready:
    co_return f.get();
  case std::future_status::timeout:
    co_return f.get(); // warning: call to 'std::future::get' blocks
  default:
    break;
  }
  co_return 0;
}
co::task<int> reassigned(std::future<int> f, std::future<int> g) {
  if (f.wait_for(0s) == std::future_status::ready) {
    f = std::move(g);
    co_return f.get(); // warning: call to 'std::future::get' blocks
  }
  co_return 0;
}
co::task<int> of_another(std::future<int> f, std::future<int> g) {
  if (g.wait_for(0s) == std::future_status::ready)
    co_return f.get(); // warning: call to 'std::future::get' blocks
  co_return 0;
}
co::task<int> on_one_path(std::future<int> f, bool check) {
  if (check)
    while (f.wait_for(0s) != std::future_status::ready)
      co_await co::sleep(1);
  co_return f.get(); // warning: call to 'std::future::get' blocks
}
co::task<int> after_waiting(std::future<int> f) {
  f.wait(); // warning: (wait)
  co_return f.get();
}
struct Holder {
  std::future<int> result_;
  co::task<int> take() {
    if (result_.wait_for(0s) == std::future_status::ready)
      co_return result_.get();
    co_return this->result_.get(); // warning: call to 'std::future::get' blocks
  }
};
co::task<int> shared(std::shared_future<int> f) {
  if (f.wait_for(0s) == std::future_status::ready)
    co_return f.get();
  co_return f.get(); // warning: call to 'std::shared_future::get' blocks
}

// The test may stand in a helper that looks at errno itself.
static bool is_eagain() { return errno == EAGAIN; }
long write_some(int fd, const char *data, unsigned long size) {
  long written = write(fd, data, size);
  return written < 0 && is_eagain() ? 0 : written;
}
co::task<> with_helper(int fd, const char *data) {
  write_some(fd, data, 1);
  co_return;
}

// Descriptors that are elements, come back from accessors, or are made non-blocking by a helper.
struct Pipe {
  int ends[2];
  Pipe() {
    for (int end : ends)
      fcntl(end, F_GETFL, O_NONBLOCK);
  }
  const int &out() const { return ends[1]; }
  void poke() { write(out(), "", 1); }
};
struct BlockingPipe {
  int ends[2];
  const int &out() const { return ends[1]; }
  void poke() { write(out(), "", 1); }
};
static void make_nonblocking(int fd) { fcntl(fd, F_GETFL, O_NONBLOCK); }
struct Made {
  int fd, other;
  explicit Made(int given) : fd(given), other(given + 1) { make_nonblocking(given); }
  void poke() { write(fd, "", 1); }
  void poke_other() { write(other, "", 1); }
};
co::task<> descriptors(Pipe &pipe, BlockingPipe &blocking, Made &made) {
  pipe.poke();
  blocking.poke(); // warning: call to 'BlockingPipe::poke'
  made.poke();
  made.poke_other(); // warning: call to 'Made::poke_other'
  co_return;
}

// await_resume runs when the result is there.
struct FutureAwaiter {
  std::future<int> f;
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  int await_resume() { return f.get(); }
};
// But not if nothing is ever waited for.
struct PretendsToWait {
  std::future<int> f;
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>);
  int await_resume() { return f.get(); }
};
co::task<> resumes(FutureAwaiter a, PretendsToWait b) {
  co_await a;
  co_await b; // warning: this co_await, which calls 'PretendsToWait::await_resume', blocks
}

//===--- what was seen to be ready may be another meanwhile ---------------------------

void refill(std::future<int> &f);
bool looks(std::future<int> &f) { return f.valid(); }
void refills(std::future<int> &f) { f = std::future<int>(); }
co::task<> refilled(std::future<int> f) {
  if (f.wait_for(0s) == std::future_status::ready) {
    looks(f);
    f.get();
  }
  if (f.wait_for(0s) == std::future_status::ready) {
    refill(f);
    f.get(); // warning: (wait)
  }
  if (f.wait_for(0s) == std::future_status::ready) {
    refills(f);
    f.get(); // warning: (wait)
  }
  co_return;
}
co::task<> swapped(std::future<int> f, std::future<int> g) {
  if (f.wait_for(0s) == std::future_status::ready) {
    std::swap(f, g);
    f.get(); // warning: (wait)
  }
  co_return;
}
struct Keeps {
  std::future<int> member;
  co::task<> serve(std::future<int> own) {
    if (own.wait_for(0s) == std::future_status::ready)
      if (member.wait_for(0s) == std::future_status::ready) {
        member.wait();
        co_await co::sleep(1);
        own.get();
        member.get(); // warning: (wait)
      }
  }
};

//===--- what an assertion has asked ------------------------------------------------

#undef NDEBUG
#include <cassert>

co::task<> asserted(std::future<int> f, std::future<int> g) {
  assert(f.wait_for(0s) == std::future_status::ready);
  f.get();
  assert(g.valid());
  g.get(); // warning: blocks
  co_return;
}

//===--- members that are empty -------------------------------------------------

struct Options {
  bool sync = false;
  std::string log;
  const char *mirror = nullptr;
};
static void store(const Options &o) {
  if (!o.log.empty())
    std::this_thread::sleep_for(1s);
}
static void copy_to_mirror(const Options &o) {
  if (o.mirror)
    std::this_thread::sleep_for(1s);
}
co::task<> made_with_members(std::string path) {
  Options none;
  store(none);
  copy_to_mirror(none);
  Options empty{.log = ""};
  store(empty);
  Options some{.log = "app.log"};
  store(some); // warning: blocks
  Options any{.log = path, .mirror = "/dev/null"};
  store(any); // warning: blocks
  copy_to_mirror(any); // warning: blocks
  Options changed;
  changed.log = path;
  store(changed); // warning: blocks
  co_return;
}

//===--- before it is made non-blocking ------------------------------------------

static int plain_socket() { return socket(AF_INET, SOCK_STREAM, 0); }
static void unblock(int fd) {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}
static int quick_socket() {
  int fd = plain_socket();
  unblock(fd);
  return fd;
}
co::task<> connects_first(const sockaddr *address) {
  int fd = plain_socket();
  connect(fd, address, 16); // warning: blocks
  unblock(fd);
  connect(fd, address, 16);
  int quick = quick_socket();
  connect(quick, address, 16);
  unblock(quick);
  co_return;
}
