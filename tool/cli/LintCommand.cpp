//===- LintCommand.cpp - nostall [lint] FILE|DIR... -----------------------===//
//
//   names ──collectJobs──▶ jobs ──lintProgram──▶ reports ──LintRun──▶ you
//
//===----------------------------------------------------------------------===//

#include "Inputs.h"
#include "LintRun.h"
#include "TidyOptions.h"
#include "analysis/models/Models.h"
#include "tool/project/FindDatabase.h"
#include "tool/project/Program.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Threading.h"

using namespace llvm;
using namespace clang::tidy;

namespace nostall {

cl::SubCommand &lintCommand() {
  static cl::SubCommand Made("lint", "Lint files and folders (the default)");
  return Made;
}

static cl::list<std::string> Names(cl::Positional, cl::desc("FILE|DIR|GLOB..."),
                                   OptionOf{lintCommand});

static cl::opt<unsigned>
    Workers("j", cl::Prefix, cl::value_desc("n"),
            cl::desc("Files to read at once (default: as many as there are "
                     "processors)"),
            OptionOf{lintCommand, whyCommand, whyNotCommand});

static cl::opt<std::string> IndexPath(
    "index", cl::value_desc("dir|none"),
    cl::desc("Where to remember what was found, so that unchanged files are "
             "not read again (default: .nostall beside compile_commands.json)"),
    OptionOf{lintCommand, whyCommand, whyNotCommand});

static cl::opt<bool> Verbose("verbose", cl::desc("Also say what the run did"),
                             OptionOf{lintCommand});

static cl::opt<bool> ListChecks("list-checks",
                                cl::desc("Print the checks that are on"),
                                OptionOf{lintCommand});

/// Empty: nothing is remembered of this job.
static std::string indexFolder(const Job &J) {
  if (IndexPath == "none" || (IndexPath.empty() && J.Origin.empty()))
    return "";
  SmallString<256> Folder(IndexPath.empty() ? indexBeside(J.Origin)
                                            : IndexPath.getValue());
  sys::fs::make_absolute(Folder);
  return std::string(Folder);
}

ProgramOptions chosenProgramOptions(const ConfigurationOf &Configured) {
  ProgramOptions Options;
  Options.Lint.Parse = chosenParseOptions();
  Options.Lint.FixesFromNotes = chosenFixes() == FB_FixNotes;
  Options.Lint.NamedSuppressions = wantsUnusedSuppressions();
  Options.Lint.LineFilter = chosenLineFilter();
  Options.Workers =
      Workers ? Workers : hardware_concurrency().compute_thread_count();
  Options.MakeProvider = [](std::vector<std::string> &Problems) {
    // The same options made a provider before.
    return cantFail(makeOptionsProvider(Problems));
  };
  Options.IndexFolder = [](const Job &J) { return indexFolder(J); };
  Options.Limits = chosenLimits();
  Options.ModelsHash = [](const Job &J) { return userModelsHash(J.File); };
  Options.Configuration = [Configured](const Job &J) {
    return Configured(J.File);
  };
  return Options;
}

/// The width of the terminal that standard error is; 0: it is none.
static unsigned terminalColumns() {
  if (!sys::Process::StandardErrIsDisplayed())
    return 0;
  const unsigned Columns = sys::Process::StandardErrColumns();
  return Columns ? Columns : 80;
}

/// Of the program's other units: what is missing in the answer.
static void reportOthers(const ProgramReport &Whole, bool WereParsed) {
  const ProgramReport::Calls &Others = Whole.Others;
  const size_t Missing = Others.OutOfDate + Others.Unknown;
  if (!Missing || Whole.Interrupted)
    return;
  const std::string Which = std::to_string(Missing) + " of the program's " +
                            std::to_string(Missing + Others.Linked) +
                            " other files";
  if (WereParsed)
    complain(Which + " could not be parsed, so nostall does not know what they "
                     "do");
  else if (Verbose || Others.Linked || Others.OutOfDate)
    complain(Which + " have changed since they were last analysed, so nostall "
                     "does not know what they do; lint the whole program to "
                     "update them");
}

int runLint(FlagsAfterDashes Flags) {
  if (ListChecks)
    return runListChecks();
  std::vector<std::string> ConfigProblems;
  auto Provider = makeOptionsProvider(ConfigProblems);
  if (!Provider)
    return wrongUse(toString(Provider.takeError()));
  auto Compilations = chosenCompilations(std::move(Flags));
  if (!Compilations)
    return wrongUse(toString(Compilations.takeError()));

  auto Reports = Reporting::fromOptions(chosenFixes() != FB_NoFix);
  if (!Reports)
    return wrongUse(toString(Reports.takeError()));
  std::vector<std::string> Wanted = Names;
  if (Wanted.empty() && Reports->wantsChanges())
    Wanted.push_back("."); // wherever it changed
  const bool WantsListed = Wanted.empty() && hasBuildPaths();
  if (Wanted.empty() && !WantsListed)
    return wrongUse("no source files or folders are given, and no -p whose "
                    "compile_commands.json lists them; nostall --help tells "
                    "the rest");
  const bool WantsChanges = Reports->wantsChanges(),
             HasBaseline = Reports->hasBaseline();
  LintRun Run(std::move(*Provider), std::move(*Reports));
  for (const std::string &Glob : globsWithoutCheck(chosenChecks()))
    Run.wrongUse("no check is called '" + Glob +
                 "'; nostall --list-checks --checks='*' prints them all");

  Jobs Work = WantsListed ? listedJobs(*Compilations)
                          : collectJobs(Wanted, *Compilations);
  for (const std::string &Problem : Work.Problems)
    Run.wrongUse(Problem);
  if (!isQuiet())
    for (const std::string &Remark : Work.Remarks)
      complain(Remark);
  for (const Job &J : Work.List)
    for (const std::string &Problem : modelProblems(J))
      Run.wrongUse(Problem);
  ProgramOptions Options = chosenProgramOptions(
      [&](StringRef File) { return Run.configurationOf(File); });
  Options.Lint.Parse.Modules = modulesOf(Work.List, *Compilations);
  // CI asks for what changed, and wants to know all about that. Who names a
  // file wants to know soon.
  Options.ParseOthers = WantsChanges;
  Options.WantFilesRead = HasBaseline;
  if (IndexPath != "none" || WantsChanges)
    Options.Others = [&] { return otherJobs(Work.List, *Compilations); };
  using Clock = std::chrono::steady_clock;
  ProgressLine Progress(errs(), terminalColumns(), Clock::now());
  if (!isQuiet())
    Options.OnProgress = [&](const ProgramProgress &P) {
      Progress.show(P, Clock::now());
    };
  ProgramReport Whole = lintProgram(Work.List, Options);
  Progress.erase();
  if (Whole.Interrupted)
    Run.interrupt();
  Run.alsoLookedInto(std::move(Whole.FilesRead));
  for (ProgramReport::Unit &U : Whole.Units)
    Run.take(*U.Of, std::move(U.Report));
  for (const std::string &Problem : Whole.ConfigProblems)
    Run.wrongUse(Problem);
  if (!isQuiet())
    for (const std::string &Remark : Whole.Remarks)
      complain(Remark);
  if (!isQuiet())
    reportOthers(Whole, WantsChanges);
  if (Verbose)
    complain(std::to_string(Whole.Parsed) + " of " +
             std::to_string(Whole.Total) +
             " files parsed; the rest came from the index");
  const int Code = Run.finish();
  if (Whole.Interrupted)
    complain("interrupted: " + std::to_string(Whole.Total - Whole.NotDone) +
             " of " + std::to_string(Whole.Total) + " units done");
  return exitCodeAfter(Whole, Code);
}

} // namespace nostall
