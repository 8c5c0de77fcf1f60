//===- Program.h - many units, in parallel ----------------------*- C++ -*-===//
//
//   jobs ──worker threads (lintUnit)──▶ reports ──linkReports──▶ findings
//
// A worker has its own ClangTidyContext; all share one FileCache. A unit that
// crashes Clang, or takes too long or too much, costs that unit only.
//
// The reports come in the order of the jobs, however many workers there are,
// and say the same.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_PROGRAM_H
#define NOSTALL_TOOL_PROJECT_PROGRAM_H

#include "FileCache.h"
#include "LintUnit.h"
#include "Sources.h"
#include "clang-tidy/ClangTidyOptions.h"
#include <functional>

namespace nostall {

struct ProgramOptions {
  LintOptions Lint;
  unsigned Workers = 1;
  /// Reports are left open where they hang on other units.
  bool LeaveOpen = false;
  /// The folder of the index, by job; empty: none. Null: none at all.
  std::function<std::string(const Job &)> IndexFolder;
  /// A hash of all that decides what is said of a job's file, besides the
  /// command and the files: configuration and models.
  std::function<uint64_t(const Job &)> ConfigurationHash;
  /// Makes the configuration of one worker; what is wrong in the files that it
  /// reads is added to the vector, which outlives it.
  std::function<std::unique_ptr<clang::tidy::ClangTidyOptionsProvider>(
      std::vector<std::string> &)>
      MakeProvider;
  /// Told of each unit as it is done, in any order, on the calling thread.
  std::function<void(size_t Done, size_t Total, const Job &)> OnDone;
};

struct ProgramReport {
  struct Unit {
    const Job *Of = nullptr;
    UnitReport Report;
  };
  std::vector<Unit> Units; ///< in the order of the jobs and their commands
  std::vector<std::string> ConfigProblems; ///< sorted, each once
  std::vector<std::string>
      Remarks;       ///< why there is no index, where one was due
  size_t Parsed = 0; ///< units that no index knew
};

/// Lints every command of \p List and links the results.
ProgramReport lintProgram(llvm::ArrayRef<Job> List,
                          const ProgramOptions &Options);

} // namespace nostall

#endif
