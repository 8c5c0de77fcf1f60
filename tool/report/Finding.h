//===- Finding.h - what is reported, as a value -----------------*- C++ -*-===//
//
//   ClangTidyError ──toFindings──▶ Finding ──▶ index, baseline, every format
//
// Checks report through clang-tidy, which settles NOLINT, filters and fixes.
// What is left becomes a Finding: a plain value without a pointer into an AST
// or a SourceManager, so that it can be kept in the index, sent to another
// process, compared and sorted. Text that is printed and fixes that are applied
// come from findings too (toTidyError), so that it makes no difference whether
// a finding was made now or is remembered.
//
// Files are absolute, without "." and "..", and the same for every unit that
// sees them. Lines and columns count from 1; columns are bytes. What is
// unknown is 0, or empty.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_FINDING_H
#define NOSTALL_TOOL_REPORT_FINDING_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <tuple>
#include <vector>

namespace nostall {

/// Bytes of a file.
struct Span {
  std::string File;
  unsigned Offset = 0, Length = 0;

  auto key() const { return std::tie(File, Offset, Length); }
  bool operator==(const Span &O) const { return key() == O.key(); }
};

/// Replaces \c Where by \c Text.
struct Edit {
  Span Where;
  std::string Text;

  bool operator==(const Edit &O) const {
    return Where == O.Where && Text == O.Text;
  }
};

/// \p Edits, which are sorted, in one part for each file.
llvm::SmallVector<llvm::ArrayRef<Edit>, 2>
editsByFile(llvm::ArrayRef<Edit> Edits);

/// A sentence about a place: a warning, or a note.
struct FindingMessage {
  std::string Text;
  std::string File; ///< empty: it is about no file (a flag, a configuration)
  unsigned Offset = 0;
  unsigned Line = 0, Column = 0;       ///< of Offset
  unsigned EndLine = 0, EndColumn = 0; ///< after the range that begins there
  std::vector<Span> Ranges;            ///< what is underlined besides
  std::vector<Edit> Edits;             ///< one fix; by file, then by offset

  auto key() const { return std::tie(File, Offset, Text, Ranges, Edits); }
  /// Lines follow from the offset and the file.
  bool operator==(const FindingMessage &O) const { return key() == O.key(); }
};

/// What a file that was not checked is called among the findings, where the
/// compiler has no errors to tell of it.
inline constexpr llvm::StringLiteral NotCheckedCheck = "nostall-not-checked";

struct Finding {
  enum Level : unsigned char { Remark, Warning, Error };

  std::string Check; ///< "nostall-blocking-call", "clang-diagnostic-error"
  Level Severity = Warning;
  bool WarningAsError = false; ///< a warning that the configuration raised
  FindingMessage Main;
  /// In the order in which they are read. Those of a blocking call are its
  /// chain (Chain.h).
  std::vector<FindingMessage> Notes;
  /// The folder in which the unit was compiled.
  std::string BuildDirectory;

  /// It tells why there is no whole answer, and is no answer itself.
  bool isFailure() const {
    return Check == "clang-diagnostic-error" || Check == "clang-tidy-config" ||
           Check == NotCheckedCheck;
  }

  /// The compiler's, where somebody asked for them: printed, and no finding.
  bool isCompilerWarning() const {
    return !isFailure() &&
           llvm::StringRef(Check).starts_with("clang-diagnostic-");
  }

  /// "error", "warning" or "remark".
  llvm::StringRef severityName() const {
    return Severity == Error || WarningAsError ? "error"
           : Severity == Remark                ? "remark"
                                               : "warning";
  }

  bool operator==(const Finding &O) const {
    return std::tie(Check, Severity, WarningAsError, Main, Notes,
                    BuildDirectory) == std::tie(O.Check, O.Severity,
                                                O.WarningAsError, O.Main,
                                                O.Notes, O.BuildDirectory);
  }

  /// What makes two findings the same: a header's are seen by many units.
  auto identity() const {
    return std::tie(Main.File, Main.Offset, Check, Main.Text);
  }
};

/// The order of reports: file, place, check, text. Total on findings of
/// different identity.
inline bool comesBefore(const Finding &A, const Finding &B) {
  return A.identity() < B.identity();
}

} // namespace nostall

#endif
