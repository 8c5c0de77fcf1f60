//===- LoopCalls.cpp - calls in a place that they do not suit -------------===//

#include "LoopCalls.h"
#include "Contexts.h"
#include "analysis/Unit.h"
#include "analysis/effects/AwaitedFlow.h"
#include "analysis/flow/Flow.h"
#include "analysis/source/Annotations.h"
#include "analysis/source/Bodies.h"

using namespace clang;

namespace nostall {

SourceLocation LoopCall::location() const {
  return Handed && Handed->Arg < Call->Args.size()
             ? Call->Args[Handed->Arg]->getExprLoc()
             : Call->Loc;
}

static bool isWanted(CallableUse Use, bool ToLoop) {
  return ToLoop ? Use == CallableUse::Loop
                : Use == CallableUse::Worker || Use == CallableUse::Process;
}

std::vector<LoopCall> handedOn(Unit &U, const FunctionFacts &Facts,
                               bool ToLoop) {
  std::vector<LoopCall> Result;
  for (const CallFact &Call : Facts.Calls)
    for (const CallableArgument &Arg : Call.Callables) {
      if (!Call.Callee || Arg.IsTask || Arg.Param || !Arg.Body ||
          Call.Allowed || mayBeCoroutineElsewhere(U, Arg.Body) ||
          !isWanted(U.contexts().useOf(Call, Arg), ToLoop))
        continue;
      LoopCall L{&Facts, &Call, {}, &Arg};
      L.Does = U.effects().effectOfHanded(Facts, Call, Arg);
      if ((ToLoop ? L.Does.blocks() : L.Does.loopOnly() != nullptr) ||
          !L.Does.Externals.empty())
        Result.push_back(std::move(L));
    }
  return Result;
}

/// `sync_wait(when_all(work(), [&]() -> task<> { loop.run(); co_return; }()))`:
/// a coroutine that a plain function writes where it is, and that awaits
/// nothing, but runs the loop that the others wait for.
static bool isOutermostLoop(Unit &U, const FunctionDecl *F) {
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  if (!Method || !Method->getParent()->isLambda() || !U.facts(F).Coroutine ||
      !U.facts(F).Awaits.empty())
    return false;
  const auto *Around = dyn_cast_or_null<FunctionDecl>(
      Method->getParent()->getParentFunctionOrMethod());
  return Around && !coroutineBody(Around) &&
         U.contexts().of(Around).C == Context::Unknown &&
         U.effects().summary(F).of(Effect::SyncRun);
}

/// What stands against all calls of the body of \p F.
static std::optional<LoopVerdict> judgeBodyOnLoop(Unit &U,
                                                  const FunctionDecl *F) {
  // A coroutine that a worker runs may still switch to the loop.
  if (U.contexts().of(F).C == Context::Unknown)
    return LoopVerdict::NotThere;
  if (auto Declared = declaredEffect(F);
      Declared && Declared->K != DeclaredEffect::Kind::Blocking)
    return LoopVerdict::AnsweredFor;
  if (isOutermostLoop(U, F))
    return LoopVerdict::OwnLoop;
  return std::nullopt;
}

static std::optional<LoopVerdict> judgeBodyOffLoop(Unit &U,
                                                   const FunctionDecl *F) {
  if (U.contexts().of(F).C == Context::Unknown)
    return LoopVerdict::NotThere;
  // A thread that runs a loop is that loop's thread.
  if (U.effects().summary(F).of(Effect::SyncRun))
    return LoopVerdict::OwnLoop;
  return std::nullopt;
}

/// Whether control gets to \p Call, and it does what \p Matters or depends on
/// other units.
static LoopVerdict
judgeEffect(Unit &U, const FunctionFacts &Facts, const CallFact &Call,
            llvm::function_ref<bool(const Summary &)> Matters, Summary &Does) {
  if (!Call.Callee && !Call.Through)
    return LoopVerdict::Harmless;
  Does = U.effects().effectOf(Facts, Call);
  if (!Matters(Does) && Does.Externals.empty() && !Does.Dispatches)
    return LoopVerdict::Harmless;
  return U.effects().isReachable(Facts, Call) ? LoopVerdict::IsOne
                                              : LoopVerdict::Unreachable;
}

static LoopVerdict judgeCallOnLoop(Unit &U, const FunctionFacts &Facts,
                                   const CallFact &Call, Summary &Does) {
  if (U.contexts().at(Facts, Call) != Context::Loop ||
      U.contexts().isToldInClosure(Call))
    return LoopVerdict::NotThere;
  const LoopVerdict Verdict = judgeEffect(
      U, Facts, Call, [](const Summary &S) { return S.blocks(); }, Does);
  if (Verdict != LoopVerdict::IsOne || !U.awaitedFlows().has(U, Facts, Call))
    return Verdict;
  llvm::erase_if(Does.Found, [](const Summary::Entry &E) {
    return endsWithWork(Summary::categoryOf(E.Plane));
  });
  llvm::erase_if(Does.Primitives, [&](unsigned Id) {
    return endsWithWork(U.effects().primitive(Id).What);
  });
  return Does.blocks() || !Does.Externals.empty() || Does.Dispatches
             ? LoopVerdict::IsOne
             : LoopVerdict::Awaited;
}

static LoopVerdict judgeCallOffLoop(Unit &U, const FunctionFacts &Facts,
                                    const CallFact &Call, Summary &Does) {
  const Context C = U.contexts().at(Facts, Call);
  if (C != Context::Worker && C != Context::Process)
    return LoopVerdict::NotThere;
  return judgeEffect(
      U, Facts, Call, [](const Summary &S) { return S.loopOnly() != nullptr; },
      Does);
}

LoopVerdict judgeOnLoop(Unit &U, const FunctionFacts &Facts,
                        const CallFact &Call, Summary &Does) {
  if (auto Against = judgeBodyOnLoop(U, Facts.Function))
    return *Against;
  return judgeCallOnLoop(U, Facts, Call, Does);
}

LoopVerdict judgeOffLoop(Unit &U, const FunctionFacts &Facts,
                         const CallFact &Call, Summary &Does) {
  if (auto Against = judgeBodyOffLoop(U, Facts.Function))
    return *Against;
  return judgeCallOffLoop(U, Facts, Call, Does);
}

using JudgeBody = std::optional<LoopVerdict>(Unit &, const FunctionDecl *);
using JudgeCall = LoopVerdict(Unit &, const FunctionFacts &, const CallFact &,
                              Summary &);

static std::vector<LoopCall> callsOf(Unit &U, bool OnLoop, JudgeBody *OfBody,
                                     JudgeCall *OfCall) {
  std::vector<LoopCall> Result;
  for (const FunctionDecl *F : U.functions()) {
    const FunctionFacts &Facts = U.facts(F);
    llvm::append_range(Result, handedOn(U, Facts, OnLoop));
    if (OfBody(U, F))
      continue;
    for (const CallFact &Call : Facts.Calls) {
      Summary Does;
      if (OfCall(U, Facts, Call, Does) == LoopVerdict::IsOne)
        Result.push_back({&Facts, &Call, std::move(Does), nullptr});
    }
  }
  return Result;
}

std::vector<LoopCall> callsOnLoop(Unit &U) {
  return callsOf(U, true, judgeBodyOnLoop, judgeCallOnLoop);
}

std::vector<LoopCall> callsOffLoop(Unit &U) {
  return callsOf(U, false, judgeBodyOffLoop, judgeCallOffLoop);
}

bool isOnEventLoop(Unit &U, const LoopCall &L) {
  return L.Handed || U.contexts().isOnEventLoop(L.Facts->Function);
}

} // namespace nostall
