//===- LoopCalls.cpp - calls on the loop that block, or might -------------===//

#include "LoopCalls.h"
#include "Annotations.h"
#include "Contexts.h"
#include "Flow.h"
#include "Unit.h"

using namespace clang;

namespace nostall {

std::vector<LoopCall> callsOnLoop(Unit &U) {
  std::vector<LoopCall> Result;
  for (const FunctionDecl *F : U.functions()) {
    // A coroutine that a worker runs may still switch to the loop.
    if (U.contexts().of(F).C == Context::Unknown)
      continue;
    // The author has answered for this body.
    if (auto Declared = declaredEffect(F);
        Declared && Declared->K != DeclaredEffect::Kind::Blocking)
      continue;
    const FunctionFacts &Facts = U.facts(F);
    for (const CallFact &Call : Facts.Calls) {
      if (!Call.Callee || U.contexts().at(Facts, Call) != Context::Loop)
        continue;
      Summary Effect = U.effects().effectOf(Facts, Call);
      if (!Effect.blocks() && Effect.Externals.empty() && !Effect.Dispatches)
        continue;
      const FunctionFlow *Flow = U.flow(F);
      if (!Flow || !Call.Site || Flow->isReachable(Call.Site))
        Result.push_back({&Facts, &Call, std::move(Effect)});
    }
  }
  return Result;
}

} // namespace nostall
