//===- OtherUnits.h - what one unit knows of the rest -----------*- C++ -*-===//
//
// clang-tidy and clangd show the checks one unit at a time. Where earlier runs
// of nostall have left the calls of the program's other units (the index), the
// driver hands them over here, and what depends on them is settled at once. The
// `nostall` command has all units and links them itself.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_OTHERUNITS_H
#define NOSTALL_CHECKS_OTHERUNITS_H

#include "analysis/link/CallGraph.h"
#include "llvm/ADT/StringRef.h"
#include <vector>

namespace nostall {

struct OtherCalls {
  /// In the order in which the command links them: it decides which of several
  /// chains is told.
  std::vector<CallGraph> Units;
  size_t Before = 0; ///< of them: those that come before the unit that asks
};

/// The calls of all units of the program that the absolute path \p MainFile
/// belongs to, as far as they are known and true.
using OtherUnits = OtherCalls (*)(llvm::StringRef MainFile);

/// Set once, before any check runs. Null: nothing is known.
void setOtherUnits(OtherUnits Calls);
OtherUnits otherUnits();

} // namespace nostall

#endif
