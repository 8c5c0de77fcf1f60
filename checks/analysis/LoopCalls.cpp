//===- LoopCalls.cpp - calls on the loop that block, or might -------------===//

#include "LoopCalls.h"
#include "Annotations.h"
#include "Contexts.h"
#include "Flow.h"
#include "Unit.h"

using namespace clang;

namespace nostall {

/// What stands against all calls of the body of \p F.
static std::optional<LoopVerdict> judgeBody(Unit &U, const FunctionDecl *F) {
  // A coroutine that a worker runs may still switch to the loop.
  if (U.contexts().of(F).C == Context::Unknown)
    return LoopVerdict::NotOnLoop;
  if (auto Declared = declaredEffect(F);
      Declared && Declared->K != DeclaredEffect::Kind::Blocking)
    return LoopVerdict::AnsweredFor;
  return std::nullopt;
}

static LoopVerdict judgeCall(Unit &U, const FunctionFacts &Facts,
                             const CallFact &Call, Summary &Effect) {
  if (U.contexts().at(Facts, Call) != Context::Loop)
    return LoopVerdict::NotOnLoop;
  if (!Call.Callee)
    return LoopVerdict::Harmless;
  Effect = U.effects().effectOf(Facts, Call);
  if (!Effect.blocks() && Effect.Externals.empty() && !Effect.Dispatches)
    return LoopVerdict::Harmless;
  const FunctionFlow *Flow = U.flow(Facts.Function);
  if (Flow && Call.Site && !Flow->isReachable(Call.Site))
    return LoopVerdict::Unreachable;
  return LoopVerdict::IsOne;
}

LoopVerdict judgeOnLoop(Unit &U, const FunctionFacts &Facts,
                        const CallFact &Call, Summary &Effect) {
  if (auto Against = judgeBody(U, Facts.Function))
    return *Against;
  return judgeCall(U, Facts, Call, Effect);
}

std::vector<LoopCall> callsOnLoop(Unit &U) {
  std::vector<LoopCall> Result;
  for (const FunctionDecl *F : U.functions()) {
    if (judgeBody(U, F))
      continue;
    const FunctionFacts &Facts = U.facts(F);
    for (const CallFact &Call : Facts.Calls) {
      Summary Effect;
      if (judgeCall(U, Facts, Call, Effect) == LoopVerdict::IsOne)
        Result.push_back({&Facts, &Call, std::move(Effect)});
    }
  }
  return Result;
}

} // namespace nostall
