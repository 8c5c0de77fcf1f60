// RUN: %nostall-verify %s
// Which descriptors are non-blocking: flags in variables, helpers, wrappers, what is given and what is kept.
#include "co.h"
#include <cerrno>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

//===--- flags ---------------------------------------------------------------------

static bool set_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL, 0);
  flags |= O_NONBLOCK;
  return fcntl(fd, F_SETFL, flags) == 0;
}
static void set_blocking(int fd) {
  const int flags = fcntl(fd, F_GETFL, 0);
  fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}
static void restore(int fd, int flags) { fcntl(fd, F_SETFL, flags); }
static bool is_nonblocking(int fd) { return fcntl(fd, F_GETFL, 0) & O_NONBLOCK; }
static void set_mode(int fd, bool wait) {
  int flags = fcntl(fd, F_GETFL, 0);
  if (wait)
    flags &= ~O_NONBLOCK;
  else
    flags |= O_NONBLOCK;
  fcntl(fd, F_SETFL, flags);
}
static int set_mode_at_once(int fd, bool on = true) {
  const int old = fcntl(fd, F_GETFL), wanted = on ? old | O_NONBLOCK : old & ~O_NONBLOCK;
  return fcntl(fd, F_SETFL, wanted);
}
static void through_two(int fd) { set_nonblocking(fd); }
constexpr int stream = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
constexpr int plain_stream = SOCK_STREAM | SOCK_CLOEXEC;

co::task<> flags_in_variables(int a, int b, int c, int d, int e, int f, int g, int h, int i, char *to) {
  set_nonblocking(a);
  read(a, to, 1);
  set_blocking(b);
  read(b, to, 1); // warning: call to 'read' blocks
  restore(c, 0);
  read(c, to, 1); // warning: call to 'read' blocks
  set_mode(d, false);
  read(d, to, 1);
  set_mode(e, true);
  read(e, to, 1); // warning: call to 'read' blocks
  set_mode_at_once(f);
  read(f, to, 1);
  set_mode_at_once(g, false);
  read(g, to, 1); // warning: call to 'read' blocks
  through_two(h);
  read(h, to, 1);
  is_nonblocking(i);
  read(i, to, 1); // warning: call to 'read' blocks
  co_return;
}
co::task<> constants(char *to) {
  int fd = socket(AF_INET, stream, 0);
  recv(fd, to, 1, 0);
  int plain = socket(AF_INET, plain_stream, 0);
  recv(plain, to, 1, 0); // warning: call to 'recv' blocks
  int kind = SOCK_STREAM;
  kind |= SOCK_NONBLOCK;
  int made = socket(AF_INET, kind, 0);
  recv(made, to, 1, 0);
  co_return;
}

//===--- who makes one, and who is given one -----------------------------------------

static int listener() {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  set_nonblocking(fd);
  return fd;
}
static int made_at_once() { return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); }
static int by_way_of() { return made_at_once(); }
static int plain_one() { return socket(AF_INET, SOCK_STREAM, 0); }
static long receive(int fd, char *to) { return recv(fd, to, 1, 0); }
static long receive_line(int fd, char *to) { return receive(fd, to); }

co::task<> makers(char *to, int unknown) {
  int a = listener(), b = by_way_of(), c = plain_one();
  recv(a, to, 1, 0);
  recv(b, to, 1, 0);
  recv(c, to, 1, 0); // warning: call to 'recv' blocks
  receive_line(a, to);
  receive(b, to);
  receive(by_way_of(), to);
  receive_line(c, to);       // warning: call to 'receive_line' blocks the event loop: it reaches 'recv'
  receive_line(unknown, to); // warning: call to 'receive_line' blocks
  int copy = a;
  recv(copy, to, 1, 0);
  co_return;
}
// A coroutine is given what all its callers give it.
static co::task<> talk(int fd, char *to) {
  recv(fd, to, 1, 0);
  co_return;
}
static co::task<> talk_of_both(int fd, char *to) {
  recv(fd, to, 1, 0); // warning: call to 'recv' blocks
  co_return;
}
co::task<> talks(char *to) {
  int client = accept4(listener(), nullptr, nullptr, SOCK_NONBLOCK);
  co_await talk(client, to);
  co_await talk_of_both(client, to);
  co_await talk_of_both(plain_one(), to);
}

