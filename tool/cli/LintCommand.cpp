//===- LintCommand.cpp - nostall [lint] FILE|DIR... -----------------------===//
//
//   names ──collectJobs──▶ jobs ──lintUnit──▶ findings ──printText──▶ you
//
// A finding in a header is printed once, for the first unit that shows it.
// Without fixes, findings are printed as each file is done; with fixes they
// are kept to the end, because fixes of several units may meet in one header.
//
//===----------------------------------------------------------------------===//

#include "Inputs.h"
#include "Reporting.h"
#include "TidyOptions.h"
#include "analysis/Models.h"
#include "clang-tidy/GlobList.h"
#include "tool/project/Program.h"
#include "tool/report/Generated.h"
#include "tool/report/Text.h"
#include "tool/report/TidyFindings.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace clang::tidy;

namespace nostall {

cl::SubCommand LintCommand("lint", "Lint files and folders (the default)");

static cl::list<std::string> Names(cl::Positional, cl::desc("FILE|DIR|GLOB..."),
                                   cl::cat(NostallCategory),
                                   cl::sub(cl::SubCommand::getTopLevel()),
                                   cl::sub(LintCommand));

static cl::opt<bool> Fix("fix", cl::desc("Apply safe fixes"),
                         cl::cat(NostallCategory),
                         cl::sub(cl::SubCommand::getTopLevel()),
                         cl::sub(LintCommand));

static cl::opt<bool> FixNotes(
    "fix-notes",
    cl::desc("Apply fixes that notes offer, too: read what they do first"),
    cl::cat(NostallCategory), cl::sub(cl::SubCommand::getTopLevel()),
    cl::sub(LintCommand));

static cl::opt<unsigned>
    Workers("j", cl::value_desc("n"),
            cl::desc("Files to read at once (default: as many as there are "
                     "processors)"),
            cl::cat(NostallCategory), cl::sub(cl::SubCommand::getTopLevel()),
            cl::sub(LintCommand));

static cl::opt<std::string> IndexPath(
    "index", cl::value_desc("dir|none"),
    cl::desc("Where to remember what was found, so that unchanged files are "
             "not read again (default: .nostall beside compile_commands.json)"),
    cl::cat(NostallCategory), cl::sub(cl::SubCommand::getTopLevel()),
    cl::sub(LintCommand));

static cl::opt<bool> Verbose("verbose",
                             cl::desc("Say what the run did besides"),
                             cl::cat(NostallCategory),
                             cl::sub(cl::SubCommand::getTopLevel()),
                             cl::sub(LintCommand));

static cl::opt<bool>
    Quiet("quiet", cl::desc("Print findings and mistakes, but no summary"),
          cl::cat(NostallCategory), cl::sub(cl::SubCommand::getTopLevel()),
          cl::sub(LintCommand));

static cl::opt<bool> IncludeGenerated(
    "include-generated",
    cl::desc("Report findings in files that say at their top that they are "
             "generated, too"),
    cl::cat(NostallCategory), cl::sub(cl::SubCommand::getTopLevel()),
    cl::sub(LintCommand));

static cl::opt<bool> WarnUnusedSuppressions(
    "warn-unused-suppressions",
    cl::desc("Report NOLINT comments that name checks of nostall and suppress "
             "nothing"),
    cl::cat(NostallCategory), cl::sub(cl::SubCommand::getTopLevel()),
    cl::sub(LintCommand));

static cl::opt<bool> ListChecks("list-checks",
                                cl::desc("Print the checks that are on"),
                                cl::cat(NostallCategory),
                                cl::sub(cl::SubCommand::getTopLevel()),
                                cl::sub(LintCommand));

namespace {

/// One run of the command over all its jobs.
class LintRun {
public:
  LintRun(std::unique_ptr<ClangTidyOptionsProvider> Provider, Reporting Reports,
          bool GivenFlags)
      : Context(std::move(Provider)), Reports(std::move(Reports)),
        FixMode(FixNotes ? FB_FixNotes
                : Fix    ? FB_Fix
                         : FB_NoFix),
        GivenFlags(GivenFlags) {}

  Tally Totals;

  void wrongUse(const Twine &Text) {
    Totals.WrongUse = true;
    complain(Text);
  }

