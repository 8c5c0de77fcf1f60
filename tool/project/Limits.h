//===- Limits.h - what one unit may cost ------------------------*- C++ -*-===//
//
// Code can be written that no compiler ever gets to the end of. A unit that
// takes too long or too much is stopped:
//
//   politely     at the next template, macro or declaration: an error is
//                raised on which Clang gives up, and tidies up after itself
//   impolitely   if it goes on for long after that: its thread is left where it
//                is, in such a place
//   not at all   if it does not come by (a single constant expression): whoever
//                started the thread gives up on it (Crew.h)
//
// Time is the thread's own time on a processor, so that a machine that is busy
// with other things does not make code look endless.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_LIMITS_H
#define NOSTALL_TOOL_PROJECT_LIMITS_H

#include "ParseUnit.h"
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace clang {
class Sema;
} // namespace clang

namespace nostall {

struct UnitLimits {
  unsigned Seconds = 0; ///< 0: any time
  uint64_t Bytes = 0;   ///< 0: any amount

  /// What is granted before the next measure is taken.
  static uint64_t andMore(uint64_t Limit) { return Limit + Limit / 4 + 1; }
};

/// The calling thread's time on a processor.
std::chrono::nanoseconds threadTime();

/// Of one unit, on one thread.
class LimitGuard {
public:
  /// \p Leave does not return. \p InChecks is set when Clang is done and the
  /// checks are at work.
  LimitGuard(const UnitLimits &Limits, std::atomic<bool> &InChecks,
             void (*Leave)(ParseResult::Kind))
      : InChecks(InChecks), Limits(Limits), Leave(Leave), Begin(threadTime()) {}

  void watch(clang::CompilerInstance &Compiler);
  void watch(clang::Sema &S);

  /// To be asked often. False: the unit is to come to its end.
  bool mayGoOn() { return ++Asked % 64 ? !Broken.has_value() : measure(); }
  /// Which limit was hit.
  std::optional<ParseResult::Kind> broken() const { return Broken; }

  std::atomic<bool> &InChecks;

private:
  bool measure();
  void stop(ParseResult::Kind Why);

  const UnitLimits Limits;
  void (*const Leave)(ParseResult::Kind);
  const std::chrono::nanoseconds Begin;
  clang::CompilerInstance *Compiler = nullptr;
  unsigned Asked = 0;
  std::optional<ParseResult::Kind> Broken;
};

} // namespace nostall

#endif
