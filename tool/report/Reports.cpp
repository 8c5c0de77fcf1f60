//===- Reports.cpp - the table of output formats --------------------------===//

#include "Reports.h"

using llvm::StringRef;

namespace nostall {

static constexpr ReportFormat Formats[] = {
    {"text", "for reading, in a file", writeTextFile},
    {"sarif", "SARIF 2.1.0: code scanning, editors, most viewers", writeSarif},
    {"jsonl", "one JSON object a line: your own scripts", writeJsonLines},
    {"github", "annotations in a GitHub workflow's log", writeGitHub},
    {"codeclimate", "Code Climate's JSON: GitLab's code quality",
     writeCodeClimate},
    {"junit", "JUnit's XML: test reports of any CI", writeJUnit},
    {"html", "one page to look at, which needs nothing else", writeHtml},
};

llvm::ArrayRef<ReportFormat> reportFormats() { return Formats; }

const ReportFormat *findReportFormat(StringRef Name) {
  for (const ReportFormat &F : Formats)
    if (F.Name == Name)
      return &F;
  return nullptr;
}

} // namespace nostall
