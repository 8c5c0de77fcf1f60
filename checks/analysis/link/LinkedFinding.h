//===- LinkedFinding.h - a linked verdict in words --------------*- C++ -*-===//
//
// What is said of an open call once the linker has settled it: the same words
// as of a call that its own unit decides, so that nobody can tell by the text
// which file a body was in.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LINK_LINKEDFINDING_H
#define NOSTALL_CHECKS_ANALYSIS_LINK_LINKEDFINDING_H

#include "Linker.h"
#include <string>
#include <vector>

namespace nostall {

/// One hop, or the last: how the primitive is known.
struct LinkedNote {
  const CallGraph *Unit = nullptr; ///< whose texts At has
  CallGraph::Place At;
  std::string Text;
};

/// The warning for \p Call ("call to 'f'").
std::string textOf(llvm::StringRef Call, bool IsEventLoop,
                   const Linker::Verdict &V);
/// The notes between the warning and what is offered.
std::vector<LinkedNote> chainOf(const Linker::Verdict &V);

} // namespace nostall

#endif
