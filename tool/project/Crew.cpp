//===- Crew.cpp - threads that lint units ---------------------------------===//

#include "Crew.h"
#include "Memory.h"
#include "SignalStack.h"
#include "UnitKeys.h"
#include "clang/Basic/Stack.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/thread.h"
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace clang;
using namespace clang::tidy;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace nostall {

struct Crew::Worker {
  llvm::thread Thread;
  clockid_t ProcessorTime{};
  std::vector<std::string> Problems;
  // Of the unit that it is at.
  std::optional<size_t> Number;
  Clock::time_point Since;
  std::chrono::nanoseconds TimeBefore{};
  // Where it was when it was last seen to take time of a processor.
  std::chrono::nanoseconds LastTime{};
  Clock::time_point LastSeenAtWork;
  std::atomic<bool> InChecks = false;
  /// Why it has left its unit for good, which it had begun to parse.
  std::atomic<ParseResult::Kind> LeftAs = ParseResult::Parsed;
  bool IsGivenUp = false;
};

struct Crew::State {
  Orders Given;
  mutable std::mutex Lock; ///< of all below
  std::condition_variable Changed;
  size_t Next = 0;
  std::deque<Worker> Workers; ///< those given up among them
  std::deque<Done> Ready;
  bool IsEnding = false;
};

//===--- crashes ----------------------------------------------------------===//

/// The calling thread's, while it is at a unit.
static thread_local std::atomic<ParseResult::Kind> *LeaveAs = nullptr;
static thread_local const char *AtFile = nullptr;

/// Some thread has crashed, and may have taken locks with it.
static std::atomic<bool> AnyCrashed = false;

/// Waits for what only a lock can explain: the main thread sits in a futex, and
/// takes no time, for as long as this. (It looks about every tenth of a second
/// otherwise.)
static constexpr unsigned SecondsOfSilence = 3;

namespace {
/// The thread that made it, as others see it from a signal's handler.
class WatchedThread {
public:
  WatchedThread() {
    pthread_getcpuclockid(pthread_self(), &Clock);
    snprintf(Syscall, sizeof Syscall, "/proc/self/task/%ld/syscall",
             syscall(SYS_gettid));
  }

  /// Allocates nothing: the heap may be what it waits for.
  bool waitsForLock() const {
    char Text[32] = {};
    const int File = open(Syscall, O_RDONLY | O_CLOEXEC);
    if (File < 0)
      return false;
    const ssize_t Size = read(File, Text, sizeof Text - 1);
    close(File);
    return Size > 0 && strtol(Text, nullptr, 10) == SYS_futex;
  }
  timespec time() const {
    timespec Now{};
    clock_gettime(Clock, &Now);
    return Now;
  }

private:
  clockid_t Clock{};
  char Syscall[64];
};
} // namespace

static const WatchedThread *MainThread = nullptr;

/// A thread that crashed inside of malloc holds its lock for good, and whoever
/// then frees what it had allocated waits for ever. Nothing can be saved but
/// the run's end.
static void watchMainThread() {
  timespec Last = MainThread->time();
  for (unsigned Silent = 0; Silent < SecondsOfSilence;) {
    sleep(1);
    const timespec Now = MainThread->time();
    const bool IsSilent = Now.tv_sec == Last.tv_sec &&
                          Now.tv_nsec == Last.tv_nsec &&
                          MainThread->waitsForLock();
    Silent = IsSilent ? Silent + 1 : 0;
    Last = Now;
  }
  for (const char *Part :
       {"nostall: '", AtFile,
        "' was not checked: it crashed nostall in a way that ends the run; "
        "what was found in other files is kept in the index\n"})
    (void)!write(STDERR_FILENO, Part, strlen(Part));
  _exit(3); // a file that could not be parsed
}

/// Leaves the calling thread where it is for ever. Its stack has to stay as it
/// is: Clang's objects on it are known to others (timers, for one).
[[noreturn]] static void lieDown(ParseResult::Kind Why) {
  *LeaveAs = Why;
  if (Why == ParseResult::Crashed && !AnyCrashed.exchange(true))
    watchMainThread();
  while (true)
    pause();
}

static void onCrash(int Signal) {
  if (LeaveAs)
    lieDown(ParseResult::Crashed);
  signal(Signal, SIG_DFL);
  raise(Signal);
}

/// "LLVM ERROR" and an exit are no answer. LLVM does not expect this to return.
static void onFatalError(void *, const char *Reason, bool) {
  if (LeaveAs)
    lieDown(ParseResult::Crashed);
  // By hand: it may be memory that is lacking.
  for (llvm::StringRef Part : {"nostall: ", Reason, "\n"})
    (void)!write(STDERR_FILENO, Part.data(), Part.size());
  abort();
}

/// From here on, a crash costs its unit and its thread.
static void catchCrashes() {
  static const WatchedThread ThisThread;
  static const bool Once = [] {
    MainThread = &ThisThread;
    llvm::install_fatal_error_handler(onFatalError);
    llvm::install_bad_alloc_error_handler(onFatalError);
    struct sigaction Action = {};
    Action.sa_handler = onCrash;
    sigemptyset(&Action.sa_mask);
    // A stack that has run over is no place to handle that.
    Action.sa_flags = SA_ONSTACK;
    for (int Signal : CrashSignals)
      sigaction(Signal, &Action, nullptr);
    return true;
  }();
  (void)Once;
}

//===--- a worker ---------------------------------------------------------===//

static unsigned since(Clock::time_point Begin) {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - Begin).count();
}

