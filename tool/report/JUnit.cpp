//===- JUnit.cpp - findings as failed tests -------------------------------===//
//
// A suite for each file with findings, a failed case for each finding. A run
// without findings is one suite with one case that passed, since many readers
// take an empty report for a broken one. Files that were not checked are
// errors, which JUnit tells from failures.
//
//===----------------------------------------------------------------------===//

#include "Reports.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace nostall {

/// \p Text for an attribute or an element. XML 1.0 has no way to write most
/// control characters, nor U+FFFE and U+FFFF.
static std::string xmlText(StringRef Text) {
  std::string Result, Valid = json::fixUTF8(Text);
  for (StringRef Never : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    for (size_t At; (At = Valid.find(Never)) != std::string::npos;)
      Valid.replace(At, Never.size(), "\xEF\xBF\xBD");
  for (char C : Valid)
    switch (C) {
    case '&':
      Result += "&amp;";
      break;
    case '<':
      Result += "&lt;";
      break;
    case '>':
      Result += "&gt;";
      break;
    case '"':
      Result += "&quot;";
      break;
    default:
      bool IsControl = static_cast<unsigned char>(C) < 0x20;
      Result += IsControl && C != '\t' && C != '\n' ? ' ' : C;
    }
  return Result;
}

static std::string place(const FindingMessage &M, const ReportData &Data) {
  if (M.File.empty())
    return "";
  std::string Result = Data.path(M.File);
  if (M.Line)
    Result += ":" + std::to_string(M.Line) + ":" + std::to_string(M.Column);
  return Result;
}

static void writeCase(const Finding &F, const ReportData &Data,
                      raw_ostream &Out) {
  StringRef Kind = F.isFailure() ? "error" : "failure";
  Out << "    <testcase classname=\"" << xmlText(F.Check) << "\" name=\""
      << xmlText(place(F.Main, Data)) << '"';
  if (!F.Main.File.empty())
    Out << " file=\"" << xmlText(Data.path(F.Main.File)) << '"';
  if (F.Main.Line)
    Out << " line=\"" << F.Main.Line << '"';
  Out << ">\n      <" << Kind << " type=\"" << xmlText(F.Check)
      << "\" message=\"" << xmlText(F.Main.Text) << "\">";
  std::string Text = place(F.Main, Data) + ": " + F.Main.Text + "\n";
  for (const FindingMessage &Note : F.Notes)
    Text += place(Note, Data) + ": note: " + Note.Text + "\n";
  Out << xmlText(Text) << "</" << Kind << ">\n    </testcase>\n";
}

void writeJUnit(const ReportData &Data, raw_ostream &Out) {
  MapVector<StringRef, std::vector<const Finding *>> ByFile;
  for (ArrayRef<Finding> List : {Data.Findings, Data.Failures})
    for (const Finding &F : List)
      ByFile[F.Main.File].push_back(&F);
  size_t Failures = Data.Findings.size(), Errors = Data.Failures.size();
  bool Clean = ByFile.empty();

  Out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\""
      << "nostall\" tests=\"" << (Clean ? 1 : Failures + Errors)
      << "\" failures=\"" << Failures << "\" errors=\"" << Errors << "\">\n";
  if (Clean)
    Out << "  <testsuite name=\"nostall\" tests=\"1\" failures=\"0\" "
           "errors=\"0\">\n    <testcase classname=\"nostall\" name=\""
        << xmlText(summaryLine(Data.Totals)) << "\"/>\n  </testsuite>\n";
  for (const auto &[File, List] : ByFile) {
    size_t Broken =
        count_if(List, [](const Finding *F) { return F->isFailure(); });
    Out << "  <testsuite name=\"" << xmlText(Data.path(File)) << "\" tests=\""
        << List.size() << "\" failures=\"" << List.size() - Broken
        << "\" errors=\"" << Broken << "\">\n";
    for (const Finding *F : List)
      writeCase(*F, Data, Out);
    Out << "  </testsuite>\n";
  }
  Out << "</testsuites>\n";
}

} // namespace nostall
