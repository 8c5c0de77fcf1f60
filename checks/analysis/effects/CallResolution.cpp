//===- CallResolution.cpp - what one call may do --------------------------===//
//
// Decides, in the order that Effects.h gives, what a call is by itself: a
// primitive, a call of bodies that are here, or of a body that is not.
//
//===----------------------------------------------------------------------===//

#include "CallResolution.h"
#include "Descriptors.h"
#include "ReadyFlow.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/flow/Flow.h"
#include "analysis/source/Annotations.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace nostall {

/// Drawn only where there is a primitive, because a graph costs more than a
/// walk.
bool Effects::isReachable(const FunctionDecl *F, const CallFact &Call) {
  const FunctionFlow *Flow = Call.Site ? U.flow(F) : nullptr;
  return !Flow || Flow->isReachable(Call.Site);
}

bool Effects::isSuppressed(SourceLocation Loc, llvm::StringRef Check) {
  return Suppressed.covers(Loc, Check);
}

unsigned Effects::addPrimitive(Primitive P) {
  Primitives.push_back(std::move(P));
  return Primitives.size() - 1;
}

static std::string describe(const FunctionModel &M) {
  std::string Text = "model " + M.File;
  if (!M.Source.empty())
    Text += " (" + M.Source + ")";
  return Text;
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
bool Effects::testsWouldBlock(const FunctionFacts &Facts) {
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
bool Effects::tellsWouldBlock(const FunctionDecl *F) {
  if ((F->param_empty() && !F->getReturnType()->isBooleanType()) ||
      U.isInSystemHeader(F))
    return false;
  const FunctionFacts &Of = U.facts(F);
  return Of.TestsWouldBlock && llvm::none_of(Of.Calls, [&](const CallFact &C) {
           const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
           return M && M->UnlessWouldBlockTested;
         });
}

/// The primitive that \p Call is by its model entry, arguments and state.
std::optional<unsigned> Effects::primitiveAt(const FunctionFacts &Facts,
                                             const CallFact &Call,
                                             const FunctionModel &Entry,
                                             Decision &Why) {
  Why = Decision::Model;
  const FunctionModel *Case = &Entry;
  while (Case && (Case->Effect != FunctionModel::EffectKind::Blocking ||
                  (!Case->When.empty() && !holdAny(U, Case->When, Call)) ||
                  holdAny(U, Case->Unless, Call)))
    Case = Case->Otherwise.get();
  auto Not = [&](Decision Because) {
    Why = Because;
    return std::nullopt;
  };
  if (!Case)
    return Entry.Effect == FunctionModel::EffectKind::Blocking
               ? Not(Decision::Arguments)
               : std::nullopt;
  const FunctionModel &M = *Case;
  if (M.UnlessWouldBlockTested) {
    if (testsWouldBlock(Facts))
      return Not(Decision::WouldBlockTested);
    const Expr *Fd = descriptorOf(Call);
    if (Fd && U.descriptors().isNonblocking(Fd))
      return Not(Decision::NonblockingDescriptor);
  }
  if (M.UnlessReady &&
      (isResumption(Facts.Function) || isKnownReady(U, Facts, Call)))
    return Not(Decision::KnownReady);
  return addPrimitive({M.Cat, Call.Callee, Call.Loc, describe(M), &M});
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

/// The destructors that run with an object of \p R, which owns others
/// (std::vector<T>): T's, as far as an owner's ownership goes.
void Effects::addOwned(const CXXRecordDecl *R, OwnedDestructors &Out) {
  const TypeModel *M = U.models().find(R);
  const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R);
  if (!M || !M->Owns || !Spec)
    return;
  auto Add = [&](const TemplateArgument &Arg) {
    const CXXRecordDecl *Of = Arg.getKind() == TemplateArgument::Type
                                  ? Arg.getAsType()->getAsCXXRecordDecl()
                                  : nullptr;
    Of = Of ? Of->getDefinition() : nullptr;
    if (!Of || Of->hasTrivialDestructor())
      return;
    if (const CXXDestructorDecl *Dtor = Of->getDestructor())
      Out.insert(Dtor);
    addOwned(Of, Out);
  };
  for (const TemplateArgument &Arg : Spec->getTemplateArgs().asArray())
    if (Arg.getKind() == TemplateArgument::Pack)
      llvm::for_each(Arg.pack_elements(), Add);
    else
      Add(Arg);
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

/// The call whose result \p Destroyed, a local variable, still holds when it
/// dies, and whose result waits then (std::async). A variable that was told to
/// do something, or has left, does not hold it.
const CallFact *Effects::waitsOnDestroy(const FunctionFacts &Facts,
                                        const CallFact &Destroyed) {
  const VariableFact *V = Facts.variable(Destroyed.Through);
  const Expr *Init = V ? V->Var->getInit() : nullptr;
  if (!Init || llvm::any_of(V->Uses, [](const VariableUse &Use) {
        return Use.H != VariableUse::How::ConstMethod &&
               Use.H != VariableUse::How::Discarded;
      }))
    return nullptr;
  const auto *Made = dyn_cast<CallExpr>(Init->IgnoreImplicit());
  const FunctionDecl *Callee = Made ? Made->getDirectCallee() : nullptr;
  const FunctionModel *M = Callee ? U.model(Callee) : nullptr;
  if (!M || !M->ResultWaitsOnDestroy)
    return nullptr;
  auto Call = llvm::find_if(Facts.Calls,
                            [&](const CallFact &C) { return C.Site == Made; });
  return Call != Facts.Calls.end() && !holdAny(U, M->Unless, *Call) ? &*Call
                                                                    : nullptr;
}

/// Whether \p Call destroys what its object owns, and leaves the object.
static bool letsGo(Unit &U, const FunctionModel *M, const CallFact &Call) {
  return M && M->LetsGo && (M->When.empty() || holdAny(U, M->When, Call)) &&
         !holdAny(U, M->Unless, Call);
}

/// What the owner that \p Call destroys, or has let go, takes with it.
void Effects::resolveOwned(const CallFact &Call, Resolved &Out) {
  const bool Dies = Call.K == CallFact::Kind::Destructor;
  const CXXRecordDecl *Owner = cast<CXXMethodDecl>(Call.Callee)->getParent();
  const TypeModel *M = U.models().find(Owner);
  if (!M || !M->Owns)
    return;
  OwnedDestructors Owned;
  addOwned(Owner, Owned);
  for (const CXXDestructorDecl *Dtor : Owned) {
    const FunctionModel *Known = U.model(Dtor);
    if (Known && Known->Effect == FunctionModel::EffectKind::Blocking &&
        !isSuppressed(Call.Loc)) {
      Out.Prim =
          addPrimitive({Known->Cat, Dtor, Call.Loc, describe(*Known), Known});
      Out.PrimHow = Dies ? Witness::How::Destroys : Witness::How::Calls;
    }
    if (Known || U.models().isOpaque(Dtor))
      continue;
    if (Dtor->isVirtual())
      addOverrides(Dtor, Out);
    if (const FunctionDecl *Body = definitionOf(Dtor))
      (Dies ? Out.OwnedBodies : Out.RunCallables).push_back(Body);
    else if (mayBeElsewhere(U, Dtor))
      Out.Externals.push_back(Dtor);
  }
}

void Effects::addOverrides(const CXXMethodDecl *M, Resolved &Out) {
  if (!U.isInSystemHeader(M) && M->isExternallyVisible())
    Out.Dispatched = M;
  for (const CXXMethodDecl *Override : overridesOf(M))
    if (const FunctionDecl *Body = definitionOf(Override);
        Body && !coroutineBody(Body))
      Out.OverrideBodies.push_back(Body);
}

/// What only the loop's thread may call is that whatever it does besides.
void Effects::resolveLoopOnly(const CallFact &Call, Resolved &Out) {
  const FunctionModel *M = U.model(Call.Callee);
  std::string Source;
  if (annotation(Call.Callee, "loop_only"))
    Source = "annotation NOSTALL_LOOP_ONLY";
  else if (M && M->LoopOnly)
    Source = describe(*M);
  if (!Source.empty() && !isSuppressed(Call.Loc, "nostall-loop-affinity"))
    Out.LoopOnly =
        addPrimitive({Category::LoopOnly, Call.Callee, Call.Loc, Source, M});
}

/// A call through a place may call all that anybody stores there.
void Effects::resolveStored(const CallFact &Call, Resolved &Out) {
  Out.Stored = Call.Through;
  for (const FunctionDecl *F : U.storedCallables().in(Call.Through)) {
    llvm::append_range(Out.RunCallables, bodiesOf(F));
    if (isUnknownCallable(U, F))
      Out.RunExternals.push_back(F);
  }
}

void Effects::resolve(const FunctionFacts &Facts, const CallFact &Call,
                      Resolved &Out) {
  Out.Call = &Call;
  Out.Why = Call.Allowed ? Decision::Allowed : Decision::Indirect;
  if (Call.Callee)
    resolveLoopOnly(Call, Out);
  if (Call.BeforeExit)
    Out.Why = Decision::BeforeExit;
  if (Call.Allowed || Call.BeforeExit)
    return;
  const FunctionDecl *Callee = Call.Callee;
  auto RunsThrough = [&] {
    if (const auto *P = dyn_cast_or_null<ParmVarDecl>(Call.Through);
        P && Call.K != CallFact::Kind::Destructor &&
        Call.K != CallFact::Kind::Constructor &&
        P->getDeclContext() == Facts.Function)
      Out.RunParams.push_back(P);
    else if (Call.Through && (!Callee || Call.K == CallFact::Kind::Operator))
      resolveStored(Call, Out);
  };
  if (!Callee)
    return RunsThrough();

  auto AddPrimitive = [&](unsigned Index, Witness::How How) {
    if (isSuppressed(Call.Loc)) {
      Out.Why = Decision::Suppressed;
      return;
    }
    Out.Prim = Index;
    Out.PrimHow = How;
  };
  Witness::How Direct = Call.K == CallFact::Kind::Destructor
                            ? Witness::How::Destroys
                            : Witness::How::Calls;
  if (auto Declared = declaredEffect(Callee)) {
    Out.Why = Decision::Declared;
    if (Declared->K == DeclaredEffect::Kind::Blocking)
      AddPrimitive(addPrimitive({Declared->Cat, Callee, Call.Loc,
                                 Declared->Source.str(), U.model(Callee)}),
                   Direct);
    return;
  }

  if (Call.K == CallFact::Kind::Destructor &&
      (hasLeft(Facts, Call.Through) || gaveUp(U, Facts, Call))) {
    Out.Why = Decision::MovedFrom;
    return;
  }
  if (Call.K == CallFact::Kind::Destructor)
    if (const CallFact *Made = waitsOnDestroy(Facts, Call)) {
      const FunctionModel &M = *U.model(Made->Callee);
      Out.Why = Decision::Model;
      AddPrimitive(
          addPrimitive({M.Cat, Made->Callee, Call.Loc, describe(M), &M}),
          Witness::How::DropsResult);
      return;
    }

  const FunctionModel *M = U.model(Callee);
  const bool Opaque = U.models().isOpaque(Callee);
  if (M) {
    if (auto Prim = primitiveAt(Facts, Call, *M, Out.Why))
      AddPrimitive(*Prim, Direct);
    else if (M->ResultWaitsOnDestroy && Call.Discarded &&
             !holdAny(U, M->Unless, Call))
      AddPrimitive(addPrimitive({M->Cat, Callee, Call.Loc, describe(*M), M}),
                   Witness::How::DropsResult);
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
    if (Arg.Param)
      Out.RunParams.push_back(Arg.Param);
    llvm::append_range(Out.RunCallables, bodiesOf(Arg.Body));
    if (isUnknownCallable(U, Arg.Body))
      Out.RunExternals.push_back(Arg.Body);
  }

  if (M && M->Effect != FunctionModel::EffectKind::None)
    return;
  if (Opaque) {
    Out.Why = Decision::Opaque;
    if (Call.K == CallFact::Kind::Destructor || letsGo(U, M, Call))
      resolveOwned(Call, Out);
    if (Call.K == CallFact::Kind::Operator)
      RunsThrough();
    return;
  }
  const FunctionDecl *Body = definitionOf(Callee);
  const bool DeletesBase = Call.K == CallFact::Kind::Destructor &&
                           isa_and_nonnull<CXXDeleteExpr>(Call.Site) &&
                           cast<CXXDestructorDecl>(Callee)->isVirtual();
  if (Call.By == CallFact::Dispatch::Virtual || DeletesBase)
    addOverrides(cast<CXXMethodDecl>(Callee), Out);
  if (Body) {
    if (coroutineBody(Body) &&
        !U.awaitables().classifyCoroutine(Body).runsInItsCaller()) {
      Out.Why = Decision::Coroutine; // reported in its own body
      return;
    }
    Out.Why = Decision::Body;
    Out.Body = Body;
    return;
  }
  if (Call.K == CallFact::Kind::Operator)
    RunsThrough();
  Out.Why = Decision::Unknown;
  if (mayBeElsewhere(U, Callee)) {
    Out.Why = Decision::Elsewhere;
    Out.Externals.push_back(Callee);
  }
}

const std::vector<const CXXMethodDecl *> &
Effects::overridesOf(const CXXMethodDecl *M) {
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
