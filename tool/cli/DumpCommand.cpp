//===- DumpCommand.cpp - nostall dump facts|effects|contexts FILE ---------===//

#include "Inputs.h"
#include "analysis/Dump.h"
#include "analysis/Unit.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace clang;

namespace nostall {

cl::SubCommand DumpCommand("dump", "Print a stage of the analysis of a file");

namespace {
using Dumper = void (*)(Unit &, raw_ostream &);
enum class Stage { Facts, Effects, Contexts };
} // namespace

static cl::opt<Stage> WhichStage(
    cl::Positional, cl::Required, cl::desc("STAGE"),
    cl::values(
        clEnumValN(Stage::Facts, "facts",
                   "calls, awaits and values of every user-written body"),
        clEnumValN(Stage::Effects, "effects",
                   "what every user-written function does to its thread"),
        clEnumValN(Stage::Contexts, "contexts",
                   "where every user-written body runs")),
    cl::cat(NostallCategory), cl::sub(DumpCommand));

static cl::list<std::string> Names(cl::Positional, cl::OneOrMore,
                                   cl::desc("FILE..."),
                                   cl::cat(NostallCategory),
                                   cl::sub(DumpCommand));

static Dumper dumperOf(Stage S) {
  switch (S) {
  case Stage::Facts:
    return dumpFacts;
  case Stage::Effects:
    return dumpEffects;
  case Stage::Contexts:
    return dumpContexts;
  }
  llvm_unreachable("every stage has a dumper");
}

int runDump(FlagsAfterDashes Flags) {
  bool GivenFlags = Flags != nullptr;
  auto Compilations = chosenCompilations(std::move(Flags));
  if (!Compilations) {
    complain(toString(Compilations.takeError()));
    return ExitWrongUse;
  }
  int Exit = ExitClean;
  Jobs Work = collectJobs(Names, *Compilations);
  for (const std::string &Problem : Work.Problems) {
    complain(Problem);
    Exit = ExitWrongUse;
  }
  for (const Job &J : Work.List) {
    DiagnosticOptions PrinterOptions;
    TextDiagnosticPrinter Printer(errs(), PrinterOptions);
    // One command is enough to look at a stage.
    ParseResult Result = parseUnit(
        J.Commands.front(), chosenParseOptions(), Printer,
        [](CompilerInstance &Compiler, StringRef) {
          Compiler.getDiagnostics().setIgnoreAllWarnings(true);
        },
        [](ASTContext &AST) {
          dumperOf(WhichStage)(*Unit::of(AST), outs());
        });
    if (Result.Outcome == ParseResult::Parsed)
      continue;
    complainNotChecked(J, Result, GivenFlags);
    Exit = ExitNotParsed;
  }
  return Exit;
}

} // namespace nostall
