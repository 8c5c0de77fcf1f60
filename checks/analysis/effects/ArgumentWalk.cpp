//===- ArgumentWalk.cpp - what a call does with its arguments -------------===//
//
// A summary says what a function does at most. Where some of that stands under
// conditions on parameters, the calls below are walked anew, depth first and in
// source order, with what is known of the arguments. A body is walked once for
// each set of known values that it cares for, whatever the number of calls that
// come to it.
//
// No walk is done where no condition lies below, which is nearly everywhere.
//
//===----------------------------------------------------------------------===//

#include "Descriptors.h"
#include "WalkedBody.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace nostall {

llvm::ArrayRef<PassedValue> Effects::passed(const FunctionFacts &Facts,
                                            ResolvedCall &R) {
  if (!R.Passed)
    R.Passed = U.descriptors().passed(Facts, *R.Call);
  return *R.Passed;
}

/// Those that a call is under, and those that are passed on.
llvm::ArrayRef<uint32_t> Effects::caredFor(Node &N) {
  if (!N.Cares) {
    N.Cares.emplace();
    for (ResolvedCall &R : N.Calls) {
      auto Asks = [&](const Condition &When) {
        for (const ParamTest &T : When)
          N.Cares->push_back(T.Param);
      };
      Asks(R.Call->When);
      for (const Successor &Next : R.Next)
        Asks(Next.OnlyIf);
      if (R.On)
        N.Cares->push_back(R.On);
      for (const PassedValue &P : passed(*N.Facts, R)) {
        if (P.IsOwnParam)
          N.Cares->push_back(static_cast<uint32_t>(P.Value));
        for (const ParamTest &T : P.UnlessAll)
          N.Cares->push_back(T.Param);
      }
    }
    llvm::sort(*N.Cares);
    N.Cares->erase(llvm::unique(*N.Cares), N.Cares->end());
  }
  return *N.Cares;
}

/// Whether \p N, with these values, runs its parameter number \p Param.
bool Effects::invokes(Node &N, const KnownValues &Known, unsigned Param,
                      unsigned Depth) {
  constexpr unsigned MaxDepth = 64; // deeper, what the summary says stands
  if (Param >= N.S.InvokedParams.size() || !N.S.InvokedParams.test(Param))
    return false;
  if (!N.S.Conditional || Depth == MaxDepth)
    return true;
  auto [Memo, IsNew] = Invokes.try_emplace({&N, Known, Param}, false);
  if (!IsNew)
    return Memo->second;
  auto IsIt = [&](const ParmVarDecl *P) {
    return P && P->getDeclContext() == N.Facts->Function &&
           P->getFunctionScopeIndex() == Param;
  };
  auto Runs = [&](ResolvedCall &R, const Successor &Next) {
    if (Next.Kind == Successor::Is::Parameter)
      return IsIt(Next.parameter());
    if (Next.Kind != Successor::Is::Body || !Next.TakesArguments)
      return false;
    Node &To = nodeOf(Next.function());
    return llvm::any_of(R.Call->Callables, [&](const CallableArgument &Arg) {
      return !Arg.IsTask && IsIt(Arg.Param) &&
             invokes(To, Known.after(passed(*N.Facts, R), caredFor(To)),
                     parameterFor(*R.Call, Arg), Depth + 1);
    });
  };
  const bool Any = llvm::any_of(N.Calls, [&](ResolvedCall &R) {
    return !Known.ruleOut(R.Call->When) &&
           llvm::any_of(R.Next,
                        [&](const Successor &Next) { return Runs(R, Next); });
  });
  return Invokes[{&N, Known, Param}] = Any;
}

class Effects::ArgumentWalk {
public:
  explicit ArgumentWalk(Effects &E) : E(E) {}

  /// What \p Root comes to; null if there is too much to see.
  std::unique_ptr<WalkedBody> run(const FunctionFacts &Facts,
                                  ResolvedCall &Root) {
    auto Body = std::make_unique<WalkedBody>();
    Body->TestsWouldBlock = E.Calls.testsWouldBlock(Facts);
    Body->IsDone = true; // nobody asks it again; it is merged at the end
    take(Facts, {}, Root, *Body);
    if (!walkNew()) {
      for (const Key &K : Entered)
        E.Walked.erase(K);
      return nullptr;
    }
    settle();
    merge(*Body);
    return Body;
  }

private:
  using Key = std::tuple<const Node *, KnownValues, bool>;
  /// A body whose calls are being taken.
  struct Frame {
    WalkedBody *Body;
    Node *N;
    KnownValues Known;
    size_t NextCall = 0;
  };

  /// More new bodies are not worth their time; the summary stands.
  static constexpr size_t MaxEntered = 1 << 14;

  /// Walks what \p take has come upon, and what lies below.
  bool walkNew() {
    while (!Stack.empty()) {
      if (Entered.size() > MaxEntered)
        return false;
      Frame &F = Stack.back();
      if (F.NextCall == F.N->Calls.size()) {
        PostOrder.push_back(F.Body);
        Stack.pop_back();
        continue;
      }
      Node &N = *F.N;
      const KnownValues Known = F.Known;
      take(*N.Facts, Known, N.Calls[F.NextCall++], *F.Body);
    }
    return true;
  }

