//===- LoopCalls.h - calls in a place that they do not suit -----*- C++ -*-===//
//
// Joins contexts and effects: every reachable call that runs on the event loop
// and is known to block, or off the loop and needs the loop's thread, or
// depends on functions whose bodies are elsewhere. The last kind is a finding
// on a condition: a link step that knows those functions settles it without
// parsing this unit again.
//
// A function that is handed to the loop, or to a worker, is no call, and is
// judged as one where it is handed over: by what is said of it, or by a body
// that is elsewhere. What a body does that is here stands there.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_CONTEXTS_LOOPCALLS_H
#define NOSTALL_CHECKS_ANALYSIS_CONTEXTS_LOOPCALLS_H

#include "analysis/effects/Effects.h"

namespace nostall {

class Unit;

struct LoopCall {
  const FunctionFacts *Facts = nullptr;
  const CallFact *Call = nullptr;
  Summary Does;
  /// Not the call is meant, but this function, which it is given to run there.
  const CallableArgument *Handed = nullptr;

  /// Where a finding about it stands.
  clang::SourceLocation location() const;
  /// Nothing here blocks, but what is in other units may.
  bool isConditional() const { return !Does.blocks(); }
};

/// Whether a call is one of those, or what stands against it.
enum class LoopVerdict : unsigned char {
  IsOne,
  NotThere,    ///< its body, or the place in it, is elsewhere or unknown
  AnsweredFor, ///< an annotation of its body says that blocking is meant
  OwnLoop,     ///< off the loop: its thread runs a loop, which it belongs to
  Harmless,    ///< nothing that it does matters there, or may
               ///< (Effects::decisionOn)
  Awaited,     ///< it only waits for what has been awaited before
  Unreachable, ///< control never gets there
};

/// \p Does becomes what the call does, where that was asked.
LoopVerdict judgeOnLoop(Unit &U, const FunctionFacts &Facts,
                        const CallFact &Call, Summary &Does);
LoopVerdict judgeOffLoop(Unit &U, const FunctionFacts &Facts,
                         const CallFact &Call, Summary &Does);

/// The functions that \p Facts hands to the loop, or (of loop-affinity) away
/// from it, and that do not suit there whatever their bodies do, or whose
/// bodies are not here.
std::vector<LoopCall> handedOn(Unit &U, const FunctionFacts &Facts,
                               bool ToLoop);

/// In the order of Unit::functions() and of the calls in each.
std::vector<LoopCall> callsOnLoop(Unit &U);
/// The same, of calls that a worker or another process runs: those that need
/// the loop's thread, or might.
std::vector<LoopCall> callsOffLoop(Unit &U);

/// Whether the loop that \p L stalls is an event loop (Contexts).
bool isOnEventLoop(Unit &U, const LoopCall &L);

} // namespace nostall

#endif
