//===- Effects.cpp - what a call does to its thread -----------------------===//

#include "Effects.h"
#include "Annotations.h"
#include "Awaitables.h"
#include "CallArguments.h"
#include "Flow.h"
#include "ReadyFlow.h"
#include "Unit.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace nostall {

//===--- Summary ----------------------------------------------------------===//

bool Summary::blocks() const {
  return llvm::any_of(First, [](const auto &W) { return W.has_value(); });
}

std::optional<std::pair<Category, Witness>>
Summary::first(llvm::function_ref<bool(Category)> Enabled) const {
  std::optional<std::pair<Category, Witness>> Best;
  for (unsigned I = 0; I != NumCategories; ++I)
    if (First[I] && Enabled(static_cast<Category>(I)) &&
        (!Best || First[I]->Order < Best->second.Order))
      Best = {static_cast<Category>(I), *First[I]};
  return Best;
}

/// The definition of \p F with its body, or null.
static const FunctionDecl *definitionOf(const FunctionDecl *F) {
  const FunctionDecl *Definition = nullptr;
  if (!F->hasBody(Definition) || Definition->hasSkippedBody() ||
      !Definition->getBody())
    return nullptr;
  return Definition;
}

//===--- resolving a call -------------------------------------------------===//

/// What one call may do, before summaries of other functions are merged in.
struct Effects::Resolved {
  const CallFact *Call = nullptr;
  unsigned Order = 0;
  std::optional<unsigned> Prim;
  Witness::How PrimHow = Witness::How::Calls;
  const FunctionDecl *Body = nullptr; ///< of the callee
  llvm::SmallVector<const FunctionDecl *, 0> OverrideBodies;
  llvm::SmallVector<const FunctionDecl *, 0> RunCallables;
  const FunctionDecl *External = nullptr;
  /// Parameters of the enclosing function that the call runs.
  llvm::SmallVector<const ParmVarDecl *, 0> RunParams;
};

struct Effects::Node {
  const FunctionFacts *Facts = nullptr;
  std::vector<Resolved> Calls;
  Summary S;
};

Effects::Effects(Unit &U)
    : U(U), Suppressed(U.context().getSourceManager()) {}
Effects::~Effects() = default;

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

/// The primitive that \p Call is by its model entry, arguments and state.
std::optional<unsigned> Effects::primitiveAt(const FunctionFacts &Facts,
                                             const CallFact &Call,
                                             const FunctionModel &Entry) {
  const FunctionModel *Case = &Entry;
  while (Case && (Case->Effect != FunctionModel::EffectKind::Blocking ||
                  (!Case->When.empty() && !holdAny(U, Case->When, Call)) ||
                  holdAny(U, Case->Unless, Call)))
    Case = Case->Otherwise.get();
  if (!Case)
    return std::nullopt;
  const FunctionModel &M = *Case;
  if (M.UnlessWouldBlockTested) {
    if (testsWouldBlock(Facts))
      return std::nullopt;
    const Expr *Fd = Call.Object ? Call.Object : modelArgument(Call, 0);
    if (Fd && Facts.NonblockingFds.contains(namedEntity(U, Fd)))
      return std::nullopt;
  }
  if (M.UnlessReady && isKnownReady(U, Facts, Call))
    return std::nullopt;
  return addPrimitive({M.Cat, Call.Callee, Call.Loc, describe(M), &M});
}

/// The bodies that run when the callable \p F is called: of a generic lambda,
/// its instantiations. Coroutines are left out; they are reported on their own.
static llvm::SmallVector<const FunctionDecl *, 1>
bodiesOf(const FunctionDecl *F) {
  llvm::SmallVector<const FunctionDecl *, 1> Result;
  auto Add = [&](const FunctionDecl *D) {
    const FunctionDecl *Body = D ? definitionOf(D) : nullptr;
    if (Body && !coroutineBody(Body))
      Result.push_back(Body);
  };
  if (const FunctionTemplateDecl *T =
          F ? F->getDescribedFunctionTemplate() : nullptr)
    for (const FunctionDecl *Instance : T->specializations())
      Add(Instance);
  else
    Add(F);
  return Result;
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
  auto Call = llvm::find_if(
      Facts.Calls, [&](const CallFact &C) { return C.Site == Made; });
  return Call != Facts.Calls.end() && !holdAny(U, M->Unless, *Call) ? &*Call
                                                                    : nullptr;
}

