//===- SignalStack.h - where the handler of a crash runs --------*- C++ -*-===//
//
// Most crashes of an analysis are a stack that has run over, which is no place
// to handle that.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_SIGNALSTACK_H
#define NOSTALL_CHECKS_SIGNALSTACK_H

#include <csignal>
#include <cstddef>
#include <memory>

namespace nostall {

inline constexpr int CrashSignals[] = {SIGABRT, SIGBUS,  SIGFPE,
                                       SIGILL,  SIGSEGV, SIGTRAP};

/// A stack for the handlers of the calling thread's signals, if it has none.
class SignalStack {
public:
  SignalStack() : Memory(new char[Size]) {
    stack_t Stack{};
    Stack.ss_sp = Memory.get();
    Stack.ss_size = Size;
    if (sigaltstack(nullptr, &Before) || !(Before.ss_flags & SS_DISABLE) ||
        sigaltstack(&Stack, nullptr))
      Memory.reset();
  }
  ~SignalStack() {
    if (Memory)
      sigaltstack(&Before, nullptr);
  }

private:
  static constexpr size_t Size = 64 << 10;
  std::unique_ptr<char[]> Memory;
  stack_t Before{};
};

} // namespace nostall

#endif
