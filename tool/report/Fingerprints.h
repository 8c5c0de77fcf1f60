//===- Fingerprints.h - a finding, known again ------------------*- C++ -*-===//
//
// A baseline, and the services that read SARIF, have to know a finding again
// in another commit. So a fingerprint is made of what stays the same when code
// moves: the check, the file's path from the project's root, the source line
// without its blanks, and which one of the lines that look alike it is. Line
// numbers, names of functions and the wording of messages are no part of it.
//
//   moved, re-indented, other lines changed     the same fingerprint
//   the line itself changed, the file renamed   another fingerprint
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_FINGERPRINTS_H
#define NOSTALL_TOOL_REPORT_FINGERPRINTS_H

#include "Finding.h"
#include "ProjectRoot.h"
#include "SourceTexts.h"
#include "llvm/ADT/ArrayRef.h"

namespace nostall {

/// One for each of \p Findings, which are sorted: "0123456789abcdef:1", the
/// hash and the number of the occurrence.
std::vector<std::string> fingerprints(llvm::ArrayRef<Finding> Findings,
                                      SourceTexts &Sources,
                                      const ProjectRoot &Root);

} // namespace nostall

#endif