void Effects::resolve(const FunctionFacts &Facts, const CallFact &Call,
                      unsigned Order, Resolved &Out) {
  Out.Call = &Call;
  Out.Order = Order;
  if (Call.Allowed)
    return;
  const FunctionDecl *Callee = Call.Callee;
  auto RunsThrough = [&] {
    if (const auto *P = dyn_cast_or_null<ParmVarDecl>(Call.Through);
        P && Call.K != CallFact::Kind::Destructor &&
        Call.K != CallFact::Kind::Constructor)
      Out.RunParams.push_back(P);
  };
  if (!Callee)
    return RunsThrough();

  auto AddPrimitive = [&](unsigned Index, Witness::How How) {
    if (Suppressed.covers(Call.Loc, "nostall-blocking-call"))
      return;
    Out.Prim = Index;
    Out.PrimHow = How;
  };
  Witness::How Direct = Call.K == CallFact::Kind::Destructor
                            ? Witness::How::Destroys
                            : Witness::How::Calls;
  if (auto Declared = declaredEffect(Callee)) {
    if (Declared->K == DeclaredEffect::Kind::Blocking)
      AddPrimitive(addPrimitive({Declared->Cat, Callee, Call.Loc,
                                 Declared->Source.str(), U.model(Callee)}),
                   Direct);
    return;
  }

  if (Call.K == CallFact::Kind::Destructor)
    if (const CallFact *Made = waitsOnDestroy(Facts, Call)) {
      const FunctionModel &M = *U.model(Made->Callee);
      AddPrimitive(
          addPrimitive({M.Cat, Made->Callee, Call.Loc, describe(M), &M}),
          Witness::How::DropsResult);
      return;
    }

  const FunctionModel *M = U.model(Callee);
  const bool Opaque = U.models().isOpaque(Callee);
  if (M) {
    if (auto Prim = primitiveAt(Facts, Call, *M))
      AddPrimitive(*Prim, Direct);
    else if (M->ResultWaitsOnDestroy && Call.Discarded &&
             !holdAny(U, M->Unless, Call))
      AddPrimitive(addPrimitive({M->Cat, Callee, Call.Loc, describe(*M), M}),
                   Witness::How::DropsResult);
  }

  // Callables that run before the callee returns.
  for (const CallableArgument &Arg : Call.Callables) {
    if (Arg.IsTask)
      continue;
    CallableUse Use =
        Opaque ? U.models().opaqueCallableUse(Callee) : CallableUse::Keeps;
    if (const CallableModel *C =
            M ? callableModel(U, *M, Call, Arg) : nullptr)
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
  }

  if (M && M->Effect != FunctionModel::EffectKind::None)
    return;
  if (Opaque) {
    if (Call.K == CallFact::Kind::Operator)
      RunsThrough();
    return;
  }
  const FunctionDecl *Body = definitionOf(Callee);
  const bool DeletesBase = isa_and_nonnull<CXXDeleteExpr>(Call.Site) &&
                           cast<CXXDestructorDecl>(Callee)->isVirtual();
  if (Call.K == CallFact::Kind::Virtual || DeletesBase)
    for (const CXXMethodDecl *Override :
         overridesOf(cast<CXXMethodDecl>(Callee)))
      if (const FunctionDecl *OverrideBody = definitionOf(Override);
          OverrideBody && !coroutineBody(OverrideBody))
        Out.OverrideBodies.push_back(OverrideBody);
  if (Body) {
    if (coroutineBody(Body) &&
        U.awaitables().classifyCoroutine(Body).K !=
            AwaitableType::Kind::Generator)
      return; // reported in its own body
    Out.Body = Body;
    return;
  }
  if (Call.K == CallFact::Kind::Operator)
    RunsThrough();
  const bool IsPure =
      isa<CXXMethodDecl>(Callee) && cast<CXXMethodDecl>(Callee)->isPureVirtual();
  if (!IsPure && !Callee->isDefaulted() && !Callee->isDeleted() &&
      !Callee->isDependentContext() && !Callee->getBuiltinID() &&
      !U.isInSystemHeader(Callee))
    Out.External = Callee;
}

