// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call --config="{CheckOptions: {nostall-blocking-call.Strict: true}}"
// checks/models/posix.yaml against the C library's headers: one call for every
// entry. ModelCoverageTest.cpp fails when an entry has none.
#include "co.h"
#include <aio.h>
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <mqueue.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <semaphore.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <syslog.h>
#include <termios.h>
#include <unistd.h>
#include <utime.h>
#include <wordexp.h>

co::task<> sleeps(const timespec *time) {
  sleep(1); // warning: (sleep)
  sleep(0);
  usleep(1); // warning: (sleep)
  nanosleep(time, nullptr); // warning: (sleep)
  clock_nanosleep(CLOCK_MONOTONIC, 0, time, nullptr); // warning: (sleep)
  co_return;
}

co::task<> processes(int *status, pid_t *child, char **arguments, FILE *pipe) {
  wait(status); // warning: (process)
  waitpid(-1, status, 0); // warning: (process)
  waitpid(-1, status, WNOHANG);
  waitid(P_ALL, 0, nullptr, WEXITED); // warning: (process)
  waitid(P_ALL, 0, nullptr, WEXITED | WNOHANG);
  popen("ls", "r"); // warning: (process)
  pclose(pipe); // warning: (process)
  wordexp_t words;
  wordexp("$(ls)", &words, 0); // warning: (process)
  posix_spawn(child, "/bin/ls", nullptr, nullptr, arguments, nullptr); // warning: (process)
  posix_spawnp(child, "ls", nullptr, nullptr, arguments, nullptr); // warning: (process)
  kill(1, SIGTERM);
  raise(SIGTERM);
  co_return;
}

co::task<> threads(pthread_t thread, pthread_cond_t *condition, pthread_mutex_t *mutex,
                   pthread_barrier_t *barrier, const timespec *time) {
  pthread_join(thread, nullptr); // warning: (wait)
  pthread_cond_wait(condition, mutex); // warning: (wait)
  pthread_cond_timedwait(condition, mutex, time); // warning: (wait)
  pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, time); // warning: (wait)
  pthread_barrier_wait(barrier); // warning: (wait)
  pthread_cond_signal(condition);
  pthread_detach(thread);
  co_return;
}

co::task<> semaphores(sem_t *semaphore, const timespec *time) {
  sem_wait(semaphore); // warning: (wait)
  sem_timedwait(semaphore, time); // warning: (wait)
  sem_clockwait(semaphore, CLOCK_MONOTONIC, time); // warning: (wait)
  sem_trywait(semaphore);
  sem_post(semaphore);
  co_return;
}

co::task<> signals(const sigset_t *set, int *signal, siginfo_t *info, const timespec *time) {
  sigwait(set, signal); // warning: (wait)
  sigwaitinfo(set, info); // warning: (wait)
  sigsuspend(set); // warning: (wait)
  pause(); // warning: (wait)
  sigtimedwait(set, info, time); // warning: (wait)
  co_return;
}

co::task<> messages(mqd_t queue, char *text, unsigned *priority, const timespec *time, int id, sembuf *operation,
                    aiocb *one, aiocb **list) {
  mq_receive(queue, text, 1, priority); // warning: (wait)
  mq_send(queue, text, 1, 0); // warning: (wait)
  mq_timedreceive(queue, text, 1, priority, time); // warning: (wait)
  mq_timedsend(queue, text, 1, 0, time); // warning: (wait)
  msgsnd(id, text, 1, 0); // warning: (wait)
  msgsnd(id, text, 1, IPC_NOWAIT);
  msgrcv(id, text, 1, 0, 0); // warning: (wait)
  msgrcv(id, text, 1, 0, IPC_NOWAIT | MSG_NOERROR);
  semop(id, operation, 1); // warning: (wait)
  aio_suspend(&one, 1, time); // warning: (wait)
  lio_listio(LIO_WAIT, list, 1, nullptr); // warning: (file-io)
  lio_listio(LIO_NOWAIT, list, 1, nullptr);
  aio_read(one);
  co_return;
}

