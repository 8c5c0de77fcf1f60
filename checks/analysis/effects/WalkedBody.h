//===- WalkedBody.h - the inside of Effects ---------------------*- C++ -*-===//
//
// A function with its summary (Effects.cpp), and with what is known of its
// arguments (ArgumentWalk.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_WALKEDBODY_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_WALKEDBODY_H

#include "Effects.h"

namespace nostall {

/// A function that has been looked through, and its calls that lead anywhere.
struct Effects::Node {
  const FunctionFacts *Facts = nullptr;
  std::vector<ResolvedCall> Calls;
  Summary S;
  /// While it is explored: those to be asked again when S changes.
  llvm::SmallVector<Node *, 0> Callers;
  bool IsQueued = false, IsDone = false;
  /// Parameters whose values matter (Effects::caredFor).
  std::optional<std::vector<uint32_t>> Cares;
};

/// A body with what is known of its parameters. It is walked once for each such
/// set, whoever calls it; a chain is a path through these.
struct WalkedBody {
  struct Step {
    WalkedBody *To = nullptr; ///< null: the primitive of Hop
    Witness Hop;
  };
  std::vector<Step> Steps; ///< in source order
  Summary S;               ///< witnesses and primitives alone
  llvm::SmallVector<WalkedBody *, 2> Callers;
  bool IsQueued = false, IsDone = false;
  bool TestsWouldBlock = false; ///< itself, or somebody above
};

} // namespace nostall

#endif
