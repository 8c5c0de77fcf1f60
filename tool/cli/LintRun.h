//===- LintRun.h - what becomes of a run's findings -------------*- C++ -*-===//
//
//   UnitReport, UnitReport, ... ──LintRun──▶ text, reports, exit code
//
// The half of a lint that is the same wherever the units' reports come from:
// parsed now (`lint`), or read from files (`link`). A finding in a header is
// told once, for the first unit that shows it, whatever the file is called
// there and whatever types a template has there. Findings are printed at the
// end, by file and place.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_CLI_LINTRUN_H
#define NOSTALL_TOOL_CLI_LINTRUN_H

#include "Reporting.h"
#include "clang-tidy/ClangTidy.h"
#include "tool/project/Program.h"
#include "tool/report/Text.h"
#include "llvm/ADT/StringSet.h"

namespace nostall {

/// --fix and --fix-notes.
clang::tidy::FixBehaviour chosenFixes();
/// --quiet
bool isQuiet();
/// --warn-unused-suppressions
bool wantsUnusedSuppressions();

/// The configuration of a source file.
using ConfigurationOf =
    std::function<clang::tidy::ClangTidyOptions(llvm::StringRef File)>;

/// How the command line wants many units read. Whoever asks with the same
/// options finds the others' reports in the index.
ProgramOptions chosenProgramOptions(const ConfigurationOf &Configured);

class LintRun {
public:
  LintRun(std::unique_ptr<clang::tidy::ClangTidyOptionsProvider> Provider,
          Reporting Reports)
      : Context(std::move(Provider)), Reports(std::move(Reports)),
        FixMode(chosenFixes()) {}

  Tally Totals;

  void wrongUse(const llvm::Twine &Text);
  /// Units are to be taken in their order.
  void take(const Job &J, UnitReport Report);
  /// The run has ended before its end. What was found is told; no file is
  /// written, and nothing fixed.
  void interrupt() {
    FixMode = clang::tidy::FB_NoFix;
    Reports.writeNoFiles();
  }
  /// Headers whose every unit is taken.
  void alsoLookedInto(llvm::StringSet<> Headers) {
    LookedInto = std::move(Headers);
  }
  /// After the last unit; the exit code.
  int finish();

  clang::tidy::ClangTidyOptions configurationOf(llvm::StringRef File) const {
    return Context.getOptionsForFile(File);
  }

private:
  void report();
  void reportConfiguration(const Job &J, const UnitReport &Result);
  void reportNotChecked(const Job &J, const ParseResult &Parse, bool HasErrors);
  void reportNoCheckOn(const Job &J);
  bool wasHeaderLookedInto(llvm::StringRef File);
  bool wasLookedFor(llvm::StringRef File, llvm::StringRef Check);
  void keepNew(std::vector<Finding> Findings);
  std::string placeOf(const Finding &F);

  clang::tidy::ClangTidyContext Context;
  Reporting Reports;
  clang::tidy::FixBehaviour FixMode;
  SourceTexts Sources;
  std::vector<NamedSuppression> Suppressions;
  std::vector<Finding> Kept, NotChecked;
  std::string Advice;                      ///< on all findings together
  std::vector<std::string> Complaints;     ///< to be told after the findings
  llvm::StringMap<std::string> Identities; ///< of files, by name
  llvm::StringSet<> Linted, Checked, Failed, LookedInto, Shown, Said;
};

} // namespace nostall

#endif
