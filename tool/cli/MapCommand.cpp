//===- MapCommand.cpp - nostall map -o FILE SOURCE ------------------------===//
//
//   one source ──lintProgram, left open──▶ MappedUnit ──▶ a file for `link`
//
// What a lint does with one source, as an action of a build system: it reads
// the source and what that includes, .clang-tidy and .nostall.yaml, and writes
// one file that depends on nothing else.
//
// It succeeds where there is a file to link, also if the source does not
// compile: the build says that already, and the link says it once more. So the
// other sources are linked all the same.
//
//===----------------------------------------------------------------------===//

#include "Inputs.h"
#include "Reporting.h"
#include "TidyOptions.h"
#include "tool/project/MappedUnit.h"
#include "tool/project/Program.h"
#include "tool/report/OutputFile.h"

using namespace llvm;
using namespace clang::tidy;

namespace nostall {

cl::SubCommand &mapCommand() {
  static cl::SubCommand Made(
      "map", "Read one source, and write what `link` needs of it");
  return Made;
}

static cl::opt<std::string> Source(cl::Positional, cl::Required,
                                   cl::desc("FILE"), OptionOf{mapCommand});

static cl::opt<std::string> MapOutput("o", cl::Required, cl::value_desc("file"),
                                      cl::desc("The file to write"),
                                      OptionOf{mapCommand});

FlagsAfterDashes takeMapFlags(int &Argc, const char **Argv) {
  ArrayRef<const char *> All(Argv, Argc);
  auto IsDashes = [](StringRef Arg) { return Arg == "--"; };
  auto Dashes = find_if(All, IsDashes);
  if (Dashes == All.end())
    return nullptr;
  ArrayRef<const char *> Before(All.begin(), Dashes);
  std::vector<std::string> Flags;
  for (StringRef Flag : make_range(Dashes + 1, All.end()))
    if (Flag.starts_with("-") ||
        none_of(Before, [&](StringRef Arg) { return Arg == Flag; }))
      Flags.push_back(Flag.str());
  Argc = Before.size();
  return std::make_unique<clang::tooling::FixedCompilationDatabase>(".", Flags);
}

int runMap(FlagsAfterDashes Flags) {
  auto Root = chosenRoot();
  if (!Root)
    return wrongUse(toString(Root.takeError()));
  std::vector<std::string> ConfigProblems;
  auto Provider = makeOptionsProvider(ConfigProblems);
  if (!Provider)
    return wrongUse(toString(Provider.takeError()));
  for (const std::string &Glob : globsWithoutCheck(chosenChecks()))
    return wrongUse("no check is called '" + Glob +
                    "'; nostall --list-checks --checks='*' prints them all");
  auto Compilations = chosenCompilations(std::move(Flags));
  if (!Compilations)
    return wrongUse(toString(Compilations.takeError()));
  Jobs Work = collectJobs({Source}, *Compilations);
  for (const std::string &Problem : Work.Problems)
    return wrongUse(Problem);
  for (const std::string &Remark : Work.Remarks)
    complain(Remark);
  if (Work.List.size() != 1)
    return wrongUse("'" + Source + "' stands for " + Twine(Work.List.size()) +
                    " sources; map reads one");

  const Job &J = Work.List.front();
  MappedUnit Unit;
  Unit.File = J.File;
  Unit.Origin = J.Origin;
  Unit.GivenFlags = J.GivenFlags;
  ClangTidyOptions Configured = (*Provider)->getOptions(J.File);
  Unit.Checks = Configured.Checks.value_or("");
  Unit.FormatStyle = Configured.FormatStyle.value_or("none");
  Unit.Problems = modelProblems(J);

  ProgramOptions Options;
  Options.Lint.Parse = chosenParseOptions();
  Options.Lint.NamedSuppressions = true; // the link may be asked for them
  Options.Lint.Parse.Modules = modulesOf(Work.List, *Compilations);
  Options.LeaveOpen = true;
  Options.Limits = chosenLimits();
  Options.MakeProvider = [](std::vector<std::string> &Problems) {
    // The same options made a provider before.
    return cantFail(makeOptionsProvider(Problems));
  };
  ProgramReport Whole = lintProgram(Work.List, Options);
  if (Whole.Interrupted)
    return exitCodeAfter(Whole, ExitNotParsed);
  append_range(Unit.Problems, Whole.ConfigProblems);
  for (ProgramReport::Unit &U : Whole.Units)
    Unit.Reports.push_back(std::move(U.Report));

  const std::string Bytes = writeMappedUnit(std::move(Unit), *Root);
  if (Error E = writeFile(MapOutput, [&](raw_ostream &Out) { Out << Bytes; }))
    return wrongUse(toString(std::move(E)));
  return ExitClean;
}

} // namespace nostall
