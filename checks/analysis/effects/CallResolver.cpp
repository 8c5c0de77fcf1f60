//===- CallResolver.cpp - what one call may do ----------------------------===//

#include "CallResolver.h"
#include "Descriptors.h"
#include "ReadyFlow.h"
#include "SpecialValues.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/flow/Flow.h"
#include "analysis/source/Annotations.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/Truth.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

using Is = Successor::Is;

CallResolver::CallResolver(Unit &U)
    : U(U), Exact(U), Suppressed(U.context().getSourceManager()) {}

unsigned CallResolver::addPrimitive(Primitive P) {
  Primitives.push_back(std::move(P));
  return Primitives.size() - 1;
}

static Hop directHop(const CallFact &Call) {
  return Call.K == CallFact::Kind::Destructor ? Hop::Destroys : Hop::Calls;
}

static void addParameter(const ParmVarDecl *P, ResolvedCall &Out) {
  Out.Next.push_back(Successor::to(Successor::Is::Parameter, Hop::Calls, P));
}

/// Runs when what was awaited is there: await_resume, but for one of an awaiter
/// that says that it is always ready, and waits here instead.
static bool isResumption(const FunctionDecl *F) {
  const auto *Resume = dyn_cast<CXXMethodDecl>(F);
  if (!Resume || !Resume->getIdentifier() ||
      Resume->getName() != "await_resume")
    return false;
  for (const CXXMethodDecl *Ready : Resume->getParent()->methods())
    if (Ready->getIdentifier() && Ready->getName() == "await_ready")
      if (const Expr *Answer = returnedBy(Ready))
        return constantCondition(F->getASTContext(), Answer) != true;
  return true;
}

/// In its own body, or by a helper: `if (is_temporary(errno))`.
bool CallResolver::testsWouldBlock(const FunctionFacts &Facts) {
  if (Facts.TestsWouldBlock)
    return true;
  auto [It, IsNew] = WouldBlockTests.try_emplace(Facts.Function, false);
  if (!IsNew)
    return It->second;
  bool Tests = llvm::any_of(Facts.Calls, [&](const CallFact &Call) {
    const FunctionDecl *Helper =
        Call.Callee ? definitionOf(Call.Callee) : nullptr;
    return Helper && tellsWouldBlock(Helper);
  });
  return WouldBlockTests[Facts.Function] = Tests;
}

/// Judges error codes, and does no such I/O itself.
bool CallResolver::tellsWouldBlock(const FunctionDecl *F) {
  if ((F->param_empty() && !F->getReturnType()->isBooleanType()) ||
      U.isInSystemHeader(F))
    return false;
  const FunctionFacts &Of = U.facts(F);
  return Of.TestsWouldBlock && llvm::none_of(Of.Calls, [&](const CallFact &C) {
           const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
           return M && M->UnlessWouldBlockTested;
         });
}

/// A file in memory, such as those of /proc.
static bool isInMemory(Unit &U, const CallFact &Call) {
  auto IsPath = [&](const Expr *E) { return E && namesMemoryFile(U, E); };
  return IsPath(Call.Object) || llvm::any_of(Call.Args, IsPath);
}

/// What \p Case asks about the stream that the function was given, it asks of
/// those who call the function: `std::getline(in, line)`.
static std::optional<ParamTest> streamTest(const FunctionFacts &Facts,
                                           const CallFact &Call,
                                           const FunctionModel &Case) {
  if (Case.What != Effect::Input)
    return std::nullopt;
  for (const std::vector<ArgumentTest> &Group : Case.When)
    if (const Expr *Arg = Group.size() == 1 && !Group[0].Names.empty()
                              ? modelArgument(Call, Group[0].Arg)
                              : nullptr)
      if (const auto Number = ownNumber(Facts.Function, Arg))
        return ParamTest{*Number, ParamTest::Relation::IsKnownAs,
                         valueNamed(Group[0].Names.front())};
  return std::nullopt;
}

/// The number of the member of an object that the function has which \p Fd
/// names: its descriptor, or one of its descriptors.
static std::optional<uint32_t> ownDescriptor(Unit &U, const FunctionDecl *F,
                                             const Expr *Fd) {
  Fd = stripForwarding(U, Fd);
  if (const auto *Element = dyn_cast<ArraySubscriptExpr>(Fd))
    Fd = Element->getBase();
  const auto Part = ownPart(F, Fd);
  return Part && !Part->Path.empty()
             ? std::optional(memberNumber(Part->Object, Part->Path))
             : std::nullopt;
}

