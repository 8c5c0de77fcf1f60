//===- ArgumentWalk.cpp - what a call does with its arguments -------------===//
//
// A summary says what a function does at most. Where some of that stands under
// conditions on parameters, the calls below are walked anew, depth first and in
// source order, with what is known of the arguments. A body is entered once for
// each set of known values that it cares for.
//
// No walk is done where no condition lies below, which is nearly everywhere.
//
//===----------------------------------------------------------------------===//

#include "CallResolution.h"
#include "ConditionReader.h"
#include "Unit.h"
#include "llvm/ADT/STLExtras.h"
#include <set>

using namespace clang;

namespace nostall {

llvm::ArrayRef<PassedValue> Effects::passed(const FunctionFacts &Facts,
                                            Resolved &R) {
  if (!R.Passed)
    R.Passed = passedValues(U.context(), Facts, *R.Call);
  return *R.Passed;
}

/// Those that a call is under, and those that are passed on.
llvm::ArrayRef<uint32_t> Effects::caredFor(Node &N) {
  if (!N.Cares) {
    N.Cares.emplace();
    for (Resolved &R : N.Calls) {
      for (const ParamTest &T : R.Call->When)
        N.Cares->push_back(T.Param);
      for (const PassedValue &P : passed(*N.Facts, R))
        if (P.IsOwnParam)
          N.Cares->push_back(static_cast<uint32_t>(P.Value));
    }
    llvm::sort(*N.Cares);
    N.Cares->erase(llvm::unique(*N.Cares), N.Cares->end());
  }
  return *N.Cares;
}

struct Effects::ArgumentWalk {
  /// A body that a call leads to.
  struct Step {
    Node *To;
    KnownValues Known;
    Witness Hop;
  };
  /// A body that is being walked.
  struct Frame {
    Step At;
    size_t NextCall = 0;
    std::vector<Step> Next; ///< of the last call, the first last
  };

  /// More is not worth its time; the summary stands.
  static constexpr size_t MaxEntered = 1 << 14;

  ArgumentWalk(Effects &E, const FunctionFacts &Facts, Summary &Into)
      : E(E), RootFacts(Facts), Into(Into) {}

  /// False if there was too much to see.
  bool run(Resolved &Root) {
    for (bool WouldBlock : {false, true}) {
      IfWouldBlock = WouldBlock;
      if (IfWouldBlock && E.testsWouldBlock(RootFacts))
        break;
      Entered.clear();
      Stack.clear();
      std::vector<Step> Next = take(RootFacts, {}, Root);
      while (!Next.empty()) {
        Step First = std::move(Next.back());
        Next.pop_back();
        if (!walk(std::move(First)))
          return false;
      }
    }
    return true;
  }

private:
  bool walk(Step Root) {
    enter(std::move(Root));
    while (!Stack.empty()) {
      Frame &F = Stack.back();
      if (!F.Next.empty()) {
        Step S = std::move(F.Next.back());
        F.Next.pop_back();
        enter(std::move(S));
      } else if (F.NextCall != F.At.To->Calls.size()) {
        Resolved &R = F.At.To->Calls[F.NextCall++];
        F.Next = take(*F.At.To->Facts, F.At.Known, R);
      } else {
        Stack.pop_back();
      }
      if (Entered.size() > MaxEntered)
        return false;
    }
    return true;
  }

  void enter(Step S) {
    if (IfWouldBlock && E.testsWouldBlock(*S.To->Facts))
      return;
    if (Entered.insert({S.To, S.Known}).second)
      Stack.push_back({std::move(S), 0, {}});
  }

