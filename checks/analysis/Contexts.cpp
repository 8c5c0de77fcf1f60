//===- Contexts.cpp - which code runs on the loop -------------------------===//

#include "Contexts.h"
#include "Annotations.h"
#include "Awaitables.h"
#include "CallArguments.h"
#include "Flow.h"
#include "Unit.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/MapVector.h"

using namespace clang;

namespace nostall {

/// Instantiations of one generic lambda share the place it is handed to.
static const FunctionDecl *placeKey(const FunctionDecl *F) {
  if (const FunctionDecl *Pattern = F->getTemplateInstantiationPattern())
    F = Pattern;
  return F->getCanonicalDecl();
}

static std::optional<Context> contextOf(CallableUse Use) {
  switch (Use) {
  case CallableUse::Worker:
    return Context::Worker;
  case CallableUse::Loop:
    return Context::Loop;
  case CallableUse::Process:
    return Context::Process;
  case CallableUse::Inline:
  case CallableUse::Keeps:
  case CallableUse::ByExecutor:
    return std::nullopt;
  }
  llvm_unreachable("covered switch");
}

Contexts::Contexts(Unit &U) : U(U) {
  for (const FunctionDecl *F : U.functions())
    for (const CallFact &Call : U.facts(F).Calls)
      if (!Call.Callables.empty() && Call.Callee)
        place(Call);
  followAwaits();
  for (const FunctionDecl *F : U.functions()) {
    Placement &P = Placements[placeKey(F)];
    if (P.C != Context::Unknown)
      continue;
    if (annotation(F, "loop_only")) {
      P.C = Context::Loop;
      P.W = Placement::Why::Annotated;
      continue;
    }
    const FunctionFacts &Facts = U.facts(F);
    if (!Facts.Coroutine)
      continue;
    using Kind = AwaitableType::Kind;
    Kind K = U.awaitables().classifyCoroutine(F).K;
    bool Awaits = llvm::any_of(Facts.Awaits,
                               [](const AwaitFact &A) { return !A.IsYield; });
    if (K == Kind::Task || K == Kind::Detached || K == Kind::AsyncGenerator ||
        Awaits) {
      P.C = Context::Loop;
      P.W = Placement::Why::Coroutine;
    } else if (K == Kind::Generator) {
      P.W = Placement::Why::Generator;
    }
  }
}

/// A coroutine that only coroutines on workers await runs there as well; one
/// that is handed to a worker and awaited elsewhere is one like others.
void Contexts::followAwaits() {
  struct Calls {
    llvm::SmallVector<const FunctionDecl *, 2> Awaiters;
    bool Otherwise = false;
  };
  llvm::MapVector<const FunctionDecl *, Calls> CallsOf;
  for (const FunctionDecl *F : U.functions())
    for (const CallFact &Call : U.facts(F).Calls)
      if (Call.Callee && coroutineBody(Call.Callee)) {
        Calls &Of = CallsOf[placeKey(Call.Callee)];
        if (Call.Awaited)
          Of.Awaiters.push_back(F);
        else
          Of.Otherwise = true;
      }
  auto OnWorker = [&](const FunctionDecl *F) {
    return of(F).C == Context::Worker;
  };
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (const auto &[F, Of] : CallsOf)
      if (of(F).C == Context::Unknown && !Of.Otherwise &&
          llvm::all_of(Of.Awaiters, OnWorker)) {
        Placements[F] = Placement(of(Of.Awaiters.front()));
        Changed = true;
      }
  }
  for (const auto &[F, Of] : CallsOf)
    if (OnWorker(F) && !llvm::all_of(Of.Awaiters, OnWorker))
      Placements[F] = {};
}

/// Where the annotation of the parameter, or of the function for a callable in
/// its template arguments, says that \p Arg runs.
static std::optional<Context> annotatedPlace(const CallFact &Call,
                                             const CallableArgument &Arg) {
  std::optional<llvm::StringRef> Where;
  if (Arg.Arg == CallableArgument::InTemplate)
    Where = annotation(Call.Callee, "runs_on");
  else if (Arg.Arg < Call.Callee->getNumParams())
    Where = annotation(Call.Callee->getParamDecl(Arg.Arg), "runs_on");
  return Where ? parseContext(*Where) : std::nullopt;
}

/// The inverse of contextOf.
static CallableUse useIn(Context C) {
  switch (C) {
  case Context::Loop:
    return CallableUse::Loop;
  case Context::Worker:
    return CallableUse::Worker;
  case Context::Process:
    return CallableUse::Process;
  case Context::Unknown:
    return CallableUse::Keeps;
  }
  llvm_unreachable("covered switch");
}

