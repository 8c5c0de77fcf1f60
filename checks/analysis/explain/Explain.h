//===- Explain.h - why there is a finding, or none --------------*- C++ -*-===//
//
// Puts into words what the analysis has decided (Effects::decisionOn,
// judgeOnLoop, judgeDiscard, locksAtAwaits, ...), for `nostall why` and
// `nostall why-not`. It decides nothing itself: it asks what the checks ask.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EXPLAIN_EXPLAIN_H
#define NOSTALL_CHECKS_ANALYSIS_EXPLAIN_EXPLAIN_H

#include "analysis/contexts/LoopCalls.h"
#include "clang/Basic/SourceLocation.h"

namespace nostall {

/// Something in a line that a check asks about, and what was decided.
struct Subject {
  llvm::StringRef Check; ///< "nostall-blocking-call"
  clang::SourceLocation Loc;
  std::string Name;    ///< "call to 'f'"
  std::string Because; ///< a sentence without an end; empty: it is a finding,
                       ///< or other units decide (LoopCall::isConditional)
  /// The check's option that takes such a finding away, if it is given.
  llvm::StringRef Option = "";
  /// What the call reaches, for those checks that ask.
  std::optional<LoopCall> Call = std::nullopt;
};

/// What the checks find to ask about in line \p Line of \p File, by check.
std::vector<Subject> subjectsInLine(Unit &U, clang::FileID File, unsigned Line);

/// What \p Check asks about: "calls"; empty, if it is not explained here.
llvm::StringRef subjectsOf(llvm::StringRef Check);

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
