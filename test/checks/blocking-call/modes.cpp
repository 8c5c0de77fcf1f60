// RUN: %nostall-verify %s
// Descriptors in objects: one of a class may wait where another does not.
#include "co.h"
#include <cstdint>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

//===--- wrappers ----------------------------------------------------------------

class Fd {
public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd &&o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  ~Fd() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  int get() const { return fd_; }

private:
  int fd_ = -1;
};
Fd open_event() { return Fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }
void drain(const Fd &fd) {
  char text[64];
  while (::read(fd.get(), text, sizeof text) > 0) {
  }
}
struct Waker {
  Fd fd_{::eventfd(0, EFD_NONBLOCK)};
  co::task<> run() {
    drain(fd_);
    co_return;
  }
};
co::task<> wake() {
  Fd e = open_event();
  uint64_t one = 1;
  ::write(e.get(), &one, sizeof one);
  Fd waits(::eventfd(0, 0));
  ::read(waits.get(), &one, sizeof one); // warning: call to 'read' blocks
  co_return;
}

//===--- initialisers in the class -----------------------------------------------

class Timer {
  int fd_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  const int other_{::eventfd(0, EFD_NONBLOCK)};
  int waits_ = ::timerfd_create(CLOCK_MONOTONIC, 0);

public:
  co::task<> expired() {
    uint64_t n;
    ::read(fd_, &n, sizeof n);
    ::read(other_, &n, sizeof n);
    ::read(waits_, &n, sizeof n); // warning: call to 'read' blocks
    co_return;
  }
};

//===--- told when they are made ---------------------------------------------------

enum class Mode { blocking, nonblocking };
class Pipe {
  int fd_;

public:
  explicit Pipe(int fd) : fd_(fd) {}
  Pipe(int fd, Mode mode) : fd_(fd) {
    if (mode == Mode::nonblocking)
      set_nonblocking();
  }
  void set_nonblocking() { ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL, 0) | O_NONBLOCK); }
  long take(void *to) { return ::read(fd_, to, 1); }
};
co::task<> by_mode(int raw, char *to, Pipe &any) {
  Pipe quick(raw, Mode::nonblocking);
  quick.take(to);
  Pipe slow(raw, Mode::blocking);
  slow.take(to); // warning: call to 'Pipe::take' blocks
  any.take(to);
  co_return;
}
co::task<> by_setter(int raw, char *to) {
  Pipe quick(raw);
  quick.set_nonblocking();
  quick.take(to);
  Pipe slow(raw);
  slow.take(to); // warning: call to 'Pipe::take' blocks
  co_return;
}
class Socket {
  int fd_;

public:
  explicit Socket(int type = SOCK_STREAM) : fd_(::socket(AF_INET, type, 0)) {}
  long take(char *to) { return ::recv(fd_, to, 1, 0); }
};
co::task<> by_type(char *to) {
  Socket slow;
  slow.take(to); // warning: call to 'Socket::take' blocks
  co_return;
}
int open_socket(bool nonblocking) {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  if (nonblocking)
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}
co::task<> by_factory(char *to) {
  int quick = open_socket(true);
  ::recv(quick, to, 1, 0);
  int slow = open_socket(false);
  ::recv(slow, to, 1, 0); // warning: call to 'recv' blocks
  co_return;
}
