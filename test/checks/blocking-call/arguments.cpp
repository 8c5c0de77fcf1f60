// RUN: %nostall-verify %s
// Arguments that make a call return at once. They count when they are constant.
#include "co.h"
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <future>
#include <mutex>
#include <netdb.h>
#include <poll.h>
#include <semaphore>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;
constexpr int Nowait = WNOHANG;
enum Flags { Dont = MSG_DONTWAIT };
const int ConstantTimeout = 0;
int variable_timeout = 0;

co::task<> processes(int pid, int flags) {
  int status;
  waitpid(pid, &status, 0); // warning: call to 'waitpid' blocks the event loop (process)
  waitpid(pid, &status, WNOHANG);
  waitpid(pid, &status, WNOHANG | WUNTRACED);
  waitpid(pid, &status, Nowait);
  waitpid(pid, &status, WUNTRACED); // warning: (process)
  waitpid(pid, &status, flags);     // warning: (process)
  waitpid(pid, &status, flags | WNOHANG);
  waitpid(pid, &status, flags & ~WNOHANG); // warning: (process)
  ::wait(nullptr);                        // warning: (process)
  siginfo_t info;
  waitid(P_ALL, 0, &info, WEXITED | WNOHANG);
  waitid(P_ALL, 0, &info, WEXITED); // warning: (process)
  co_return;
}

co::task<> descriptors(int epoll, pollfd *fds, epoll_event *events, int timeout) {
  poll(fds, 1, 0);
  poll(fds, 1, -1);      // warning: call to 'poll' blocks the event loop (wait)
  poll(fds, 1, 100);     // warning: (wait)
  poll(fds, 1, timeout); // warning: (wait)
  poll(fds, 1, ConstantTimeout);
  poll(fds, 1, variable_timeout); // warning: (wait)
  poll(fds, 1, sizeof(int) - 4);
  poll(fds, 1, (0));
  poll(fds, 1, true ? 0 : -1);
  epoll_wait(epoll, events, 1, 0);
  epoll_wait(epoll, events, 1, -1); // warning: call to 'epoll_wait' blocks
  timeval zero = {0, 0};
  select(1, nullptr, nullptr, nullptr, nullptr); // warning: (wait)
  (void)zero;
  co_return;
}

