//===- Program.cpp - many units, in parallel ------------------------------===//

#include "Program.h"
#include "Index.h"
#include "LinkReports.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/xxhash.h"
#include <condition_variable>
#include <map>
#include <thread>

using namespace clang;
using namespace clang::tidy;

namespace nostall {
namespace {

struct Work {
  size_t Unit = 0; ///< in ProgramReport::Units
  std::unique_ptr<Index> *KeptIn = nullptr;
  ContentHash Key{};
  const tooling::CompileCommand *Command = nullptr;
  uint64_t Weight = 0; ///< a guess at what it costs
};

struct DoneWork {
  const Work *Of = nullptr;
  llvm::IntrusiveRefCntPtr<UnitFiles> Files;
};

class Run {
public:
  Run(llvm::ArrayRef<Job> List, const ProgramOptions &Options)
      : Options(Options) {
    for (const Job &J : List)
      for (const tooling::CompileCommand &Command : J.Commands) {
        Work W;
        W.Unit = Report.Units.size();
        W.Command = &Command;
        (void)llvm::sys::fs::file_size(J.File, W.Weight);
        Report.Units.push_back({&J, {}});
        if ((W.KeptIn = indexOf(J))) {
          W.Key = keyOf(J, Command);
          if (auto Known = (*W.KeptIn)->find(W.Key)) {
            Report.Units.back().Report = std::move(*Known);
            continue;
          }
        }
        Queue.push_back(W);
      }
    Report.Parsed = Queue.size();
    for (auto &[Folder, Kept] : Indices)
      if (Kept && Kept->isBroken()) {
        Kept.reset();
        openIndex(Folder, Kept);
      }
    // The heaviest first, so that none is left alone at the end.
    llvm::stable_sort(Queue, [](const Work &A, const Work &B) {
      return A.Weight > B.Weight;
    });
  }

  ProgramReport run() {
    llvm::CrashRecoveryContext::Enable();
    const unsigned Count = std::clamp<size_t>(
        Options.Workers, 1, std::max<size_t>(1, Queue.size()));
    std::vector<std::vector<std::string>> Problems(Count);
    if (Queue.size() <= 1) { // no thread for a single file
      work(Problems[0]);
      watch();
    } else {
      std::vector<std::thread> Threads;
      for (unsigned I = 0; I != Count; ++I)
        Threads.emplace_back([this, &Mine = Problems[I]] { work(Mine); });
      watch();
      for (std::thread &T : Threads)
        T.join();
    }
    if (!Options.LeaveOpen)
      link();
    for (std::vector<std::string> &Of : Problems)
      llvm::append_range(Report.ConfigProblems, Of);
    llvm::sort(Report.ConfigProblems);
    Report.ConfigProblems.erase(llvm::unique(Report.ConfigProblems),
                                Report.ConfigProblems.end());
    return std::move(Report);
  }

private:
  void openIndex(llvm::StringRef Folder, std::unique_ptr<Index> &Into) {
    if (auto Opened = Index::open(Folder, Cache))
      Into = std::move(*Opened);
    else
      Report.Remarks.push_back("nothing is remembered of this run: " +
                               llvm::toString(Opened.takeError()));
  }

  std::unique_ptr<Index> *indexOf(const Job &J) {
    std::string Folder = Options.IndexFolder ? Options.IndexFolder(J) : "";
    if (Folder.empty())
      return nullptr;
    auto [It, IsNew] = Indices.try_emplace(Folder);
    if (IsNew)
      openIndex(Folder, It->second);
    return It->second ? &It->second : nullptr;
  }

  /// All that a report depends on, but for what the unit reads.
  ContentHash keyOf(const Job &J, const tooling::CompileCommand &Command) {
    std::string All;
    auto Add = [&](llvm::StringRef Part) {
      All += std::to_string(Part.size()) + ':' + Part.str();
    };
    Add(programIdentity());
    Add(Command.Directory);
    Add(Command.Filename);
    for (const auto *Args :
         {&Command.CommandLine, &Options.Lint.Parse.ExtraArgs,
          &Options.Lint.Parse.ExtraArgsBefore}) {
      Add(std::to_string(Args->size()));
      for (const std::string &Arg : *Args)
        Add(Arg);
    }
    // What Clang's driver takes from the environment.
    for (const char *Name : {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH",
                             "SDKROOT", "CCC_OVERRIDE_OPTIONS"})
      Add(llvm::sys::Process::GetEnv(Name).value_or(""));
    Add(Options.Lint.FixesFromNotes ? "fixes from notes" : "");
    Add(Options.Lint.NamedSuppressions ? "suppressions" : "");
    Add(std::to_string(Options.ConfigurationHash(J)));
    llvm::XXH128_hash_t Hash =
        llvm::xxh3_128bits(llvm::arrayRefFromStringRef(All));
    return {Hash.low64, Hash.high64};
  }

  /// Differs from build to build of this program.
  static const std::string &programIdentity() {
    static const std::string Identity = [] {
      std::string Path = llvm::sys::fs::getMainExecutable(nullptr, nullptr);
      llvm::sys::fs::file_status Status;
      (void)llvm::sys::fs::status(Path, Status);
      return std::string(LLVM_VERSION_STRING) + ' ' +
             std::to_string(Status.getSize()) + ' ' +
             std::to_string(
                 Status.getLastModificationTime().time_since_epoch().count());
    }();
    return Identity;
  }

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
        Context =
            std::make_unique<ClangTidyContext>(Options.MakeProvider(Problems));
        Sources = std::make_unique<SourceTexts>(
            llvm::makeIntrusiveRefCnt<UnitFiles>(Cache, "/"));
      }
      LintOptions Lint = Options.Lint;
      // Who finds nothing left to do afterwards need not tidy up.
      Lint.Parse.LeaveMemory = Queue.size() - Number <= Options.Workers;
      UnitReport &Into = Report.Units[W.Unit].Report;
      auto Files =
          llvm::makeIntrusiveRefCnt<UnitFiles>(Cache, W.Command->Directory);
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
      Done.push_back({&W, std::move(Files)});
      Progress.notify_one();
    }
  }

  /// The unit that was done next, once it is; nothing when all are told of.
  std::optional<DoneWork> nextDone() {
    std::unique_lock<std::mutex> Guard(Lock);
    if (Told == Queue.size())
      return std::nullopt;
    Progress.wait(Guard, [&] { return Told < Done.size(); });
    return std::move(Done[Told++]);
  }

  /// Keeps what was found as it comes: who is killed loses the rest only.
  void watch() {
    while (std::optional<DoneWork> Next = nextDone()) {
      const Work &W = *Next->Of;
      const ProgramReport::Unit &U = Report.Units[W.Unit];
      // A crash may have to do with the machine; the others are facts.
      if (W.KeptIn && *W.KeptIn &&
          U.Report.Parse.Outcome != ParseResult::Crashed)
        (*W.KeptIn)->store(W.Key, U.Report, Next->Files->answers());
      if (Options.OnDone)
        Options.OnDone(Told, Queue.size(), *U.Of);
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
  std::map<std::string, std::unique_ptr<Index>> Indices;
  ProgramReport Report;
  std::vector<Work> Queue;
  std::mutex Lock; ///< of all below
  std::condition_variable Progress;
  size_t Next = 0, Told = 0;
  std::vector<DoneWork> Done;
};

} // namespace

ProgramReport lintProgram(llvm::ArrayRef<Job> List,
                          const ProgramOptions &Options) {
  return Run(List, Options).run();
}

} // namespace nostall
