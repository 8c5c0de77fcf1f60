//===- ProgramGraphs.h - the call graphs of a program -----------*- C++ -*-===//
//
//   names ──collectJobs──▶ jobs ──lintProgram, index──▶ CallGraph, ...
//
// What `why` and `why-not` ask: the graphs of all units, as a lint has left
// them in the index or as they are read now; and one unit's AST, to ask the
// analysis itself.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_CLI_PROGRAMGRAPHS_H
#define NOSTALL_TOOL_CLI_PROGRAMGRAPHS_H

#include "Commands.h"
#include "LintRun.h"
#include "analysis/Unit.h"
#include "analysis/link/CallGraph.h"

namespace nostall {

class ProgramGraphs {
public:
  /// Reads the options that the command line has about it.
  static llvm::Expected<ProgramGraphs> fromOptions(FlagsAfterDashes Flags);

  /// The units of \p Names; complains about those that cannot be had.
  Jobs jobs(llvm::ArrayRef<std::string> Names);
  /// The jobs of \p Of's program: all that its database lists, or what lies
  /// below this folder.
  std::vector<Job> programOf(const Job &Of);
  /// Reads all of \p Work that the index does not know, besides what was read.
  /// Of a file that nobody has named, \p Complain is only for those that a
  /// database takes for the program's.
  void read(Jobs Work, bool Complain = true);

  const std::vector<ProgramReport::Unit> &units() const { return Units; }
  /// The graphs, behind \p First.
  std::vector<const CallGraph *> graphs(const CallGraph *First = nullptr) const;

  clang::tidy::ClangTidyOptions configurationOf(llvm::StringRef File) const {
    return Provider->getOptions(File);
  }
  /// The report of \p J alone, with what hangs on others left open.
  ProgramReport reportOf(const Job &J);
  /// Parses \p J and calls \p Ask. Whether it could be parsed; if not, that was
  /// complained about.
  bool inspect(const Job &J, llvm::function_ref<void(Unit &)> Ask);

private:
  ProgramGraphs() = default;

  std::unique_ptr<std::vector<std::string>> ConfigProblems;
  std::unique_ptr<clang::tidy::ClangTidyOptionsProvider> Provider;
  Compilations Commands;
  std::vector<std::unique_ptr<Jobs>> Read; ///< what Units point into
  std::vector<ProgramReport::Unit> Units;
};

} // namespace nostall

#endif
