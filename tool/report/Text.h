//===- Text.h - findings, printed as clang-tidy prints them -----*- C++ -*-===//
//
// The default output: what editors and CI annotators parse already. Printing
// and the application of fixes are clang-tidy's own code.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_TEXT_H
#define NOSTALL_TOOL_REPORT_TEXT_H

#include "Finding.h"
#include "clang-tidy/ClangTidy.h"
#include <string>

namespace nostall {

/// What a run came to, for its last line and its exit code.
struct Tally {
  unsigned Files = 0;
  unsigned Findings = 0;
  unsigned Known = 0;        ///< to the baseline; not among Findings
  unsigned Suppressed = 0;   ///< by NOLINT
  unsigned Generated = 0;    ///< left out, since they are in generated files
  unsigned NotCompiling = 0; ///< files with errors: not checked
  unsigned GivenUp = 0;      ///< files that crashed, or went over a limit
  unsigned Checked = 0;      ///< files that some check has looked at
  unsigned NotCxx = 0;       ///< files that no check is about: C
  unsigned NoCheckOn = 0;    ///< files whose configuration leaves no check on
  std::string WhyNoCheckOn;  ///< of the first of them
  unsigned CompilerWarnings = 0; ///< printed; they are no findings
  bool WrongUse = false;         ///< something said on the command line or in a
                                 ///< configuration file could not be followed
  /// 3 over 2 over 1: the code says what kept the answer from being whole
  /// before it says what the answer is.
  int exitCode() const {
    return NotCompiling || GivenUp ? 3 : WrongUse ? 2 : Findings ? 1 : 0;
  }
};

/// Prints \p Findings to standard output and applies fixes as \p Fix says.
void printText(llvm::ArrayRef<Finding> Findings,
               clang::tidy::ClangTidyContext &Context,
               clang::tidy::FixBehaviour Fix);

/// "3 findings in 2 files".
std::string summaryLine(const Tally &T);

} // namespace nostall

#endif