CallableUse Contexts::useOf(const CallFact &Call,
                            const CallableArgument &Arg) const {
  if (auto Where = annotatedPlace(Call, Arg))
    return useIn(*Where);
  const FunctionModel *M = U.model(Call.Callee);
  const CallableModel *C = M ? callableModel(U, *M, Call, Arg) : nullptr;
  if (!C)
    return CallableUse::Keeps;
  if (C->Use != CallableUse::ByExecutor)
    return C->Use;
  const Expr *Executor = modelArgument(Call, C->ExecutorArg);
  return useIn(Executor ? executorContext(U, Executor) : Context::Unknown);
}

void Contexts::place(const CallFact &Call) {
  for (const CallableArgument &Arg : Call.Callables) {
    if (!Arg.Body)
      continue;
    std::optional<Context> C = contextOf(useOf(Call, Arg));
    if (!C)
      continue;
    Placement &P = Placements[placeKey(Arg.Body)];
    // Whoever runs on the loop once can stall it. The place that is named is
    // where the callable is written, if it can be.
    const bool Passed = Arg.Param != nullptr;
    if (P.C == Context::Unknown || (*C == Context::Loop && P.C != *C) ||
        (P.C == *C && P.Passed && !Passed))
      P = {*C, Placement::Why::Handed, Call.Callee, Call.Loc, Passed};
  }
}

const Placement &Contexts::of(const FunctionDecl *F) const {
  static const Placement None;
  auto It = Placements.find(placeKey(F));
  return It == Placements.end() ? None : It->second;
}

/// Where a coroutine goes on after \p Await, if that changes its place.
std::optional<Context> Contexts::switchOf(const AwaitFact &Await) const {
  const Expr *Operand = stripForwarding(U, Await.Operand);
  if (const CXXRecordDecl *R = Operand->getType()->getAsCXXRecordDecl())
    if (auto Where = annotation(R, "switches_to"))
      return parseContext(*Where);
  const auto *Call = dyn_cast<CallExpr>(Operand);
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  if (!Callee)
    return std::nullopt;
  if (auto Where = annotation(Callee, "switches_to"))
    return parseContext(*Where);
  const FunctionModel *M = U.model(Callee);
  if (M && M->SwitchesToExecutorOf) {
    // co_await post(bind_executor(pool, use_awaitable)): a token that is bound
    // to no executor leaves the coroutine where it is.
    unsigned Arg = static_cast<unsigned>(*M->SwitchesToExecutorOf);
    Context C = Arg < Call->getNumArgs() ? executorContext(U, Call->getArg(Arg))
                                         : Context::Unknown;
    return C == Context::Unknown ? std::nullopt : std::optional(C);
  }
  return M ? M->SwitchesTo : std::nullopt;
}

/// The place of every statement and destroyed variable of a coroutine that
/// changes its place; empty for the others.
const llvm::DenseMap<const void *, Context> &
Contexts::switched(const FunctionFacts &Facts) {
  auto [It, IsNew] = Switched.try_emplace(Facts.Function);
  auto &Places = It->second;
  if (!IsNew)
    return Places;
  const Context Home = of(Facts.Function).C;
  const DialectModel *Dialect = U.awaitables().dialectOf(Facts.Function);
  const bool Returns = Dialect && Dialect->ResumesOnOwnExecutor;
  llvm::DenseMap<const Stmt *, Context> Switches;
  bool Any = false;
  for (const AwaitFact &Await : Facts.Awaits) {
    std::optional<Context> C = switchOf(Await);
    Any |= C.has_value();
    if (C || Returns)
      Switches[Await.Site] = C.value_or(Home);
  }
  const FunctionFlow *Flow = Any ? U.flow(Facts.Function) : nullptr;
  if (!Flow)
    return Places;
  auto Transfer = [&](Context &C, const CFGElement &Element) {
    if (auto S = Element.getAs<CFGStmt>())
      if (auto Found = Switches.find(S->getStmt()); Found != Switches.end())
        C = Found->second;
  };
  auto In = solveForward(
      *Flow, Home, Transfer, [](Context &, const CFGBlock &, bool) {},
      [](Context &Into, Context From) {
        if (Into != From)
          Into = Context::Unknown;
      });
  for (const CFGBlock *Block : Flow->cfg()) {
    if (!In[Block->getBlockID()])
      continue;
    Context C = *In[Block->getBlockID()];
    for (const CFGElement &Element : *Block) {
      if (auto S = Element.getAs<CFGStmt>())
        Places[S->getStmt()] = C;
      else if (auto Dtor = Element.getAs<CFGAutomaticObjDtor>())
        Places[Dtor->getVarDecl()] = C;
      Transfer(C, Element);
    }
  }
  return Places;
}

Context Contexts::at(const FunctionFacts &Facts, const CallFact &Call) {
  const auto &Places = switched(Facts);
  if (Places.empty())
    return of(Facts.Function).C;
  auto It = Places.find(Call.K == CallFact::Kind::Destructor && Call.Through
                            ? static_cast<const void *>(Call.Through)
                            : Call.Site);
  return It == Places.end() ? Context::Unknown : It->second;
}

} // namespace nostall
