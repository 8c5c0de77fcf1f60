//===- Contexts.cpp - which code runs on the loop -------------------------===//

#include "Contexts.h"
#include "Resumption.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/source/Annotations.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/HandleUse.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/MapVector.h"

using namespace clang;

namespace nostall {

static const FunctionDecl *patternOf(const FunctionDecl *F) {
  const FunctionDecl *Pattern = F->getTemplateInstantiationPattern();
  return Pattern ? Pattern->getCanonicalDecl() : nullptr;
}

/// Instantiations of one generic lambda share the place it is handed to. Those
/// of a named template do not: each runs where its own callers are.
const FunctionDecl *Contexts::placeKey(const FunctionDecl *F) {
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  if (Method && Method->getParent()->isLambda())
    if (const FunctionDecl *Pattern = patternOf(F))
      return Pattern;
  return F->getCanonicalDecl();
}

std::optional<Context> contextOf(CallableUse Use) {
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

Contexts::~Contexts() = default;

Contexts::Contexts(Unit &U)
    : U(U), Resumes(std::make_unique<Resumption>(U, *this)) {
  placeHanded();
  Loops.find(U,
             [&](const FunctionDecl *F) { return of(F).C == Context::Worker; });
  if (!Loops.empty()) { // which decide about what they were given
    Placements.clear();
    CalledOnWorker.clear();
    CalledOnLoop.clear();
    placeHanded();
  }
  findLoopsByHand();
  followAwaits();
  for (const FunctionDecl *F : U.functions()) {
    if (of(F).W != Placement::Why::Unknown)
      continue;
    Placement &P = Placements[placeKey(F)];
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
    const bool Awaits = llvm::any_of(Facts.Awaits, [&](const AwaitFact &A) {
      return !A.IsYield && U.awaitables().waits(A.Site);
    });
    if (auto Start = Resumes->atStart(Facts.Coroutine)) {
      P.C = *Start;
      P.W = Placement::Why::Coroutine;
    } else if (K == Kind::Task || K == Kind::Detached ||
               K == Kind::AsyncGenerator || Awaits) {
      P.C = Context::Loop;
      P.W = Placement::Why::Coroutine;
    } else if (K == Kind::Generator) {
      P.W = Placement::Why::Generator;
    }
  }
  placeClosures();
}

void Contexts::placeHanded() {
  auto PlaceCalls = [&](const FunctionFacts &Facts) {
    for (const CallFact &Call : Facts.Calls)
      if (Call.Callee && (!Call.Callables.empty() || U.model(Call.Callee)))
        place(Call);
  };
  for (const FunctionDecl *F : U.functions())
    PlaceCalls(U.facts(F));
  llvm::for_each(U.initialisers(), PlaceCalls);
  for (const FunctionDecl *F : U.functions())
    for (const StoreFact &Store : U.facts(F).Stores)
      place(Store);
  placeStored();
}

/// watcher->cb = on_read;
void Contexts::place(const StoreFact &Store) {
  const auto *Member = dyn_cast_or_null<FieldDecl>(Store.Of);
  const auto &Known = U.models().stateNames().LoopCallbacks;
  if (!Member || !Store.From || Known.empty() || !Member->getIdentifier() ||
      !llvm::is_contained(Known, modelName(Member)))
    return;
  const auto Given = callableOf(U, Store.From);
  if (!Given || !Given->Body)
    return;
  Placement &P = Placements[placeKey(Given->Body)];
  if (P.C == Context::Unknown)
    P = {Context::Loop, Placement::Why::Handed, Member,
         Store.From->getExprLoc()};
}

/// Whether \p F is an instance of a template, or a lambda in one.
static bool isOfInstance(const FunctionDecl *F) {
  for (const DeclContext *In = F; In; In = In->getParent())
    if (const auto *Around = dyn_cast<FunctionDecl>(In);
        Around && Around->isTemplateInstantiation())
      return true;
  return false;
}

/// `template <class F> task<> retry(F f) { f(); ... }` runs another closure in
/// each instance, which is where its author can do something; so does
/// `template <class F> void later(F f) { post(io, [f] { f(); }); }`.
void Contexts::placeClosures() {
  for (const FunctionDecl *F : U.functions()) {
    const FunctionFacts &Facts = U.facts(F);
    const auto *Lambda = dyn_cast<CXXMethodDecl>(F);
    const bool IsHanded = Lambda && Lambda->getParent()->isLambda() &&
                          of(F).W == Placement::Why::Handed;
    if (!(Facts.Coroutine || IsHanded) || of(F).C != Context::Loop ||
        !isOfInstance(F))
      continue;
    for (const CallFact &Call : Facts.Calls) {
      const auto *Closure = dyn_cast_or_null<CXXMethodDecl>(Call.Callee);
      const auto *V = dyn_cast_or_null<VarDecl>(Call.Through);
      const bool IsGiven =
          V && (IsHanded ? V->isInitCapture() || V->getDeclContext() != F
                         : isa<ParmVarDecl>(V) && V->getDeclContext() == F);
      if (!Closure || !IsGiven || !Closure->getParent()->isLambda() ||
          Call.K != CallFact::Kind::Operator || coroutineBody(Closure) ||
          V->getType().getNonReferenceType()->getAsCXXRecordDecl() !=
              Closure->getParent() ||
          at(Facts, Call) != Context::Loop)
        continue;
      Placement &Where = Placements[placeKey(Closure)];
      if (Where.C == Context::Unknown)
        Where = {Context::Loop, Placement::Why::Called, F, Call.Loc};
      if (Where.C == Context::Loop)
        ClosureCalls.insert(Call.Site);
    }
  }
}

/// No other file can await it.
static bool isOfThisFile(const FunctionDecl *F) {
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  return (Method && Method->getParent()->isLambda()) ||
         !F->isExternallyVisible();
}

/// Whether the task that \p Made makes is an argument of another call.
static bool isGivenOn(const FunctionFacts &Facts, const CallFact &Made) {
  return llvm::any_of(Facts.Calls, [&](const CallFact &Call) {
    return llvm::any_of(Call.Callables, [&](const CallableArgument &Arg) {
      return Arg.IsTask && Arg.Made == Made.Site;
    });
  });
}

/// A coroutine that only coroutines on workers await runs there as well; one
/// that is handed to a worker and awaited elsewhere is one like others. Of what
/// other files may await too, the linker knows more.
void Contexts::followAwaits() {
  struct Await {
    const FunctionFacts *By;
    const CallFact *Call;
  };
  struct Calls {
    llvm::SmallVector<Await, 2> Awaits;
    bool Otherwise = false, IsOfThisFile = false;
  };
  llvm::MapVector<const FunctionDecl *, Calls> CallsOf;
  for (const FunctionDecl *F : U.functions())
    for (const CallFact &Call : U.facts(F).Calls)
      if (Call.Callee && coroutineBody(Call.Callee)) {
        Calls &Of = CallsOf[placeKey(Call.Callee)];
        Of.IsOfThisFile = isOfThisFile(Call.Callee);
        // What a callback on a worker makes, and gives nobody, it resumes.
        if (Call.Awaited || (!coroutineBody(F) && of(F).C == Context::Worker &&
                             !isGivenOn(U.facts(F), Call)))
          Of.Awaits.push_back({&U.facts(F), &Call});
        else
          Of.Otherwise = true;
      }
  auto OnWorker = [&](const Calls &Of, const Await &A) {
    return (Of.IsOfThisFile ? at(*A.By, *A.Call) : of(A.By->Function).C) ==
           Context::Worker;
  };
  // As far as a coroutine on the loop goes: where it is known to be still.
  llvm::DenseMap<const FunctionFacts *, SwitchedPlaces> OnLoop;
  auto HasLeft = [&](const Await &A) {
    if (!A.By->Coroutine || of(A.By->Function).C != Context::Unknown)
      return false;
    auto [There, IsNew] = OnLoop.try_emplace(A.By);
    if (IsNew)
      There->second = findPlaces(*A.By, Context::Loop);
    auto It = There->second.Of.find(A.Call);
    return It != There->second.Of.end() && It->second != Context::Loop;
  };
  // As in the linker: first all that a worker may come to, so that coroutines
  // which await each other count; then those are taken back that something
  // else awaits, and what they await.
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (const auto &[F, Of] : CallsOf) {
      if (of(F).C != Context::Unknown || Of.Otherwise)
        continue;
      auto First = llvm::find_if(
          Of.Awaits, [&](const Await &A) { return OnWorker(Of, A); });
      if (First == Of.Awaits.end())
        continue;
      Placements[F] = {Context::Worker, Placement::Why::Awaited,
                       First->By->Function, First->Call->Loc};
      Changed = true;
    }
  }
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (const auto &[F, Of] : CallsOf)
      if (of(F).C == Context::Worker &&
          !llvm::all_of(Of.Awaits,
                        [&](const Await &A) { return OnWorker(Of, A); })) {
        Placements[F] = {};
        Changed = true;
      }
  }
  for (const auto &[F, Of] : CallsOf)
    if (of(F).W == Placement::Why::Unknown && Of.IsOfThisFile &&
        !Of.Otherwise && !Of.Awaits.empty() &&
        llvm::all_of(Of.Awaits, [&](const Await &A) {
          return OnWorker(Of, A) || HasLeft(A);
        }))
      Placements[F] = {Context::Unknown, Placement::Why::Awaited,
                       Of.Awaits.front().By->Function,
                       Of.Awaits.front().Call->Loc};
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

/// A place, as what is done with a callable: models and annotations say either.
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

bool Contexts::hasUnknownExecutor(const CallFact &Call,
                                  const CallableArgument &Arg) const {
  const FunctionModel *M = U.model(Call.Callee);
  const CallableModel *C = M ? callableModel(U, *M, Call, Arg) : nullptr;
  const Expr *Executor = C && C->Use == CallableUse::ByExecutor
                             ? modelArgument(Call, C->ExecutorArg)
                             : nullptr;
  return Executor && executorContext(U, Executor) == Context::Unknown;
}

CallableUse Contexts::useOf(const CallFact &Call,
                            const CallableArgument &Arg) const {
  if (auto Where = annotatedPlace(Call, Arg))
    return useIn(*Where);
  const FunctionModel *M = U.model(Call.Callee);
  const CallableModel *C = M ? callableModel(U, *M, Call, Arg) : nullptr;
  if (!C)
    return CallableUse::Keeps;
  CallableUse Use = C->Use;
  if (Use == CallableUse::ByExecutor) {
    const Expr *Executor = modelArgument(Call, C->ExecutorArg);
    Use = useIn(Executor ? executorContext(U, Executor) : Context::Unknown);
  }
  return Use == CallableUse::Loop && Loops.takes(U, Call) ? CallableUse::Worker
                                                          : Use;
}

/// The call that makes a task of \p E, or null.
static const CallExpr *taskCall(Unit &U, const Expr *E) {
  const auto *Call = dyn_cast<CallExpr>(stripForwarding(U, E));
  return Call && Call->isPRValue() && Call->getDirectCallee() &&
                 U.awaitables().classify(Call->getType()).K ==
                     AwaitableType::Kind::Task
             ? Call
             : nullptr;
}

/// The bodies that \p Made, a task made of callables and of other tasks, runs
/// where it runs itself: `timeout(work(), 1s)`, `retry([] { ... })`. Not those
/// of which a model says where they go.
static void addParts(Unit &U, const CallExpr *Made,
                     llvm::SmallVectorImpl<const FunctionDecl *> &Bodies) {
  const FunctionModel *M = U.model(Made->getDirectCallee());
  if (M && !M->Callables.empty())
    return;
  for (const Expr *Arg : Made->arguments()) {
    if (auto Given = callableOf(U, Arg); Given && Given->Body)
      Bodies.push_back(Given->Body);
    if (const CallExpr *Inner = taskCall(U, Arg))
      addParts(U, Inner, Bodies);
  }
}

/// The bodies that \p E, a std::function or the like, may hold.
static void addHeld(Unit &U, const Expr *E,
                    llvm::SmallVectorImpl<const FunctionDecl *> &Bodies) {
  if (E->getType().isNull() ||
      !U.storedCallables().holdsCallables(E->getType()))
    return;
  for (const ValueDecl *Place : holdersOf(U, E))
    if (isa<VarDecl, FieldDecl>(Place) && !isa<ParmVarDecl>(Place))
      llvm::append_range(Bodies, U.storedCallables().in(Place));
}

void Contexts::place(const CallFact &Call) {
  // Whoever runs on the loop once can stall it. The place that is named is
  // where the callable is written, if it can be.
  auto Put = [&](const FunctionDecl *Body, Context C, bool Passed) {
    Placement &P = Placements[placeKey(Body)];
    if (P.C == Context::Unknown || (C == Context::Loop && P.C != C) ||
        (P.C == C && P.Passed && !Passed))
      P = {C, Placement::Why::Handed, Call.Callee, Call.Loc, Passed};
  };
  for (const CallableArgument &Arg : Call.Callables) {
    const std::optional<Context> C = contextOf(useOf(Call, Arg));
    if (C && Arg.Body)
      Put(Arg.Body, *C, Arg.Param != nullptr);
    if (Arg.Param && C && C != Context::Unknown)
      for (const ValueDecl *Place : U.storedCallables().feeding(Arg.Param))
        (C == Context::Loop ? CalledOnLoop : CalledOnWorker).insert(Place);
  }
  for (unsigned I = 0; I != Call.Args.size(); ++I) {
    CallableArgument Whole;
    Whole.Arg = I;
    const std::optional<Context> C = Call.Args[I] && Call.Callee
                                         ? contextOf(useOf(Call, Whole))
                                         : std::nullopt;
    if (!C)
      continue;
    llvm::SmallVector<const FunctionDecl *, 4> Parts;
    if (const CallExpr *Made = taskCall(U, Call.Args[I]))
      addParts(U, Made, Parts);
    else
      addHeld(U, Call.Args[I], Parts);
    for (const FunctionDecl *Part : Parts)
      Put(Part, *C, false);
  }
}

const Placement &Contexts::of(const FunctionDecl *F) const {
  static const Placement None;
  auto It = Placements.find(placeKey(F));
  // A template that is handed over in a template is known by its pattern.
  if (It == Placements.end() || It->second.C == Context::Unknown)
    if (const FunctionDecl *Pattern = patternOf(F))
      if (auto Of = Placements.find(Pattern); Of != Placements.end())
        It = Of;
  return It == Placements.end() ? None : It->second;
}

bool Contexts::isOnEventLoop(const FunctionDecl *F) const {
  const Placement::Why W = of(F).W;
  if (W == Placement::Why::Handed || W == Placement::Why::Annotated)
    return true;
  const DialectModel *Dialect = U.awaitables().dialectOf(F);
  return !Dialect || Dialect->HasLoop;
}

} // namespace nostall
