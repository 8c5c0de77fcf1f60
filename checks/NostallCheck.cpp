//===- NostallCheck.cpp - what every check shares -------------------------===//

#include "NostallCheck.h"
#include "OtherUnits.h"
#include "analysis/Contexts.h"
#include "analysis/LinkedFinding.h"
#include "analysis/Summariser.h"
#include "analysis/Wording.h"
#include "clang/ASTMatchers/ASTMatchers.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

void NostallCheck::registerMatchers(ast_matchers::MatchFinder *Finder) {
  Finder->addMatcher(ast_matchers::decl(), this);
}

void NostallCheck::check(const ast_matchers::MatchFinder::MatchResult &Result) {
  Ctx = Result.Context;
}

void NostallCheck::onEndOfTranslationUnit() {
  if (Ctx)
    runOn(*Ctx);
}

void NostallCheck::runOn(ASTContext &Context) {
  std::shared_ptr<Unit> U = Unit::of(Context);
  reportModelErrors(*U);
  checkUnit(*U);
  Ctx = nullptr;
}

void NostallCheck::noteChain(Unit &U, const CallFact &Call,
                             llvm::ArrayRef<Witness> Hops) {
  // Of a macro, where it is used: clangd shows no note inside of one.
  const SourceManager &SM = U.context().getSourceManager();
  auto Note = [&](SourceLocation At, StringRef Text) {
    diag(SM.getFileLoc(At), "%0", DiagnosticIDs::Note) << Text;
  };
  if (Hops.front().H == Hop::RunsCallable || Hops.front().H == Hop::MayDispatch)
    Note(Call.Loc, "this " + displayHop(Hops.front()));
  for (unsigned I = 1; I < Hops.size(); ++I) {
    if (I == MaxHopsShown / 2 && Hops.size() > MaxHopsShown) {
      unsigned Skipped = Hops.size() - MaxHopsShown;
      Note(Hops[I].Loc, std::to_string(Skipped) + " more calls lie between");
      I += Skipped;
    }
    Note(Hops[I].Loc, "'" + displayName(Hops[I - 1].Next) + "' " +
                          displayHop(Hops[I]) + " here");
  }
  const Primitive &Prim = U.effects().primitive(Hops.back().Prim);
  Note(Prim.Loc, knownText(displayName(Prim.Callee), Prim.Cat, Prim.Source));
}

void NostallCheck::notePlacement(Unit &U, const FunctionFacts &Facts) {
  const Placement &P = U.contexts().of(Facts.Function);
  if (P.W == Placement::Why::Handed && !Facts.Coroutine)
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

/// The calls of the program's other units, where no driver links them.
static std::vector<CallGraph> callsOfOthers(Unit &U) {
  SourceManager &SM = U.context().getSourceManager();
  OptionalFileEntryRef Main = SM.getFileEntryRefForID(SM.getMainFileID());
  if (U.summariser() || !otherUnits() || !Main)
    return {};
  llvm::SmallString<256> Path(Main->getName());
  SM.getFileManager().makeAbsolutePath(Path);
  return otherUnits()(Path);
}

/// \p Here and \p Others, \p Here first.
static Linker linked(const CallGraph &Here,
                     const std::vector<CallGraph> &Others) {
  std::vector<const CallGraph *> All{&Here};
  for (const CallGraph &G : Others)
    All.push_back(&G);
  return Linker(std::move(All));
}

void NostallCheck::noteAssumption(Unit &U, const LoopCall &L) {
  if (Summariser *Linked = U.summariser())
    Linked->assume(L, Name);
}

void NostallCheck::dropOffLoop(Unit &U, std::vector<LoopCall> &Calls) {
  auto Assumes = [&](const LoopCall &L) {
    return !L.isConditional() ? Summariser::assumedOf(U, L) : 0;
  };
  if (!llvm::any_of(Calls, Assumes))
    return;
  const std::vector<CallGraph> Others = callsOfOthers(U);
  if (Others.empty())
    return;
  const CallGraph Here = Summariser(U).finish();
  const Linker Program = linked(Here, Others);
  llvm::erase_if(Calls, [&](const LoopCall &L) {
    const CallGraph::Symbol Coroutine = Assumes(L);
    return Coroutine && Program.runsOffLoop(Coroutine);
  });
}

void NostallCheck::reportUndecided(Unit &U, llvm::ArrayRef<LoopCall> Calls,
                                   llvm::function_ref<bool(Category)> Enabled) {
  if (Calls.empty())
    return;
  if (Summariser *Linked = U.summariser()) {
    for (const LoopCall &L : Calls) {
      diag(L.location(), "%0") << openCallText(Linked->open(L, Enabled));
      if (L.Handed)
        continue;
      notePlacement(U, *L.Facts);
      noteOffer(U, L);
    }
    return;
  }
  SourceManager &SM = U.context().getSourceManager();
  const std::vector<CallGraph> Others = callsOfOthers(U);
  if (Others.empty())
    return;
  Summariser Own(U);
  for (const LoopCall &L : Calls)
    Own.open(L, Enabled);
  const CallGraph Here = Own.finish();
  const Linker Program = linked(Here, Others);
  for (unsigned Number = 0; Number != Calls.size(); ++Number) {
    const LoopCall &L = Calls[Number];
    auto V = Program.settle(0, Number);
    if (!V)
      continue;
    auto Note = [&](SourceLocation At, StringRef Text) {
      diag(At, "%0", DiagnosticIDs::Note) << Text;
    };
    diag(L.location(), "%0") << textOf(displayCall(L), *V);
    if (!L.Handed)
      notePlacement(U, *L.Facts);
    for (const LinkedNote &N : chainOf(*V))
      Note(locate(SM, N, L.location()), N.Text);
    if (V->More && V->Cat != Category::LoopOnly)
      Note(L.location(), moreText(V->More));
    if (canOffload(V->Cat) && !L.Handed)
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
