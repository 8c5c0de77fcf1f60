// Echo on raw epoll, level-triggered: the floor of case e.

#include "echo.h"

#include <sys/epoll.h>

int main(int argc, char** argv) {
  int left = argc == 2 ? std::atoi(argv[1]) : 1;
  int to_come = left;
  const int listener = bench::listen_on_loopback();
  const int epoll = epoll_create1(0);
  epoll_event e{};
  e.events = EPOLLIN;
  e.data.fd = listener;
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e);
  long messages = 0;
  const double start = bench::cpu_ns();
  epoll_event events[256];
  char buffer[4096];
  while (left > 0) {
    const int n = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < n; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        for (int c; to_come > 0 &&
                    (c = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;
             --to_come) {
          bench::no_delay(c);
          e.data.fd = c;
          epoll_ctl(epoll, EPOLL_CTL_ADD, c, &e);
        }
        continue;
      }
      const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
      if (got > 0) {
        if (send(fd, buffer, static_cast<std::size_t>(got), MSG_NOSIGNAL) == got)
          ++messages;
      } else {
        close(fd);
        --left;
      }
    }
  }
  bench::print((bench::cpu_ns() - start) / static_cast<double>(messages));
}
