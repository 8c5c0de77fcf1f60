//===- Sources.h - from the command line's names to compile commands ------===//
//
// Turns `FILE|DIR|GLOB...` into jobs: one source file with the commands it is
// compiled with.
//
//   FILE   itself
//   DIR    every C++ source below it that the database lists; without a
//          database every file below it that has a C++ source's suffix
//   GLOB   every C++ source that fits it: * ? [a-z] {a,b} in a name, ** for any
//          number of folders; with a suffix in it, every file that fits
//
// Each source comes once, however often it is named; the order is that of the
// command line, and alphabetical within a folder. What cannot be had is a
// Problem: one sentence each, and the others go on.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_SOURCES_H
#define NOSTALL_TOOL_PROJECT_SOURCES_H

#include "Compilations.h"

namespace nostall {

struct Job {
  std::string File; ///< absolute
  std::vector<clang::tooling::CompileCommand> Commands;
  std::string Origin; ///< the database's path; empty: `--` flags, or nothing
  bool GivenFlags = false; ///< the command is the flags after `--`
};

struct Jobs {
  std::vector<Job> List;
  /// Names that could not be turned into jobs, and why.
  std::vector<std::string> Problems;
  /// What the user should know, though it is no mistake.
  std::vector<std::string> Remarks;
};

Jobs collectJobs(llvm::ArrayRef<std::string> Names, Compilations &From);

/// All that the databases list which were named.
Jobs listedJobs(Compilations &From);

/// The other C++ sources of the programs that \p Chosen are of: all that the
/// same databases list and that there are.
std::vector<Job> otherJobs(llvm::ArrayRef<Job> Chosen, Compilations &From);

} // namespace nostall

#endif
