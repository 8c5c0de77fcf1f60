//===- Brevity.cpp - work that is done before a thread could be asked -----===//

#include "Brevity.h"
#include "CallResolution.h"
#include "Unit.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace nostall {

bool Brevity::isBrief(const FunctionDecl *F) {
  auto [It, IsNew] = Known.try_emplace(F->getCanonicalDecl(), false);
  if (!IsNew || Depth == MaxDepth)
    return It->second;
  const FunctionFacts &Facts = U.facts(F);
  if (Facts.Coroutine || Facts.Repeats || Facts.NamesThreadLocal)
    return false;
  ++Depth;
  const bool AllBrief = llvm::all_of(
      Facts.Calls, [&](const CallFact &Call) { return isBrief(Facts, Call); });
  --Depth;
  return Known[F->getCanonicalDecl()] = AllBrief;
}

bool Brevity::isBrief(const FunctionFacts &Facts, const CallFact &Call) {
  const FunctionDecl *Callee = Call.Callee;
  if (!Callee || Call.K == CallFact::Kind::Virtual)
    return false;
  const FunctionModel *M = U.model(Callee);
  if (M && (M->Forwards || M->Quick))
    return true;
  if (U.effects().effectOf(Facts, Call).blocks())
    return false;
  const FunctionDecl *Body = definitionOf(Callee);
  return Body && !U.models().isOpaque(Body) && !U.isInSystemHeader(Body) &&
         isBrief(Body);
}

} // namespace nostall
