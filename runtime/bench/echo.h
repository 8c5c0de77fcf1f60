//===- echo.h - what the echo servers have in common ----------------------===//
//
// `SERVER CONNECTIONS` listens on a port of loopback that the system chooses,
// prints it, accepts that many connections, echoes 64-byte messages until all are
// closed, and prints its CPU nanoseconds a message.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_BENCH_ECHO_H
#define NOSTALL_BENCH_ECHO_H

#include "measure.h"

#include <arpa/inet.h>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace bench {

constexpr std::size_t message = 64;

inline int listen_on_loopback() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof a;
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&a), size) != 0 ||
      listen(fd, 1024) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&a), &size) != 0) {
    std::perror("listen");
    std::exit(1);
  }
  std::printf("%d\n", ntohs(a.sin_port));
  std::fflush(stdout);
  return fd;
}

inline void no_delay(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

} // namespace bench

#endif
