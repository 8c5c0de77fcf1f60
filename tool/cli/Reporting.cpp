//===- Reporting.cpp - what is reported, and where to ---------------------===//

#include "Reporting.h"
#include "Commands.h"
#include "tool/report/Fingerprints.h"
#include "tool/report/OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace nostall {

static cl::opt<std::string>
    Format("format", cl::value_desc("format"), cl::init("text"),
           cl::desc("What to print: text, sarif, jsonl, github, codeclimate, "
                    "junit or html (default: text)"),
           OptionOf{lintCommand, linkCommand});

static cl::opt<std::string>
    Output("output", cl::value_desc("file"),
           cl::desc("Write it to this file instead of standard output"),
           OptionOf{lintCommand, linkCommand});

static cl::list<std::string> AlsoReport(
    "report", cl::value_desc("format:file"),
    cl::desc("Also write a report, as in sarif:nostall.sarif; may be given "
             "several times"),
    OptionOf{lintCommand, linkCommand});

static cl::opt<std::string>
    BaselineFile("baseline", cl::value_desc("file"),
                 cl::desc("Report only findings that are not in this baseline"),
                 OptionOf{lintCommand, linkCommand});

static cl::opt<std::string> WriteBaseline(
    "write-baseline", cl::value_desc("file"),
    cl::desc("Write all findings to this baseline, and report none"),
    OptionOf{lintCommand, linkCommand});

static cl::opt<std::string> ChangedSince(
    "changed-since", cl::value_desc("revision"),
    cl::desc("Report only findings in lines that changed since this git "
             "revision, or whose chain leads through one"),
    OptionOf{lintCommand, linkCommand});

static cl::opt<std::string> RootOption(
    "root", cl::value_desc("dir"),
    cl::desc("Folder that paths in reports are relative to (default: the git "
             "repository's, or the current one)"),
    OptionOf{lintCommand, linkCommand, mapCommand});

static cl::opt<bool> Portable(
    "portable",
    cl::desc(
        "Leave out of reports where the project's root lies on this machine"),
    OptionOf{lintCommand, linkCommand});

static Expected<ProjectRoot> findRoot() {
  SmallString<256> Folder(RootOption.empty() ? StringRef(".")
                                             : StringRef(RootOption));
  if (std::error_code EC = sys::fs::make_absolute(Folder))
    return createStringError("--root: " + EC.message());
  sys::path::remove_dots(Folder, /*remove_dot_dot=*/true);
  if (RootOption.getNumOccurrences()) {
    if (!sys::fs::is_directory(Folder))
      return createStringError("--root: there is no folder '" + RootOption +
                               "'");
    return ProjectRoot(Folder);
  }
  for (StringRef Up = Folder; !Up.empty(); Up = sys::path::parent_path(Up))
    if (sys::fs::exists(Up + "/.git"))
      return ProjectRoot(Up);
  return ProjectRoot(Folder);
}

Expected<ProjectRoot> chosenRoot() {
  auto Root = findRoot();
  if (Root && Portable)
    Root->keepToItself();
  return Root;
}

static Expected<const ReportFormat *> formatCalled(StringRef Name) {
  if (const ReportFormat *Found = findReportFormat(Name))
    return Found;
  std::string Names;
  for (const ReportFormat &F : reportFormats())
    Names += (Names.empty()                   ? ""
              : &F == &reportFormats().back() ? " and "
                                              : ", ") +
             F.Name.str();
  return createStringError("there is no format '" + Name +
                           "'; the formats are " + Names);
}

