//===- NostallCheck.cpp - what every check shares -------------------------===//

#include "NostallCheck.h"
#include "SignalStack.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/link/LinkedFinding.h"
#include "analysis/link/Summariser.h"
#include "analysis/words/Notes.h"
#include "analysis/words/Wording.h"
#include "clang/ASTMatchers/ASTMatchers.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include <csignal>
#include <mutex>

using namespace clang;

namespace nostall {

void NostallCheck::registerMatchers(ast_matchers::MatchFinder *Finder) {
  Finder->addMatcher(ast_matchers::decl(), this);
}

void NostallCheck::check(const ast_matchers::MatchFinder::MatchResult &Result) {
  if (!Held)
    Held = Unit::of(*Result.Context);
}

void NostallCheck::onEndOfTranslationUnit() {
  if (!Held)
    return;
  checkSafely(*Held);
  Held.reset();
}

void NostallCheck::runOn(ASTContext &Context) {
  std::shared_ptr<Unit> U = Unit::of(Context);
  reportModelErrors(*U);
  checkUnit(*U);
}

//===--- crashes in other people's processes ------------------------------===//

/// LLVM's handlers run on the stack that has run over, unless they are told
/// not to: most crashes of an analysis are that.
static void catchCrashes() {
  static const bool Once = [] {
    llvm::CrashRecoveryContext::Enable();
    for (int Signal : CrashSignals) {
      struct sigaction Action = {};
      sigaction(Signal, nullptr, &Action);
      Action.sa_flags |= SA_ONSTACK;
      sigaction(Signal, &Action, nullptr);
    }
    return true;
  }();
  (void)Once;
}

void NostallCheck::checkSafely(Unit &U) {
  catchCrashes();
  const SignalStack HandlersRunOn;
  llvm::CrashRecoveryContext Guard;
  if (Guard.RunSafely([&] {
        reportModelErrors(U);
        checkUnit(U);
      }))
    return;
  // What is left half done is nobody's to free.
  static std::vector<std::shared_ptr<Unit>> Lost;
  static std::mutex LostLock;
  {
    std::lock_guard<std::mutex> Lock(LostLock);
    Lost.push_back(Held);
  }
  const SourceManager &SM = U.context().getSourceManager();
  diag(SM.getLocForStartOfFile(SM.getMainFileID()),
       "this check crashed on this file, which is a bug of nostall; it has "
       "found nothing here");
}

bool NostallCheck::isDirect(const LoopCall &L, llvm::ArrayRef<Witness> Hops) {
  return Hops.size() == 1 && (L.Handed || Hops.front().H != Hop::RunsCallable);
}

void NostallCheck::noteChain(Unit &U, const LoopCall &L,
                             llvm::ArrayRef<Witness> Hops) {
  // Of a macro, where it is used: clangd shows no note inside of one.
  const SourceManager &SM = U.context().getSourceManager();
  const Primitive &Prim = U.effects().primitive(Hops.back().Prim);
  auto Note = [&](SourceLocation At, StringRef Text) {
    diag(SM.getFileLoc(At), "%0", DiagnosticIDs::Note) << oneLine(Text);
  };
  if (!L.Handed && (Hops.front().H == Hop::RunsCallable ||
                    Hops.front().H == Hop::MayDispatch))
    Note(L.Call->Loc, (notes::ThisCall + displayHop(Hops.front(), Prim)).str());
  for (unsigned I = 1; I < Hops.size(); ++I) {
    if (I == MaxHopsShown / 2 && Hops.size() > MaxHopsShown) {
      unsigned Skipped = Hops.size() - MaxHopsShown;
      Note(Hops[I].Loc, std::to_string(Skipped) + " more calls lie between");
      I += Skipped;
    }
    Note(Hops[I].Loc, quotedName(displayName(Hops[I - 1].Next)) + " " +
                          displayHop(Hops[I], Prim) + notes::Here.str());
  }
  Note(Prim.Loc, knownText(displayName(Prim.Callee), Prim.What, Prim.Source));
}

void NostallCheck::notePlacement(Unit &U, const LoopCall &L) {
  if (L.Handed) // the text has said so
    return;
  const FunctionFacts &Facts = *L.Facts;
  const Placement &P = U.contexts().of(Facts.Function);
  if ((P.W == Placement::Why::Handed || P.W == Placement::Why::Called) &&
      !Facts.Coroutine)
    diag(P.At, "%0", DiagnosticIDs::Note) << handedText(Facts.Function, P);
}

/// The place in this unit's view of files, or \p Else where it has none.
static SourceLocation locate(SourceManager &SM, const LinkedNote &N,
                             SourceLocation Else) {
  OptionalFileEntryRef File =
      SM.getFileManager().getOptionalFileRef(N.Unit->text(N.At.File));
  if (!File)
    return Else;
  SourceLocation At = SM.translateLineCol(
      SM.getOrCreateFileID(*File, SrcMgr::C_User), N.At.Line, N.At.Column);
  return At.isValid() ? At : Else;
}

std::shared_ptr<const OtherCalls> NostallCheck::callsOfOthers(Unit &U) {
  SourceManager &SM = U.context().getSourceManager();
  OptionalFileEntryRef Main = SM.getFileEntryRefForID(SM.getMainFileID());
  if (U.summariser() || !otherUnits() || !Main)
    return nullptr;
  // To read them takes a look at every file of the program: once for all checks
  // of a translation unit.
  thread_local std::weak_ptr<Unit> LastUnit;
  thread_local std::shared_ptr<const OtherCalls> Last;
  if (!Held || LastUnit.lock() != Held) {
    llvm::SmallString<256> Path(Main->getName());
    SM.getFileManager().makeAbsolutePath(Path);
    Last = std::make_shared<const OtherCalls>(otherUnits()(Path));
    LastUnit = Held;
  }
  return Last->Units.empty() ? nullptr : Last;
}

/// \p Here and \p Others, in the order in which the command links them.
static Linker linked(const CallGraph &Here, const OtherCalls &Others) {
  std::vector<const CallGraph *> All;
  for (const CallGraph &G : Others.Units)
    All.push_back(&G);
  All.insert(All.begin() + Others.Before, &Here);
  return Linker(std::move(All));
}

void NostallCheck::noteAssumption(Unit &U, const LoopCall &L,
                                  llvm::function_ref<bool(Effect)> Enabled) {
  if (Summariser *Linked = U.summariser()) {
    Linked->assume(L, Name);
    Linked->doubt(L, Name, Enabled);
  }
}

void NostallCheck::dropRefuted(Unit &U, std::vector<LoopCall> &Calls,
                               llvm::function_ref<bool(Effect)> Enabled) {
  if (llvm::all_of(Calls, [](const LoopCall &L) { return L.isConditional(); }))
    return;
  const auto Others = callsOfOthers(U);
  if (!Others && !U.summariser()) // what only a program knows
    llvm::erase_if(Calls, [&](const LoopCall &L) {
      return !Summariser::premiseOf(U, L).Kept.empty();
    });
  if (!Others)
    return;
  Summariser Own(U);
  std::vector<bool> Doubted;
  for (const LoopCall &L : Calls)
    Doubted.push_back(Own.doubt(L, Name, Enabled));
  const CallGraph Here = Own.finish();
  const Linker Program = linked(Here, *Others);
  unsigned Number = 0, Doubt = 0;
  llvm::erase_if(Calls, [&](const LoopCall &L) {
    const bool Refuted = Doubted[Number++] &&
                         !Program.holds(Others->Before, Here.Doubts[Doubt++]);
    return Refuted ||
           (!L.isConditional() && Program.refutes(Summariser::premiseOf(U, L)));
  });
}

std::vector<OpenLock> NostallCheck::standing(Unit &U,
                                             std::vector<OpenLock> Locks) {
  if (Locks.empty())
    return Locks;
  if (Summariser *Linked = U.summariser()) {
    for (const OpenLock &L : Locks)
      Linked->doubt(L, Name);
    return Locks;
  }
  const auto Others = callsOfOthers(U);
  if (!Others)
    return {};
  Summariser Own(U);
  for (const OpenLock &L : Locks)
    Own.doubt(L, Name);
  const CallGraph Here = Own.finish();
  const Linker Program = linked(Here, *Others);
  std::vector<OpenLock> Held;
  for (const auto &[Lock, Doubt] : llvm::zip(Locks, Here.LockDoubts))
    for (const auto &[Call, Asked] : llvm::zip(Lock.By, Doubt.By))
      if (Program.holds(Asked)) {
        Held.push_back({Lock.Await, Lock.Lock, {Call}});
        break;
      }
  return Held;
}

void NostallCheck::reportUndecided(Unit &U, llvm::ArrayRef<LoopCall> Calls,
                                   llvm::function_ref<bool(Effect)> Enabled) {
  if (Calls.empty())
    return;
  if (Summariser *Linked = U.summariser()) {
    for (const LoopCall &L : Calls) {
      diag(L.location(), "%0") << openCallText(Linked->open(L, Enabled));
      notePlacement(U, L);
      if (!L.Handed)
        noteOffer(U, L);
    }
    return;
  }
  SourceManager &SM = U.context().getSourceManager();
  // A unit of which no other is known is a program, too, as the command has it.
  static const OtherCalls None;
  const auto Known = callsOfOthers(U);
  const OtherCalls &Others = Known ? *Known : None;
  Summariser Own(U);
  for (const LoopCall &L : Calls)
    Own.open(L, Enabled);
  const CallGraph Here = Own.finish();
  const Linker Program = linked(Here, Others);
  llvm::DenseSet<SourceLocation> Told;
  for (unsigned Number = 0; Number != Calls.size(); ++Number) {
    const LoopCall &L = Calls[Number];
    auto V = Program.settle(Others.Before, Number);
    if (!V || !Told.insert(L.location()).second)
      continue;
    auto Note = [&](SourceLocation At, StringRef Text) {
      diag(At, "%0", DiagnosticIDs::Note) << Text;
    };
    diag(L.location(), "%0") << textOf(displayCall(L), isOnEventLoop(U, L), *V);
    notePlacement(U, L);
    for (const LinkedNote &N : chainOf(*V))
      Note(locate(SM, N, L.location()), N.Text);
    if (V->More && traitsOf(V->What).Waits)
      Note(L.location(), moreText(V->More));
    if (traitsOf(V->What).MayBeOffloaded && !L.Handed)
      noteOffer(U, L);
  }
}

static OtherUnits Known = nullptr;
void setOtherUnits(OtherUnits Calls) { Known = Calls; }
OtherUnits otherUnits() { return Known; }

void NostallCheck::reportModelErrors(Unit &U) {
  for (const ModelError &E : U.takeModelErrors()) {
    std::string Text;
    llvm::raw_string_ostream(Text) << E;
    configurationDiag("%0") << Text;
  }
}

} // namespace nostall
