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

void NostallCheck::reportUndecided(Unit &U, llvm::ArrayRef<LoopCall> Calls,
                                   llvm::function_ref<bool(Category)> Enabled) {
  if (Calls.empty())
    return;
  if (Summariser *Linked = U.summariser()) {
    for (const LoopCall &L : Calls) {
      diag(L.Call->Loc, "%0") << openCallText(Linked->open(L, Enabled));
      notePlacement(U, *L.Facts);
      noteOffer(U, L);
    }
    return;
  }
  SourceManager &SM = U.context().getSourceManager();
  OptionalFileEntryRef Main = SM.getFileEntryRefForID(SM.getMainFileID());
  if (!otherUnits() || !Main)
    return;
  llvm::SmallString<256> Path(Main->getName());
  SM.getFileManager().makeAbsolutePath(Path);
  const std::vector<CallGraph> Others = otherUnits()(Path);
  if (Others.empty())
    return;
  Summariser Own(U);
  for (const LoopCall &L : Calls)
    Own.open(L, Enabled);
  const CallGraph Here = Own.finish();
  std::vector<const CallGraph *> All{&Here};
  for (const CallGraph &G : Others)
    All.push_back(&G);
  const Linker Program(std::move(All));
  for (unsigned Number = 0; Number != Calls.size(); ++Number) {
    const LoopCall &L = Calls[Number];
    auto V = Program.settle(0, Number);
    if (!V)
      continue;
    auto Note = [&](SourceLocation At, StringRef Text) {
      diag(At, "%0", DiagnosticIDs::Note) << Text;
    };
    diag(L.Call->Loc, "%0") << textOf(displayCall(*L.Call), *V);
    notePlacement(U, *L.Facts);
    for (const LinkedNote &N : chainOf(*V))
      Note(locate(SM, N, L.Call->Loc), N.Text);
    if (V->More && V->Cat != Category::LoopOnly)
      Note(L.Call->Loc, moreText(V->More));
    if (canOffload(V->Cat))
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
