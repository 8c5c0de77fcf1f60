//===- Solver.cpp - dataflow over the events of a body --------------------===//

#include "Solver.h"
#include <map>

using namespace clang;

namespace nostall {

llvm::SmallVector<Branch, 2> shortestPath(
    const CFGBlock *To, llvm::function_ref<bool(const CFGBlock &)> AtEntry,
    llvm::function_ref<bool(const CFGBlock &, const CFGBlock &)> Along) {
  std::map<const CFGBlock *, const CFGBlock *> CameFrom{{To, nullptr}};
  std::deque<const CFGBlock *> Work{To};
  const CFGBlock *Source = nullptr;
  while (!Work.empty() && !Source) {
    const CFGBlock *Block = Work.front();
    Work.pop_front();
    if (Block->pred_empty() || !AtEntry(*Block))
      Source = Block; // it begins in here
    else
      for (const CFGBlock *Pred : Block->preds())
        if (Pred && !CameFrom.count(Pred) && Along(*Pred, *Block) &&
            CameFrom.try_emplace(Pred, Block).second)
          Work.push_back(Pred);
  }
  llvm::SmallVector<Branch, 2> Path;
  for (const CFGBlock *B = Source; B && B != To; B = CameFrom[B])
    if (const Expr *Cond = branchCondition(*B))
      Path.push_back(
          {Cond, B->succ_begin()->getReachableBlock() == CameFrom[B]});
  // The decision that led to the place where it began.
  if (Source && Source->pred_size() == 1)
    if (const CFGBlock *Pred = *Source->pred_begin())
      if (const Expr *Cond = branchCondition(*Pred))
        Path.insert(Path.begin(),
                    {Cond, Pred->succ_begin()->getReachableBlock() == Source});
  return Path;
}

} // namespace nostall
