//===- Solver.h - dataflow over the events of a body ------------*- C++ -*-===//
//
// A client of the solver is a lattice and a transfer:
//
//   struct State { ...; bool operator==(const State &) const = default; };
//   State entry();                        what is known where the body begins
//   void on(State &, const Event &);      what an event changes
//   void join(State &, const State &);    two paths meet
//
// and, if it cares what conditions have asked, an Answers in State::Kept and
//
//   bool asks(const Question &);          one that it understands
//   void learn(State &, const Question &);  it has been answered so
//
// A catch handler is entered with the state at the beginning of its try block.
// Other exceptional edges are not drawn (as in Clang's own flow warnings): a
// state that differs only on a throwing path is not seen.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FLOW_SOLVER_H
#define NOSTALL_CHECKS_ANALYSIS_FLOW_SOLVER_H

#include "Alternatives.h"
#include "Branches.h"
#include "Events.h"
#include "Flow.h"
#include "analysis/Unit.h"
#include "analysis/facts/Assertions.h"
#include <deque>

namespace nostall {

/// The decisions on a shortest way to \p To along which something holds: \p
/// AtEntry tells of which blocks that is so, \p Along of which edges.
llvm::SmallVector<Branch, 2> shortestPath(
    const clang::CFGBlock *To,
    llvm::function_ref<bool(const clang::CFGBlock &)> AtEntry,
    llvm::function_ref<bool(const clang::CFGBlock &, const clang::CFGBlock &)>
        Along);

template <class Client> class Solution {
public:
  using State = typename Client::State;

  /// Solves what \p C asks of the body \p F. There is none where Clang cannot
  /// draw its control flow.
  /// With \p Given, only the paths of alternative \p Number count.
  Solution(Unit &U, const clang::FunctionDecl *F, Client &C,
           const Alternatives *Given = nullptr, unsigned Number = 0)
      : U(U), C(C), Given(Given), Number(Number), Flow(U.flow(F)),
        Of(Flow ? &Flow->events(U) : nullptr) {
    if (Of)
      solve();
  }

  explicit operator bool() const { return Of; }

  /// Calls \p Visit(const State &, const Event &, const CFGBlock &) for each
  /// event that control comes to, with the state before it.
  template <class Fn> void forEachState(Fn Visit) {
    if (Of)
      for (const clang::CFGBlock *Block : Flow->cfg())
        if (const auto &Entry = In[Block->getBlockID()])
          replay(*Entry, *Block,
                 [&](const State &S, const Event &E) { Visit(S, E, *Block); });
  }

  /// Where control leaves the body; nothing if it never does.
  std::optional<State> atExit() const {
    return Of ? In[Flow->cfg().getExit().getBlockID()] : std::nullopt;
  }

  /// The decisions on a shortest way to \p To along which \p Holds(State).
  template <class Fn>
  llvm::SmallVector<Branch, 2> pathTo(const clang::CFGBlock &To, Fn Holds) {
    return shortestPath(
        &To,
        [&](const clang::CFGBlock &Block) {
          const auto &Entry = In[Block.getBlockID()];
          return Entry && Holds(*Entry);
        },
        [&](const clang::CFGBlock &From, const clang::CFGBlock &Next) {
          const auto &Entry = In[From.getBlockID()];
          return Entry &&
                 Holds(along(replay(*Entry, From, [](auto &, auto &) {}), From,
                             Next,
                             From.succ_begin()->getReachableBlock() == &Next));
        });
  }

private:
  static constexpr bool Asks = requires(State S) { S.Kept; };

  void solve() {
    const clang::CFG &Graph = Flow->cfg();
    In.resize(Graph.getNumBlockIDs());
    reach(Graph.getEntry(), C.entry());
    while (!Work.empty()) {
      const clang::CFGBlock &Block = *Work.front();
      Work.pop_front();
      const State Out = replay(
          *In[Block.getBlockID()], Block, [&](const State &S, const Event &E) {
            if (E.K == Event::Kind::Try)
              for (const auto *Handler : *Flow->handlersFrom(E.Site))
                reach(*Handler, S);
          });
      bool IsFirst = true;
      for (const clang::CFGBlock::AdjacentBlock &Next : Block.succs()) {
        const clang::CFGBlock *To = Next.getReachableBlock();
        if (To && !(Given && Given->ruleOut(Number, Block, IsFirst)))
          reach(*To, along(Out, Block, *To, IsFirst));
        IsFirst = false;
      }
    }
  }

  void reach(const clang::CFGBlock &Block, State Along) {
    std::optional<State> &Slot = In[Block.getBlockID()];
    if (Slot) {
      State Joined = *Slot;
      C.join(Joined, Along);
      if constexpr (Asks)
        Joined.Kept.meet(Along.Kept);
      if (Joined == *Slot)
        return;
      Along = std::move(Joined);
    }
    Slot = std::move(Along);
    Work.push_back(&Block);
  }

  State along(State S, const clang::CFGBlock &From, const clang::CFGBlock &To,
              bool IsFirst) {
    if constexpr (Asks) {
      llvm::SmallVector<Question, 2> Settled;
      S.Kept.readEdge(U, From, To, IsFirst,
                      [&](const Question &Q) { Settled.push_back(Q); });
      for (const Question &Q : Settled)
        C.learn(S, Q);
    }
    return S;
  }

  /// The state at the end of \p Block.
  template <class Fn>
  State replay(State S, const clang::CFGBlock &Block, Fn Before) {
    for (const Event &E : Of->of(Block)) {
      Before(S, E);
      if constexpr (Asks)
        keep(S, E);
      C.on(S, E);
      if constexpr (Asks)
        learnAsserted(S, E);
    }
    return S;
  }

  /// `require(ready);`: behind it, that is so.
  void learnAsserted(State &S, const Event &E) {
    const auto *Call =
        E.K == Event::Kind::Call && E.Call
            ? llvm::dyn_cast_or_null<clang::CallExpr>(E.Call->Site)
            : nullptr;
    if (!Call)
      return;
    U.assertions().forEachAt(
        Call, [&](const clang::Expr *Arg, const ParamTest &T) {
          if (!Arg->getType()->isBooleanType() ||
              T.Is > ParamTest::Relation::NotEqual || T.Value)
            return;
          llvm::SmallVector<Question, 2> Settled;
          S.Kept.read(U, Arg, T.Is == ParamTest::Relation::NotEqual,
                      [&](const Question &Q) { Settled.push_back(Q); });
          for (const Question &Q : Settled)
            C.learn(S, Q);
        });
  }

  void keep(State &S, const Event &E) {
    if (E.K == Event::Kind::Declare || E.K == Event::Kind::Assign)
      S.Kept.keep(U, E, [&](const Question &Q) { return C.asks(Q); });
    else if (E.K == Event::Kind::Suspend)
      S.Kept.forgetKeepers([](const Place &P) { return !P.isOwn(); });
  }

  Unit &U;
  Client &C;
  const Alternatives *Given;
  const unsigned Number;
  const FunctionFlow *Flow;
  const Events *Of;
  std::vector<std::optional<State>> In;
  std::deque<const clang::CFGBlock *> Work;
};

} // namespace nostall

#endif