co::task<> waits_for_descriptors(pollfd *fds, fd_set *set, timeval *timeout, const timespec *time,
                                 const termios *settings) {
  poll(fds, 1, -1); // warning: (wait)
  poll(fds, 1, 0);
  ppoll(fds, 1, time, nullptr); // warning: (wait)
  select(1, set, nullptr, nullptr, timeout); // warning: (wait)
  pselect(1, set, nullptr, nullptr, time, nullptr); // warning: (wait)
  timeval now{0, 0}, second{1, 0}, changed{};
  select(1, set, nullptr, nullptr, &now);
  select(1, set, nullptr, nullptr, &second); // warning: (wait)
  changed.tv_sec = 1;
  select(1, set, nullptr, nullptr, &changed); // warning: (wait)
  const timespec never{};
  pselect(1, set, nullptr, nullptr, &never, nullptr);
  tcdrain(1); // warning: (wait)
  tcsetattr(1, TCSADRAIN, settings); // warning: (wait)
  tcsetattr(1, TCSAFLUSH, settings); // warning: (wait)
  tcsetattr(1, TCSANOW, settings);
  co_return;
}

co::task<> locks(pthread_mutex_t *mutex, pthread_rwlock_t *rwlock, pthread_spinlock_t *spin, const timespec *time,
                 struct flock *lock) {
  pthread_mutex_lock(mutex); // warning: (lock)
  pthread_mutex_timedlock(mutex, time); // warning: (lock)
  pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, time); // warning: (lock)
  pthread_mutex_trylock(mutex);
  pthread_mutex_unlock(mutex);
  pthread_rwlock_rdlock(rwlock); // warning: (lock)
  pthread_rwlock_wrlock(rwlock); // warning: (lock)
  pthread_rwlock_timedrdlock(rwlock, time); // warning: (lock)
  pthread_rwlock_timedwrlock(rwlock, time); // warning: (lock)
  pthread_rwlock_clockrdlock(rwlock, CLOCK_MONOTONIC, time); // warning: (lock)
  pthread_rwlock_clockwrlock(rwlock, CLOCK_MONOTONIC, time); // warning: (lock)
  pthread_rwlock_unlock(rwlock);
  pthread_spin_lock(spin); // warning: (lock)
  pthread_spin_unlock(spin);
  pthread_mutex_trylock(mutex);
  pthread_rwlock_tryrdlock(rwlock);
  pthread_rwlock_trywrlock(rwlock);
  pthread_spin_trylock(spin);
  flock(1, LOCK_EX); // warning: (wait)
  flock(1, LOCK_EX | LOCK_NB);
  flock(1, LOCK_UN);
  lockf(1, F_LOCK, 0); // warning: (wait)
  lockf(1, F_TLOCK, 0);
  fcntl(1, F_SETLKW, lock); // warning: (wait)
  fcntl(1, F_OFD_SETLKW, lock); // warning: (wait)
  fcntl(1, F_SETLK, lock);
  co_return;
}

