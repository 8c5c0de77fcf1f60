//===- main.cpp - the `nostall` command, dispatched -----------------------===//
//
//   nostall [lint] FILE|DIR|GLOB...   findings, as text or in other formats
//   nostall explain CHECK             a check's page
//   nostall list-checks               what is on
//   nostall dump STAGE FILE           a stage of the analysis
//   nostall init                      configuration for editors and clang-tidy
//   nostall why, nostall why-not      how the analysis came to what it says
//   nostall map, nostall link         a lint in two halves, for build systems
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "tool/project/Memory.h"
#include "tool/project/Program.h"
#include "tool/project/Version.h"
#include "clang/Basic/Version.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>

using namespace llvm;

namespace nostall {

cl::OptionCategory NostallCategory("nostall's options");

void complain(const Twine &Text) {
  outs().flush();
  errs() << "nostall: " << Text << '\n';
}

static constexpr char Overview[] =
    R"(nostall finds what stalls a C++20 coroutine program.

Usage: nostall [lint] FILE|DIR|GLOB... [options] [-- compiler flags]

Give source files, folders, or patterns like 'src/**/*.cpp'. How they are
compiled is read from compile_commands.json, which is looked for in the folders
above each file and in their build/ folders, or from -p, or from the flags
after --.

Findings are printed as text, or as --format says; --report writes them to
files besides. --baseline and --changed-since leave out what is not new.

nostall why FUNCTION tells how a function blocks, nostall why-not FILE:LINE what
stopped a finding. nostall map and nostall link are a lint in two halves, for
build systems.

Exit codes:
  0  no findings
  1  findings
  2  wrong use or configuration (the rest was still linted)
  3  a file could not be parsed (the others were still linted)
  130, 143  interrupted by Ctrl-C or SIGTERM (prints what it has found so far)
When several apply, the highest counts.
)";

/// The exit code, now that all is written. A full disk is told, and not left to
/// a destructor, which would take it for a fault of the program's.
static int flushed(int Code) {
  outs().flush();
  const std::error_code EC = outs().error();
  if (!EC)
    return Code;
  outs().clear_error();
  return std::max<int>(
      Code, wrongUse("cannot write to standard output: " + EC.message()));
}

static int run(int Argc, const char **Argv) {
  std::string Error;
  FlagsAfterDashes Flags =
      Argc > 1 && StringRef(Argv[1]) == "map"
          ? takeMapFlags(Argc, Argv)
          : clang::tooling::FixedCompilationDatabase::loadFromCommandLine(
                Argc, Argv, Error);
  if (!Error.empty()) {
    for (StringRef Line : split(StringRef(Error).rtrim(), '\n')) {
      Line.consume_front("error: ");
      complain("in the flags after --: " + Line);
    }
    return ExitWrongUse;
  }

  cl::HideUnrelatedOptions(NostallCategory);
  for (Command *C :
       {lintCommand, dumpCommand, explainCommand, listChecksCommand,
        initCommand, mapCommand, linkCommand, whyCommand, whyNotCommand})
    cl::HideUnrelatedOptions(NostallCategory, C());
  cl::SetVersionPrinter([](raw_ostream &OS) {
    OS << "nostall " << Version << " (commit " << Commit
       << ", Clang " CLANG_VERSION_STRING ")\n";
  });
  if (!cl::ParseCommandLineOptions(Argc, Argv, Overview, &errs()))
    return ExitWrongUse;

  if (dumpCommand())
    return runDump(std::move(Flags));
  if (explainCommand())
    return runExplain();
  if (listChecksCommand())
    return runListChecks();
  if (initCommand())
    return runInit();
  if (mapCommand())
    return runMap(std::move(Flags));
  if (linkCommand())
    return runLink();
  if (whyCommand())
    return runWhy(std::move(Flags));
  if (whyNotCommand())
    return runWhyNot(std::move(Flags));
  return runLint(std::move(Flags));
}

} // namespace nostall

int main(int Argc, const char **Argv) {
  nostall::preferHugePages();
  InitLLVM Init(Argc, Argv);
  // Or the first file that is opened would be a closed standard output.
  (void)sys::Process::FixupStandardFileDescriptors();
  // A file that may not grow is like a full disk: writing fails, no more.
  std::signal(SIGXFSZ, SIG_IGN);
  const int Code = nostall::flushed(nostall::run(Argc, Argv));
  if (nostall::areThreadsLeft())
    nostall::leaveAtOnce(Code);
  return Code;
}