const std::vector<const CXXMethodDecl *> &
Effects::overridesOf(const CXXMethodDecl *M) {
  if (!OverridesListed) {
    OverridesListed = true;
    for (const FunctionDecl *F : U.functions())
      if (const auto *Method = dyn_cast<CXXMethodDecl>(F);
          Method && Method->isVirtual()) {
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

//===--- merging ----------------------------------------------------------===//

static bool addExternal(const FunctionDecl *F, Summary &Into) {
  return Into.Externals.size() < Summary::MaxExternals &&
         Into.Externals.insert(F->getCanonicalDecl());
}

static bool addPrimitiveId(unsigned Id, Summary &Into) {
  auto At = llvm::lower_bound(Into.Primitives, Id);
  if ((At != Into.Primitives.end() && *At == Id) ||
      Into.Primitives.size() >= Summary::MaxPrimitives)
    return false;
  Into.Primitives.insert(At, Id);
  return true;
}

/// A caller that tests for EAGAIN has made the descriptor non-blocking, also
/// where a helper does the call.
bool Effects::isRuledOut(const FunctionFacts &Facts, unsigned Prim) {
  const FunctionModel *M = Primitives[Prim].Model;
  return M && M->UnlessWouldBlockTested && testsWouldBlock(Facts);
}

/// In its own body, or by a helper that judges error codes and does no such
/// I/O itself: `if (is_temporary(errno))`.
bool Effects::testsWouldBlock(const FunctionFacts &Facts) {
  if (Facts.TestsWouldBlock)
    return true;
  auto [It, IsNew] = WouldBlockTests.try_emplace(Facts.Function, false);
  if (!IsNew)
    return It->second;
  auto IsIO = [&](const CallFact &Call) {
    const FunctionModel *M = Call.Callee ? U.model(Call.Callee) : nullptr;
    return M && M->UnlessWouldBlockTested;
  };
  bool Tests = llvm::any_of(Facts.Calls, [&](const CallFact &Call) {
    const FunctionDecl *Helper =
        Call.Callee && !Call.Args.empty() ? definitionOf(Call.Callee) : nullptr;
    if (!Helper || U.isInSystemHeader(Helper))
      return false;
    const FunctionFacts &Of = U.facts(Helper);
    return Of.TestsWouldBlock && llvm::none_of(Of.Calls, IsIO);
  });
  return WouldBlockTests[Facts.Function] = Tests;
}

bool Effects::mergeBody(const FunctionFacts &Facts, const Resolved &R,
                        const FunctionDecl *Body, Witness::How H,
                        Summary &Into) {
  auto It = Nodes.find(Body->getCanonicalDecl());
  if (It == Nodes.end())
    return false;
  const Summary &From = It->second->S;
  bool Changed = false;
  for (unsigned I = 0; I != NumCategories; ++I)
    if (From.First[I] && !Into.First[I] &&
        !isRuledOut(Facts, From.First[I]->Prim)) {
      Into.First[I] = Witness{H,    R.Call->Loc,         R.Call->Callee,
                              Body, From.First[I]->Prim, R.Order};
      Changed = true;
    }
  if (&From != &Into) {
    for (unsigned Id : From.Primitives)
      if (!isRuledOut(Facts, Id))
        Changed |= addPrimitiveId(Id, Into);
    for (const FunctionDecl *F : From.Externals)
      Changed |= addExternal(F, Into);
  }
  return Changed;
}

bool Effects::contribute(const FunctionFacts &Facts, const Resolved &R,
                         Summary &Into) {
  bool Changed = false;
  const CallFact &Call = *R.Call;
  if (R.Prim) {
    const Primitive &P = Primitives[*R.Prim];
    auto &First = Into.First[static_cast<unsigned>(P.Cat)];
    if (!First) {
      First = Witness{R.PrimHow, Call.Loc, Call.Callee, nullptr, *R.Prim, R.Order};
      Changed = true;
    }
    Changed |= addPrimitiveId(*R.Prim, Into);
  }
  for (const FunctionDecl *Callable : R.RunCallables)
    Changed |=
        mergeBody(Facts, R, Callable, Witness::How::RunsCallable, Into);
  Witness::How Direct = Call.K == CallFact::Kind::Destructor
                            ? Witness::How::Destroys
                            : Witness::How::Calls;
  auto Invoke = [&](const ParmVarDecl *P) {
    if (P->getDeclContext() != Facts.Function)
      return;
    unsigned Index = P->getFunctionScopeIndex();
    if (Into.InvokedParams.size() <= Index)
      Into.InvokedParams.resize(Index + 1);
    Changed |= !Into.InvokedParams.test(Index);
    Into.InvokedParams.set(Index);
  };
  if (R.Body) {
    Changed |= mergeBody(Facts, R, R.Body, Direct, Into);
    // Callables that the body calls through its parameters.
    const Summary &Of = Nodes.find(R.Body->getCanonicalDecl())->second->S;
    for (const CallableArgument &Arg : Call.Callables) {
      if (Arg.IsTask || Arg.Arg >= Of.InvokedParams.size() ||
          !Of.InvokedParams.test(Arg.Arg))
        continue;
      if (Arg.Param)
        Invoke(Arg.Param);
      for (const FunctionDecl *Body : bodiesOf(Arg.Body))
        Changed |=
            mergeBody(Facts, R, Body, Witness::How::RunsCallable, Into);
    }
  }
  for (const FunctionDecl *Override : R.OverrideBodies)
    Changed |=
        mergeBody(Facts, R, Override, Witness::How::MayDispatch, Into);
  if (R.External)
    Changed |= addExternal(R.External, Into);
  for (const ParmVarDecl *P : R.RunParams)
    Invoke(P);
  return Changed;
}

/// Drawn only where there is a primitive, because a graph costs more than a
/// walk.
bool Effects::isReachable(const FunctionDecl *F, const CallFact &Call) {
  const FunctionFlow *Flow = Call.Site ? U.flow(F) : nullptr;
  return !Flow || Flow->isReachable(Call.Site);
}

//===--- on demand --------------------------------------------------------===//

Effects::Node &Effects::explore(const FunctionDecl *Root) {
  if (auto It = Nodes.find(Root->getCanonicalDecl()); It != Nodes.end())
    return *It->second;

  // Depth first without recursion: call chains may be very long.
  std::vector<Node *> PostOrder;
  struct Frame {
    Node *N;
    llvm::SmallVector<const FunctionDecl *, 4> Next;
  };
  std::vector<Frame> Stack;
  auto Enter = [&](const FunctionDecl *F) {
    auto &Slot = Nodes[F->getCanonicalDecl()];
    if (Slot)
      return;
    Slot = std::make_unique<Node>();
    Node *N = Slot.get();
    N->Facts = &U.facts(F);
    Frame Fr{N, {}};
    N->Calls.reserve(N->Facts->Calls.size());
    unsigned Order = 0;
    for (const CallFact &Call : N->Facts->Calls) {
      Resolved R;
      resolve(*N->Facts, Call, Order++, R);
      if (R.Prim && !isReachable(F, Call))
        continue;
      if (!R.Prim && !R.Body && R.OverrideBodies.empty() &&
          R.RunCallables.empty() && !R.External && R.RunParams.empty())
        continue;
      if (R.Body) {
        Fr.Next.push_back(R.Body);
        for (const CallableArgument &Arg : Call.Callables)
          llvm::append_range(Fr.Next, bodiesOf(Arg.Body));
      }
      Fr.Next.append(R.OverrideBodies.begin(), R.OverrideBodies.end());
      Fr.Next.append(R.RunCallables.begin(), R.RunCallables.end());
      N->Calls.push_back(std::move(R));
    }
    Stack.push_back(std::move(Fr));
  };
  Enter(Root);
  while (!Stack.empty()) {
    if (Stack.back().Next.empty()) {
      PostOrder.push_back(Stack.back().N);
      Stack.pop_back();
      continue;
    }
    const FunctionDecl *F = Stack.back().Next.pop_back_val();
    Enter(F);
  }
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (Node *N : PostOrder)
      for (const Resolved &R : N->Calls)
        Changed |= contribute(*N->Facts, R, N->S);
  }
  return *Nodes[Root->getCanonicalDecl()];
}

const Summary &Effects::summary(const FunctionDecl *F) { return explore(F).S; }

Summary Effects::effectOf(const FunctionFacts &Facts, const CallFact &Call) {
  Resolved R;
  resolve(Facts, Call, 0, R);
  if (R.Body) {
    explore(R.Body);
    for (const CallableArgument &Arg : Call.Callables)
      for (const FunctionDecl *Body : bodiesOf(Arg.Body))
        explore(Body);
  }
  for (const FunctionDecl *F : R.OverrideBodies)
    explore(F);
  for (const FunctionDecl *F : R.RunCallables)
    explore(F);
  Summary S;
  contribute(Facts, R, S);
  return S;
}

llvm::SmallVector<Witness, 4> Effects::chain(Category Cat, Witness W) {
  llvm::SmallVector<Witness, 4> Hops{W};
  while (Hops.back().Next) {
    const auto &Next =
        summary(Hops.back().Next).First[static_cast<unsigned>(Cat)];
    assert(Next && "a witness was set from a callee that has none");
    Hops.push_back(*Next);
  }
  return Hops;
}

unsigned
Effects::countEnabled(const Summary &S,
                      llvm::function_ref<bool(Category)> Enabled) const {
  return llvm::count_if(S.Primitives, [&](unsigned Id) {
    return Enabled(Primitives[Id].Cat);
  });
}

} // namespace nostall
