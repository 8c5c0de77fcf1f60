//===- Brevity.cpp - work that is done before a thread is asked -----------===//

#include "Brevity.h"
#include "Awaitables.h"
#include "CallResolution.h"
#include "Contexts.h"
#include "Unit.h"

using namespace clang;

namespace nostall {

using Why = Obstacle::Why;

const Obstacle *Brevity::obstacleIn(const FunctionDecl *F) {
  auto [It, IsNew] = Known.try_emplace(F->getCanonicalDecl(),
                                       Obstacle{Why::Recursive, F, nullptr});
  if (IsNew && Depth < MaxDepth) {
    ++Depth;
    It->second = find(F);
    --Depth;
  }
  return It->second ? &*It->second : nullptr;
}

std::optional<Obstacle> Brevity::find(const FunctionDecl *F) {
  const FunctionFacts &Facts = U.facts(F);
  if (Facts.Coroutine)
    return Obstacle{Why::Coroutine, F, nullptr};
  if (Facts.Repeats)
    return Obstacle{Why::Repeats, F, nullptr};
  if (Facts.NamesThreadLocal)
    return Obstacle{Why::ThreadLocal, F, nullptr};
  for (const CallFact &Call : Facts.Calls)
    if (auto Against = judge(Facts, Call))
      return Against;
  return std::nullopt;
}

std::optional<Obstacle> Brevity::judge(const FunctionFacts &Facts,
                                       const CallFact &Call) {
  const FunctionDecl *Callee = Call.Callee;
  auto Against = [&](Why W) { return Obstacle{W, Facts.Function, &Call}; };
  if (!Callee || Call.K == CallFact::Kind::Virtual)
    return Against(Why::NotKnown);
  const FunctionModel *M = U.model(Callee);
  if (M && (M->Forwards || M->Quick))
    return std::nullopt;
  if (U.effects().effectOf(Facts, Call).blocks())
    return Against(Why::Blocks);
  const FunctionDecl *Body = definitionOf(Callee);
  if (!Body || U.models().isOpaque(Body) || U.isInSystemHeader(Body))
    return Against(Why::NotSeen);
  const Obstacle *Below = obstacleIn(Body);
  return Below ? std::optional(*Below) : std::nullopt;
}

std::optional<Offload> judgeOffload(Unit &U, Brevity &Seen,
                                    const CallFact &Call) {
  const auto *E = dyn_cast_or_null<CallExpr>(Call.Site);
  if (!Call.Callee)
    return std::nullopt;
  using Verdict = Offload::Verdict;
  for (const CallableArgument &Arg : Call.Callables) {
    if (!Arg.Body || U.contexts().useOf(Call, Arg) != CallableUse::Worker)
      continue;
    if (!E || !U.awaitables().classify(E->getType()).isAwaitable())
      return Offload{Verdict::NotAwaited, &Arg, nullptr};
    if (Arg.IsTask)
      continue;
    const auto Bodies = bodiesOf(Arg.Body);
    if (Bodies.size() != 1)
      return Offload{Verdict::NotOneBody, &Arg, nullptr};
    const Obstacle *Against = Seen.obstacleIn(Bodies.front());
    return Offload{Against ? Verdict::NotBrief : Verdict::IsOne, &Arg, Against};
  }
  return std::nullopt;
}

} // namespace nostall
