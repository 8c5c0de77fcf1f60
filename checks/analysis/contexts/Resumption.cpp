//===- Resumption.cpp - where a hand-written awaiter resumes --------------===//

#include "Resumption.h"
#include "analysis/Unit.h"
#include "analysis/effects/Effects.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/HandleUse.h"

using namespace clang;

namespace nostall {

std::optional<Context> Resumption::of(const FunctionDecl *AwaitSuspend) {
  const FunctionDecl *Body = definitionOf(AwaitSuspend);
  // Of a library, wherever its headers lie, the models know where it goes on.
  if (!Body || U.isInSystemHeader(Body) || U.models().isOpaque(Body))
    return std::nullopt;
  // A worker takes the handle from where it is put.
  if (C.isCalledOnWorker(AwaitSuspend, 0))
    return Context::Worker;
  if (C.isCalledOnLoop(AwaitSuspend, 0))
    return Context::Loop;
  auto [It, IsNew] = Memo.try_emplace(Body);
  if (!IsNew)
    return It->second;
  Decider = nullptr;
  IsChosen = false;
  const std::optional<Context> Where = in(Body, /*OnWorker=*/false, 0);
  if (Where == Context::Unknown)
    Deciders[Body] = Decider;
  if (IsChosen)
    Chosen.insert(Body);
  return Memo[Body] = Where;
}

const FunctionDecl *Resumption::decider(const FunctionDecl *AwaitSuspend) {
  return of(AwaitSuspend) == Context::Unknown
             ? Deciders.lookup(definitionOf(AwaitSuspend))
             : nullptr;
}

/// The await_suspend that \p Suspension calls, or null.
static const FunctionDecl *awaitSuspendIn(const Stmt *Suspension) {
  const FunctionDecl *Found = nullptr;
  forEachStatement(Suspension, [&](const Stmt *S, auto) {
    const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
    const CXXMethodDecl *Method = Call ? Call->getMethodDecl() : nullptr;
    if (Method && Method->getIdentifier() &&
        Method->getName() == "await_suspend")
      Found = Method;
  });
  return Found;
}

std::optional<Context> Resumption::atStart(const CoroutineBodyStmt *Coroutine) {
  const FunctionDecl *AwaitSuspend =
      awaitSuspendIn(Coroutine->getInitSuspendStmt());
  const std::optional<Context> Where =
      AwaitSuspend ? of(AwaitSuspend) : std::nullopt;
  // Another coroutine may have another executor.
  if (Where != Context::Unknown || Chosen.contains(definitionOf(AwaitSuspend)))
    return Where;
  // An executor of this coroutine's own, which it was given.
  const auto *Made = dyn_cast_or_null<CXXConstructExpr>(
      Coroutine->getPromiseDecl()->getInit());
  return Made && Made->getNumArgs() ? Where : std::nullopt;
}

/// A handle is a callable, too.
static bool isHandle(Unit &U, const Expr *E) {
  return E && isCoroutineHandle(unwrapped(U, E)->getType());
}

/// What is given the continuation alone: an executor, and not an operation that
/// calls back when it is done.
static bool givesNothingElse(Unit &U, const CallFact &Call) {
  // h.address(), for a callback that knows what that is
  auto IsAddress = [&](const Expr *Arg) {
    const auto *Asked = dyn_cast<CXXMemberCallExpr>(stripForwarding(U, Arg));
    return Asked &&
           isCoroutineHandle(Asked->getImplicitObjectArgument()->getType());
  };
  unsigned Written = 0;
  for (const Expr *Arg : Call.Args)
    Written += Arg && !isa<CXXDefaultArgExpr>(Arg) && !IsAddress(Arg);
  return Written == (Call.K == CallFact::Kind::Operator ? 2 : 1);
}

/// Where the executors that \p Call may be made on, if it is chosen at run time
/// which one that is, run argument number \p Arg: unknown if they disagree, or
/// none is seen.
std::optional<Context> Resumption::chosen(const CallFact &Call, unsigned Arg) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call.Callee);
  llvm::SmallVector<const FunctionDecl *, 4> Executors;
  if (Call.By == CallFact::Dispatch::Virtual && Method) {
    llvm::append_range(Executors, U.effects().resolver().overridesOf(Method));
    if (definitionOf(Method))
      Executors.push_back(Method);
  } else if (Call.K == CallFact::Kind::Operator && Call.Through && Arg) {
    llvm::append_range(Executors, U.storedCallables().in(Call.Through));
    --Arg; // the first operand is what is called
  } else {
    return std::nullopt;
  }
  std::optional<Context> Agreed;
  for (const FunctionDecl *F : Executors) {
    const Context Here = C.isCalledOnWorker(F, Arg) ? Context::Worker
                         : C.isCalledOnLoop(F, Arg) ? Context::Loop
                                                    : Context::Unknown;
    Agreed = Agreed.value_or(Here) == Here ? Here : Context::Unknown;
  }
  return Agreed.value_or(Context::Unknown);
}

