//===- Explain.h - why there is a finding, or none --------------*- C++ -*-===//
//
// Puts into words what the analysis has decided (Effects::decisionOn,
// judgeOnLoop, judgeDiscard, locksAtAwaits, ...), for `nostall why` and
// `nostall why-not`. It decides nothing itself: it asks what the checks ask.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EXPLAIN_EXPLAIN_H
#define NOSTALL_CHECKS_ANALYSIS_EXPLAIN_EXPLAIN_H

#include "analysis/facts/Facts.h"
#include <string>

namespace nostall {

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
