//===- pipe_support.h - a pipe whose ends do not wait --------------------===//

#ifndef NOSTALL_TEST_RUNTIME_PIPE_SUPPORT_H
#define NOSTALL_TEST_RUNTIME_PIPE_SUPPORT_H

#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

struct fds {
  int r, w;
  fds() {
    int p[2];
    if (pipe2(p, O_NONBLOCK | O_CLOEXEC) != 0)
      std::abort();
    r = p[0];
    w = p[1];
  }
  ~fds() {
    close(r);
    close(w);
  }
  void put() const { ASSERT_EQ(write(w, "x", 1), 1); }
  void take() const {
    char c;
    ASSERT_EQ(read(r, &c, 1), 1);
  }
};

#endif
