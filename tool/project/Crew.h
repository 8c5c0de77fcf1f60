//===- Crew.h - threads that lint units -------------------------*- C++ -*-===//
//
//   commands ──a thread each, the next free one──▶ reports, as they are done
//
// A worker has its own ClangTidyContext; all share one FileCache. A unit that
// crashes costs its own report. So does one that goes over its limits and will
// not stop (Limits.h). Its thread is given up, and another takes its place.
//
// A thread that was given up stays: asleep where it crashed, or running on at
// the lowest priority. Nothing that it can reach is ever freed, and the process
// has to leave without waiting for it.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_CREW_H
#define NOSTALL_TOOL_PROJECT_CREW_H

#include "FileCache.h"
#include "Limits.h"
#include "LintUnit.h"
#include "clang-tidy/ClangTidyOptions.h"
#include <chrono>
#include <functional>
#include <optional>

namespace nostall {

class Crew {
public:
  struct Orders {
    std::shared_ptr<FileCache> Files;
    LintOptions Lint;
    UnitLimits Limits;
    unsigned Workers = 1;
    std::function<std::unique_ptr<clang::tidy::ClangTidyOptionsProvider>(
        std::vector<std::string> &)>
        MakeProvider;
    /// In the order in which they are begun.
    std::vector<const clang::tooling::CompileCommand *> Commands;
  };

  struct Done {
    size_t Number = 0; ///< of the command
    UnitReport Report;
    /// What it read through; null: its thread was given up.
    llvm::IntrusiveRefCntPtr<UnitFiles> Files;
    /// A hash of the configuration that applied; none: nothing was parsed.
    std::optional<uint64_t> Configuration;
    unsigned Milliseconds = 0;
  };

  struct Running {
    size_t Number = 0;
    unsigned Milliseconds = 0; ///< so far
  };

  explicit Crew(Orders Given);
  ~Crew();

  /// A unit that is done, if one is within \p Wait.
  std::optional<Done> next(std::chrono::milliseconds Wait);
  /// next() has given all of them.
  bool isFinished() const;
  std::vector<Running> running() const;

  /// Ends all threads. False: some are left.
  bool end();
  /// What is wrong in configuration files that were read. After end().
  std::vector<std::string> configProblems() const;

private:
  struct State;
  struct Worker;
  void start();
  std::optional<ParseResult::Kind> reasonToGiveUp(const Worker &W) const;
  void giveUpOnStuck();
  static void work(const std::shared_ptr<State> &S, Worker &Me);

  /// Lives as long as the last thread.
  std::shared_ptr<State> S;
  size_t Told = 0;
  std::chrono::steady_clock::time_point NextLook; ///< for those that are stuck
};

} // namespace nostall

#endif