static std::chrono::nanoseconds timeOf(clockid_t Id) {
  timespec Now{};
  clock_gettime(Id, &Now);
  return std::chrono::seconds(Now.tv_sec) +
         std::chrono::nanoseconds(Now.tv_nsec);
}

/// Clang counts on 8 MiB and takes care of the rest, if it was not given more.
/// Threads have less where the limit is, and where there is none.
static std::optional<unsigned> stackSize() {
  rlimit Limit{};
  const bool IsKnown = !getrlimit(RLIMIT_STACK, &Limit) &&
                       Limit.rlim_cur <= std::numeric_limits<int32_t>::max();
  return std::max<size_t>(DesiredStackSize, IsKnown ? Limit.rlim_cur : 0);
}

void Crew::work(const std::shared_ptr<State> &S, Worker &Me) {
  const SignalStack HandlersRunOn;
  const Orders &Given = S->Given;
  const size_t Count = Given.Commands.size();
  std::unique_ptr<ClangTidyContext> Context;
  std::unique_ptr<SourceTexts> Sources;
  while (true) {
    Done D;
    tooling::CompileCommand Command;
    {
      std::lock_guard<std::mutex> Guard(S->Lock);
      Me.Number.reset();
      if (S->IsEnding || S->Next == Count)
        return;
      D.Number = S->Next++;
      Me.Number = D.Number;
      // A copy: who ends the crew may free the commands.
      Command = *Given.Commands[D.Number];
      Me.Since = Clock::now();
      Me.TimeBefore = threadTime();
      Me.LastSeenAtWork = Me.Since;
      Me.InChecks = false;
    }
    if (!Context) {
      Context =
          std::make_unique<ClangTidyContext>(Given.MakeProvider(Me.Problems));
      Sources = std::make_unique<SourceTexts>(
          llvm::makeIntrusiveRefCnt<UnitFiles>(*Given.Files, "/"));
    }
    D.Files =
        llvm::makeIntrusiveRefCnt<UnitFiles>(*Given.Files, Command.Directory);
    LimitGuard Limit(Given.Limits, Me.InChecks, lieDown);
    LintOptions Lint = Given.Lint;
    Lint.Parse.Guard = &Limit;
    // Who finds nothing left to do afterwards need not tidy up.
    Lint.Parse.LeaveMemory = Count - D.Number <= Given.Workers;
    const std::string File = Command.Filename;
    AtFile = File.c_str();
    LeaveAs = &Me.LeftAs;
    D.Report = lintUnit(std::move(Command), Lint, *Context, D.Files, *Sources);
    LeaveAs = nullptr;
    if (D.Report.Parse.Outcome != ParseResult::BadCommand)
      D.Configuration = configurationHash(Context->getOptions());
    if (auto Why = Limit.broken()) { // what was found is no answer
      D.Report = UnitReport();
      D.Report.Parse.Outcome = *Why;
    }
    std::lock_guard<std::mutex> Guard(S->Lock);
    if (Me.IsGivenUp)
      return;
    D.Milliseconds = since(Me.Since);
    Me.Number.reset();
    S->Ready.push_back(std::move(D));
    S->Changed.notify_all();
  }
}

//===--- the crew ---------------------------------------------------------===//

