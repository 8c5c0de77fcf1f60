// The floor of cases g and g2: a forked child, one socketpair, epoll, and no more: no
// serialisation, no errors. "pipelined" keeps eight calls on the way; a mebibyte goes
// through a stream and back; a death is seen by a pidfd in the epoll set.

#include "measure.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <vector>

namespace {

constexpr std::size_t mebibyte = 1 << 20;

struct child {
  pid_t pid = -1;
  int socket = -1;
  int epoll = epoll_create1(0);

  template <class F> child(int type, F body) {
    int ends[2];
    if (socketpair(AF_UNIX, type, 0, ends) != 0)
      _exit(1);
    socket = ends[0];
    pid = fork();
    if (pid == 0) {
      close(ends[0]);
      body(ends[1]);
      _exit(0);
    }
    close(ends[1]);
    watch(socket);
  }
  ~child() {
    close(socket);
    close(epoll);
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  void watch(int fd) {
    epoll_event e{};
    e.events = EPOLLIN;
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
  }
  void wait() {
    epoll_event e;
    epoll_wait(epoll, &e, 1, -1);
  }
};

void add_one(int socket) {
  for (std::uint64_t n; recv(socket, &n, sizeof n, 0) == sizeof n;) {
    ++n;
    send(socket, &n, sizeof n, MSG_NOSIGNAL);
  }
}

void all(int socket, char* bytes, bool out) {
  for (std::size_t done = 0; done < mebibyte;) {
    const ssize_t n = out ? send(socket, bytes + done, mebibyte - done, MSG_NOSIGNAL)
                          : recv(socket, bytes + done, mebibyte - done, 0);
    if (n <= 0)
      _exit(0);
    done += static_cast<std::size_t>(n);
  }
}

double round_trips(int on_the_way) {
  child c(SOCK_SEQPACKET, add_one);
  std::uint64_t n = 0;
  const auto measure = [&](int count) {
    const double t = bench::cpu_ns_with(c.pid);
    int sent = 0, got = 0;
    while (got < count) {
      for (; sent < count && sent - got < on_the_way; ++sent)
        send(c.socket, &n, sizeof n, 0);
      c.wait();
      while (got < sent && recv(c.socket, &n, sizeof n, MSG_DONTWAIT) == sizeof n)
        ++got;
    }
    return (bench::cpu_ns_with(c.pid) - t) / count;
  };
  measure(1000);
  return measure(bench::crossings);
}

double mebibytes() {
  child c(SOCK_STREAM, [](int socket) {
    std::vector<char> bytes(mebibyte);
    for (;;) {
      all(socket, bytes.data(), false);
      all(socket, bytes.data(), true);
    }
  });
  std::vector<char> bytes(mebibyte);
  const auto measure = [&](int count) {
    const double t = bench::cpu_ns_with(c.pid);
    for (int i = 0; i < count; ++i) {
      all(c.socket, bytes.data(), true);
      c.wait();
      all(c.socket, bytes.data(), false);
    }
    return (bench::cpu_ns_with(c.pid) - t) / count;
  };
  measure(10);
  return measure(bench::mebibytes);
}

// Nanoseconds from the kill to the news.
double deaths() {
  std::vector<double> seen;
  for (int i = 0; i < bench::deaths; ++i) {
    child c(SOCK_SEQPACKET, add_one);
    std::uint64_t n = 0;
    send(c.socket, &n, sizeof n, 0);
    c.wait();
    const int death = static_cast<int>(syscall(SYS_pidfd_open, c.pid, 0));
    epoll_ctl(c.epoll, EPOLL_CTL_DEL, c.socket, nullptr);
    c.watch(death);
    const auto t = std::chrono::steady_clock::now();
    kill(c.pid, SIGKILL);
    c.wait();
    seen.push_back(std::chrono::duration<double, std::nano>(
                       std::chrono::steady_clock::now() - t)
                       .count());
    close(death);
  }
  std::sort(seen.begin(), seen.end());
  return seen[seen.size() / 2];
}

double measure(const char* name) {
  if (std::strcmp(name, "process") == 0)
    return round_trips(1);
  if (std::strcmp(name, "process_pipelined") == 0)
    return round_trips(8);
  if (std::strcmp(name, "process_mebibyte") == 0)
    return mebibytes();
  if (std::strcmp(name, "process_death") == 0)
    return deaths();
  return -1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  const double v = measure(argv[1]);
  bench::print(v);
  return v < 0;
}
