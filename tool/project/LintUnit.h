//===- LintUnit.h - one compile command, linted -----------------*- C++ -*-===//
//
//   CompileCommand ──parseUnit──▶ AST ──NostallCheck::runOn──▶ findings
//
// The checks run on the finished AST without a traversal by clang-tidy's
// matchers: that is what keeps a lint as cheap as a parse. Which checks are
// on, NOLINT, header filters and the collection of diagnostics are
// clang-tidy's own code, reached through the ClangTidyContext.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_LINTUNIT_H
#define NOSTALL_TOOL_PROJECT_LINTUNIT_H

#include "ParseUnit.h"
#include "UnusedSuppressions.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"

namespace nostall {

struct LintResult {
  ParseResult Parse;
  /// Findings, and the errors of a unit that does not compile.
  std::vector<clang::tidy::ClangTidyError> Errors;
  /// Some check of nostall is on for this file.
  bool AnyCheckOn = false;
  /// Options of nostall's checks in the configuration that none of them reads.
  std::vector<std::string> UnknownOptions;
  /// NOLINT comments that name checks of nostall, if they were asked for.
  std::vector<NamedSuppression> Suppressions;
};

LintResult lintUnit(clang::tooling::CompileCommand Command,
                    const ParseOptions &Options,
                    clang::tidy::ClangTidyContext &Context,
                    bool WantFixesFromNotes, bool WantSuppressions);

} // namespace nostall

#endif