co::task<> sockets(int fd, void *data, sockaddr *address, socklen_t *length, msghdr *message) {
  send(fd, data, 1, 0); // warning: (net-io)
  send(fd, data, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  recv(fd, data, 1, 0); // warning: (net-io)
  sendto(fd, data, 1, 0, address, 1); // warning: (net-io)
  recvfrom(fd, data, 1, 0, address, length); // warning: (net-io)
  recvfrom(fd, data, 1, MSG_DONTWAIT, address, length);
  sendmsg(fd, message, 0); // warning: (net-io)
  recvmsg(fd, message, 0); // warning: (net-io)
  recvmsg(fd, message, MSG_DONTWAIT);
  accept(fd, address, length); // warning: (net-io)
  connect(fd, address, 1); // warning: (net-io)
  const int made = socket(1, 1, 0);
  dup2(dup(made), fileno(nullptr));
  listen(fd, 1);
  shutdown(fd, SHUT_RDWR);
  close(fd);
  co_return;
}

co::task<bool> nonblocking_socket(int fd, void *data) {
  while (recv(fd, data, 1, 0) >= 0)
    send(fd, data, 1, 0);
  co_return errno == EWOULDBLOCK;
}
co::task<bool> nonblocking_connect(int fd, sockaddr *address) {
  co_return connect(fd, address, 1) == 0 || errno == EINPROGRESS;
}
co::task<> created_nonblocking(const char *path, void *data) {
  int fd = open(path, O_RDONLY | O_NONBLOCK);
  read(fd, data, 1);
  fcntl(fd, F_SETFL, O_NDELAY);
  co_return;
}
co::task<> made_nonblocking(int by_flags, int by_ioctl, int waits, int flags, void *data) {
  fcntl(by_flags, F_SETFL, flags | O_NONBLOCK);
  read(by_flags, data, 1);
  ioctl(by_ioctl, FIONBIO, &flags);
  write(by_ioctl, data, 1);
  fcntl(waits, F_SETFD, flags);
  read(waits, data, 1); // warning: (file-io)
  co_return;
}

co::task<> names(const sockaddr *address, char *text, addrinfo **result) {
  getaddrinfo("a", "http", nullptr, result); // warning: (dns)
  gethostbyname("a"); // warning: (dns)
  gethostbyaddr(text, 4, AF_INET); // warning: (dns)
  getnameinfo(address, 1, text, 1, nullptr, 0, 0); // warning: (dns)
  getnameinfo(address, 1, text, 1, nullptr, 0, NI_NUMERICHOST | NI_NUMERICSERV);
  freeaddrinfo(*result);
  inet_addr(text);
  co_return;
}

co::task<> databases(passwd *user, group *users, char *text, passwd **found, group **group_found) {
  getpwnam("a"); // warning: (file-io)
  getpwuid(0); // warning: (file-io)
  getpwnam_r("a", user, text, 1, found); // warning: (file-io)
  getpwuid_r(0, user, text, 1, found); // warning: (file-io)
  getpwent(); // warning: (file-io)
  getgrnam("a"); // warning: (file-io)
  getgrgid(0); // warning: (file-io)
  getgrnam_r("a", users, text, 1, group_found); // warning: (file-io)
  getgrgid_r(0, users, text, 1, group_found); // warning: (file-io)
  getgrent(); // warning: (file-io)
  getservbyname("http", "tcp"); // warning: (file-io)
  getservbyport(80, "tcp"); // warning: (file-io)
  getservent(); // warning: (file-io)
  getprotobyname("tcp"); // warning: (file-io)
  getprotobynumber(6); // warning: (file-io)
  getprotoent(); // warning: (file-io)
  co_return;
}

co::task<> descriptors(int fd, void *data, const iovec *parts, va_list args) {
  read(fd, data, 1); // warning: (file-io)
  write(fd, data, 1); // warning: (file-io)
  readv(fd, parts, 1); // warning: (file-io)
  writev(fd, parts, 1); // warning: (file-io)
  pread(fd, data, 1, 0); // warning: (file-io)
  pwrite(fd, data, 1, 0); // warning: (file-io)
  pread64(fd, data, 1, 0); // warning: (file-io)
  pwrite64(fd, data, 1, 0); // warning: (file-io)
  dprintf(fd, "a"); // warning: (file-io)
  vdprintf(fd, "a", args); // warning: (file-io)
  lseek(fd, 0, SEEK_SET);
  dup(fd);
  co_return;
}

co::task<> files(int fd, void *data, struct stat *status, struct stat64 *status64, struct statvfs *system,
                 char *text) {
  open("a", O_RDONLY); // warning: (file-io)
  open("a", O_RDONLY | O_NONBLOCK);
  open64("a", O_RDONLY); // warning: (file-io)
  openat(fd, "a", O_RDONLY); // warning: (file-io)
  openat64(fd, "a", O_RDONLY); // warning: (file-io)
  creat("a", 0600); // warning: (file-io)
  creat64("a", 0600); // warning: (file-io)
  fsync(fd); // warning: (file-io)
  fdatasync(fd); // warning: (file-io)
  sync(); // warning: (file-io)
  msync(data, 1, MS_SYNC); // warning: (file-io)
  msync(data, 1, MS_ASYNC | MS_INVALIDATE);
  posix_fallocate(fd, 0, 1); // warning: (file-io)
  posix_fallocate64(fd, 0, 1); // warning: (file-io)
  truncate("a", 0); // warning: (file-io)
  ftruncate(fd, 0); // warning: (file-io)
  truncate64("a", 0); // warning: (file-io)
  ftruncate64(fd, 0); // warning: (file-io)
  stat("a", status); // warning: (file-io)
  lstat("a", status); // warning: (file-io)
  fstatat(fd, "a", status, 0); // warning: (file-io)
  stat64("a", status64); // warning: (file-io)
  lstat64("a", status64); // warning: (file-io)
  fstatat64(fd, "a", status64, 0); // warning: (file-io)
  fstat(fd, status);
  access("a", R_OK); // warning: (file-io)
  faccessat(fd, "a", R_OK, 0); // warning: (file-io)
  statvfs("a", system); // warning: (file-io)
  fstatvfs(fd, system); // warning: (file-io)
  readlink("a", text, 1); // warning: (file-io)
  readlinkat(fd, "a", text, 1); // warning: (file-io)
  realpath("a", text); // warning: (file-io)
  mkstemp(text); // warning: (file-io)
  mkdtemp(text); // warning: (file-io)
  dlopen("a.so", RTLD_NOW); // warning: (file-io)
  dlsym(data, "a");
  co_return;
}

co::task<> folders(int fd, DIR *folder, dirent *entry, dirent **next, const utimbuf *times, const timeval *time,
                   const timespec *spec) {
  mkdir("a", 0700); // warning: (file-io)
  mkdirat(fd, "a", 0700); // warning: (file-io)
  rmdir("a"); // warning: (file-io)
  mkfifo("a", 0600); // warning: (file-io)
  mkfifoat(fd, "a", 0600); // warning: (file-io)
  mknod("a", 0600, 0); // warning: (file-io)
  mknodat(fd, "a", 0600, 0); // warning: (file-io)
  unlink("a"); // warning: (file-io)
  unlinkat(fd, "a", 0); // warning: (file-io)
  link("a", "b"); // warning: (file-io)
  linkat(fd, "a", fd, "b", 0); // warning: (file-io)
  symlink("a", "b"); // warning: (file-io)
  symlinkat("a", fd, "b"); // warning: (file-io)
  renameat(fd, "a", fd, "b"); // warning: (file-io)
  chdir("a"); // warning: (file-io)
  chmod("a", 0600); // warning: (file-io)
  fchmodat(fd, "a", 0600, 0); // warning: (file-io)
  chown("a", 0, 0); // warning: (file-io)
  lchown("a", 0, 0); // warning: (file-io)
  fchownat(fd, "a", 0, 0, 0); // warning: (file-io)
  utime("a", times); // warning: (file-io)
  utimes("a", time); // warning: (file-io)
  utimensat(fd, "a", spec, 0); // warning: (file-io)
  opendir("a"); // warning: (file-io)
  readdir(folder); // warning: (file-io)
  readdir64(folder); // warning: (file-io)
  readdir_r(folder, entry, next); // warning: (file-io)
  closedir(folder);
  co_return;
}

int walk(const char *, const struct stat *, int) { return 0; }
int walk_more(const char *, const struct stat *, int, FTW *) { return 0; }
int choose(const dirent *) { return 0; }

co::task<> walks(dirent ***names, glob_t *found) {
  scandir("a", names, choose, alphasort); // warning: (file-io)
  glob("a*", 0, nullptr, found); // warning: (file-io)
  ftw("a", walk, 1); // warning: (file-io)
  nftw("a", walk_more, 1, 0); // warning: (file-io)
  co_return;
}

co::task<> streams(FILE *file, char **line, size_t *size) {
  getline(line, size, stdin); // warning: (input)
  getline(line, size, file); // warning: (file-io)
  getdelim(line, size, ';', stdin); // warning: (input)
  getdelim(line, size, ';', file); // warning: (file-io)
  putchar_unlocked('a'); // warning: (console-io)
  getchar_unlocked(); // warning: (input)
  getc_unlocked(stdin); // warning: (input)
  getc_unlocked(file); // warning: (file-io)
  putc_unlocked('a', stderr); // warning: (console-io)
  putc_unlocked('a', file); // warning: (file-io)
  fopen64("a", "r"); // warning: (file-io)
  freopen64("a", "r", file); // warning: (file-io)
  tmpfile64(); // warning: (file-io)
  fseeko(file, 0, SEEK_SET); // warning: (file-io)
  fseeko64(file, 0, SEEK_SET); // warning: (file-io)
  getpass("a"); // warning: (input)
  syslog(LOG_ERR, "a"); // warning: (console-io)
  co_return;
}

void *work(void *) {
  sleep(1);
  return nullptr;
}
void once() { sleep(1); }
void destroy(void *) { sleep(1); }
pthread_once_t flag = PTHREAD_ONCE_INIT;

co::task<> callbacks(pthread_t *thread, pthread_key_t *key, struct sigaction *action) {
  pthread_create(thread, nullptr, work, nullptr);
  pthread_once(&flag, once); // warning: it reaches 'sleep'
  pthread_atfork(once, once, once);
  pthread_key_create(key, destroy);
  sigaction(SIGINT, action, nullptr);
  co_return;
}
