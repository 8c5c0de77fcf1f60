//===- ReadyFlow.h - was the future seen to be ready? -----------*- C++ -*-===//
//
// `f.get()` does not wait where every path to it has seen f ready, by
// `f.wait_for(0s) == std::future_status::ready` or `f.is_ready()` (the models
// say which calls are such tests).
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_READYFLOW_H
#define NOSTALL_CHECKS_ANALYSIS_READYFLOW_H

namespace nostall {

class Unit;
struct CallFact;
struct FunctionFacts;

bool isKnownReady(Unit &U, const FunctionFacts &Facts, const CallFact &Call);

} // namespace nostall

#endif
