//===- Setters.h - what a call leaves in a member ---------------*- C++ -*-===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_SETTERS_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_SETTERS_H

#include "analysis/facts/Facts.h"
#include <optional>

namespace nostall {

class Unit;

/// `void set(bool on) { armed_ = on; }`: what \p Field is after \p Call of
/// \p Method, if that always gives it one value.
std::optional<int64_t> valueAfter(Unit &U, const clang::CXXMethodDecl &Method,
                                  const clang::FieldDecl *Field,
                                  const CallFact &Call);

} // namespace nostall

#endif
