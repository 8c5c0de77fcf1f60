//===- UnusedSuppressions.h - NOLINT that suppresses nothing ----*- C++ -*-===//
//
// --warn-unused-suppressions. A NOLINT comment is of use if it took a finding
// away (clang-tidy's doing), or if a call that blocks stands in its line
// (checks/analysis/Suppressions.h). Names of checks that are off, and comments
// without names, are not judged.
//
//   unit ──namedSuppressions──▶ NamedSuppression ──unusedSuppressions──▶
//   Finding
//
// A comment in a header may be of use in one unit only, so that the verdict
// comes at the end of the run.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_UNUSEDSUPPRESSIONS_H
#define NOSTALL_TOOL_PROJECT_UNUSEDSUPPRESSIONS_H

#include "analysis/Unit.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "tool/report/Finding.h"
#include "tool/report/SourceTexts.h"

namespace nostall {

/// The name of the findings; no check of the catalogue.
inline constexpr llvm::StringLiteral UnusedSuppressionCheck =
    "nostall-unused-suppression";

/// A check's name, or a glob of such names, in a NOLINT comment.
struct NamedSuppression {
  std::string File; ///< absolute
  unsigned Offset = 0;
  std::string Glob, Keyword;
  bool Used = false;
  /// Open calls of the unit that it hides: of use, if one of them blocks.
  std::vector<unsigned> OpenCalls{};
};

/// A warning that a check has raised, whatever became of it.
struct RaisedWarning {
  clang::SourceLocation Loc;
  std::string Check;
  /// It stands for an open call of this number.
  std::optional<unsigned> OpenCall{};
};

/// Those of \p U that name checks of nostall which are on. \p Raised: all
/// warnings of those checks.
std::vector<NamedSuppression>
namedSuppressions(Unit &U, const clang::tidy::ClangTidyContext &Context,
                  llvm::ArrayRef<RaisedWarning> Raised);

/// A finding for each that no unit used.
std::vector<Finding>
unusedSuppressions(llvm::ArrayRef<NamedSuppression> OfAllUnits,
                   SourceTexts &Sources);

} // namespace nostall

#endif
