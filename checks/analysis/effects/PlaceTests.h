//===- PlaceTests.h - what a branch says of places --------------*- C++ -*-===//
//
//   if (log.options.sync) ...    if (!queue.empty()) ...    if (file.is_open())
//
// A branch asks about a variable or a part of one, whether there is something
// in a container, or an accessor that asks about members of its object.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_PLACETESTS_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_PLACETESTS_H

#include "analysis/facts/Conditions.h"
#include "analysis/facts/MemberPaths.h"
#include "analysis/flow/Branches.h"

namespace nostall {

class Unit;

/// Calls \p Visit with each place that \p Q is about, and what it says of that.
void forEachPlaceTested(
    Unit &U, const Question &Q,
    llvm::function_ref<void(const Place &, const ParamTest &)> Visit);

/// The fields of \p Path as a way to a part (Place.h).
llvm::SmallVector<const clang::ValueDecl *, 3> wayOf(MemberPathRef Path);

} // namespace nostall

#endif
