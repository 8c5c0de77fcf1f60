//===- Program.cpp - many units, in parallel ------------------------------===//

#include "Program.h"
#include "Crew.h"
#include "Estimate.h"
#include "Index.h"
#include "Interrupt.h"
#include "LinkReports.h"
#include "UnitKeys.h"
#include "tool/report/TidyFindings.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>
#include <map>

using namespace clang;

namespace nostall {
namespace {

/// One command of one job.
struct Unit {
  const Job *Of = nullptr;
  const tooling::CompileCommand *Command = nullptr;
  size_t Number = 0; ///< among the commands of its job
  bool IsAskedFor = true;
  std::unique_ptr<Index> *KeptIn = nullptr;
  UnitKey Key;
  uint64_t Configuration = 0; ///< that its key was made with
  UnitReport Report;
  /// Parsed in this run: what it read through.
  llvm::IntrusiveRefCntPtr<UnitFiles> Files;
};

bool ThreadsAreLeft = false;

/// How long Ctrl-C, the limits and the progress may wait for attention.
constexpr std::chrono::milliseconds Tick(100);

class Run {
public:
  Run(llvm::ArrayRef<Job> List, const ProgramOptions &Options)
      : Options(Options), Cache(std::make_shared<FileCache>()) {
    for (const Job &J : List)
      addUnits(J, /*IsAskedFor=*/true);
    NumAskedFor = Units.size();
    if (Options.ParseOthers)
      for (const Job &J : others())
        addUnits(J, /*IsAskedFor=*/false);
    Result.Parsed = ToParse.size();
    Result.Total = Units.size();
    replaceBroken();
  }

  ProgramReport run() {
    if (!ToParse.empty())
      parse();
    findChanged();
    if (!Options.LeaveOpen)
      link();
    for (size_t I = 0; I != NumAskedFor; ++I)
      Result.Units.push_back({Units[I].Of, std::move(Units[I].Report)});
    return std::move(Result);
  }

private:
  //===--- what is known ---===//

  llvm::ArrayRef<Job> others() {
    if (!OtherJobs)
      OtherJobs = Options.Others ? Options.Others() : std::vector<Job>();
    return *OtherJobs;
  }

  void openIndex(llvm::StringRef Folder, std::unique_ptr<Index> &Into) {
    if (auto Opened =
            Index::open(Folder, *Cache, [] { return !Interrupt::caught(); }))
      Into = std::move(*Opened);
    else
      Result.Remarks.push_back("results of this run will not be cached: " +
                               llvm::toString(Opened.takeError()));
  }

