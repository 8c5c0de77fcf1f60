//===- Brevity.h - work that is done before a thread is asked ---*- C++ -*-===//
//
// Whether all that a function does has been seen, and none of it blocks, loops
// or calls what nobody knows: then it takes nanoseconds, where handing it to a
// thread and back takes microseconds. Anything unknown makes the answer no.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_OFFLOAD_BREVITY_H
#define NOSTALL_CHECKS_ANALYSIS_OFFLOAD_BREVITY_H

#include "analysis/facts/Facts.h"
#include <map>
#include <optional>

namespace nostall {

class Unit;

/// What stands against a function's being brief.
struct Obstacle {
  enum class Why : unsigned char {
    Coroutine,   ///< it is one
    Repeats,     ///< it may loop
    ThreadLocal, ///< it names what is another thing on another thread
    Recursive,   ///< it calls itself, or calls go too deep to follow
    NotKnown,    ///< Call: of what is not known, or of any override
    Blocks,      ///< Call
    NotSeen,     ///< Call: no body that is looked into
  };
  Why W = Why::Coroutine;
  const clang::FunctionDecl *In = nullptr; ///< the body where it is
  const CallFact *Call = nullptr;          ///< which call there
};

class Brevity {
public:
  explicit Brevity(Unit &U) : U(U) {}

  /// What stands against \p F, which has a body here; null: nothing.
  const Obstacle *obstacleIn(const clang::FunctionDecl *F);

private:
  std::optional<Obstacle> judge(const FunctionFacts &Facts,
                                const CallFact &Call);
  const clang::FunctionDecl *seenBody(const CallFact &Call) const;

  Unit &U;
  /// What has been asked; a function that is asked about again while it is
  /// looked through calls itself.
  std::map<const clang::FunctionDecl *, std::optional<Obstacle>> Known;
};

/// A callable that a call runs on another thread while its caller awaits it.
struct Offload {
  enum class Verdict : unsigned char {
    IsOne,
    NotAwaited, ///< the call makes nothing to await
    NotOneBody, ///< it has no body here, or one for each of several types
    NotBrief,   ///< Against
  } V = Verdict::IsOne;
  const CallableArgument *Work = nullptr;
  const Obstacle *Against = nullptr;
};

/// Nothing where \p Call hands nothing to another thread.
std::optional<Offload> judgeOffload(Unit &U, Brevity &Seen,
                                    const CallFact &Call);

} // namespace nostall

#endif
