//===- Baseline.h - the findings that are known already ---------*- C++ -*-===//
//
// A baseline lets a project start with nostall before all its findings are
// mended: it lists them, and a run with it reports, and fails for, new ones
// only. A finding is known again by its fingerprint (Fingerprints.h), so that
// moved lines do not matter.
//
// The file is JSON with one finding a line, sorted, without line numbers: it is
// committed beside the sources, and its diffs say what came and went. An entry
// that no finding fits any more is stale; it is named, so that the list only
// gets shorter.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_BASELINE_H
#define NOSTALL_TOOL_REPORT_BASELINE_H

#include "Reports.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace nostall {

class Baseline {
public:
  struct Entry {
    std::string Fingerprint, Check, File, Message;
    bool Met = false; ///< a finding of this run is this one
  };

  static llvm::Expected<Baseline> read(llvm::StringRef File);
  /// What a later read() takes for the findings of \p Data.
  static void write(const ReportData &Data, llvm::raw_ostream &Out);

  /// Whether the finding with this fingerprint is in the list; it counts as
  /// met then.
  bool covers(llvm::StringRef Fingerprint);

  /// The entries that were not met although \p CouldBeMet: the run has seen
  /// their file, and their check was on.
  std::vector<const Entry *>
  stale(llvm::function_ref<bool(const Entry &)> CouldBeMet) const;

private:
  std::vector<Entry> Entries;
  llvm::StringMap<size_t> ByFingerprint;
};

} // namespace nostall

#endif
