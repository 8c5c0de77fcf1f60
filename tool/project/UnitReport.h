//===- UnitReport.h - all that one parse came to ----------------*- C++ -*-===//
//
// What is remembered of a compile command, so that it need not be parsed again:
// its findings, the findings that hang on other units, and its part of the
// program's call graph. Values only.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_UNITREPORT_H
#define NOSTALL_TOOL_PROJECT_UNITREPORT_H

#include "ParseUnit.h"
#include "UnusedSuppressions.h"
#include "analysis/link/CallGraph.h"
#include "tool/report/Finding.h"

namespace nostall {

struct UnitReport {
  ParseResult Parse;
  /// Some check of nostall is on for this file.
  bool AnyCheckOn = false;
  /// The checks are about its language.
  bool IsCxx = true;
  /// Options of nostall's checks in the configuration that none of them reads.
  std::vector<std::string> UnknownOptions;
  /// Findings, and the errors of a unit that does not compile.
  std::vector<Finding> Findings;
  unsigned Suppressed = 0; ///< findings that NOLINT has hidden
  /// NOLINT comments that name checks of nostall, if they were asked for.
  std::vector<NamedSuppression> Suppressions;

  /// Findings about Calls.Open, in its order, whose text and chain come with
  /// the link (LinkReports.h). Empty where filters or NOLINT hide it.
  std::vector<Finding> Open;
  CallGraph Calls;
};

} // namespace nostall

#endif
