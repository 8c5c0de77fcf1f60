//===- Effects.cpp - what a call does to its thread -----------------------===//

#include "Effects.h"
#include "CallResolution.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace nostall {

//===--- Summary ----------------------------------------------------------===//

const Witness *Summary::of(Category Cat) const {
  for (const Effect &E : Found)
    if (categoryOf(E.Plane) == Cat)
      return &E.First;
  return nullptr;
}

const Witness *Summary::in(unsigned Plane) const {
  for (const Effect &E : Found)
    if (E.Plane == Plane)
      return &E.First;
  return nullptr;
}

bool Summary::add(unsigned Plane, const Witness &W) {
  if (in(Plane))
    return false;
  Found.push_back({Plane, W});
  return true;
}

bool Summary::addPrimitive(unsigned Id) {
  auto At = llvm::lower_bound(Primitives, Id);
  if ((At != Primitives.end() && *At == Id) ||
      Primitives.size() >= MaxPrimitives)
    return false;
  Primitives.insert(At, Id);
  return true;
}

bool Summary::blocks() const {
  return llvm::any_of(
      Found, [](const Effect &E) { return E.Plane / 2 < NumCategories; });
}

bool Summary::isNothing() const {
  return Found.empty() && Externals.empty() && !Dispatches &&
         InvokedParams.none();
}

std::optional<std::pair<Category, Witness>>
Summary::first(llvm::function_ref<bool(Category)> Enabled) const {
  for (const Effect &E : Found)
    if (Enabled(categoryOf(E.Plane)))
      return std::pair(categoryOf(E.Plane), E.First);
  return std::nullopt;
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

/// A caller that tests for EAGAIN has made the descriptor non-blocking, also
/// where a helper does the call.
bool Effects::isRuledOut(const FunctionFacts &Facts, unsigned Plane) {
  return Summary::isIfWouldBlock(Plane) && testsWouldBlock(Facts);
}

unsigned Effects::planeOf(unsigned Prim) const {
  const Primitive &P = Primitives[Prim];
  return 2 * static_cast<unsigned>(P.Cat) +
         (P.Model && P.Model->UnlessWouldBlockTested);
}

bool Effects::mergeBody(const FunctionFacts &Facts, const Resolved &R,
                        const FunctionDecl *Body, Witness::How H,
                        Summary &Into) {
  auto It = Nodes.find(Body->getCanonicalDecl());
  if (It == Nodes.end())
    return false;
  const Summary &From = It->second->S;
  if (&From == &Into)
    return false;
  bool Changed = false;
  for (const Summary::Effect &E : From.Found)
    if (!isRuledOut(Facts, E.Plane))
      Changed |= Into.add(
          E.Plane, Witness{H, R.Call->Loc, R.Call->Callee, Body, E.First.Prim});
  for (unsigned Id : From.Primitives)
    if (!isRuledOut(Facts, planeOf(Id)))
      Changed |= Into.addPrimitive(Id);
  for (const FunctionDecl *F : From.Externals)
    Changed |= addExternal(F, Into);
  Changed |= From.Dispatches && !Into.Dispatches;
  Into.Dispatches |= From.Dispatches;
  Changed |= From.Conditional && !Into.Conditional;
  Into.Conditional |= From.Conditional;
  return Changed;
}

/// Whether it makes a difference that \p R is not called.
bool Effects::mattersToCaller(const Resolved &R) const {
  if (R.Prim || R.LoopOnly || !R.RunParams.empty())
    return true;
  auto Matters = [&](const FunctionDecl *F) {
    auto It = Nodes.find(F->getCanonicalDecl());
    return It != Nodes.end() &&
           (!It->second->S.Found.empty() || It->second->S.InvokedParams.any());
  };
  return (R.Body && Matters(R.Body)) ||
         llvm::any_of(llvm::concat<const FunctionDecl *const>(
                          R.OverrideBodies, R.OwnedBodies, R.RunCallables),
                      Matters);
}

bool Effects::contribute(const FunctionFacts &Facts, const Resolved &R,
                         Summary &Into) {
  bool Changed = false;
  const CallFact &Call = *R.Call;
  auto AddPrimitive = [&](std::optional<unsigned> Id, Witness::How H) {
    if (!Id)
      return;
    Changed |=
        Into.add(planeOf(*Id), Witness{H, Call.Loc, Call.Callee, nullptr, *Id});
    Changed |= Into.addPrimitive(*Id);
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
  const bool Dispatches = R.Dispatched || R.Stored;
  Changed |= Dispatches && !Into.Dispatches;
  Into.Dispatches |= Dispatches;
  for (const ParmVarDecl *P : R.RunParams)
    Invoke(P);
  if (!Into.Conditional && !Call.When.empty() && mattersToCaller(R))
    Changed = Into.Conditional = true;
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
  auto Enter = [&](const FunctionDecl *F, Node *Caller) {
    auto &Slot = Nodes[F->getCanonicalDecl()];
    const bool IsNew = !Slot;
    if (IsNew)
      Slot = std::make_unique<Node>();
    Node *N = Slot.get();
    if (Caller && !N->IsDone)
      N->Callers.push_back(Caller);
    if (!IsNew)
      return;
    N->Facts = &U.facts(F);
    Frame Fr{N, {}};
    N->Calls.reserve(N->Facts->Calls.size());
    for (const CallFact &Call : N->Facts->Calls) {
      Resolved R;
      resolve(*N->Facts, Call, R);
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
  Enter(Root, nullptr);
  while (!Stack.empty()) {
    if (Stack.back().Next.empty()) {
      PostOrder.push_back(Stack.back().N);
      Stack.pop_back();
      continue;
    }
    const FunctionDecl *F = Stack.back().Next.pop_back_val();
    Enter(F, Stack.back().N);
  }
  // Callees first; whoever stands in a circle is asked again when one of its
  // callees has changed.
  std::vector<Node *> Work(PostOrder.rbegin(), PostOrder.rend());
  for (Node *N : PostOrder)
    N->IsQueued = true;
  while (!Work.empty()) {
    Node *N = Work.back();
    Work.pop_back();
    N->IsQueued = false;
    bool Changed = false;
    for (const Resolved &R : N->Calls)
      Changed |= contribute(*N->Facts, R, N->S);
    if (Changed)
      for (Node *Caller : N->Callers)
        if (!std::exchange(Caller->IsQueued, true))
          Work.push_back(Caller);
  }
  for (Node *N : PostOrder) {
    N->IsDone = true;
    N->Callers = {};
  }
  return *Nodes[Root->getCanonicalDecl()];
}

const Summary &Effects::summary(const FunctionDecl *F) { return explore(F).S; }

std::pair<Decision, const FunctionModel *>
Effects::decisionOn(const FunctionFacts &Facts, const CallFact &Call) {
  Resolved R;
  resolve(Facts, Call, R);
  return {R.Why, Call.Callee ? U.model(Call.Callee) : nullptr};
}

Summary Effects::effectOf(const FunctionFacts &Facts, const CallFact &Call) {
  Resolved R;
  resolve(Facts, Call, R);
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

llvm::SmallVector<Witness, 4> Effects::chain(Witness W) {
  const unsigned Plane = planeOf(W.Prim);
  llvm::SmallVector<Witness, 4> Hops{W};
  while (Hops.back().Next) {
    const Witness &Last = Hops.back();
    const Witness *Next =
        (Last.Walked ? Last.Walked->S : summary(Last.Next)).in(Plane);
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
