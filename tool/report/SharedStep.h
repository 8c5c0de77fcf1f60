//===- SharedStep.h - one function behind many findings ---------*- C++ -*-===//
//
// A logger that writes to a file makes a finding of every line that logs. What
// is to be done stands in one place then: at the function that all their chains
// lead through.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_SHAREDSTEP_H
#define NOSTALL_TOOL_REPORT_SHAREDSTEP_H

#include "Finding.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>

namespace nostall {

struct SharedStep {
  std::string Function; ///< as displayed
  size_t Count = 0;     ///< findings that lead through it
};

/// The function that most of \p Findings lead through, the nearest to them if
/// there are several. Nothing, if they are few, or a small part of all.
std::optional<SharedStep> sharedStep(llvm::ArrayRef<Finding> Findings);

/// In a sentence, with what to do about it.
std::string adviceOn(const SharedStep &S, size_t Findings);

} // namespace nostall

#endif
