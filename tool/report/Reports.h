//===- Reports.h - the output formats ---------------------------*- C++ -*-===//
//
//   findings of a whole run ──writeReport──▶ one file in one format
//
// One source file each (Sarif.cpp, JsonLines.cpp, ...), which is a function
// from ReportData to a stream. They agree in this: findings come in their
// order, paths are relative to the project's root and have slashes, text is
// valid UTF-8, and the same findings make the same bytes.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_REPORTS_H
#define NOSTALL_TOOL_REPORT_REPORTS_H

#include "Finding.h"
#include "ProjectRoot.h"
#include "SourceTexts.h"
#include "Text.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

namespace nostall {

struct ReportData {
  llvm::ArrayRef<Finding> Findings;         ///< sorted; those to be shown
  llvm::ArrayRef<std::string> Fingerprints; ///< of each
  llvm::ArrayRef<Finding> Failures;         ///< why files were not checked
  const ProjectRoot &Root;
  const Tally &Totals;
  SourceTexts &Sources;

  /// \p File as reports name it.
  std::string path(llvm::StringRef File) const { return Root.pathOf(File); }
};

struct ReportFormat {
  llvm::StringLiteral Name; ///< "sarif"
  llvm::StringLiteral Help; ///< for whom it is
  void (*Write)(const ReportData &Data, llvm::raw_ostream &Out);
};

/// All formats that a file can have.
llvm::ArrayRef<ReportFormat> reportFormats();
/// Null: there is no such format.
const ReportFormat *findReportFormat(llvm::StringRef Name);

void writeTextFile(const ReportData &Data, llvm::raw_ostream &Out);
void writeSarif(const ReportData &Data, llvm::raw_ostream &Out);
void writeJsonLines(const ReportData &Data, llvm::raw_ostream &Out);
void writeGitHub(const ReportData &Data, llvm::raw_ostream &Out);
void writeCodeClimate(const ReportData &Data, llvm::raw_ostream &Out);
void writeJUnit(const ReportData &Data, llvm::raw_ostream &Out);
void writeHtml(const ReportData &Data, llvm::raw_ostream &Out);

} // namespace nostall

#endif
