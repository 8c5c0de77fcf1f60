//===- NostallCheck.cpp - what every check shares -------------------------===//

#include "NostallCheck.h"
#include "analysis/Contexts.h"
#include "analysis/Wording.h"
#include "clang/ASTMatchers/ASTMatchers.h"

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
  auto Note = [&](SourceLocation At, StringRef Text) {
    diag(At, "%0", DiagnosticIDs::Note) << Text;
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

void NostallCheck::reportModelErrors(Unit &U) {
  for (const ModelError &E : U.takeModelErrors()) {
    std::string Text;
    llvm::raw_string_ostream(Text) << E;
    configurationDiag("%0") << Text;
  }
}

} // namespace nostall
