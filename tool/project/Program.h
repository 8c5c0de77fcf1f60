//===- Program.h - many units, in parallel ----------------------*- C++ -*-===//
//
//   jobs ──index──▶ reports ───────────────┐
//     └──Crew (threads)──▶ reports ──index─┴──linkReports──▶ findings
//
// Findings are those of the jobs that were asked for. What their functions
// reach is a question to the whole program: the others give their calls, as
// far as they are known (or are parsed for it), and no findings.
//
// The reports come in the order of the jobs, however many workers there are,
// and say the same. So do those of a part of the jobs.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_PROGRAM_H
#define NOSTALL_TOOL_PROJECT_PROGRAM_H

#include "Limits.h"
#include "LintUnit.h"
#include "Progress.h"
#include "Sources.h"
#include "clang-tidy/ClangTidyOptions.h"
#include "llvm/ADT/StringSet.h"
#include <functional>

namespace nostall {

struct ProgramOptions {
  LintOptions Lint;
  UnitLimits Limits;
  unsigned Workers = 1;
  /// Reports are left open where they hang on other units.
  bool LeaveOpen = false;
  /// Jobs of the same program, whose findings nobody asked for. Asked once, if
  /// at all.
  std::function<std::vector<Job>()> Others;
  /// Those of them that no index knows are parsed for their calls.
  bool ParseOthers = false;
  /// Files that units read are wanted, too.
  bool WantFilesRead = false;
  /// The folder of the index, by job; empty: none. Null: none at all.
  std::function<std::string(const Job &)> IndexFolder;
  /// A hash of what decides what a job's functions do, besides the command and
  /// the files: models.
  std::function<uint64_t(const Job &)> ModelsHash;
  /// What decides what is said of a job's file besides: the configuration of
  /// the checks, as it is at the beginning.
  std::function<clang::tidy::ClangTidyOptions(const Job &)> Configuration;
  /// Makes the configuration of one worker; what is wrong in the files that it
  /// reads is added to the vector, which outlives it.
  std::function<std::unique_ptr<clang::tidy::ClangTidyOptionsProvider>(
      std::vector<std::string> &)>
      MakeProvider;
  /// Told now and then, on the calling thread, while units are parsed.
  std::function<void(const ProgramProgress &)> OnProgress;
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
  size_t Total = 0;  ///< units that were to be known
  /// Of the other jobs: what became of their calls.
  struct Calls {
    size_t Linked = 0;    ///< as the index has them, or parsed
    size_t OutOfDate = 0; ///< something changed since they were parsed
    size_t Unknown = 0;   ///< never parsed, or not to be parsed
  } Others;
  size_t NotDone = 0; ///< units, since the run was interrupted
  /// The signal that ended the run before its end; 0: none.
  int Interrupted = 0;
  /// If they were wanted: files that units read which were linted, and that no
  /// unit reads which was not.
  llvm::StringSet<> FilesRead;
};

/// Lints every command of \p List and links the results.
ProgramReport lintProgram(llvm::ArrayRef<Job> List,
                          const ProgramOptions &Options);

/// What the process is to end with: \p Code, or what stands for the signal that
/// came.
int exitCodeAfter(const ProgramReport &Whole, int Code);

/// Whether threads are left that do not end: then the process has to leave by
/// leaveAtOnce().
bool areThreadsLeft();
[[noreturn]] void leaveAtOnce(int Code);

} // namespace nostall

#endif