  WalkedBody *enter(Node &To, KnownValues Known, bool Tests) {
    Tests |= E.Calls.testsWouldBlock(*To.Facts);
    Key K(&To, Known, Tests);
    auto &Slot = E.Walked[K];
    if (!Slot) {
      Slot = std::make_unique<WalkedBody>();
      Slot->TestsWouldBlock = Tests;
      Entered.push_back(std::move(K));
      Stack.push_back({Slot.get(), &To, std::move(Known)});
    }
    return Slot.get();
  }

  /// Notes in \p Into the primitives of \p R, and the bodies that it leads to.
  void take(const FunctionFacts &Facts, const KnownValues &Known,
            ResolvedCall &R, WalkedBody &Into) {
    const CallFact &Call = *R.Call;
    if (Known.ruleOut(Call.When))
      return;
    auto Add = [&](const FunctionDecl *Body, Hop How, bool TakesArguments) {
      Node &To = E.nodeOf(Body);
      if (To.S.Found.empty())
        return;
      KnownValues Then = TakesArguments
                             ? Known.after(E.passed(Facts, R), E.caredFor(To))
                             : KnownValues();
      WalkedBody *Walked = enter(To, std::move(Then), Into.TestsWouldBlock);
      if (!Walked->IsDone)
        Walked->Callers.push_back(&Into);
      Into.Steps.push_back(
          {Walked, Witness{How, Call.Loc, Call.Callee, Body, 0, Walked}});
    };
    for (const Successor &Next : R.Next) {
      if (Known.ruleOut(Next.OnlyIf))
        continue;
      if (R.On && Next.Kind == Successor::Is::Body &&
          !Known.allow(R.On, [&](int64_t Is) {
            return E.Calls.mayRun(R, Is, Next.function());
          }))
        continue;
      if (Next.Kind == Successor::Is::Primitive)
        Into.Steps.push_back({nullptr, Witness{Next.How, Call.Loc, Call.Callee,
                                               nullptr, Next.Prim}});
      if (Next.Kind != Successor::Is::Body)
        continue;
      Add(Next.function(), Next.How, Next.TakesArguments);
      if (!Next.TakesArguments)
        continue;
      Node &Of = E.nodeOf(Next.function());
      E.forEachGiven(Call, [&](unsigned Param, const FunctionDecl *Body) {
        if (E.invokes(Of, Known.after(E.passed(Facts, R), E.caredFor(Of)),
                      Param))
          Add(Body, Hop::RunsCallable, false);
      });
    }
  }

  /// Takes over what the steps of \p Body come to; whether that was new.
  bool merge(WalkedBody &Body) {
    bool Changed = false;
    for (const WalkedBody::Step &Step : Body.Steps) {
      if (!Step.To) {
        const unsigned Plane = E.planeOf(Step.Hop.Prim);
        Changed |= Body.S.add(Plane, Step.Hop);
        Changed |= Body.S.addPrimitive(Step.Hop.Prim);
        continue;
      }
      const Summary &From = Step.To->S;
      if (&From == &Body.S)
        continue;
      for (const Summary::Entry &Found : From.Found) {
        if (Summary::isIfWouldBlock(Found.Plane) && Body.TestsWouldBlock)
          continue;
        Witness W = Step.Hop;
        W.Prim = Found.First.Prim;
        Changed |= Body.S.add(Found.Plane, W);
      }
      for (unsigned Id : From.Primitives)
        if (!Summary::isIfWouldBlock(E.planeOf(Id)) || !Body.TestsWouldBlock)
          Changed |= Body.S.addPrimitive(Id);
    }
    return Changed;
  }

  void settle() {
    std::vector<WalkedBody *> Work(PostOrder.rbegin(), PostOrder.rend());
    for (WalkedBody *Body : PostOrder)
      Body->IsQueued = true;
    while (!Work.empty()) {
      WalkedBody *Body = Work.back();
      Work.pop_back();
      Body->IsQueued = false;
      if (merge(*Body))
        for (WalkedBody *Caller : Body->Callers)
          if (!Caller->IsDone && !std::exchange(Caller->IsQueued, true))
            Work.push_back(Caller);
    }
    for (WalkedBody *Body : PostOrder) {
      Body->IsDone = true;
      Body->Callers = {};
    }
  }

  Effects &E;
  std::vector<Frame> Stack;
  std::vector<WalkedBody *> PostOrder;
  std::vector<Key> Entered;
};

void Effects::walkWithArguments(const FunctionFacts &Facts, ResolvedCall &R,
                                Summary &S) {
  // The caller's own parameters are not known.
  const bool Below = llvm::any_of(R.Next, [&](const Successor &Next) {
    return Next.Kind == Successor::Is::Body &&
           nodeOf(Next.function()).S.Conditional;
  });
  if (!Below || S.Found.empty())
    return;
  std::unique_ptr<WalkedBody> Root = ArgumentWalk(*this).run(Facts, R);
  if (!Root)
    return;
  S.Found = std::move(Root->S.Found);
  S.Primitives = std::move(Root->S.Primitives);
}

} // namespace nostall