  /// Takes the primitives of \p R; the answer is the bodies that come next.
  std::vector<Step> take(const FunctionFacts &Facts, const KnownValues &Known,
                         Resolved &R) {
    std::vector<Step> Next;
    const CallFact &Call = *R.Call;
    if (Known.ruleOut(Call.When))
      return Next;
    const Hop Direct =
        Call.K == CallFact::Kind::Destructor ? Hop::Destroys : Hop::Calls;
    auto Add = [&](const FunctionDecl *Body, Hop How, bool TakesArguments) {
      Node &To = *E.Nodes.find(Body->getCanonicalDecl())->second;
      if (!To.S.blocks() && !To.S.loopOnly())
        return;
      KnownValues Then = TakesArguments
                             ? Known.after(E.passed(Facts, R), E.caredFor(To))
                             : KnownValues();
      Next.push_back({&To, std::move(Then),
                      Witness{How, Call.Loc, Call.Callee, Body, 0, R.Order}});
    };
    if (R.Prim)
      found(*R.Prim, {R.PrimHow, Call.Loc, Call.Callee, nullptr, 0, R.Order});
    for (const FunctionDecl *Callable : R.RunCallables)
      Add(Callable, Hop::RunsCallable, false);
    if (R.LoopOnly)
      found(*R.LoopOnly, {Direct, Call.Loc, Call.Callee, nullptr, 0, R.Order});
    if (R.Body) {
      Add(R.Body, Direct, true);
      const Summary &Of = E.Nodes.find(R.Body->getCanonicalDecl())->second->S;
      for (const CallableArgument &Arg : Call.Callables)
        if (!Arg.IsTask && Arg.Arg < Of.InvokedParams.size() &&
            Of.InvokedParams.test(Arg.Arg))
          for (const FunctionDecl *Body : bodiesOf(Arg.Body))
            Add(Body, Hop::RunsCallable, false);
    }
    for (const FunctionDecl *Override : R.OverrideBodies)
      Add(Override, Hop::MayDispatch, true);
    for (const FunctionDecl *Destructor : R.OwnedBodies)
      Add(Destructor, Hop::Destroys, false);
    std::reverse(Next.begin(), Next.end());
    return Next;
  }

  void found(unsigned Prim, Witness Last) {
    const Primitive &P = E.Primitives[Prim];
    if ((P.Model && P.Model->UnlessWouldBlockTested) != IfWouldBlock)
      return;
    if (!llvm::is_contained(Into.Primitives, Prim) &&
        Into.Primitives.size() < Summary::MaxPrimitives)
      Into.Primitives.insert(llvm::lower_bound(Into.Primitives, Prim), Prim);
    auto &First = Into.First[static_cast<unsigned>(P.Cat)];
    if (First)
      return;
    Last.Prim = Prim;
    auto &Chain = E.WalkedChains.emplace_back();
    for (const Frame &F : Stack)
      Chain.push_back(F.At.Hop);
    Chain.push_back(Last);
    for (Witness &W : Chain)
      W.Prim = Prim;
    First = Chain.front();
    First->Walked = E.WalkedChains.size();
  }

  Effects &E;
  const FunctionFacts &RootFacts;
  Summary &Into;
  bool IfWouldBlock = false; ///< looking for what a test for EAGAIN rules out
  std::set<std::pair<Node *, KnownValues>> Entered;
  std::vector<Frame> Stack;
};

void Effects::walkWithArguments(const FunctionFacts &Facts, Resolved &R,
                                Summary &S) {
  // The caller's own parameters are not known.
  const bool Below = llvm::any_of(
      llvm::concat<const FunctionDecl *const>(
          llvm::ArrayRef(R.Body ? &R.Body : nullptr, R.Body ? 1 : 0),
          R.OverrideBodies, R.OwnedBodies, R.RunCallables),
      [&](const FunctionDecl *F) {
        return Nodes.find(F->getCanonicalDecl())->second->S.Conditional;
      });
  if (!Below || (!S.blocks() && !S.loopOnly()))
    return;
  Summary Walked;
  if (!ArgumentWalk(*this, Facts, Walked).run(R))
    return;
  S.First = Walked.First;
  S.Primitives = std::move(Walked.Primitives);
}

} // namespace nostall
