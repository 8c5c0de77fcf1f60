//===- Commands.h - the subcommands of `nostall` ----------------*- C++ -*-===//
//
// One source file each. A subcommand declares its own options (llvm::cl, on
// its own cl::SubCommand) and runs after they were parsed.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_CLI_COMMANDS_H
#define NOSTALL_TOOL_CLI_COMMANDS_H

#include "clang/Tooling/CompilationDatabase.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CommandLine.h"
#include <memory>

namespace nostall {

/// What the process ends with; docs: `nostall --help`.
enum ExitCode : int {
  ExitClean = 0,
  ExitFindings = 1,
  ExitWrongUse = 2,
  ExitNotParsed = 3,
};

/// The flags after `--`; null when there was no `--`.
using FlagsAfterDashes = std::unique_ptr<clang::tooling::CompilationDatabase>;

/// A subcommand, made where it is first named: options name theirs while the
/// program starts, in an order that nobody knows.
using Command = llvm::cl::SubCommand &();
Command lintCommand, dumpCommand, explainCommand, listChecksCommand,
    initCommand, mapCommand, linkCommand, whyCommand, whyNotCommand;
/// The options of nostall among those that LLVM's libraries register.
extern llvm::cl::OptionCategory NostallCategory;

/// Says in an option's declaration whose it is. `lint` need not be named by
/// users, so that its options are those of no command, too.
class OptionOf {
public:
  OptionOf(std::initializer_list<Command *> Commands) : Commands(Commands) {}

  void apply(llvm::cl::Option &O) const {
    O.addCategory(NostallCategory);
    for (Command *C : Commands) {
      O.addSubCommand(C());
      if (C == lintCommand)
        O.addSubCommand(llvm::cl::SubCommand::getTopLevel());
    }
  }

private:
  llvm::SmallVector<Command *, 8> Commands;
};

/// What follows `--` of `map`, taken from the arguments. A build system's flags
/// are for its own compiler: they are taken as they are, but for the source,
/// and those that Clang does not know are left out later.
FlagsAfterDashes takeMapFlags(int &Argc, const char **Argv);

int runLint(FlagsAfterDashes Flags);
int runDump(FlagsAfterDashes Flags);
int runExplain();
int runListChecks();
int runInit();
int runMap(FlagsAfterDashes Flags);
int runLink();
int runWhy(FlagsAfterDashes Flags);
int runWhyNot(FlagsAfterDashes Flags);

/// Prints "nostall: \p Text" to standard error.
void complain(const llvm::Twine &Text);
/// The same, for what a command ends with.
inline ExitCode wrongUse(const llvm::Twine &Text) {
  complain(Text);
  return ExitWrongUse;
}

} // namespace nostall

#endif