/// The primitive that \p Call is by its model entry, arguments and state.
std::optional<unsigned> CallResolver::primitiveAt(const FunctionFacts &Facts,
                                                  const CallFact &Call,
                                                  const FunctionModel &Entry,
                                                  ResolvedCall &Out) {
  Out.Why = Decision::Model;
  const FunctionModel *Case = &Entry;
  auto Holds = [&] {
    if (Case->When.empty() || holdAny(U, Case->When, Call))
      return true;
    const auto Asked =
        Case->Otherwise ? std::nullopt : streamTest(Facts, Call, *Case);
    if (Asked)
      Out.OnlyIf.push_back(*Asked);
    return Asked.has_value();
  };
  while (Case && (Case->Says != FunctionModel::Stance::Blocks || !Holds() ||
                  holdAny(U, Case->Unless, Call)))
    Case = Case->Otherwise.get();
  auto Not = [&](Decision Because) {
    Out.Why = Because;
    return std::nullopt;
  };
  if (!Case)
    return Entry.Says == FunctionModel::Stance::Blocks
               ? Not(Decision::Arguments)
               : std::nullopt;
  const FunctionModel &M = *Case;
  if (M.UnlessWouldBlockTested) {
    if (testsWouldBlock(Facts))
      return Not(Decision::WouldBlockTested);
    const Expr *Fd = descriptorOf(Call);
    if (Fd && U.descriptors().isNonblocking(Fd) &&
        !U.descriptors().isStillBlocking(Facts, Call, Fd)) {
      // Of some objects it may not be.
      const auto Own = ownDescriptor(U, Facts.Function, Fd);
      if (!Own)
        return Not(Decision::NonblockingDescriptor);
      Out.OnlyIf.push_back(
          {*Own, ParamTest::Relation::IsKnownAs, BlockingDescriptor});
    }
  }
  if (M.What == Effect::FileIO) {
    if (isInMemory(U, Call))
      return Not(Decision::Arguments);
    for (const Expr *Arg : Call.Args)
      if (const auto Own = nameGiven(U, Facts.Function, Arg))
        Out.OnlyIf.push_back({*Own, ParamTest::Relation::NotEqual, MemoryFile});
  }
  if (isNeverFilled(Facts, Call)) // a thread that nobody starts
    return Not(Decision::MovedFrom);
  if (M.UnlessReady &&
      (isResumption(Facts.Function) || isKnownReady(U, Facts, Call)))
    return Not(Decision::KnownReady);
  return addPrimitive({M.What, Call.Callee, Call.Loc, sourceText(M), &M});
}

/// A variable that was moved from: its destructor has nothing left to wait for.
static bool hasLeft(const FunctionFacts &Facts, const ValueDecl *Destroyed) {
  if (Facts.LeftParams.contains(Destroyed))
    return true;
  const VariableFact *V = Facts.variable(Destroyed);
  return V && llvm::any_of(V->Uses, [](const VariableUse &Use) {
           return Use.H == VariableUse::How::Moved ||
                  Use.H == VariableUse::How::Returned;
         });
}

/// Whether the local variable that \p Destroyed destroys was told to give up
/// what it owns, or to shut down.
static bool gaveUp(Unit &U, const FunctionFacts &Facts,
                   const CallFact &Destroyed) {
  const VariableFact *V = Facts.variable(Destroyed.Through);
  const TypeModel *M =
      V ? U.models().find(cast<CXXMethodDecl>(Destroyed.Callee)->getParent())
        : nullptr;
  return M && llvm::any_of(V->Uses, [&](const VariableUse &Use) {
           return Use.Method && Use.Method->getIdentifier() &&
                  llvm::is_contained(M->GivesUp, Use.Method->getName());
         });
}

static bool isAssignment(const CallFact &Call) {
  const auto *Op = dyn_cast_or_null<CXXOperatorCallExpr>(Call.Site);
  return Call.K == CallFact::Kind::Operator && Op &&
         Op->getOperator() == OO_Equal && Call.Args.size() == 2;
}

/// \p Target is one of those that a virtual call may run.
void CallResolver::addOverride(const CXXMethodDecl *Target, ResolvedCall &Out) {
  const FunctionDecl *Body = definitionOf(Target);
  if (!Body && mayBeElsewhere(U, Target))
    Out.Next.push_back(
        Successor::withArguments(Is::External, Hop::MayDispatch, Target));
  else if (Body && !coroutineBody(Body))
    Out.Next.push_back(
        Successor::withArguments(Is::Body, Hop::MayDispatch, Body));
}

void CallResolver::addOverrides(const CXXMethodDecl *M,
                                const FunctionDecl *Maker, ResolvedCall &Out) {
  const bool IsShared = !U.isInSystemHeader(M) && M->isExternallyVisible();
  // What a factory of another file makes, the link may know: of the classes of
  // this one it is no more than any.
  if (!IsShared || !Maker || definitionOf(Maker))
    for (const CXXMethodDecl *Override : overridesOf(M))
      if (definitionOf(Override))
        addOverride(Override, Out);
  if (IsShared) {
    Out.Next.push_back(
        Successor::withArguments(Is::Overriders, Hop::MayDispatch, M));
    Out.Next.back().Maker = Maker;
  }
}

