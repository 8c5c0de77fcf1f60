//===- Flow.h - control flow of one body, and dataflow over it --*- C++ -*-===//
//
// Some questions depend on the path: is the lock still held here, was the
// future seen to be ready, has the coroutine moved to a pool? They are answered
// on Clang's CFG of the body as written, with temporaries and destructors
// drawn in, by one small forward solver.
//
// A catch handler is entered with the state at the beginning of its try block.
// Other exceptional edges are not drawn (as in Clang's own flow warnings): a
// state that differs only on a throwing path is not seen.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FLOW_FLOW_H
#define NOSTALL_CHECKS_ANALYSIS_FLOW_FLOW_H

#include "clang/Analysis/CFG.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <deque>
#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

namespace nostall {

class FunctionFlow {
public:
  /// Null where Clang cannot draw a graph (invalid or dependent code).
  static std::unique_ptr<FunctionFlow> build(clang::ASTContext &Ctx,
                                             const clang::FunctionDecl *F);

  const clang::CFG &cfg() const { return *Graph; }
  /// False only for a site in a block that no path from the entry reaches.
  bool isReachable(const clang::Stmt *Site) const;
  /// The blocks that lead to the handlers of the try blocks that begin with
  /// \p First; null for most statements.
  const llvm::SmallVectorImpl<const clang::CFGBlock *> *
  handlersFrom(const clang::Stmt *First) const;

private:
  std::unique_ptr<clang::CFG> Graph;
  llvm::DenseMap<const clang::Stmt *,
                 llvm::SmallVector<const clang::CFGBlock *, 1>>
      HandlersFrom;
  llvm::DenseMap<const clang::Stmt *, const clang::CFGBlock *> BlockOf;
  llvm::BitVector Reached;
};

/// What decides between the two successors of \p Block, or null: of `a && b`
/// the half that is evaluated last there. A switch asks for a value, and is
/// not a branch, however many cases it has.
const clang::Expr *branchCondition(const clang::CFGBlock &Block);

/// A decision on the way: the condition, and which way it went.
struct Branch {
  const clang::Expr *Condition = nullptr;
  bool Taken = true;
};

/// The decisions on a shortest way to \p To along which something holds: \p
/// AtEntry and \p AtEnd tell of which blocks that is so.
llvm::SmallVector<Branch, 2>
shortestPath(const clang::CFGBlock *To,
             llvm::function_ref<bool(const clang::CFGBlock &)> AtEntry,
             llvm::function_ref<bool(const clang::CFGBlock &)> AtEnd);

/// Solves a forward problem. \p State is copyable and comparable;
///   Transfer(State &, const CFGElement &)       one element
///   Edge(State &, const CFGBlock &From, bool T) the branch taken, T the true
///   one Edge(State &, const CFGBlock &From, const CFGBlock &To, bool T)
///                                               the same, of a switch too
///   Join(State &Into, const State &From)        paths that meet
/// Returns the state at each reached block's entry, by block id.
template <typename State, typename TransferFn, typename EdgeFn, typename JoinFn>
std::vector<std::optional<State>> solveForward(const FunctionFlow &Flow,
                                               State Entry, TransferFn Transfer,
                                               EdgeFn Edge, JoinFn Join) {
  const clang::CFG &Graph = Flow.cfg();
  std::vector<std::optional<State>> In(Graph.getNumBlockIDs());
  std::deque<const clang::CFGBlock *> Work{&Graph.getEntry()};
  In[Graph.getEntry().getBlockID()] = std::move(Entry);
  auto Reach = [&](const clang::CFGBlock *Block, State Along) {
    std::optional<State> &Slot = In[Block->getBlockID()];
    if (Slot) {
      State Joined = *Slot;
      Join(Joined, Along);
      if (Joined == *Slot)
        return;
      Along = std::move(Joined);
    }
    Slot = std::move(Along);
    Work.push_back(Block);
  };
  while (!Work.empty()) {
    const clang::CFGBlock *Block = Work.front();
    Work.pop_front();
    State Out = *In[Block->getBlockID()];
    for (const clang::CFGElement &Element : *Block) {
      if (auto S = Element.getAs<clang::CFGStmt>())
        if (const auto *Handlers = Flow.handlersFrom(S->getStmt()))
          for (const clang::CFGBlock *Handler : *Handlers)
            Reach(Handler, Out);
      Transfer(Out, Element);
    }
    unsigned Index = 0;
    for (const clang::CFGBlock::AdjacentBlock &Next : Block->succs()) {
      bool IsTrue = Index++ == 0;
      const clang::CFGBlock *Successor = Next.getReachableBlock();
      if (!Successor)
        continue;
      State Along = Out;
      if constexpr (std::is_invocable_v<EdgeFn, State &,
                                        const clang::CFGBlock &,
                                        const clang::CFGBlock &, bool>)
        Edge(Along, *Block, *Successor, IsTrue);
      else if (Block->succ_size() == 2)
        Edge(Along, *Block, IsTrue);
      Reach(Successor, std::move(Along));
    }
  }
  return In;
}

} // namespace nostall

#endif
