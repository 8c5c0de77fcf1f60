//===- TextFile.cpp - findings as text, in a file -------------------------===//
//
// What clang-tidy's code prints on a terminal (Text.cpp), for files: without
// colours, and with paths from the project's root, so that the file can be kept
// and compared.
//
//===----------------------------------------------------------------------===//

#include "Reports.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace nostall {

static void writeMessage(const FindingMessage &M, StringRef Kind,
                         StringRef Check, const ReportData &Data,
                         raw_ostream &Out) {
  if (!M.File.empty())
    Out << json::fixUTF8(Data.path(M.File)) << ':';
  if (M.Line)
    Out << M.Line << ':' << M.Column << ':';
  Out << (M.File.empty() ? "" : " ") << Kind << ": " << json::fixUTF8(M.Text);
  if (!Check.empty())
    Out << " [" << Check << ']';
  Out << '\n';
  if (!M.Line)
    return;
  StringRef Line = Data.Sources.line(M.File, M.Line);
  // Tabs stay tabs, so that the caret stands below its place whatever a tab is;
  // a character of several bytes takes one place.
  std::string Blank;
  for (char C : json::fixUTF8(Line.take_front(M.Column - 1)))
    if ((static_cast<unsigned char>(C) & 0xC0) != 0x80)
      Blank += C == '\t' ? '\t' : ' ';
  Out << formatv("{0,5} | {1}\n      | {2}^\n", M.Line, json::fixUTF8(Line),
                 Blank);
}

void writeTextFile(const ReportData &Data, raw_ostream &Out) {
  auto Write = [&](const Finding &F) {
    writeMessage(F.Main, F.severityName(), F.Check, Data, Out);
    for (const FindingMessage &Note : F.Notes)
      writeMessage(Note, "note", "", Data, Out);
  };
  for_each(Data.Failures, Write);
  for_each(Data.Findings, Write);
}

} // namespace nostall