/// Holds callables, and cannot be called itself.
static bool isContainer(QualType T) {
  const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
  return R && R->hasDefinition() &&
         R->lookup(
              R->getASTContext().DeclarationNames.getCXXOperatorName(OO_Call))
             .empty();
}

/// Whether the body of the coroutine \p Body runs in its caller, by this call.
/// A lazy generator runs where it is iterated: not where it is dropped, or kept
/// in a variable that nobody uses, or handed to a function that nobody knows.
bool CallResolver::runsHere(const FunctionFacts &Facts, const CallFact &Call,
                            const FunctionDecl *Body) {
  const AwaitableType &Type = U.awaitables().classifyCoroutine(Body);
  if (!Type.runsInItsCaller() || Type.S != Start::Lazy)
    return Type.runsInItsCaller();
  auto IsMadeHere = [&](const Expr *E) {
    return E && stripForwarding(U, E) == Call.Site;
  };
  if (Call.Discarded)
    return false;
  for (const VariableFact &V : Facts.Variables)
    if (IsMadeHere(V.Var->getInit()))
      return !V.Uses.empty();
  return llvm::none_of(Facts.Calls, [&](const CallFact &To) {
    return To.Callee && llvm::any_of(To.Args, IsMadeHere) &&
           !U.models().isOpaque(To.Callee) && !definitionOf(To.Callee);
  });
}

ResolvedCall CallResolver::resolve(const FunctionFacts &Facts,
                                   const CallFact &Call) {
  ResolvedCall Out;
  Out.Call = &Call;
  resolve(Facts, Out);
  return Out;
}

