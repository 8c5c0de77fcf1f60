//===- DumpCommand.cpp - nostall dump STAGE FILE --------------------------===//

#include "Inputs.h"
#include "analysis/Unit.h"
#include "analysis/explain/Dump.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace clang;

namespace nostall {

cl::SubCommand &dumpCommand() {
  static cl::SubCommand Made("dump", "Print a stage of the analysis of a file");
  return Made;
}

namespace {
struct Stage {
  llvm::StringLiteral Name;
  void (*Print)(Unit &, raw_ostream &);
};
} // namespace

static constexpr Stage Stages[] = {{"facts", dumpFacts},
                                   {"values", dumpValues},
                                   {"flow", dumpFlow},
                                   {"effects", dumpEffects},
                                   {"contexts", dumpContexts}};

static cl::opt<std::string>
    StageName(cl::Positional, cl::Required,
              cl::desc("facts|values|flow|effects|contexts"),
              OptionOf{dumpCommand});

static cl::list<std::string> Names(cl::Positional, cl::OneOrMore,
                                   cl::desc("FILE..."), OptionOf{dumpCommand});

int runDump(FlagsAfterDashes Flags) {
  const Stage *Chosen =
      find_if(Stages, [](const Stage &S) { return S.Name == StageName; });
  if (Chosen == std::end(Stages)) {
    return wrongUse("there is no stage '" + StageName +
                    "'; the stages are facts, values, flow, "
                    "effects and contexts");
  }
  auto Compilations = chosenCompilations(std::move(Flags));
  if (!Compilations)
    return wrongUse(toString(Compilations.takeError()));
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
        J.Commands.front(), chosenParseOptions(),
        vfs::createPhysicalFileSystem(), Printer,
        [](CompilerInstance &Compiler, StringRef) {
          Compiler.getDiagnostics().setIgnoreAllWarnings(true);
        },
        [&](ASTContext &AST) { Chosen->Print(*Unit::of(AST), outs()); });
    if (Result.Outcome == ParseResult::Parsed)
      continue;
    complainNotChecked(J, Result);
    Exit = ExitNotParsed;
  }
  return Exit;
}

} // namespace nostall
