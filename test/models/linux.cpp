// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call --config="{CheckOptions: {nostall-blocking-call.Strict: true}}"
// checks/models/linux.yaml against the headers of Linux and glibc: one call for
// every entry. ModelCoverageTest.cpp fails when an entry has none.
#include "co.h"
#include <arpa/nameser.h>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <linux/futex.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <resolv.h>
#include <shadow.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <syslog.h>
#include <unistd.h>

co::task<> waits(int fd, epoll_event *events, const timespec *time, int *status, pthread_t thread, sembuf *operation,
                 eventfd_t *value, int *word) {
  epoll_wait(fd, events, 1, -1); // warning: (wait)
  epoll_wait(fd, events, 1, 0);
  epoll_pwait(fd, events, 1, -1, nullptr); // warning: (wait)
  epoll_pwait(fd, events, 1, 0, nullptr);
  epoll_pwait2(fd, events, 1, time, nullptr); // warning: (wait)
  epoll_ctl(fd, EPOLL_CTL_ADD, 1, events);
  wait3(status, 0, nullptr); // warning: (process)
  wait3(status, WNOHANG, nullptr);
  wait4(1, status, 0, nullptr); // warning: (process)
  wait4(1, status, WNOHANG | WUNTRACED, nullptr);
  pthread_timedjoin_np(thread, nullptr, time); // warning: (wait)
  pthread_clockjoin_np(thread, nullptr, CLOCK_MONOTONIC, time); // warning: (wait)
  pthread_tryjoin_np(thread, nullptr);
  semtimedop(1, operation, 1, time); // warning: (wait)
  eventfd_read(fd, value); // warning: (wait)
  eventfd_write(fd, 1); // warning: (wait)
  syscall(SYS_futex, word, FUTEX_WAIT, 0, nullptr); // warning: (wait)
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, nullptr); // warning: (wait)
  syscall(SYS_futex, word, FUTEX_WAKE, 1);
  syscall(SYS_gettid);
  co_return;
}

co::task<> made_nonblocking(eventfd_t *value, void *data, const sigset_t *set) {
  int event = eventfd(0, EFD_NONBLOCK);
  eventfd_read(event, value);
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  read(timer, data, 8);
  int signals = signalfd(-1, set, SFD_NONBLOCK | SFD_CLOEXEC);
  read(signals, data, 8);
  int changes = inotify_init1(IN_NONBLOCK);
  read(changes, data, 8);
  int plain = inotify_init();
  read(plain, data, 8); // warning: (file-io)
  co_return;
}

co::task<> sockets(int fd, sockaddr *address, socklen_t *length, mmsghdr *messages) {
  accept4(fd, address, length, SOCK_CLOEXEC); // warning: (net-io)
  sendmmsg(fd, messages, 1, 0); // warning: (net-io)
  recvmmsg(fd, messages, 1, 0, nullptr); // warning: (net-io)
  recvmmsg(fd, messages, 1, MSG_DONTWAIT, nullptr);
  co_return;
}

co::task<> names(hostent *host, hostent **found, char *text, int *error, unsigned char *answer, res_state state,
                 gaicb **requests) {
  gethostbyname2("a", AF_INET); // warning: (dns)
  gethostbyname_r("a", host, text, 1, found, error); // warning: (dns)
  gethostbyname2_r("a", AF_INET, host, text, 1, found, error); // warning: (dns)
  gethostbyaddr_r(text, 4, AF_INET, host, text, 1, found, error); // warning: (dns)
  gethostent(); // warning: (dns)
  res_query("a", ns_c_in, ns_t_a, answer, 1); // warning: (dns)
  res_search("a", ns_c_in, ns_t_a, answer, 1); // warning: (dns)
  res_querydomain("a", "b", ns_c_in, ns_t_a, answer, 1); // warning: (dns)
  res_send(answer, 1, answer, 1); // warning: (dns)
  res_nquery(state, "a", ns_c_in, ns_t_a, answer, 1); // warning: (dns)
  res_nsearch(state, "a", ns_c_in, ns_t_a, answer, 1); // warning: (dns)
  res_nquerydomain(state, "a", "b", ns_c_in, ns_t_a, answer, 1); // warning: (dns)
  res_nsend(state, answer, 1, answer, 1); // warning: (dns)
  gai_suspend(requests, 1, nullptr); // warning: (dns)
  getaddrinfo_a(GAI_WAIT, requests, 1, nullptr); // warning: (dns)
  getaddrinfo_a(GAI_NOWAIT, requests, 1, nullptr);
  co_return;
}