void CallResolver::resolve(const FunctionFacts &Facts, ResolvedCall &Out) {
  const CallFact &Call = *Out.Call;
  Out.Why = Call.Allowed ? Decision::Allowed : Decision::Indirect;
  if (Call.Callee)
    addLoopOnly(Call.Callee, directHop(Call), Out);
  if (Call.BeforeExit)
    Out.Why = Decision::BeforeExit;
  if (Call.Allowed || Call.BeforeExit)
    return;
  const FunctionDecl *Callee = Call.Callee;
  auto RunsThrough = [&] {
    if (const auto *P = dyn_cast_or_null<ParmVarDecl>(Call.Through);
        P && Call.K != CallFact::Kind::Destructor &&
        Call.K != CallFact::Kind::Constructor &&
        P->getDeclContext() == Facts.Function && !isContainer(P->getType()))
      addParameter(P, Out);
    else if (Call.Through && (!Callee || Call.K == CallFact::Kind::Operator))
      resolveStored(Facts, Call, Out);
  };
  if (!Callee)
    return RunsThrough();

  auto AddPrimitive = [&](unsigned Index, Hop How) {
    if (isSuppressed(Call.Loc))
      Out.Why = Decision::Suppressed;
    else
      Out.Next.push_back(Successor::primitive(How, Index));
  };
  const Hop Direct = directHop(Call);
  if (auto Declared = declaredEffect(Callee)) {
    Out.Why = Decision::Declared;
    if (Declared->K == DeclaredEffect::Kind::Blocking)
      AddPrimitive(addPrimitive({Declared->What, Callee, Call.Loc,
                                 Declared->Source.str(), U.model(Callee)}),
                   Direct);
    return;
  }

  if (Call.K == CallFact::Kind::Destructor &&
      (hasLeft(Facts, Call.Through) || gaveUp(U, Facts, Call) ||
       isNeverFilled(Facts, Call))) {
    Out.Why = Decision::MovedFrom;
    return;
  }
  if (Call.K == CallFact::Kind::Destructor || isAssignment(Call) ||
      letsGo(Call))
    if (const CallFact *Made = waitsWhenDropped(Facts, Call)) {
      const FunctionModel &M = *U.model(Made->Callee);
      Out.Why = Decision::Model;
      AddPrimitive(
          addPrimitive({M.What, Made->Callee, Call.Loc, sourceText(M), &M}),
          Hop::DropsResult);
      return;
    }

  const FunctionModel *M = U.model(Callee);
  const bool Opaque = U.models().isOpaque(Callee);
  if (M) {
    if (auto Prim = primitiveAt(Facts, Call, *M, Out))
      AddPrimitive(*Prim, Direct);
    else if (M->ResultWaitsOnDestroy && Call.Discarded &&
             !holdAny(U, M->Unless, Call))
      AddPrimitive(addPrimitive({M->What, Callee, Call.Loc, sourceText(*M), M}),
                   Hop::DropsResult);
  }

  // Callables that run before the callee returns.
  for (const CallableArgument &Arg : Call.Callables) {
    if (Arg.IsTask || Arg.Arg == CallableArgument::InTemplate)
      continue;
    CallableUse Use =
        Opaque ? U.models().opaqueCallableUse(Callee) : CallableUse::Keeps;
    if (const CallableModel *C = M ? callableModel(U, *M, Call, Arg) : nullptr)
      Use = C->Use;
    if (Arg.Arg < Callee->getNumParams() &&
        annotation(Callee->getParamDecl(Arg.Arg), "runs_on"))
      Use = CallableUse::Keeps;
    // A constructor stores what it is given.
    if (!M && isa<CXXConstructorDecl>(Callee))
      Use = CallableUse::Keeps;
    if (Use != CallableUse::Inline)
      continue;
    if (const auto *P = Arg.Param; P && P->getDeclContext() == Facts.Function)
      addParameter(P, Out);
    addCallable(Arg.Body, Out);
  }

  if (M)
    addStoredArguments(Call, *M, Out);
  if (M && M->Says != FunctionModel::Stance::Unsaid)
    return;
  if (Opaque) {
    Out.Why = Decision::Opaque;
    if (Call.K == CallFact::Kind::Destructor || letsGo(Call))
      resolveOwned(Facts, Call, Out);
    if (Call.K == CallFact::Kind::Operator)
      RunsThrough();
    return;
  }
  // A wrapper that somebody has written: its body does not say what it runs.
  if (Call.K == CallFact::Kind::Operator && Call.Through &&
      definitionOf(Callee) &&
      U.storedCallables().holdsCallables(Call.Through->getType()))
    RunsThrough();
  const bool IsVirtual = Call.By == CallFact::Dispatch::Virtual;
  llvm::SmallVector<const CXXMethodDecl *, 2> Targets;
  if (IsVirtual)
    Targets = Exact.targetsOf(Facts, Call);
  if (Targets.size() > 1) {
    Out.Why = Decision::Body;
    for (const CXXMethodDecl *Target : Targets)
      addOverride(Target, Out);
    return;
  }
  const CXXMethodDecl *Target = Targets.empty() ? nullptr : Targets.front();
  const Hop How =
      Target && Target != Callee->getCanonicalDecl() && Target != Callee
          ? Hop::MayDispatch
          : Direct;
  const FunctionDecl *Runs = Target ? Target : Callee;
  const FunctionDecl *Body = definitionOf(Runs);
  const bool DeletesBase = Call.K == CallFact::Kind::Destructor &&
                           isa_and_nonnull<CXXDeleteExpr>(Call.Site) &&
                           cast<CXXDestructorDecl>(Callee)->isVirtual();
  if (Body && coroutineBody(Body) && !runsHere(Facts, Call, Body)) {
    Out.Why = Decision::Coroutine; // reported in its own body
  } else if (Body) {
    Out.Why = Decision::Body;
    Out.Next.push_back(Successor::withArguments(Is::Body, How, Body));
  } else {
    if (Call.K == CallFact::Kind::Operator)
      RunsThrough();
    Out.Why = Decision::Unknown;
    if (mayBeElsewhere(U, Runs)) {
      Out.Why = Decision::Elsewhere;
      Out.Next.push_back(Successor::withArguments(Is::External, How, Runs));
    }
  }
  if (IsVirtual && !Target && Call.Object)
    if (auto Object = ownObject(Facts.Function, Call.Object))
      Out.On = memberOf(*Object, ItsClass);
  if ((IsVirtual && !Target) || DeletesBase)
    addOverrides(cast<CXXMethodDecl>(Callee),
                 IsVirtual ? Exact.makerOf(Facts, Call) : nullptr, Out);
}

const std::vector<const CXXMethodDecl *> &
CallResolver::overridesOf(const CXXMethodDecl *M) {
  if (!OverridesListed) {
    OverridesListed = true;
    for (const FunctionDecl *F : U.functions())
      if (const auto *Method = dyn_cast<CXXMethodDecl>(F);
          Method && Method->isVirtual() && !erasesType(Method)) {
        // All that it overrides, directly or not.
        llvm::SmallVector<const CXXMethodDecl *, 4> Work(
            Method->begin_overridden_methods(),
            Method->end_overridden_methods());
        while (!Work.empty()) {
          const CXXMethodDecl *Base = Work.pop_back_val();
          Overrides[Base->getCanonicalDecl()].push_back(Method);
          Work.append(Base->begin_overridden_methods(),
                      Base->end_overridden_methods());
        }
      }
  }
  return Overrides[M->getCanonicalDecl()];
}

} // namespace nostall
