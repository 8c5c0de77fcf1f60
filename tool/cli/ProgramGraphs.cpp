//===- ProgramGraphs.cpp - the call graphs of a program -------------------===//

#include "ProgramGraphs.h"
#include "Inputs.h"
#include "TidyOptions.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"

using namespace llvm;
using namespace clang::tidy;

namespace nostall {

Expected<ProgramGraphs> ProgramGraphs::fromOptions(FlagsAfterDashes Flags) {
  ProgramGraphs P;
  P.ConfigProblems = std::make_unique<std::vector<std::string>>();
  if (Error E = makeOptionsProvider(*P.ConfigProblems).moveInto(P.Provider))
    return E;
  auto Commands = chosenCompilations(std::move(Flags));
  if (!Commands)
    return Commands.takeError();
  P.Commands = std::move(*Commands);
  return P;
}

Jobs ProgramGraphs::jobs(ArrayRef<std::string> Names) {
  Jobs Work = collectJobs(Names, Commands);
  for (const std::string &Problem : Work.Problems)
    complain(Problem);
  return Work;
}

std::vector<Job> ProgramGraphs::programOf(const Job &Of) {
  if (Of.Origin.empty())
    return collectJobs({"."}, Commands).List;
  std::vector<Job> All = otherJobs(Of, Commands);
  All.push_back(Of);
  return All;
}

void ProgramGraphs::read(Jobs Work, bool Complain) {
  Read.push_back(std::make_unique<Jobs>(std::move(Work)));
  const std::vector<Job> &List = Read.back()->List;
  for (const Job &J : List)
    for (const std::string &Problem : modelProblems(J))
      complain(Problem);
  ProgramOptions Options = chosenProgramOptions(
      [this](StringRef File) { return configurationOf(File); });
  Options.LeaveOpen = true;
  Options.Lint.Parse.Modules = modulesOf(List, Commands);
  ProgramReport Whole = lintProgram(List, Options);
  if (Whole.Interrupted)
    leaveAtOnce(exitCodeAfter(Whole, ExitNotParsed));
  for (ProgramReport::Unit &U : Whole.Units) {
    if (U.Report.Parse.Outcome != ParseResult::Parsed &&
        (Complain || !U.Of->Origin.empty()))
      complainNotChecked(*U.Of, U.Report.Parse);
    Units.push_back(std::move(U));
  }
}

std::vector<const CallGraph *>
ProgramGraphs::graphs(const CallGraph *First) const {
  std::vector<const CallGraph *> Graphs;
  if (First)
    Graphs.push_back(First);
  for (const ProgramReport::Unit &U : Units)
    Graphs.push_back(&U.Report.Calls);
  return Graphs;
}

ProgramReport ProgramGraphs::reportOf(const Job &J) {
  const std::vector<Job> List{J};
  ProgramOptions Options = chosenProgramOptions(
      [this](StringRef File) { return configurationOf(File); });
  Options.LeaveOpen = true;
  Options.IndexFolder = nullptr;
  Options.Lint.Parse.Modules = modulesOf(List, Commands);
  return lintProgram(J, Options);
}

bool ProgramGraphs::inspect(const Job &J, function_ref<void(Unit &)> Ask) {
  clang::DiagnosticOptions PrinterOptions;
  clang::TextDiagnosticPrinter Printer(errs(), PrinterOptions);
  const std::vector<Job> List{J};
  ParseOptions Options = chosenParseOptions();
  Options.Modules = modulesOf(List, Commands);
  // One command is enough to look into a unit.
  ParseResult Result = parseUnit(
      J.Commands.front(), Options, vfs::createPhysicalFileSystem(), Printer,
      [](clang::CompilerInstance &Compiler, StringRef) {
        Compiler.getDiagnostics().setIgnoreAllWarnings(true);
      },
      [&](clang::ASTContext &AST) { Ask(*Unit::of(AST)); });
  if (Result.Outcome == ParseResult::Parsed)
    return true;
  complainNotChecked(J, Result);
  return false;
}

} // namespace nostall