  /// Begins those anew in which damage was found. Whether there were any.
  bool replaceBroken() {
    bool Any = false;
    for (auto &[Folder, Kept] : Indices)
      if (Kept && Kept->isBroken()) {
        Any = true;
        Kept.reset();
        openIndex(Folder, Kept);
      }
    return Any;
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

  void addUnits(const Job &J, bool IsAskedFor) {
    for (const auto &[Number, Command] : llvm::enumerate(J.Commands)) {
      Unit &U = Units.emplace_back();
      U.Of = &J;
      U.Command = &Command;
      U.Number = Number;
      U.IsAskedFor = IsAskedFor;
      if ((U.KeptIn = indexOf(J)) && *U.KeptIn) {
        U.Configuration = configurationHash(Options.Configuration(J));
        U.Key = unitKey(J, Number, Options.Lint, Options.ModelsHash(J),
                        U.Configuration);
        llvm::StringSet<> *Read =
            Options.WantFilesRead
                ? (IsAskedFor ? &Result.FilesRead : &ReadByOthers)
                : nullptr;
        if (auto Known = (*U.KeptIn)->find(U.Key, Read)) {
          U.Report = std::move(*Known);
          continue;
        }
      }
      ToParse.push_back(Units.size() - 1);
    }
  }

  //===--- parsing ---===//

  void parse() {
    const Interrupt CtrlC;
    Estimate Cost(ToParse.size(), Options.Workers);
    for (auto [I, Number] : llvm::enumerate(ToParse)) {
      const Unit &U = Units[Number];
      uint64_t Bytes = 0;
      (void)llvm::sys::fs::file_size(U.Of->File, Bytes);
      Cost.add(Bytes, U.KeptIn && *U.KeptIn ? (*U.KeptIn)->milliseconds(U.Key)
                                            : std::nullopt);
    }
    // The heaviest first, so that none is left alone at the end.
    const std::vector<size_t> Order = Cost.heaviestFirst();

    Crew::Orders Orders;
    Orders.Files = Cache;
    Orders.Lint = Options.Lint;
    Orders.Limits = Options.Limits;
    Orders.Workers = Options.Workers;
    Orders.MakeProvider = Options.MakeProvider;
    for (size_t I : Order)
      Orders.Commands.push_back(Units[ToParse[I]].Command);
    Crew Workers(std::move(Orders));

    std::vector<bool> IsDone(ToParse.size());
    size_t Count = 0;
    llvm::StringRef Last;
    std::chrono::steady_clock::time_point NextTold;
    while (!Workers.isFinished() && !Interrupt::caught()) {
      std::optional<Crew::Done> D = Workers.next(Tick);
      if (D) {
        const size_t I = Order[D->Number];
        IsDone[I] = true;
        ++Count;
        Cost.done(I, D->Milliseconds);
        Last = Units[ToParse[I]].Of->File;
        keep(Units[ToParse[I]], std::move(*D));
      }
      if (Options.OnProgress && std::chrono::steady_clock::now() >= NextTold) {
        NextTold = std::chrono::steady_clock::now() + Tick;
        std::vector<std::pair<size_t, unsigned>> Now;
        for (const Crew::Running &R : Workers.running())
          Now.push_back({Order[R.Number], R.Milliseconds});
        if (!Now.empty())
          Last = Units[ToParse[Now.front().first]].Of->File;
        Options.OnProgress(
            {Count, ToParse.size(), Last, Cost.secondsLeft(Now)});
      }
    }
    Result.Interrupted = Interrupt::caught();
    for (auto [I, Number] : llvm::enumerate(ToParse))
      if (!IsDone[I])
        Units[Number].Report.Parse.Outcome = ParseResult::Interrupted;
    Result.NotDone = ToParse.size() - Count;
    for (const auto &[Folder, Kept] : Indices)
      if (Kept && !Kept->problem().empty())
        Result.Remarks.push_back(
            "some results of this run were not cached: " + Kept->problem() +
            "; --index names another folder");
    ThreadsAreLeft |= !Workers.end();
    Result.ConfigProblems = Workers.configProblems();
    llvm::sort(Result.ConfigProblems);
    Result.ConfigProblems.erase(llvm::unique(Result.ConfigProblems),
                                Result.ConfigProblems.end());
  }

  /// Keeps what was found as it comes: who is killed loses the rest only.
  void keep(Unit &U, Crew::Done D) {
    U.Report = std::move(D.Report);
    U.Files = std::move(D.Files);
    store(U, D);
    if (replaceBroken())
      store(U, D);
  }

  void store(const Unit &U, const Crew::Done &D) {
    if (!U.KeptIn || !*U.KeptIn)
      return;
    // A configuration file that was saved since the run began would put this
    // report under the key of another.
    if (D.Configuration && *D.Configuration != U.Configuration)
      return;
    // A crash may have to do with the machine, a limit with its load.
    if (U.Report.Parse.isFact())
      (*U.KeptIn)->store(U.Key, U.Report, U.Files->answers(), D.Milliseconds);
    else
      (*U.KeptIn)->storeTime(U.Key, D.Milliseconds);
  }

  /// What was found in a file that is another by now would be told of lines
  /// that are not there.
  void findChanged() {
    llvm::DenseMap<const FileCache::Entry *, bool> Asked;
    auto HasChanged = [&](const FileCache::Entry *E) {
      auto [It, IsNew] = Asked.try_emplace(E, false);
      if (IsNew)
        It->second = FileCache::hasChanged(*E);
      return It->second;
    };
    for (Unit &U : Units) {
      if (!U.Files || !U.Report.Parse.isFact())
        continue;
      for (const auto &[E, What] : U.Files->answers())
        if (What == UnitFiles::Told::Content && HasChanged(E)) {
          U.Report = UnitReport();
          U.Report.Parse.Outcome = ParseResult::Changed;
          U.Report.Parse.Problem = E->Path;
          break;
        }
    }
  }

  //===--- linking ---===//

  /// The calls of the jobs that nobody asked for, as the index has them.
  void findOthers(std::vector<UnitReport> &Found,
                  std::vector<const Job *> &FoundIn) {
    for (const Job &J : others()) {
      std::unique_ptr<Index> *Kept = indexOf(J);
      for (size_t Number = 0; Number != J.Commands.size(); ++Number) {
        UnitReport Calls;
        auto Known = Index::Knows::Nothing;
        if (Kept && *Kept)
          Known = (*Kept)->findCalls(
              unitKey(J, Number, Options.Lint, Options.ModelsHash(J), 0),
              Calls.Calls, Options.WantFilesRead ? &ReadByOthers : nullptr);
        switch (Known) {
        case Index::Knows::Calls:
          ++Result.Others.Linked;
          Found.push_back(std::move(Calls));
          FoundIn.push_back(&J);
          break;
        case Index::Knows::OutOfDate:
          ++Result.Others.OutOfDate;
          break;
        case Index::Knows::Nothing:
          ++Result.Others.Unknown;
          break;
        }
      }
    }
  }

  void link() {
    std::vector<std::pair<const Job *, UnitReport *>> All;
    bool AnyOpen = false;
    for (Unit &U : Units) {
      if (!U.IsAskedFor) {
        ++(U.Report.Parse.isFact() ? Result.Others.Linked
                                   : Result.Others.Unknown);
        U.Report.Open.clear();
      }
      if (Options.WantFilesRead && U.Files)
        for (const auto &[E, What] : U.Files->answers())
          if (What == UnitFiles::Told::Content)
            (U.IsAskedFor ? Result.FilesRead : ReadByOthers).insert(E->Path);
      AnyOpen |= !U.Report.Open.empty() || !U.Report.Calls.Assumptions.empty();
      All.push_back({U.Of, &U.Report});
    }
    std::vector<UnitReport> Others;
    std::vector<const Job *> OthersIn;
    if (!Options.ParseOthers && (AnyOpen || Options.WantFilesRead))
      findOthers(Others, OthersIn);
    for (auto [Of, Calls] : llvm::zip(OthersIn, Others))
      All.push_back({Of, &Calls});
    // The order decides which of several chains is told, and must not hang on
    // which files somebody has named, nor on the order of naming.
    llvm::stable_sort(All, [](const auto &A, const auto &B) {
      return A.first->File < B.first->File;
    });
    std::vector<UnitReport *> Reports;
    for (auto &[Of, Report] : All)
      Reports.push_back(Report);
    linkReports(Reports);
    judgeFilesRead();
  }

  /// A header that another unit reads as well may have been looked into in
  /// part only.
  void judgeFilesRead() {
    llvm::StringSet<> Sure;
    auto Named = [](const llvm::StringSet<> &Files) {
      llvm::StringSet<> Names;
      for (const auto &File : Files)
        Names.insert(fullFileName(File.getKey(), "/"));
      return Names;
    };
    // Who knows what those read.
    if (!Result.Others.OutOfDate && !Result.Others.Unknown)
      Sure = Named(Result.FilesRead);
    for (const auto &File : Named(ReadByOthers))
      Sure.erase(File.getKey());
    Result.FilesRead = std::move(Sure);
  }

  const ProgramOptions &Options;
  /// Threads that were given up go on reading it.
  std::shared_ptr<FileCache> Cache;
  std::map<std::string, std::unique_ptr<Index>> Indices;
  std::optional<std::vector<Job>> OtherJobs;
  std::vector<Unit> Units; ///< those that were asked for first
  size_t NumAskedFor = 0;
  std::vector<size_t> ToParse;
  llvm::StringSet<> ReadByOthers;
  ProgramReport Result;
};

} // namespace

ProgramReport lintProgram(llvm::ArrayRef<Job> List,
                          const ProgramOptions &Options) {
  return Run(List, Options).run();
}

int exitCodeAfter(const ProgramReport &Whole, int Code) {
  return Whole.Interrupted ? 128 + Whole.Interrupted : Code; // as shells do
}

bool areThreadsLeft() { return ThreadsAreLeft; }

void leaveAtOnce(int Code) {
  llvm::outs().flush();
  llvm::errs().flush();
  std::_Exit(Code);
}

} // namespace nostall