co::task<> databases(passwd *user, passwd **user_found, group *users, group **group_found, spwd *shadow,
                     spwd **shadow_found, servent *service, servent **service_found, protoent *protocol,
                     protoent **protocol_found, char *text, gid_t *groups, int *count) {
  getpwent_r(user, text, 1, user_found); // warning: (file-io)
  getgrent_r(users, text, 1, group_found); // warning: (file-io)
  getgrouplist("a", 0, groups, count); // warning: (file-io)
  initgroups("a", 0); // warning: (file-io)
  getspnam("a"); // warning: (file-io)
  getspnam_r("a", shadow, text, 1, shadow_found); // warning: (file-io)
  getservbyname_r("http", "tcp", service, text, 1, service_found); // warning: (file-io)
  getservbyport_r(80, "tcp", service, text, 1, service_found); // warning: (file-io)
  getprotobyname_r("tcp", protocol, text, 1, protocol_found); // warning: (file-io)
  getprotobynumber_r(6, protocol, text, 1, protocol_found); // warning: (file-io)
  co_return;
}

co::task<> descriptors(int fd, const iovec *parts, off_t *at, off64_t *at64) {
  preadv(fd, parts, 1, 0); // warning: (file-io)
  pwritev(fd, parts, 1, 0); // warning: (file-io)
  preadv64(fd, parts, 1, 0); // warning: (file-io)
  pwritev64(fd, parts, 1, 0); // warning: (file-io)
  preadv2(fd, parts, 1, 0, 0); // warning: (file-io)
  preadv2(fd, parts, 1, 0, RWF_NOWAIT);
  pwritev2(fd, parts, 1, 0, 0); // warning: (file-io)
  preadv64v2(fd, parts, 1, 0, 0); // warning: (file-io)
  pwritev64v2(fd, parts, 1, 0, 0); // warning: (file-io)
  sendfile(fd, fd, at, 1); // warning: (file-io)
  sendfile64(fd, fd, at64, 1); // warning: (file-io)
  splice(fd, at64, fd, at64, 1, 0); // warning: (file-io)
  splice(fd, at64, fd, at64, 1, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  tee(fd, fd, 1, 0); // warning: (file-io)
  tee(fd, fd, 1, SPLICE_F_NONBLOCK);
  vmsplice(fd, parts, 1, 0); // warning: (file-io)
  copy_file_range(fd, at64, fd, at64, 1, 0); // warning: (file-io)
  sync_file_range(fd, 0, 1, 0); // warning: (file-io)
  syncfs(fd); // warning: (file-io)
  fallocate(fd, 0, 0, 1); // warning: (file-io)
  fallocate64(fd, 0, 0, 1); // warning: (file-io)
  readahead(fd, 0, 1); // warning: (file-io)
  co_return;
}

co::task<> files(int fd, struct statx *status, struct statfs *system, struct statfs64 *system64,
                 struct statvfs64 *other, char *text, file_handle *handle, int *id) {
  statx(fd, "a", 0, 0, status); // warning: (file-io)
  statfs("a", system); // warning: (file-io)
  statfs64("a", system64); // warning: (file-io)
  statvfs64("a", other); // warning: (file-io)
  renameat2(fd, "a", fd, "b", 0); // warning: (file-io)
  eaccess("a", R_OK); // warning: (file-io)
  euidaccess("a", R_OK); // warning: (file-io)
  canonicalize_file_name("a"); // warning: (file-io)
  name_to_handle_at(fd, "a", handle, id, 0); // warning: (file-io)
  open_by_handle_at(fd, handle, O_RDONLY); // warning: (file-io)
  mount("a", "b", "ext4", 0, nullptr); // warning: (file-io)
  umount("a"); // warning: (file-io)
  umount2("a", 0); // warning: (file-io)
  swapon("a", 0); // warning: (file-io)
  swapoff("a"); // warning: (file-io)
  getdents64(fd, text, 1); // warning: (file-io)
  mkostemp(text, 0); // warning: (file-io)
  mkstemps(text, 1); // warning: (file-io)
  mkostemps(text, 1, 0); // warning: (file-io)
  mkstemp64(text); // warning: (file-io)
  mkostemp64(text, 0); // warning: (file-io)
  dlmopen(LM_ID_BASE, "a.so", RTLD_NOW); // warning: (file-io)
  co_return;
}

co::task<> attributes(int fd, void *value, char *list) {
  getxattr("a", "b", value, 1); // warning: (file-io)
  lgetxattr("a", "b", value, 1); // warning: (file-io)
  fgetxattr(fd, "b", value, 1); // warning: (file-io)
  setxattr("a", "b", value, 1, 0); // warning: (file-io)
  lsetxattr("a", "b", value, 1, 0); // warning: (file-io)
  fsetxattr(fd, "b", value, 1, 0); // warning: (file-io)
  listxattr("a", list, 1); // warning: (file-io)
  llistxattr("a", list, 1); // warning: (file-io)
  flistxattr(fd, list, 1); // warning: (file-io)
  removexattr("a", "b"); // warning: (file-io)
  lremovexattr("a", "b"); // warning: (file-io)
  fremovexattr(fd, "b"); // warning: (file-io)
  co_return;
}

int walk(const char *, const struct stat64 *, int) { return 0; }
int walk_more(const char *, const struct stat64 *, int, FTW *) { return 0; }
int choose(const dirent *) { return 0; }
int choose64(const dirent64 *) { return 0; }
int compare(const void *, const void *, void *) { return sleep(1); }

co::task<> callbacks(int fd, dirent ***names, dirent64 ***names64, glob64_t *found, int *array) {
  ftw64("a", walk, 1); // warning: (file-io)
  nftw64("a", walk_more, 1, 0); // warning: (file-io)
  scandirat(fd, "a", names, choose, alphasort); // warning: (file-io)
  scandir64("a", names64, choose64, alphasort64); // warning: (file-io)
  glob64("a*", 0, nullptr, found); // warning: (file-io)
  qsort_r(array, 1, sizeof(int), compare, nullptr); // warning: it reaches 'sleep'
  co_return;
}

co::task<> streams(FILE *file, char *text, va_list args) {
  fgetc_unlocked(stdin); // warning: (input)
  fgetc_unlocked(file); // warning: (file-io)
  fflush_unlocked(file); // warning: (file-io)
  fputc_unlocked('a', stdout); // warning: (console-io)
  fputc_unlocked('a', file); // warning: (file-io)
  fputs_unlocked("a", file); // warning: (file-io)
  fgets_unlocked(text, 1, stdin); // warning: (input)
  fgets_unlocked(text, 1, file); // warning: (file-io)
  fread_unlocked(text, 1, 1, file); // warning: (file-io)
  fwrite_unlocked(text, 1, 1, stdout); // warning: (console-io)
  fwrite_unlocked(text, 1, 1, file); // warning: (file-io)
  vsyslog(LOG_ERR, "a", args); // warning: (console-io)
  co_return;
}

//===--- what gives a descriptor (nostall-process-boundary) ---------------------

co::task<> descriptors() {
  dup(epoll_create(1));
  dup(epoll_create1(0));
  dup(memfd_create("a", 0));
  co_return;
}
