//===- Interrupt.h - Ctrl-C, and what it leaves -----------------*- C++ -*-===//
//
// While one of these lives, SIGINT and SIGTERM are remembered instead of ending
// the process, so that what was found so far can be told. A second one ends it
// at once; not the same wish, sent twice, as timeout(1) does: to its child, and
// to the process group that this is in.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_INTERRUPT_H
#define NOSTALL_TOOL_PROJECT_INTERRUPT_H

#include <csignal>

namespace nostall {

class Interrupt {
public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt &) = delete;
  Interrupt &operator=(const Interrupt &) = delete;

  /// The signal that has come; 0: none.
  static int caught();

private:
  struct sigaction BeforeInt, BeforeTerm;
};

} // namespace nostall

#endif
