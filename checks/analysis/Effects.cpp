//===- Effects.cpp - what a call does to its thread -----------------------===//

#include "Effects.h"
#include "CallResolution.h"
#include "Unit.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace nostall {

//===--- Summary ----------------------------------------------------------===//

static bool isSet(const std::optional<Witness> &W) { return W.has_value(); }

bool Summary::blocks() const {
  return llvm::any_of(llvm::ArrayRef(First).take_front(NumCategories), isSet);
}

bool Summary::isNothing() const {
  return llvm::none_of(First, isSet) && Externals.empty() && !Dispatches &&
         InvokedParams.none();
}

std::optional<std::pair<Category, Witness>>
Summary::first(llvm::function_ref<bool(Category)> Enabled) const {
  std::optional<std::pair<Category, Witness>> Best;
  for (unsigned I = 0; I != NumEffects; ++I)
    if (First[I] && Enabled(static_cast<Category>(I)) &&
        (!Best || First[I]->Order < Best->second.Order))
      Best = {static_cast<Category>(I), *First[I]};
  return Best;
}

Hop Witness::kind() const {
  return H == Hop::Calls && isa_and_nonnull<CXXConstructorDecl>(Callee)
             ? Hop::Constructs
             : H;
}

Effects::Effects(Unit &U) : U(U), Suppressed(U.context().getSourceManager()) {}
Effects::~Effects() = default;

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

bool Effects::mergeBody(const FunctionFacts &Facts, const Resolved &R,
                        const FunctionDecl *Body, Witness::How H,
                        Summary &Into) {
  auto It = Nodes.find(Body->getCanonicalDecl());
  if (It == Nodes.end())
    return false;
  const Summary &From = It->second->S;
  bool Changed = false;
  for (unsigned I = 0; I != NumEffects; ++I)
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
    Changed |= From.Dispatches && !Into.Dispatches;
    Into.Dispatches |= From.Dispatches;
    Changed |= From.Conditional && !Into.Conditional;
    Into.Conditional |= From.Conditional;
  }
  return Changed;
}

bool Effects::contribute(const FunctionFacts &Facts, const Resolved &R,
                         Summary &Into) {
  bool Changed = false;
  const CallFact &Call = *R.Call;
  auto AddPrimitive = [&](std::optional<unsigned> Id, Witness::How H) {
    if (!Id)
      return;
    auto &First = Into.First[static_cast<unsigned>(Primitives[*Id].Cat)];
    if (!First) {
      First = Witness{H, Call.Loc, Call.Callee, nullptr, *Id, R.Order};
      Changed = true;
    }
    Changed |= addPrimitiveId(*Id, Into);
  };
  AddPrimitive(R.Prim, R.PrimHow);
  for (const FunctionDecl *Callable : R.RunCallables)
    Changed |= mergeBody(Facts, R, Callable, Witness::How::RunsCallable, Into);
  Witness::How Direct = Call.K == CallFact::Kind::Destructor
                            ? Witness::How::Destroys
                            : Witness::How::Calls;
  AddPrimitive(R.LoopOnly, Direct);
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
        Changed |= mergeBody(Facts, R, Body, Witness::How::RunsCallable, Into);
      if (isUnknownCallable(U, Arg.Body))
        Changed |= addExternal(Arg.Body, Into);
    }
  }
  for (const FunctionDecl *Override : R.OverrideBodies)
    Changed |= mergeBody(Facts, R, Override, Witness::How::MayDispatch, Into);
  for (const FunctionDecl *Destructor : R.OwnedBodies)
    Changed |= mergeBody(Facts, R, Destructor, Witness::How::Destroys, Into);
  for (const FunctionDecl *F : R.Externals)
    Changed |= addExternal(F, Into);
  for (const FunctionDecl *F : R.RunExternals)
    Changed |= addExternal(F, Into);
  Changed |= R.Dispatched && !Into.Dispatches;
  Into.Dispatches |= R.Dispatched != nullptr;
  Changed |= !Call.When.empty() && !Into.Conditional;
  Into.Conditional |= !Call.When.empty();
  for (const ParmVarDecl *P : R.RunParams)
    Invoke(P);
  return Changed;
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
      if (R.isNothing() || ((R.Prim || R.LoopOnly) && !isReachable(F, Call)))
        continue;
      if (R.Body) {
        Fr.Next.push_back(R.Body);
        for (const CallableArgument &Arg : Call.Callables)
          llvm::append_range(Fr.Next, bodiesOf(Arg.Body));
      }
      llvm::append_range(Fr.Next, R.OverrideBodies);
      llvm::append_range(Fr.Next, R.OwnedBodies);
      llvm::append_range(Fr.Next, R.RunCallables);
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

std::pair<Decision, const FunctionModel *>
Effects::decisionOn(const FunctionFacts &Facts, const CallFact &Call) {
  Resolved R;
  resolve(Facts, Call, 0, R);
  return {R.Why, Call.Callee ? U.model(Call.Callee) : nullptr};
}

Summary Effects::effectOf(const FunctionFacts &Facts, const CallFact &Call) {
  Resolved R;
  resolve(Facts, Call, 0, R);
  if (R.Body) {
    explore(R.Body);
    for (const CallableArgument &Arg : Call.Callables)
      for (const FunctionDecl *Body : bodiesOf(Arg.Body))
        explore(Body);
  }
  for (const auto &Bodies : {R.OverrideBodies, R.OwnedBodies, R.RunCallables})
    for (const FunctionDecl *F : Bodies)
      explore(F);
  Summary S;
  contribute(Facts, R, S);
  walkWithArguments(Facts, R, S);
  return S;
}

llvm::SmallVector<Witness, 4> Effects::chain(Category Cat, Witness W) {
  if (W.Walked)
    return WalkedChains[W.Walked - 1];
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
  return llvm::count_if(
      S.Primitives, [&](unsigned Id) { return Enabled(Primitives[Id].Cat); });
}

} // namespace nostall
