//===- Reporting.h - what is reported, and where to -------------*- C++ -*-===//
//
//   all findings ──settle──▶ those to report ──▶ text on standard output
//                  baseline                 └▶ --format, --output, --report
//                  changed lines
//
// The options about the output, and what they do. All of it is written at the
// end of a run, sorted.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_CLI_REPORTING_H
#define NOSTALL_TOOL_CLI_REPORTING_H

#include "tool/report/Baseline.h"
#include "tool/report/ChangedLines.h"
#include "tool/report/Reports.h"

namespace nostall {

/// What a run comes to.
struct Settled {
  std::vector<Finding> Findings; ///< to be reported; sorted
  std::vector<std::string> Fingerprints;
  std::vector<Finding> Failures; ///< why there is no whole answer
  std::vector<Finding> CompilerWarnings;
};

/// The folder that the project's paths begin at: --root, or what comes close.
llvm::Expected<ProjectRoot> chosenRoot();

class Reporting {
public:
  /// Reads the options and what they name. \p AppliesFixes: --fix is given.
  static llvm::Expected<Reporting> fromOptions(bool AppliesFixes);

  /// Standard output gets text.
  bool printsText() const { return TextOnStdout; }
  /// Only what changed is reported.
  bool wantsChanges() const { return Changed.has_value(); }
  /// A baseline is compared with.
  bool hasBaseline() const { return Known.has_value(); }

  /// The run is not whole: nothing but text, and no file, is to be written.
  void writeNoFiles() {
    Targets.clear();
    BaselineToWrite.clear();
  }

  /// Whether the run looked into a file, with a check on.
  using LookedFor =
      llvm::function_ref<bool(llvm::StringRef File, llvm::StringRef Check)>;

  /// Takes out of \p All what is known or did not change, counts what is left
  /// in \p Totals, and writes the baseline that was asked for.
  llvm::Expected<Settled> settle(std::vector<Finding> All, SourceTexts &Sources,
                                 Tally &Totals, LookedFor WasLookedFor);

  /// Writes all reports but the text.
  llvm::Error write(const Settled &Run, SourceTexts &Sources,
                    const Tally &Totals) const;

  /// Sentences about the entries of the baseline that settle() found stale.
  std::vector<std::string> staleEntries() const;

private:
  struct Target {
    const ReportFormat *Format;
    std::string File; ///< "-": standard output
  };

  ProjectRoot Root;
  bool TextOnStdout = true;
  std::vector<Target> Targets;
  std::optional<Baseline> Known;
  std::vector<Baseline::Entry> Stale;
  std::string BaselineToWrite;
  std::optional<ChangedLines> Changed;
};

} // namespace nostall

#endif