  /// What decides what is said of \p J, but for its command and its sources.
  uint64_t configurationHash(const Job &J) {
    return xxh3_64bits(configurationAsText(Context.getOptionsForFile(J.File)) +
                       std::to_string(userModelsHash(J.File)));
  }

  LintOptions lintOptions() const {
    LintOptions Lint;
    Lint.Parse = chosenParseOptions();
    Lint.FixesFromNotes = FixMode == FB_FixNotes;
    Lint.NamedSuppressions = WarnUnusedSuppressions;
    return Lint;
  }

  void take(const Job &J, UnitReport Report) {
    Totals.Files += Linted.insert(J.File).second;
    keepNew(std::move(Report.Findings));
    print();
    append_range(Suppressions, std::move(Report.Suppressions));
    Totals.Suppressed += Report.Suppressed;
    reportConfiguration(J, Report);
    if (Report.Parse.Outcome != ParseResult::Parsed &&
        Failed.insert(J.File).second) {
      complainNotChecked(J, Report.Parse, GivenFlags);
      if (GivenFlags && Report.Parse.Outcome == ParseResult::BadCommand)
        Totals.WrongUse = true;
      else
        ++Totals.NotCompiling;
    }
  }

  void finish() {
    keepNew(unusedSuppressions(Suppressions, Sources));
    print();
    Expected<Settled> Run = Reports.settle(
        std::move(Kept), Sources, Totals, [&](StringRef File, StringRef Check) {
          return wasLookedFor(File, Check);
        });
    if (!Run)
      return wrongUse(toString(Run.takeError()));
    if (Reports.printsText() && !isPrintedAtOnce()) {
      std::vector<Finding> Text = Run->Failures;
      append_range(Text, Run->Findings);
      printText(Text, Context, FixMode);
    }
    if (Error E = Reports.write(*Run, Sources, Totals))
      wrongUse(toString(std::move(E)));
    for (const std::string &Stale : Reports.staleEntries())
      complain(Stale);
  }

  /// Before the checks ask: whoever asks first is told.
  void reportModelErrors(const Job &J) {
    std::vector<ModelError> Errors;
    modelsFor(J.File, Errors);
    for (const ModelError &E : Errors) {
      std::string Text;
      raw_string_ostream(Text) << E;
      wrongUse(Text);
    }
  }

private:
  void reportConfiguration(const Job &J, const UnitReport &Result) {
    for (const std::string &Option : Result.UnknownOptions)
      if (Said.insert(Option).second)
        wrongUse("no check has the option '" + Option +
                 "'; nostall explain CHECK lists a check's options");
    for (const std::string &Flag : Result.Parse.IgnoredFlags)
      if (!Quiet && Said.insert(Flag).second)
        complain("clang does not know the flag '" + Flag +
                 "' of the compile command: parsing without it");
    if (Result.Parse.Outcome == ParseResult::Parsed && !Result.AnyCheckOn &&
        Said.insert("no check").second) {
      std::string Globs = Context.getOptionsForFile(J.File).Checks.value_or("");
      erase_if(Globs, isSpace); // a .clang-tidy may spread them over lines
      wrongUse("no check is on for '" + J.File + "' with --checks='" + Globs +
               "' (the defaults, .clang-tidy and the command line together); "
               "add nostall-* at its end");
    }
  }

  /// Whether this run would have told of a finding of \p Check in \p File.
  bool wasLookedFor(StringRef File, StringRef Check) {
    return Linted.contains(File) && !Failed.contains(File) &&
           Context.getGlobalOptions().LineFilter.empty() &&
           (IncludeGenerated || !saysItIsGenerated(Sources.text(File))) &&
           (WarnUnusedSuppressions || Check != UnusedSuppressionCheck) &&
           GlobList(Context.getOptionsForFile(File).Checks.value_or(""))
               .contains(Check);
  }

  bool isPrintedAtOnce() const {
    return FixMode == FB_NoFix && Reports.streamsText();
  }

  /// Prints what is not printed yet, if that need not wait.
  void print() {
    if (!isPrintedAtOnce())
      return;
    printText(ArrayRef(Kept).drop_front(Printed), Context, FixMode);
    Printed = Kept.size();
  }

