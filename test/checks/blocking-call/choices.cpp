// RUN: %nostall-verify %s
// An argument that a condition chooses is two arguments, each under it.
#include "co.h"
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace { // other tests have such names, too

int reap(pid_t pid, bool wait) {
  int status;
  const int flags = wait ? 0 : WNOHANG;
  return waitpid(pid, &status, flags);
}
int reap_in_place(pid_t pid, bool wait) {
  int status;
  return waitpid(pid, &status, wait ? 0 : WNOHANG);
}
enum class How { wait, once };
void lock(int fd, How how) { flock(fd, how == How::wait ? LOCK_EX : LOCK_EX | LOCK_NB); }
void lock_or(int fd, bool quick) { flock(fd, LOCK_EX | (quick ? LOCK_NB : 0)); }
void get(int fd, char *to, bool peek) { recv(fd, to, 1, peek ? MSG_PEEK | MSG_DONTWAIT : 0); }
void nap(bool quick) { usleep(quick ? 0 : 1000); }
void either(int fd, bool first) { flock(fd, first ? LOCK_EX : LOCK_SH); }
struct Lock {
  explicit Lock(int fd, How how = How::wait) { flock(fd, how == How::wait ? LOCK_EX : LOCK_EX | LOCK_NB); }
};

co::task<> choices(int fd, char *to, pid_t pid, bool any) {
  reap(pid, false);
  reap(pid, true); // warning: it reaches 'waitpid'
  reap_in_place(pid, false);
  reap_in_place(pid, true); // warning: it reaches 'waitpid'
  lock(fd, How::once);
  lock(fd, How::wait); // warning: it reaches 'flock'
  lock_or(fd, true);
  lock_or(fd, false); // warning: it reaches 'flock'
  get(fd, to, true);
  get(fd, to, false); // warning: it reaches 'recv'
  nap(true);
  nap(false); // warning: it reaches 'usleep'
  nap(any); // warning: it reaches 'usleep'
  either(fd, true); // warning: it reaches 'flock'
  either(fd, false); // warning: it reaches 'flock'
  Lock quick(fd, How::once);
  Lock slow(fd); // warning: it reaches 'flock'
  co_return;
}

} // namespace