//===--- members ---------------------------------------------------------------------

class Session {
public:
  explicit Session(int fd) : fd_(fd), other_(fd + 1) {}
  void poke() { write(fd_, "", 1); }
  void poke_other() { write(other_, "", 1); }

private:
  int fd_, other_;
};
class PlainSession {
public:
  explicit PlainSession(int fd) : fd_(fd) {}
  void poke() { write(fd_, "", 1); }

private:
  int fd_;
};
struct Late {
  int fd_ = -1, idle_ = -1;
  void attach(int fd) { fd_ = fd; }
  void open() { attach(listener()); }
  void poke() { write(fd_, "", 1); }
  void poke_idle() { write(idle_, "", 1); }
};
co::task<> members(Late &late) {
  Session session(listener());
  session.poke();
  session.poke_other(); // warning: call to 'Session::poke_other' blocks
  PlainSession first(listener()), second(plain_one());
  first.poke();  // warning: call to 'PlainSession::poke' blocks
  second.poke(); // warning: call to 'PlainSession::poke' blocks
  late.poke();
  late.poke_idle(); // warning: call to 'Late::poke_idle' blocks
  co_return;
}

// A wrapper says nothing of what it wraps; the variable that was made with one does.
class Owner {
public:
  explicit Owner(int fd = -1) : fd_(fd) {}
  int get() const { return fd_; }

private:
  int fd_;
};
co::task<> wrapped(char *to) {
  Owner socket(listener()), file(::open("file", O_RDONLY)); // warning: call to 'open' blocks
  read(socket.get(), to, 1);
  read(file.get(), to, 1); // warning: call to 'read' blocks
  co_return;
}

//===--- before it is made so ------------------------------------------------------

co::task<> too_late(const sockaddr *to, socklen_t n, char *c) {
  int s = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ::connect(s, to, n); // warning: call to 'connect' blocks
  ::fcntl(s, F_SETFL, ::fcntl(s, F_GETFL) | O_NONBLOCK);
  ::recv(s, c, 1, 0);
  co_return;
}
co::task<> too_late_by_a_helper(const sockaddr *to, socklen_t n, char *c) {
  int s = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ::connect(s, to, n); // warning: call to 'connect' blocks
  set_nonblocking(s);
  ::recv(s, c, 1, 0);
  co_return;
}
void configure(int fd);
co::task<> perhaps_in_time(const sockaddr *to, socklen_t n) {
  int s = ::socket(AF_UNIX, SOCK_STREAM, 0);
  configure(s);
  ::connect(s, to, n);
  set_nonblocking(s);
  co_return;
}
co::task<> in_time(const sockaddr *to, socklen_t n) {
  int s = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  ::connect(s, to, n);
  set_nonblocking(s);
  co_return;
}
// The flag is for the new descriptor.
co::task<> accepts(int listener, char *c) {
  int s = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK); // warning: call to 'accept4' blocks
  ::recv(s, c, 1, 0);
  co_return;
}

// Both ends of a pipe that a helper makes.
void nonblocking_pipe(int (&ends)[2]) { pipe2(ends, O_NONBLOCK | O_CLOEXEC); }
void open_pipe(int *ends) { pipe2(ends, O_NONBLOCK); }
std::pair<int, int> channel() {
  int ends[2];
  socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);
  return {ends[0], ends[1]};
}
void blocking_pipe(int (&ends)[2]) { pipe(ends); }
co::task<> pairs(char *c) {
  int one[2], two[2], slow[2];
  nonblocking_pipe(one);
  read(one[0], c, 1);
  open_pipe(two);
  read(two[0], c, 1);
  auto [in, out] = channel();
  write(out, c, 1);
  blocking_pipe(slow);
  read(slow[0], c, 1); // warning: call to 'read' blocks
  co_return;
}