  /// Keeps the findings that no earlier unit has shown.
  void keepNew(std::vector<Finding> Findings) {
    for (Finding &F : Findings) {
      std::string Key = F.Main.File + ":" + std::to_string(F.Main.Offset) +
                        ":" + F.Check + ":" + F.Main.Text;
      if (!Shown.insert(Key).second)
        continue;
      if (!IncludeGenerated && !F.isFailure() &&
          saysItIsGenerated(Sources.text(F.Main.File))) {
        ++Totals.Generated;
        continue;
      }
      if (F.Check == "clang-tidy-config")
        Totals.WrongUse = true;
      Kept.push_back(std::move(F));
    }
  }

  ClangTidyContext Context;
  Reporting Reports;
  FixBehaviour FixMode;
  bool GivenFlags;
  SourceTexts Sources;
  std::vector<NamedSuppression> Suppressions;
  std::vector<Finding> Kept;
  size_t Printed = 0; ///< of Kept
  StringSet<> Linted, Failed, Shown, Said;
};

} // namespace

/// Empty: nothing is remembered of this job.
static std::string indexFolder(const Job &J) {
  if (IndexPath == "none" || (IndexPath.empty() && J.Origin.empty()))
    return "";
  SmallString<256> Folder(IndexPath.empty() ? sys::path::parent_path(J.Origin)
                                            : StringRef(IndexPath));
  if (IndexPath.empty())
    sys::path::append(Folder, ".nostall");
  sys::fs::make_absolute(Folder);
  return std::string(Folder);
}

int runLint(FlagsAfterDashes Flags) {
  if (ListChecks)
    return runListChecks();
  if (Names.empty()) {
    complain("no source files or folders are given; nostall --help tells the "
             "rest");
    return ExitWrongUse;
  }
  std::vector<std::string> ConfigProblems;
  auto Provider = makeOptionsProvider(ConfigProblems);
  if (!Provider) {
    complain(toString(Provider.takeError()));
    return ExitWrongUse;
  }
  bool GivenFlags = Flags != nullptr;
  auto Compilations = chosenCompilations(std::move(Flags));
  if (!Compilations) {
    complain(toString(Compilations.takeError()));
    return ExitWrongUse;
  }

  auto Reports = Reporting::fromOptions(Fix || FixNotes);
  if (!Reports) {
    complain(toString(Reports.takeError()));
    return ExitWrongUse;
  }
  LintRun Run(std::move(*Provider), std::move(*Reports), GivenFlags);
  for (const std::string &Glob : globsWithoutCheck(chosenChecks()))
    Run.wrongUse("no check is called '" + Glob +
                 "'; nostall --list-checks --checks='*' prints them all");

  Jobs Work = collectJobs(Names, *Compilations);
  for (const std::string &Problem : Work.Problems)
    Run.wrongUse(Problem);
  if (!Quiet)
    for (const std::string &Remark : Work.Remarks)
      complain(Remark);
  for (const Job &J : Work.List)
    Run.reportModelErrors(J);
  ProgramOptions Options;
  Options.Lint = Run.lintOptions();
  Options.Workers =
      Workers ? Workers : hardware_concurrency().compute_thread_count();
  Options.MakeProvider = [](std::vector<std::string> &Problems) {
    // The same options made a provider before.
    return cantFail(makeOptionsProvider(Problems));
  };
  Options.IndexFolder = [](const Job &J) { return indexFolder(J); };
  Options.ConfigurationHash = [&](const Job &J) {
    return Run.configurationHash(J);
  };
  ProgramReport Whole = lintProgram(Work.List, Options);
  for (ProgramReport::Unit &U : Whole.Units)
    Run.take(*U.Of, std::move(U.Report));
  for (const std::string &Problem : Whole.ConfigProblems)
    Run.wrongUse(Problem);
  if (!Quiet)
    for (const std::string &Remark : Whole.Remarks)
      complain(Remark);
  if (Verbose)
    complain(std::to_string(Whole.Parsed) + " of " +
             std::to_string(Whole.Units.size()) +
             " units read; the others are as the index has them");
  Run.finish();
  if (!Quiet && Run.Totals.Files)
    complain(summaryLine(Run.Totals));
  return Run.Totals.exitCode();
}

} // namespace nostall
