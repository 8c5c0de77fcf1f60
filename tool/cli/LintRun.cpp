//===- LintRun.cpp - what becomes of a run's findings ---------------------===//

#include "LintRun.h"
#include "Inputs.h"
#include "clang-tidy/GlobList.h"
#include "tool/report/Generated.h"
#include "tool/report/SharedStep.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using namespace clang::tidy;

namespace nostall {

static cl::opt<bool> Fix("fix", cl::desc("Apply safe fixes"),
                         OptionOf{lintCommand, linkCommand});

static cl::opt<bool> FixNotes(
    "fix-notes",
    cl::desc("Apply fixes that notes offer, too: read what they do first"),
    OptionOf{lintCommand});

static cl::opt<bool>
    Quiet("quiet", cl::desc("Print findings and mistakes, but no summary"),
          OptionOf{lintCommand, linkCommand});

static cl::opt<bool> IncludeGenerated(
    "include-generated",
    cl::desc("Report findings in files that say at their top that they are "
             "generated, too"),
    OptionOf{lintCommand, linkCommand});

static cl::opt<bool> WarnUnusedSuppressions(
    "warn-unused-suppressions",
    cl::desc("Report NOLINT comments that name checks of nostall and suppress "
             "nothing"),
    OptionOf{lintCommand, linkCommand});

FixBehaviour chosenFixes() {
  return FixNotes ? FB_FixNotes : Fix ? FB_Fix : FB_NoFix;
}

bool isQuiet() { return Quiet; }

bool wantsUnusedSuppressions() { return WarnUnusedSuppressions; }

void LintRun::wrongUse(const Twine &Text) {
  Totals.WrongUse = true;
  complain(Text);
}

void LintRun::take(const Job &J, UnitReport Report) {
  if (Report.Parse.Outcome == ParseResult::Interrupted)
    return;
  Totals.Files += Linted.insert(J.File).second;
  const bool HasErrors =
      any_of(Report.Findings, [](const Finding &F) { return F.isFailure(); });
  keepNew(std::move(Report.Findings));
  append_range(Suppressions, std::move(Report.Suppressions));
  Totals.Suppressed += Report.Suppressed;
  reportConfiguration(J, Report);
  if (Report.Parse.Outcome != ParseResult::Parsed) {
    if (Failed.insert(J.File).second)
      reportNotChecked(J, Report.Parse, HasErrors);
  } else if (!Report.AnyCheckOn) {
    reportNoCheckOn(J);
  } else if (!Report.IsCxx) {
    Totals.NotCxx += Said.insert("not C++: " + J.File).second;
  } else {
    Totals.Checked += Checked.insert(J.File).second;
  }
}

/// \p HasErrors: the compiler's errors say where and why.
void LintRun::reportNotChecked(const Job &J, const ParseResult &Parse,
                               bool HasErrors) {
  Complaints.push_back(notCheckedText(J, Parse));
  if (J.GivenFlags && Parse.Outcome == ParseResult::BadCommand)
    Totals.WrongUse = true;
  else
    ++(Parse.isFact() ? Totals.NotCompiling : Totals.GivenUp);
  if (HasErrors)
    return;
  Finding &F = NotChecked.emplace_back();
  F.Check = NotCheckedCheck;
  F.Severity = Finding::Error;
  F.Main.File = J.File;
  F.Main.Text = "not checked: " + whyNotChecked(J, Parse);
}

void LintRun::reportNoCheckOn(const Job &J) {
  if (!Said.insert("no check: " + J.File).second)
    return;
  Totals.WrongUse = true;
  if (Totals.NoCheckOn++)
    return;
  std::string Globs = configurationOf(J.File).Checks.value_or("");
  erase_if(Globs, isSpace); // a .clang-tidy may spread them over lines
  Totals.WhyNoCheckOn =
      "no check is on for '" + J.File + "' with --checks='" + Globs +
      "' (the defaults, .clang-tidy and the command line together); add "
      "nostall-* at its end";
}

int LintRun::finish() {
  report();
  for (const std::string &Text : Complaints)
    complain(Text);
  const bool NothingChecked = Totals.Files && !Totals.Checked;
  if (Totals.NoCheckOn && !NothingChecked)
    complain(Totals.WhyNoCheckOn);
  if (!Quiet && !Advice.empty())
    complain(Advice);
  if (Totals.Files && (!Quiet || (NothingChecked && Totals.NoCheckOn)))
    complain(summaryLine(Totals));
  return Totals.exitCode();
}

void LintRun::report() {
  keepNew(unusedSuppressions(Suppressions, Sources));
  Expected<Settled> Run = Reports.settle(std::move(Kept), Sources, Totals,
                                         [&](StringRef File, StringRef Check) {
                                           return wasLookedFor(File, Check);
                                         });
  if (!Run)
    return wrongUse(toString(Run.takeError()));
  if (Reports.printsText()) {
    std::vector<Finding> Text = Run->Failures;
    append_range(Text, Run->CompilerWarnings);
    append_range(Text, Run->Findings);
    llvm::stable_sort(Text, comesBefore);
    printText(Text, Context, FixMode);
  }
  if (auto Step = sharedStep(Run->Findings))
    Advice = adviceOn(*Step, Run->Findings.size());
  // On standard error that is said already.
  append_range(Run->Failures, std::move(NotChecked));
  llvm::sort(Run->Failures, comesBefore);
  handleAllErrors(Reports.write(*Run, Sources, Totals),
                  [&](const ErrorInfoBase &Info) { wrongUse(Info.message()); });
  for (const std::string &Stale : Reports.staleEntries())
    complain(Stale);
}

void LintRun::reportConfiguration(const Job &J, const UnitReport &Result) {
  for (const std::string &Option : Result.UnknownOptions)
    if (Said.insert(Option).second)
      wrongUse("no check has the option '" + Option +
               "'; nostall explain CHECK lists a check's options");
  for (const std::string &Flag : Result.Parse.IgnoredFlags)
    if (!Quiet && Said.insert(Flag).second)
      complain("clang does not know the flag '" + Flag +
               "' of the compile command: parsing without it");
}

bool LintRun::wasHeaderLookedInto(StringRef File) {
  if (!LookedInto.contains(File) || !Failed.empty())
    return false;
  const ClangTidyOptions Options = configurationOf(File);
  const std::string Excluded = Options.ExcludeHeaderFilterRegex.value_or("");
  return Regex(Options.HeaderFilterRegex.value_or("")).match(File) &&
         (Excluded.empty() || !Regex(Excluded).match(File));
}

/// Whether this run would have told of a finding of \p Check in \p File.
bool LintRun::wasLookedFor(StringRef File, StringRef Check) {
  return (Linted.contains(File) ? !Failed.contains(File)
                                : wasHeaderLookedInto(File)) &&
         Context.getGlobalOptions().LineFilter.empty() &&
         (IncludeGenerated || !saysItIsGenerated(Sources.text(File))) &&
         (WarnUnusedSuppressions || Check != UnusedSuppressionCheck) &&
         GlobList(configurationOf(File).Checks.value_or("")).contains(Check);
}

/// A file is the same by all of its names: trees are linked into one another.
static std::string identityOf(StringRef File) {
  sys::fs::UniqueID Id;
  if (File.empty() || sys::fs::getUniqueID(File, Id))
    return File.str();
  return std::to_string(Id.getDevice()) + "/" + std::to_string(Id.getFile());
}

std::string LintRun::placeOf(const Finding &F) {
  auto [It, IsNew] = Identities.try_emplace(F.Main.File);
  if (IsNew)
    It->second = identityOf(F.Main.File);
  std::string Place =
      It->second + ":" + std::to_string(F.Main.Offset) + ":" + F.Check;
  // The compiler may have several things to say of one place.
  if (!StringRef(F.Check).starts_with("nostall-"))
    Place += ":" + F.Main.Text;
  return Place;
}

/// Keeps the findings at places that no earlier unit has shown. What several
/// units say of one may differ in the names of types that a template has there.
void LintRun::keepNew(std::vector<Finding> Findings) {
  std::vector<std::string> Places;
  for (Finding &F : Findings) {
    std::string Place = placeOf(F);
    if (Shown.contains(Place))
      continue;
    Places.push_back(std::move(Place));
    if (!IncludeGenerated && !F.isFailure() &&
        saysItIsGenerated(Sources.text(F.Main.File))) {
      ++Totals.Generated;
      continue;
    }
    if (F.Check == "clang-tidy-config")
      Totals.WrongUse = true;
    Kept.push_back(std::move(F));
  }
  for (std::string &Place : Places)
    Shown.insert(Place);
}

} // namespace nostall
