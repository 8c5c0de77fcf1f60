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

static void addParameter(const ParmVarDecl *P, ResolvedCall &Out) {
  Out.Next.push_back(Successor::to(Successor::Is::Parameter, Hop::Calls, P));
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

/// By what number the class is known of \p Object, on which \p F calls a
/// virtual method: of one that it has, or what a member points to or owns; else
/// 0.
uint32_t CallResolver::classNumber(const FunctionDecl *F, const Expr *Object) {
  const Expr *Owner = Object ? Exact.ownerOf(Object) : nullptr;
  const auto Part = Object ? ownPart(F, Owner ? Owner : Object) : std::nullopt;
  if (!Part)
    return 0;
  return Part->Path.empty() ? memberOf(Part->Object, ItsClass)
                            : memberNumber(Part->Object, Part->Path);
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
  const bool IsShared = !U.isOfMachine(M) && M->isExternallyVisible();
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
  // Log &log() { static Log log("file"); return log; }: each line of the log
  // would be told that it opens the file.
  const bool IsOnce = Call.Once && !Facts.Coroutine;
  if (IsOnce)
    Out.Why = Decision::Once;
  if (Call.Allowed || Call.BeforeExit || IsOnce)
    return;
  const FunctionDecl *Callee = Call.Callee;
  auto RunsThrough = [&] {
    if (const auto *P = dyn_cast_or_null<ParmVarDecl>(Call.Through);
        P && Call.K != CallFact::Kind::Destructor &&
        Call.K != CallFact::Kind::Constructor &&
        P->getDeclContext() == Facts.Function && !isContainer(P->getType())) {
      addParameter(P, Out);
      // Whoever makes its task does not run it.
      if (Facts.Coroutine && U.storedCallables().holdsCallables(P->getType()))
        addHeld(P, Out);
    } else if (Call.Through && (!Callee || Call.K == CallFact::Kind::Operator))
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
    if (!addModelled(Facts, Call, *M, Out) && M->ResultWaitsOnDestroy &&
        Call.Discarded && !holdAny(U, M->Unless, Call))
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
  if (IsVirtual && !Target)
    Out.On = classNumber(Facts.Function, modelArgument(Call, ObjectArgument));
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
