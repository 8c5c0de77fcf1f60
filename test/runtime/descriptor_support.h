//===- descriptor_support.h - a pair of sockets, and what reading gives ---===//

#ifndef NOSTALL_TEST_RUNTIME_DESCRIPTOR_SUPPORT_H
#define NOSTALL_TEST_RUNTIME_DESCRIPTOR_SUPPORT_H

#include "support.h"

#include <nostall/async_fd.h>

#include <cerrno>
#include <cstdlib>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace descriptor_tests {

struct ends {
  int a = -1, b = -1;
  explicit ends(int type, int family = AF_UNIX) {
    int s[2];
    if (socketpair(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s))
      std::abort();
    a = s[0];
    b = s[1];
  }
  ~ends() {
    for (int fd : {a, b})
      if (fd >= 0)
        close(fd);
  }
};

inline task<std::error_code> read_error(async_fd& f) {
  char c;
  try {
    co_await f.read_some(&c, 1);
  } catch (const std::system_error& e) {
    co_return e.code();
  }
  co_return std::error_code();
}

inline const std::error_code bad(EBADF, std::generic_category());

} // namespace descriptor_tests

#endif