Expected<Reporting> Reporting::fromOptions(bool AppliesFixes) {
  Reporting R;
  if (Error E = chosenRoot().moveInto(R.Root))
    return E;
  if (Format != "text" || !Output.empty()) {
    Target T{nullptr, Output.empty() ? "-" : Output.getValue()};
    if (Error E = formatCalled(Format).moveInto(T.Format))
      return E;
    R.Targets.push_back(std::move(T));
    R.TextOnStdout = false;
    if (AppliesFixes)
      return createStringError("--fix tells what it fixes as text on standard "
                               "output; for another format besides, give "
                               "--report=" +
                               Format + ":FILE");
  }
  for (const std::string &Wish : AlsoReport) {
    auto [Name, File] = StringRef(Wish).split(':');
    if (File.empty())
      return createStringError("--report='" + Wish +
                               "' is not of the form FORMAT:FILE");
    Target T{nullptr, File.str()};
    if (Error E = formatCalled(Name).moveInto(T.Format))
      return E;
    R.Targets.push_back(std::move(T));
  }
  R.BaselineToWrite = WriteBaseline;
  if (BaselineFile.getNumOccurrences()) {
    auto Read = Baseline::read(BaselineFile);
    if (!Read)
      return Read.takeError();
    R.Known = std::move(*Read);
  }
  if (ChangedSince.getNumOccurrences()) {
    auto Lines = ChangedLines::since(ChangedSince, ".");
    if (!Lines)
      return createStringError("--changed-since: " +
                               toString(Lines.takeError()));
    R.Changed = std::move(*Lines);
  }
  return R;
}

Expected<Settled> Reporting::settle(std::vector<Finding> All,
                                    SourceTexts &Sources, Tally &Totals,
                                    LookedFor WasLookedFor) {
  llvm::sort(All, comesBefore);
  Settled Run;
  std::vector<Finding> Findings;
  for (Finding &F : All)
    (F.isFailure()           ? Run.Failures
     : F.isCompilerWarning() ? Run.CompilerWarnings
                             : Findings)
        .push_back(std::move(F));
  // Of all of them: which one of several lines that look alike a finding
  // stands in must not hang on which of them are reported.
  std::vector<std::string> Prints = fingerprints(Findings, Sources, Root);
  std::vector<bool> IsKnown(Findings.size());
  std::vector<Baseline::Entry> NotLookedFor;
  if (Known) {
    for (size_t I = 0; I != Findings.size(); ++I)
      IsKnown[I] = Known->covers(Prints[I]);
    for (const Baseline::Entry &E : Known->entries()) {
      std::string File = Root.fileOf(E.File);
      if (!E.Met)
        (!sys::fs::exists(File) || WasLookedFor(File, E.Check) ? Stale
                                                               : NotLookedFor)
            .push_back(E);
    }
  }
  if (!BaselineToWrite.empty()) {
    ReportData Data{Findings, Prints, {}, Root, Totals, Sources};
    std::vector<Baseline::Entry> Entries = Baseline::entries(Data);
    append_range(Entries, NotLookedFor);
    if (Error E = writeFile(BaselineToWrite, [&](raw_ostream &Out) {
          Baseline::write(std::move(Entries), Out);
        }))
      return E;
    IsKnown.assign(Findings.size(), true);
  }
  for (size_t I = 0; I != Findings.size(); ++I) {
    if (IsKnown[I]) {
      ++Totals.Known;
      continue;
    }
    if (Changed && !Changed->concerns(Findings[I]))
      continue;
    Run.Findings.push_back(std::move(Findings[I]));
    Run.Fingerprints.push_back(std::move(Prints[I]));
  }
  Totals.Findings = Run.Findings.size();
  Totals.CompilerWarnings = Run.CompilerWarnings.size();
  return Run;
}

Error Reporting::write(const Settled &Run, SourceTexts &Sources,
                       const Tally &Totals) const {
  ReportData Data{Run.Findings, Run.Fingerprints, Run.Failures,
                  Root,         Totals,           Sources};
  Error Problems = Error::success();
  for (const Target &T : Targets)
    Problems = joinErrors(std::move(Problems),
                          writeFile(T.File, [&](raw_ostream &Out) {
                            T.Format->Write(Data, Out);
                          }));
  return Problems;
}

std::vector<std::string> Reporting::staleEntries() const {
  std::vector<std::string> Result;
  // A new baseline has none.
  if (Stale.empty() || !BaselineToWrite.empty())
    return Result;
  for (const Baseline::Entry &E : Stale)
    Result.push_back("the baseline's finding in '" + E.File +
                     "' is gone: " + E.Message + " [" + E.Check + "]");
  Result.push_back("to take what is gone out of the baseline, add "
                   "--write-baseline=" +
                   BaselineFile);
  return Result;
}

} // namespace nostall
