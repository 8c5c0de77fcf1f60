//===- ReadyFlow.h - was the future seen to be ready? -----------*- C++ -*-===//
//
// `f.get()` does not wait where every path to it has seen that f is ready:
//
//   if (f.wait_for(0s) == std::future_status::ready) f.get();
//   while (!f.is_ready()) co_await sleep(10ms);  f.get();
//   f.wait();  f.get();                          // the first one has waited
//
// The answer may have been kept in a variable, and a switch may have asked.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_READYFLOW_H
#define NOSTALL_CHECKS_ANALYSIS_READYFLOW_H

#include "clang/AST/Decl.h"

namespace nostall {

class Unit;
struct CallFact;
struct FunctionFacts;

/// Whether the object of \p Call has been seen to be ready, by a readiness test
/// of the models, on every path to \p Call.
bool isKnownReady(Unit &U, const FunctionFacts &Facts, const CallFact &Call);

/// The same of the local variable \p V where it is destroyed.
bool isReadyAtEnd(Unit &U, const FunctionFacts &Facts, const clang::VarDecl *V);

} // namespace nostall

#endif
