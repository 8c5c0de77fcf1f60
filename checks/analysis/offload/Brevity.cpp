//===- Brevity.cpp - work that is done before a thread is asked -----------===//

#include "Brevity.h"
#include "analysis/Unit.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/effects/Effects.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"

using namespace clang;

namespace nostall {

using Why = Obstacle::Why;

/// What stands against \p Facts, whatever it calls.
static std::optional<Obstacle> obstacleItself(const FunctionFacts &Facts) {
  const FunctionDecl *F = Facts.Function;
  if (Facts.Coroutine)
    return Obstacle{Why::Coroutine, F, nullptr};
  if (Facts.Repeats)
    return Obstacle{Why::Repeats, F, nullptr};
  if (Facts.NamesThreadLocal)
    return Obstacle{Why::ThreadLocal, F, nullptr};
  return std::nullopt;
}

const Obstacle *Brevity::obstacleIn(const FunctionDecl *F) {
  // Depth first without recursion, so that no answer depends on who asked.
  struct Frame {
    const FunctionFacts *Facts;
    std::optional<Obstacle> *Answer;
    size_t NextCall = 0;
  };
  llvm::SmallVector<Frame, 8> Stack;
  auto Ask = [&](const FunctionDecl *Of) -> const std::optional<Obstacle> & {
    auto [It, IsNew] = Known.try_emplace(Of->getCanonicalDecl(),
                                         Obstacle{Why::Recursive, Of, nullptr});
    if (IsNew)
      Stack.push_back({&U.facts(Of), &It->second});
    return It->second;
  };
  const std::optional<Obstacle> &Asked = Ask(F);
  while (!Stack.empty()) {
    Frame &Top = Stack.back();
    std::optional<Obstacle> Against = obstacleItself(*Top.Facts);
    bool GoesDown = false;
    while (!Against && Top.NextCall != Top.Facts->Calls.size()) {
      const CallFact &Call = Top.Facts->Calls[Top.NextCall];
      Against = judge(*Top.Facts, Call);
      const FunctionDecl *Body = Against ? nullptr : seenBody(Call);
      const size_t Depth = Stack.size();
      if (Body)
        Against = Ask(Body);
      GoesDown = Stack.size() != Depth;
      if (GoesDown)
        break; // and is asked again afterwards
      ++Top.NextCall;
    }
    if (GoesDown)
      continue;
    *Top.Answer = Against;
    Stack.pop_back();
  }
  return Asked ? &*Asked : nullptr;
}

/// The body that \p Call adds to what is looked through; null if it is known
/// to return at once.
const FunctionDecl *Brevity::seenBody(const CallFact &Call) const {
  const FunctionModel *M = U.model(Call.Callee);
  return M && (M->Forwards || M->Quick) ? nullptr : definitionOf(Call.Callee);
}

/// What stands against \p Call itself.
std::optional<Obstacle> Brevity::judge(const FunctionFacts &Facts,
                                       const CallFact &Call) {
  const FunctionDecl *Callee = Call.Callee;
  auto Against = [&](Why W) { return Obstacle{W, Facts.Function, &Call}; };
  if (!Callee || Call.By == CallFact::Dispatch::Virtual)
    return Against(Why::NotKnown);
  const FunctionModel *M = U.model(Callee);
  if (M && (M->Forwards || M->Quick))
    return std::nullopt;
  if (U.effects().effectOf(Facts, Call).blocks())
    return Against(Why::Blocks);
  const FunctionDecl *Body = definitionOf(Callee);
  if (!Body || U.models().isOpaque(Body) || U.isInSystemHeader(Body))
    return Against(Why::NotSeen);
  return std::nullopt;
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
    const auto Bodies = bodiesOf(U, Arg.Body, Call.Args);
    const bool IsOneOfSeveral =
        llvm::count_if(Call.Callables, [&](const CallableArgument &Other) {
          return Other.Arg == Arg.Arg;
        }) > 1; // c ? f : g
    if (Bodies.size() != 1 || IsOneOfSeveral)
      return Offload{Verdict::NotOneBody, &Arg, nullptr};
    const Obstacle *Against = Seen.obstacleIn(Bodies.front());
    return Offload{Against ? Verdict::NotBrief : Verdict::IsOne, &Arg, Against};
  }
  return std::nullopt;
}

} // namespace nostall
