//===- Effects.cpp - what a call does to its thread -----------------------===//
//
// The summaries, as the least fixpoint over all that a function reaches: bodies
// are entered depth first, each takes over what its callees' summaries have,
// and is asked again when one of those has grown.
//
//===----------------------------------------------------------------------===//

#include "Effects.h"
#include "Descriptors.h"
#include "WalkedBody.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/flow/Flow.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Expressions.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace nostall {

//===--- Summary ----------------------------------------------------------===//

const Witness *Summary::of(Effect Kind) const {
  for (const Entry &E : Found)
    if (categoryOf(E.Plane) == Kind)
      return &E.First;
  return nullptr;
}

const Witness *Summary::in(unsigned Plane) const {
  for (const Entry &E : Found)
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
  return llvm::any_of(Found, [](const Entry &E) {
    return traitsOf(categoryOf(E.Plane)).Waits;
  });
}

bool Summary::isNothing() const {
  return Found.empty() && Externals.empty() && !Dispatches &&
         InvokedParams.none();
}

std::optional<std::pair<Effect, Witness>>
Summary::first(llvm::function_ref<bool(Effect)> Enabled) const {
  for (const Entry &E : Found)
    if (Enabled(categoryOf(E.Plane)))
      return std::pair(categoryOf(E.Plane), E.First);
  return std::nullopt;
}

Hop Witness::kind() const {
  return H == Hop::Calls && isa_and_nonnull<CXXConstructorDecl>(Callee)
             ? Hop::Constructs
             : H;
}

Effects::Effects(Unit &U) : U(U), Calls(U) {}
Effects::~Effects() = default;

//===--- merging ----------------------------------------------------------===//

static bool addExternal(const FunctionDecl *F, Summary &Into) {
  return Into.Externals.size() < Summary::MaxExternals &&
         Into.Externals.insert(F->getCanonicalDecl());
}

/// A caller that tests for EAGAIN has made the descriptor non-blocking, also
/// where a helper does the call.
bool Effects::isRuledOut(const FunctionFacts &Facts, unsigned Plane) {
  return Summary::isIfWouldBlock(Plane) && Calls.testsWouldBlock(Facts);
}

unsigned Effects::planeOf(unsigned Prim) const {
  const Primitive &P = primitive(Prim);
  return 2 * static_cast<unsigned>(P.What) +
         (P.Model && P.Model->UnlessWouldBlockTested);
}