Crew::Crew(Orders Given) : S(std::make_shared<State>()) {
  catchCrashes();
  S->Given = std::move(Given);
  const size_t Count = std::min<size_t>(std::max(1u, S->Given.Workers),
                                        S->Given.Commands.size());
  if (Count == 1)
    shareOneHeap();
  std::lock_guard<std::mutex> Guard(S->Lock);
  for (size_t I = 0; I != Count; ++I)
    start();
}

Crew::~Crew() { end(); }

/// With the lock held.
void Crew::start() {
  Worker &New = S->Workers.emplace_back();
  New.Thread =
      llvm::thread(stackSize(), [State = S, &New] { work(State, New); });
  pthread_getcpuclockid(New.Thread.native_handle(), &New.ProcessorTime);
}

std::optional<Crew::Done> Crew::next(milliseconds Wait) {
  std::unique_lock<std::mutex> Guard(S->Lock);
  S->Changed.wait_for(Guard, Wait, [&] { return !S->Ready.empty(); });
  // Now and then also while others get things done.
  if (Clock::now() >= NextLook) {
    giveUpOnStuck();
    NextLook = Clock::now() + Wait;
  }
  if (S->Ready.empty())
    return std::nullopt;
  Done D = std::move(S->Ready.front());
  S->Ready.pop_front();
  ++Told;
  return D;
}

static constexpr std::chrono::seconds LongSilence(30);

/// Why \p W is to be given up, if it is.
std::optional<ParseResult::Kind> Crew::reasonToGiveUp(const Worker &W) const {
  if (ParseResult::Kind Why = W.LeftAs; Why != ParseResult::Parsed)
    return Why;
  // It waits for a lock that went with another thread, most likely.
  if (AnyCrashed && Clock::now() - W.LastSeenAtWork > LongSilence)
    return ParseResult::Crashed;
  // Past both of the limits that the unit would have kept by itself. What
  // waits for a disk that does not answer takes no time of a processor.
  const auto Limit = std::chrono::seconds(S->Given.Limits.Seconds);
  if (Limit.count() && (timeOf(W.ProcessorTime) - W.TimeBefore >
                            Limit * 3 / 2 + std::chrono::seconds(1) ||
                        Clock::now() - W.Since > Limit * 10))
    return ParseResult::OutOfTime;
  return std::nullopt;
}

/// With the lock held.
void Crew::giveUpOnStuck() {
  for (size_t I = 0, Count = S->Workers.size(); I != Count; ++I) {
    Worker &W = S->Workers[I];
    if (!W.Number || W.IsGivenUp)
      continue;
    if (auto Now = timeOf(W.ProcessorTime); Now != W.LastTime) {
      W.LastTime = Now;
      W.LastSeenAtWork = Clock::now();
    }
    std::optional<ParseResult::Kind> Why = reasonToGiveUp(W);
    if (!Why)
      continue;
    W.IsGivenUp = true;
    sched_param Lowest{};
    pthread_setschedparam(W.Thread.native_handle(), SCHED_IDLE, &Lowest);
    Done D;
    D.Number = *W.Number;
    D.Report.Parse.Outcome = *Why;
    D.Report.Parse.InChecks = W.InChecks;
    D.Milliseconds = since(W.Since);
    S->Ready.push_back(std::move(D));
    if (S->Next != S->Given.Commands.size())
      start();
  }
}

bool Crew::isFinished() const { return Told == S->Given.Commands.size(); }

std::vector<Crew::Running> Crew::running() const {
  std::lock_guard<std::mutex> Guard(S->Lock);
  std::vector<Running> Result;
  for (const Worker &W : S->Workers)
    if (W.Number && !W.IsGivenUp)
      Result.push_back({*W.Number, since(W.Since)});
  return Result;
}

bool Crew::end() {
  bool AllEnded = true;
  for (size_t I = 0;; ++I) {
    Worker *W = nullptr;
    {
      std::lock_guard<std::mutex> Guard(S->Lock);
      S->IsEnding = true;
      if (I == S->Workers.size())
        return AllEnded;
      W = &S->Workers[I];
      if (W->Number) { // in the middle of a unit, which may never end
        W->IsGivenUp = true;
        AllEnded = false;
      }
    }
    if (!W->Thread.joinable())
      continue;
    if (W->IsGivenUp)
      W->Thread.detach();
    else
      W->Thread.join();
  }
}

std::vector<std::string> Crew::configProblems() const {
  std::vector<std::string> All;
  for (const Worker &W : S->Workers)
    if (!W.IsGivenUp)
      llvm::append_range(All, W.Problems);
  return All;
}

} // namespace nostall
