//===- CoroutinePlaces.cpp - where the program runs its coroutines --------===//

#include "Linker.h"
#include "llvm/ADT/STLExtras.h"

namespace nostall {

/// Of those that are never used otherwise, those that are used off the loop,
/// and what only such await.
void Linker::placeCoroutines() {
  using Use = CallGraph::CoroutineUse;
  auto WhereOf = [&](const Use &U) {
    return refutes(U.Under) ? Use::Runs::OffLoop : U.Where;
  };
  llvm::DenseMap<CallGraph::Symbol, std::vector<const Use *>> UsesOf;
  for (const CallGraph *G : Units)
    for (const Use &U : G->Uses)
      UsesOf[U.Of].push_back(&U);
  std::vector<CallGraph::Symbol> Work, Elsewhere;
  llvm::DenseMap<CallGraph::Symbol, std::vector<CallGraph::Symbol>> AwaitedBy;
  for (const auto &[Of, Uses] : UsesOf)
    for (const Use *U : Uses) {
      if (WhereOf(*U) == Use::Runs::OffLoop)
        Work.push_back(Of);
      else if (WhereOf(*U) == Use::Runs::WithAwaiter)
        AwaitedBy[U->By].push_back(Of);
    }
  while (!Work.empty()) {
    const CallGraph::Symbol Of = Work.back();
    Work.pop_back();
    if (OffLoop.insert(Of).second)
      llvm::append_range(Work, AwaitedBy.lookup(Of));
  }
  for (CallGraph::Symbol Of : OffLoop)
    if (llvm::any_of(UsesOf[Of], [&](const Use *U) {
          return WhereOf(*U) == Use::Runs::Otherwise ||
                 (WhereOf(*U) == Use::Runs::WithAwaiter &&
                  !OffLoop.contains(U->By));
        }))
      Elsewhere.push_back(Of);
  while (!Elsewhere.empty()) {
    const CallGraph::Symbol Of = Elsewhere.back();
    Elsewhere.pop_back();
    if (OffLoop.erase(Of))
      llvm::append_range(Elsewhere, AwaitedBy.lookup(Of));
  }
}

} // namespace nostall