/// Of the calls in \p F, the first that says.
std::optional<Context> Resumption::in(const FunctionDecl *F, bool OnWorker,
                                      unsigned Depth) {
  for (const CallFact &Call : U.facts(F).Calls)
    if (std::optional<Context> Where = by(Call, OnWorker, Depth))
      return Where;
  return std::nullopt;
}

std::optional<Context> Resumption::by(const CallFact &Call, bool OnWorker,
                                      unsigned Depth) {
  constexpr unsigned MaxDepth = 4; // an awaiter is short
  if (!Call.Callee || Depth == MaxDepth)
    return std::nullopt;
  const FunctionDecl *Callee = definitionOf(Call.Callee);
  const bool IsLibrary =
      U.isInSystemHeader(Call.Callee) || U.models().isOpaque(Call.Callee);
  const bool IsOwn = Callee && !IsLibrary;
  auto Given = [&](const CallableArgument &Argument) -> std::optional<Context> {
    const unsigned Arg = Argument.Arg;
    const CallableUse Use = C.useOf(Call, Argument);
    if (C.isCalledOnWorker(Call.Callee, Arg))
      return Context::Worker;
    if (C.isCalledOnLoop(Call.Callee, Arg))
      return Context::Loop;
    if (Use == CallableUse::Inline)
      return std::nullopt;
    if (Use == CallableUse::Loop && C.isRunByThreads(Call))
      return Context::Worker;
    if (std::optional<Context> Known = contextOf(Use))
      return Known;
    if (C.hasUnknownExecutor(Call, Argument) && !OnWorker)
      return Context::Unknown;
    // What a worker posts to something unknown goes back home.
    if (!givesNothingElse(U, Call) || OnWorker)
      return std::nullopt;
    if (std::optional<Context> Where = chosen(Call, Arg)) {
      IsChosen = true;
      return Where;
    }
    // What is kept here, and no worker takes, is called at home; and what a
    // library does is known from its models, or is no executor (a queue).
    return IsOwn || IsLibrary ? std::nullopt : std::optional(Context::Unknown);
  };
  bool PassesHandle = false;
  for (unsigned I = 0; I != Call.Args.size(); ++I)
    if (isHandle(U, Call.Args[I])) {
      PassesHandle = true;
      CallableArgument Handle;
      Handle.Arg = I;
      if (std::optional<Context> Where = Given(Handle)) {
        if (Where == Context::Unknown && !Callee && I == 0 &&
            Call.By == CallFact::Dispatch::Static &&
            mayBeElsewhere(U, Call.Callee))
          Decider = Call.Callee->getCanonicalDecl();
        return Where;
      }
    }
  for (const CallableArgument &Arg : Call.Callables) {
    if (Arg.IsTask || !Arg.Body)
      continue;
    const FunctionDecl *Body = definitionOf(Arg.Body);
    if (!Body || U.isInSystemHeader(Body))
      continue;
    const CallableUse Use = C.useOf(Call, Arg);
    const bool Off =
        OnWorker || Use == CallableUse::Worker || Use == CallableUse::Process;
    if (std::optional<Context> Inner = in(Body, Off, Depth + 1))
      return Inner;
    if (!resumesAHandle(Body))
      continue;
    const Context Put = C.of(Body).C;
    return Put == Context::Unknown ||
                   (Put == Context::Loop && C.isRunByThreads(Call))
               ? Given(Arg)
               : Put;
  }
  // A helper of the awaiter's author.
  const bool IsMember =
      IsOwn && isa<CXXMethodDecl>(Callee) && Call.Args.empty();
  return IsOwn && (PassesHandle || IsMember) ? in(Callee, OnWorker, Depth + 1)
                                             : std::nullopt;
}

} // namespace nostall
