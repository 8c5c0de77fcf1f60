// The load of case e: echo_client PORT CONNECTIONS MESSAGES. Every connection has
// one message under way at a time.

#include "echo.h"

#include <sys/epoll.h>

int main(int argc, char** argv) {
  if (argc != 4)
    return 2;
  const int port = std::atoi(argv[1]), connections = std::atoi(argv[2]);
  long left = std::atol(argv[3]);
  const int epoll = epoll_create1(0);
  char buffer[bench::message] = "ping";
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons(static_cast<unsigned short>(port));
  for (int i = 0; i < connections; ++i) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0) {
      std::perror("connect");
      return 1;
    }
    bench::no_delay(fd);
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.fd = fd;
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
    if (send(fd, buffer, sizeof buffer, 0) != sizeof buffer)
      return 1;
  }
  epoll_event events[256];
  while (left > 0) {
    const int n = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < n; ++i, --left)
      if (recv(events[i].data.fd, buffer, sizeof buffer, 0) <= 0 ||
          send(events[i].data.fd, buffer, sizeof buffer, 0) < 0)
        return 1;
  }
}
