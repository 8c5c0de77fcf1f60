//===- Explain.h - why a call is a finding, or none -------------*- C++ -*-===//
//
// Puts into words what the analysis has decided (Effects::decisionOn,
// judgeOnLoop, Contexts): for `nostall why` and `nostall why-not`. It decides
// nothing itself.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EXPLAIN_H
#define NOSTALL_CHECKS_ANALYSIS_EXPLAIN_H

#include "LoopCalls.h"
#include "clang/Basic/SourceLocation.h"

namespace nostall {

/// A call, and what was decided about it.
struct ExplainedCall {
  LoopCall Call;
  LoopVerdict Verdict = LoopVerdict::Harmless;
  std::string Name;    ///< "call to 'f'"
  std::string Because; ///< a sentence without an end; empty: it is a finding,
                       ///< or other units decide (LoopCall::isConditional)
};

/// The calls that are written in line \p Line of \p File, in their order.
std::vector<ExplainedCall> callsInLine(Unit &U, clang::FileID File,
                                       unsigned Line);

/// What the unit knows of \p F by itself, whatever its calls come to: a few
/// sentences. Empty where its body decides.
std::vector<std::string> knownOf(Unit &U, const clang::FunctionDecl *F);

/// Whether that is that it blocks by itself, at least with some arguments.
bool blocksByItself(Unit &U, const clang::FunctionDecl *F);

/// Of the calls in the body of \p F, why they are not counted as blocking:
/// sentences about those that are not plain.
std::vector<std::string> silentCalls(Unit &U, const clang::FunctionDecl *F);

} // namespace nostall

#endif
