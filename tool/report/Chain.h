//===- Chain.h - what each note of a finding is for -------------*- C++ -*-===//
//
// A finding's notes are sentences in the order in which they are read. Reports
// that draw them (SARIF's code flows, the HTML report's trees) need to know
// which of them are hops of the way to the cause, in the order in which they
// happen at run time, and which stand aside.
//
// That is read off the notes' own words, which the checks own; test/report/
// chain.test fails when they change theirs. A note that is not recognised is
// an aside: it is shown, and no part of the way.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_CHAIN_H
#define NOSTALL_TOOL_REPORT_CHAIN_H

#include "Finding.h"
#include <optional>

namespace nostall {

enum class NoteRole {
  Before, ///< happens before the finding's place: the lock is taken
  Hop,    ///< a call, or a branch, on the way
  Cause,  ///< the operation that blocks, and how that is known
  Aside,  ///< something else to know
  Offer,  ///< a fix that is a choice
};

NoteRole roleOf(const FindingMessage &Note);

/// The finding's place and the notes on the way, in run-time order.
std::vector<const FindingMessage *> wayOf(const Finding &F);

/// What is wrong, and what to do; the second may be empty.
std::pair<llvm::StringRef, llvm::StringRef> splitRemedy(llvm::StringRef Text);

/// The operation that a blocking call comes down to.
struct RootCause {
  std::string Name;     ///< "std::basic_ifstream"
  std::string Category; ///< "file-io"
  std::string Is;       ///< "blocks, according to "
  std::string Source;   ///< "model std.yaml:12 (...)"
};
/// Nothing, for findings that are no blocking calls.
std::optional<RootCause> rootCauseOf(const Finding &F);

} // namespace nostall

#endif
