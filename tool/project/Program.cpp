//===- Program.cpp - many units, in parallel ------------------------------===//

#include "Program.h"
#include "LinkReports.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/FileSystem.h"
#include <condition_variable>
#include <thread>

using namespace clang;
using namespace clang::tidy;

namespace nostall {
namespace {

struct Work {
  size_t Unit = 0; ///< in ProgramReport::Units
  const tooling::CompileCommand *Command = nullptr;
  uint64_t Weight = 0; ///< a guess at what it costs
};

class Run {
public:
  Run(llvm::ArrayRef<Job> List, const ProgramOptions &Options)
      : Options(Options) {
    for (const Job &J : List)
      for (const tooling::CompileCommand &Command : J.Commands) {
        uint64_t Size = 0;
        (void)llvm::sys::fs::file_size(J.File, Size);
        Queue.push_back({Report.Units.size(), &Command, Size});
        Report.Units.push_back({&J, {}});
      }
    // The heaviest first, so that none is left alone at the end.
    llvm::stable_sort(Queue, [](const Work &A, const Work &B) {
      return A.Weight > B.Weight;
    });
  }

  ProgramReport run() {
    llvm::CrashRecoveryContext::Enable();
    const unsigned Count =
        std::clamp<size_t>(Options.Workers, 1, std::max<size_t>(1, Queue.size()));
    std::vector<std::vector<std::string>> Problems(Count);
    if (Count == 1) {
      work(Problems[0]);
      while (Told < Done.size())
        tell();
    } else {
      std::vector<std::thread> Threads;
      for (unsigned I = 0; I != Count; ++I)
        Threads.emplace_back([this, &Mine = Problems[I]] { work(Mine); });
      watch();
      for (std::thread &T : Threads)
        T.join();
    }
    link();
    for (std::vector<std::string> &Of : Problems)
      llvm::append_range(Report.ConfigProblems, Of);
    llvm::sort(Report.ConfigProblems);
    Report.ConfigProblems.erase(llvm::unique(Report.ConfigProblems),
                                Report.ConfigProblems.end());
    return std::move(Report);
  }

private:
  /// One worker, until nothing is left.
  void work(std::vector<std::string> &Problems) {
    std::unique_ptr<ClangTidyContext> Context;
    std::unique_ptr<SourceTexts> Sources;
    while (true) {
      size_t Number = 0;
      {
        std::lock_guard<std::mutex> Guard(Lock);
        if (Next == Queue.size())
          return;
        Number = Next++;
      }
      const Work &W = Queue[Number];
      if (!Context) {
        Context = std::make_unique<ClangTidyContext>(
            Options.MakeProvider(Problems));
        Sources = std::make_unique<SourceTexts>(
            llvm::makeIntrusiveRefCnt<UnitFiles>(Cache, "/"));
      }
      LintOptions Lint = Options.Lint;
      // Who finds nothing left to do afterwards need not tidy up.
      Lint.Parse.LeaveMemory = Queue.size() - Number <= Options.Workers;
      UnitReport &Into = Report.Units[W.Unit].Report;
      auto Files = llvm::makeIntrusiveRefCnt<UnitFiles>(
          Cache, W.Command->Directory);
      llvm::CrashRecoveryContext Guard;
      if (!Guard.RunSafely([&] {
            Into = lintUnit(*W.Command, Lint, *Context, Files, *Sources);
          })) {
        Into = UnitReport();
        Into.Parse.Outcome = ParseResult::Crashed;
        // What the unit left half done is not for the next one.
        (void)Context.release();
        (void)Sources.release();
      }
      std::lock_guard<std::mutex> Told(Lock);
      Done.push_back(W.Unit);
      Progress.notify_one();
    }
  }

  void tell() {
    size_t Unit = Done[Told++];
    if (Options.OnDone)
      Options.OnDone(Told, Report.Units.size(), *Report.Units[Unit].Of);
  }

  void watch() {
    std::unique_lock<std::mutex> Guard(Lock);
    while (Told < Queue.size()) {
      Progress.wait(Guard, [&] { return Told < Done.size(); });
      tell();
    }
  }

  void link() {
    std::vector<UnitReport *> All;
    for (ProgramReport::Unit &U : Report.Units)
      All.push_back(&U.Report);
    linkReports(All);
  }

  const ProgramOptions &Options;
  FileCache Cache;
  ProgramReport Report;
  std::vector<Work> Queue;
  std::mutex Lock; ///< of all below
  std::condition_variable Progress;
  size_t Next = 0, Told = 0;
  std::vector<size_t> Done;
};

} // namespace

ProgramReport lintProgram(llvm::ArrayRef<Job> List,
                          const ProgramOptions &Options) {
  return Run(List, Options).run();
}

} // namespace nostall
