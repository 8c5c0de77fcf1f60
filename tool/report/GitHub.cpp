//===- GitHub.cpp - annotations in a GitHub workflow's log ----------------===//
//
//   ::warning file=src/a.cpp,line=3,col=5,title=nostall-blocking-call::call
//   to...
//
// A command is one line. What would end it, or one of its properties, is
// written as a percent code; the runner turns it back. Of the notes the way to
// the cause is told, since an annotation is all that a reviewer sees.
//
//===----------------------------------------------------------------------===//

#include "Chain.h"
#include "Reports.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace nostall {

static std::string escaped(StringRef Text, bool IsProperty) {
  std::string Result;
  for (char C : json::fixUTF8(Text)) {
    bool Escape = C == '%' || C == '\r' || C == '\n' ||
                  (IsProperty && (C == ':' || C == ','));
    if (Escape)
      raw_string_ostream(Result)
          << '%' << hexdigit(C >> 4) << hexdigit(C & 0xF);
    else
      Result += C;
  }
  return Result;
}

static void writeCommand(const Finding &F, const ReportData &Data,
                         raw_ostream &Out) {
  const FindingMessage &M = F.Main;
  StringRef Severity = F.severityName();
  Out << "::" << (Severity == "remark" ? "notice" : Severity) << ' ';
  if (!M.File.empty())
    Out << "file=" << escaped(Data.path(M.File), true) << ',';
  if (M.Line)
    Out << "line=" << M.Line << ",col=" << M.Column << ',';
  Out << "title=" << escaped(F.Check, true) << "::";

  std::string Text = M.Text;
  for (const FindingMessage *Step : wayOf(F))
    if (Step != &M) {
      Text += "\n";
      if (Step->Line)
        Text += Data.path(Step->File) + ":" + std::to_string(Step->Line) + ": ";
      Text += Step->Text;
    }
  Out << escaped(Text, false) << '\n';
}

void writeGitHub(const ReportData &Data, raw_ostream &Out) {
  for (const Finding &F : Data.Failures)
    writeCommand(F, Data, Out);
  for (const Finding &F : Data.Findings)
    writeCommand(F, Data, Out);
}

} // namespace nostall