bool Effects::mergeBody(const FunctionFacts &Facts, const ResolvedCall &R,
                        const FunctionDecl *Body, Hop H, Summary &Into) {
  const Node *To = find(Body);
  if (!To || &To->S == &Into)
    return false;
  const Summary &From = To->S;
  bool Changed = false;
  for (const Summary::Entry &E : From.Found)
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
bool Effects::mattersToCaller(const ResolvedCall &R) const {
  return llvm::any_of(R.Next, [&](const Successor &Next) {
    switch (Next.Kind) {
    case Successor::Is::Primitive:
    case Successor::Is::Parameter:
      return true;
    case Successor::Is::Body: {
      const Node *To = find(Next.function());
      return To && (!To->S.Found.empty() || To->S.InvokedParams.any());
    }
    case Successor::Is::External:
    case Successor::Is::Overriders:
    case Successor::Is::Stored:
      return false;
    }
    llvm_unreachable("covered switch");
  });
}

static bool invoke(const FunctionFacts &Facts, const ParmVarDecl *P,
                   Summary &Into) {
  if (!P || P->getDeclContext() != Facts.Function)
    return false;
  const unsigned Index = P->getFunctionScopeIndex();
  if (Into.InvokedParams.size() <= Index)
    Into.InvokedParams.resize(Index + 1);
  const bool IsNew = !Into.InvokedParams.test(Index);
  Into.InvokedParams.set(Index);
  return IsNew;
}

/// The callables that \p R gives to \p Callee, which calls them.
bool Effects::mergeGiven(const FunctionFacts &Facts, const ResolvedCall &R,
                         const Summary &Callee, Summary &Into) {
  bool Changed = false;
  for (const CallableArgument &Arg : R.Call->Callables) {
    const unsigned Param = parameterFor(*R.Call, Arg);
    if (Arg.IsTask || Param >= Callee.InvokedParams.size() ||
        !Callee.InvokedParams.test(Param))
      continue;
    Changed |= invoke(Facts, Arg.Param, Into);
    if (isUnknownCallable(U, Arg.Body))
      Changed |= addExternal(Arg.Body, Into);
  }
  forEachGiven(*R.Call, [&](unsigned Param, const FunctionDecl *Body) {
    if (Param < Callee.InvokedParams.size() && Callee.InvokedParams.test(Param))
      Changed |= mergeBody(Facts, R, Body, Hop::RunsCallable, Into);
  });
  return Changed;
}

void Effects::forEachGiven(
    const CallFact &Call,
    llvm::function_ref<void(unsigned, const FunctionDecl *)> Visit) {
  for (const CallableArgument &Arg : Call.Callables)
    if (!Arg.IsTask && Arg.Body)
      for (const FunctionDecl *Body : bodiesOf(U, Arg.Body, Call.Args))
        Visit(parameterFor(Call, Arg), Body);
  // run(hook_), run(hooks[1])
  for (unsigned I = 0; Call.Callee && I != Call.Callee->getNumParams(); ++I) {
    const Expr *Arg = argumentFor(Call, I);
    if (!Arg ||
        !U.storedCallables().holdsCallables(
            Call.Callee->getParamDecl(I)->getType()) ||
        llvm::any_of(Call.Callables, [&](const CallableArgument &Known) {
          return parameterFor(Call, Known) == I;
        }))
      continue;
    for (const ValueDecl *Place : holdersOf(U, Arg))
      if (!isa<ParmVarDecl>(Place))
        for (const FunctionDecl *F : U.storedCallables().in(Place))
          if (const FunctionDecl *Body = definitionOf(F);
              Body && !coroutineBody(Body))
            Visit(I, Body);
  }
}

bool Effects::contribute(const FunctionFacts &Facts, const ResolvedCall &R,
                         Summary &Into) {
  bool Changed = false;
  const CallFact &Call = *R.Call;
  for (const Successor &Next : R.Next)
    switch (Next.Kind) {
    case Successor::Is::Primitive:
      Changed |=
          Into.add(planeOf(Next.Prim), Witness{Next.How, Call.Loc, Call.Callee,
                                               nullptr, Next.Prim});
      Changed |= Into.addPrimitive(Next.Prim);
      break;
    case Successor::Is::Body:
      Changed |= mergeBody(Facts, R, Next.function(), Next.How, Into);
      if (const Node *To =
              Next.TakesArguments ? find(Next.function()) : nullptr)
        Changed |= mergeGiven(Facts, R, To->S, Into);
      break;
    case Successor::Is::External:
      Changed |= addExternal(Next.function(), Into);
      break;
    case Successor::Is::Overriders:
    case Successor::Is::Stored:
      Changed |= !Into.Dispatches;
      Into.Dispatches = true;
      break;
    case Successor::Is::Parameter:
      Changed |= invoke(Facts, Next.parameter(), Into);
      break;
    }
  const bool IsConditional = !Call.When.empty() || R.On ||
                             llvm::any_of(R.Next, [](const Successor &S) {
                               return !S.OnlyIf.empty();
                             });
  if (!Into.Conditional && IsConditional && mattersToCaller(R))
    Changed = Into.Conditional = true;
  return Changed;
}

//===--- on demand --------------------------------------------------------===//

/// Asked only where there is a primitive, because a graph costs more than a
/// walk.
bool Effects::isReachable(const FunctionFacts &Facts, const CallFact &Call) {
  const FunctionFlow *Flow = Call.Site ? U.flow(Facts.Function) : nullptr;
  return !neverHolds(Facts, Call) &&
         (!Flow || (Flow->isReachable(Call.Site, dies(Call)) &&
                    !U.descriptors().objects().flows().isDead(Facts, Call)));
}

/// By what the members of the function's object have, whoever it is.
bool Effects::neverHolds(const FunctionFacts &Facts, const CallFact &Call) {
  const auto *Method = dyn_cast<CXXMethodDecl>(Facts.Function);
  return Method && !Call.When.empty() &&
         U.descriptors()
             .objects()
             .always(*Method, Call.When)
             .ruleOut(Call.When);
}

Effects::Node *Effects::find(const FunctionDecl *F) const {
  auto It = Nodes.find(F->getCanonicalDecl());
  return It == Nodes.end() ? nullptr : It->second.get();
}

Effects::Node &Effects::nodeOf(const FunctionDecl *F) const {
  Node *N = find(F);
  assert(N && "not explored");
  return *N;
}

void Effects::forEachBody(
    const ResolvedCall &R,
    llvm::function_ref<void(const FunctionDecl *)> Visit) {
  bool Gives = false;
  for (const Successor &Next : R.Next)
    if (Next.Kind == Successor::Is::Body) {
      Visit(Next.function());
      Gives |= Next.TakesArguments;
    }
  if (Gives)
    forEachGiven(*R.Call,
                 [&](unsigned, const FunctionDecl *Body) { Visit(Body); });
}

Effects::Node &Effects::explore(const FunctionDecl *Root) {
  if (Node *N = find(Root))
    return *N;

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
      ResolvedCall R = Calls.resolve(*N->Facts, Call);
      if (R.Next.empty() || neverHolds(*N->Facts, Call) ||
          (R.has(Successor::Is::Primitive) && !isReachable(*N->Facts, Call)))
        continue;
      forEachBody(R, [&](const FunctionDecl *To) { Fr.Next.push_back(To); });
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
    for (const ResolvedCall &R : N->Calls)
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
  return nodeOf(Root);
}

const Summary &Effects::summary(const FunctionDecl *F) { return explore(F).S; }

llvm::ArrayRef<ResolvedCall> Effects::calls(const FunctionDecl *F) {
  return explore(F).Calls;
}

std::pair<Decision, const FunctionModel *>
Effects::decisionOn(const FunctionFacts &Facts, const CallFact &Call) {
  return {Calls.resolve(Facts, Call).Why,
          Call.Callee ? U.model(Call.Callee) : nullptr};
}

Summary Effects::effectOf(const FunctionFacts &Facts, const CallFact &Call) {
  ResolvedCall R = Calls.resolve(Facts, Call);
  llvm::erase_if(R.Next, [](const Successor &Next) {
    return KnownValues().ruleOut(Next.OnlyIf);
  });
  forEachBody(R, [&](const FunctionDecl *To) { explore(To); });
  Summary S;
  contribute(Facts, R, S);
  walkWithArguments(Facts, R, S);
  return S;
}

Summary Effects::effectOfHanded(const FunctionFacts &Facts,
                                const CallFact &Call,
                                const CallableArgument &Arg) {
  Summary S;
  contribute(Facts, Calls.resolveHanded(Call, Arg), S);
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

unsigned Effects::countEnabled(const Summary &S,
                               llvm::function_ref<bool(Effect)> Enabled) const {
  return llvm::count_if(
      S.Primitives, [&](unsigned Id) { return Enabled(primitive(Id).What); });
}

} // namespace nostall