co::task<> sockets(int fd, void *buffer, int flags) {
  recv(fd, buffer, 1, MSG_DONTWAIT);
  recv(fd, buffer, 1, MSG_DONTWAIT | MSG_PEEK);
  recv(fd, buffer, 1, Dont);
  recv(fd, buffer, 1, 0);     // warning: call to 'recv' blocks the event loop (net-io)
  recv(fd, buffer, 1, flags); // warning: (net-io)
  send(fd, buffer, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  send(fd, buffer, 1, MSG_NOSIGNAL); // warning: (net-io)
  flock(fd, LOCK_EX | LOCK_NB);
  flock(fd, LOCK_UN);
  flock(fd, LOCK_EX);  // warning: call to 'flock' blocks the event loop (wait)
  fcntl(fd, F_GETFL, 0);
  fcntl(fd, F_SETLKW, nullptr); // warning: call to 'fcntl' blocks the event loop (wait)
  open("fifo", O_RDONLY | O_NONBLOCK);
  open("file", O_RDONLY); // warning: call to 'open' blocks the event loop (file-io)
  co_return;
}

co::task<> futures(std::future<int> f, std::future<int> g, std::chrono::seconds d) {
  f.wait_for(0s);
  f.wait_for(std::chrono::seconds(0));
  f.wait_for(std::chrono::seconds::zero());
  f.wait_for(std::chrono::milliseconds{});
  f.wait_for(0ms);
  constexpr auto none = 0s;
  f.wait_for(none);
  f.wait_for(1s);      // warning: 'std::future::wait_for' blocks the event loop (wait)
  f.wait_for(d);       // warning: (wait)
  f.wait();            // warning: (wait)
  g.get();             // warning: call to 'std::future::get' blocks the event loop (wait)
  co_return;
}

co::task<> sleeps(int n) {
  std::this_thread::sleep_for(0s);
  std::this_thread::sleep_for(1s); // warning: call to 'std::this_thread::sleep_for' blocks
  std::this_thread::sleep_for(std::chrono::seconds(n)); // warning: (sleep)
  sleep(0);
  sleep(n); // warning: (sleep)
  usleep(0);
  std::this_thread::yield();
  co_return;
}

co::task<> locks(std::mutex &m, std::timed_mutex &t, std::binary_semaphore &s) {
  (void)m.try_lock();
  (void)t.try_lock_for(0s);
  (void)s.try_acquire();
  (void)s.try_acquire_for(0s);
  s.acquire();  // warning: (wait)
  s.release();
  m.unlock();
  co_return;
}

int wait_with(int flags) { return waitpid(-1, nullptr, flags); }
template <int Flags> int wait_fixed() { return waitpid(-1, nullptr, Flags); }
template <class T> int wait_trait() { return waitpid(-1, nullptr, T::flags); }
struct Polls {
  static constexpr int flags = WNOHANG;
};
struct Waits {
  static constexpr int flags = 0;
};
co::task<> helpers() {
  wait_with(WNOHANG);
  wait_with(0); // warning: call to 'wait_with' blocks the event loop: it reaches 'waitpid'
  wait_fixed<WNOHANG>();
  wait_fixed<0>(); // warning: it reaches 'waitpid'
  wait_trait<Polls>();
  wait_trait<Waits>(); // warning: it reaches 'waitpid'
  co_return;
}

co::task<> names(const char *host, addrinfo **out) {
  getaddrinfo(host, "80", nullptr, out); // warning: call to 'getaddrinfo' blocks the event loop (dns)
  co_return;
}

// An address in figures, or none, asks nobody.
addrinfo *bound_to(const char *port) {
  addrinfo hints{}, *out = nullptr;
  hints.ai_flags = AI_PASSIVE;
  getaddrinfo(nullptr, port, &hints, &out);
  return out;
}
addrinfo *found(const char *host, int more) {
  addrinfo *out = nullptr;
  addrinfo hints = {.ai_flags = AI_NUMERICHOST};
  getaddrinfo(host, "80", &hints, &out);
  addrinfo later;
  later.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  later.ai_flags |= AI_NUMERICHOST | more;
  getaddrinfo(host, "80", &later, &out);
  return out;
}
addrinfo *asked(const char *host, bool figures) {
  addrinfo hints{}, *out = nullptr;
  hints.ai_flags = AI_ADDRCONFIG;
  if (figures)
    hints.ai_flags |= AI_NUMERICHOST;
  getaddrinfo(host, "80", &hints, &out);
  hints.ai_flags = AI_NUMERICHOST;
  return out;
}
addrinfo *asked_again(const char *host) {
  addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *out = nullptr;
  hints.ai_flags = 0;
  getaddrinfo(host, "80", &hints, &out);
  return out;
}
co::task<> figures(const char *host) {
  bound_to("80");
  found(host, 0);
  asked(host, true); // warning: it reaches 'getaddrinfo'
  asked_again(host); // warning: it reaches 'getaddrinfo'
  co_return;
}

// A local variable that is set once is what it was made with.
co::task<> kept(int fd, char *to) {
  int flags = MSG_DONTWAIT;
  recv(fd, to, 1, flags);
  int changed = MSG_DONTWAIT;
  changed = 0;
  recv(fd, to, 1, changed); // warning: blocks
  co_return;
}

// What a function was given and hands on, its callers have said.
int receive(int fd, int flags) { return recv(fd, nullptr, 0, flags); }
bool is_readable(pollfd *of, int timeout) { return poll(of, 1, timeout) > 0; }
bool is_readable_now(pollfd *of, int timeout) { return is_readable(of, timeout); }
enum Close { Lazily, Linger = 4 };
void shut(int fd, unsigned how) {
  if (how & Linger)
    fsync(fd);
}
void shut_other(int fd, unsigned how) {
  if ((how & Linger) == 0)
    fsync(fd);
}
co::task<> handed_on(int fd, pollfd *of, int flags) {
  receive(fd, MSG_DONTWAIT | MSG_PEEK);
  receive(fd, MSG_PEEK);          // warning: call to 'receive' blocks the event loop: it reaches 'recv'
  receive(fd, flags);             // warning: call to 'receive' blocks the event loop: it reaches 'recv'
  is_readable_now(of, 0);
  is_readable_now(of, 50);        // warning: call to 'is_readable_now' blocks the event loop: it reaches 'poll'
  shut(fd, Lazily);
  shut(fd, Linger | 1);           // warning: call to 'shut' blocks the event loop: it reaches 'fsync'
  shut_other(fd, Linger);
  shut_other(fd, 1);              // warning: call to 'shut_other' blocks the event loop: it reaches 'fsync'
  co_return;
}

// A duration of zero that is handed on waits for nobody.
bool is_done(std::future<int> &of, std::chrono::milliseconds timeout) {
  return of.wait_for(timeout) == std::future_status::ready;
}
void settle(std::chrono::milliseconds time = {}) {
  if (time.count() > 0)
    std::this_thread::sleep_for(time);
}
void pause_ms(int n) { std::this_thread::sleep_for(std::chrono::milliseconds(n)); }
void pause_for(const std::chrono::seconds &time) { std::this_thread::sleep_for(time); }
co::task<> durations(std::future<int> &of) {
  using namespace std::chrono_literals;
  is_done(of, 0ms);
  is_done(of, std::chrono::milliseconds::zero());
  is_done(of, 1s); // warning: it reaches 'std::future::wait_for'
  settle();
  settle(0ms);
  settle(5ms); // warning: it reaches 'std::this_thread::sleep_for'
  pause_ms(0);
  pause_ms(3); // warning: it reaches 'std::this_thread::sleep_for'
  pause_for(0s);
  pause_for(1s); // warning: it reaches 'std::this_thread::sleep_for'
  co_return;
}

// A stream that is handed on to the C library is the callers' to name.
void put(FILE *to, const char *text) { fwrite(text, 1, 3, to); }
void print(FILE *to, const char *text) { put(to, text); }
void print(const char *text) { print(stdout, text); }
co::task<> streams(FILE *log) {
  print("abc");
  print(stderr, "abc");
  print(log, "abc"); // warning: it reaches 'fwrite'
  co_return;
}

// Records whose members are set one by one; points in time that have come.
timespec half_a_second();
co::task<> set_one_by_one(int fd, fd_set *set, bool patient, std::future<int> &of) {
  timeval none;
  none.tv_sec = 0;
  none.tv_usec = 0;
  select(fd, set, nullptr, nullptr, &none);
  timeval some;
  some.tv_sec = 0;
  some.tv_usec = 100;
  select(fd, set, nullptr, nullptr, &some); // warning: call to 'select' blocks
  timeval perhaps{0, 0};
  if (patient)
    perhaps.tv_sec = 5;
  select(fd, set, nullptr, nullptr, &perhaps); // warning: call to 'select' blocks
  timespec later{};
  later.tv_nsec = 0;
  pollfd p{fd, POLLIN, 0};
  ppoll(&p, 1, &later, nullptr);
  later.tv_nsec = 1000;
  ppoll(&p, 1, &later, nullptr); // warning: call to 'ppoll' blocks
  timeval half;
  half.tv_sec = 0;
  select(fd, set, nullptr, nullptr, &half); // warning: call to 'select' blocks
  if (of.wait_until(std::chrono::steady_clock::now()) == std::future_status::ready)
    of.get();
  of.wait_until(std::chrono::steady_clock::time_point::min());
  of.wait_until(std::chrono::steady_clock::time_point::max()); // warning: call to 'std::future::wait_until' blocks
  co_return;
}
