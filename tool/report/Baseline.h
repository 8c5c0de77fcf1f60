//===- Baseline.h - the findings that are known already ---------*- C++ -*-===//
//
// A baseline lets a project start with nostall before all its findings are
// mended: it lists them, and a run with it reports, and fails for, new ones
// only. A finding is known again by its fingerprint (Fingerprints.h), so that
// moved lines do not matter.
//
// The file is JSON with one finding a line, without line numbers, and in an
// order that moved code does not change: it is committed beside the sources,
// and its diffs say what came and went. An entry that no finding fits any more
// is stale; it is named, so that the list only gets shorter.
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
  /// The entries for the findings of \p Data.
  static std::vector<Entry> entries(const ReportData &Data);

  static llvm::Expected<Baseline> read(llvm::StringRef File);
  /// What a later read() reads as \p Entries.
  static void write(std::vector<Entry> Entries, llvm::raw_ostream &Out);

  /// Whether the finding with this fingerprint is in the list; it counts as
  /// met then.
  bool covers(llvm::StringRef Fingerprint);

  const std::vector<Entry> &entries() const { return Entries; }

private:
  std::vector<Entry> Entries;
  llvm::StringMap<size_t> ByFingerprint;
};

} // namespace nostall

#endif
