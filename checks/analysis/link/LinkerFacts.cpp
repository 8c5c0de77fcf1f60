//===- LinkerFacts.cpp - what units say besides calls ---------------------===//
//
// Put together for all: descriptors, objects, locks, moves, and tests for
// EAGAIN.
//
//===----------------------------------------------------------------------===//

#include "Linker.h"
#include "MemberUses.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

namespace nostall {

using Edge = CallGraph::Edge;

/// What functions do to locks because functions of other units do. What is
/// given back is settled first, because what is taken depends on it.
void Linker::closeLocks() {
  std::multimap<CallGraph::LockUse, const CallGraph::LockRule *> Rules;
  for (const CallGraph *G : Units)
    for (const CallGraph::LockRule &R : G->LockRules)
      Rules.emplace(R.If, &R);
  for (const bool Takes : {false, true}) {
    std::vector<CallGraph::LockUse> Work;
    llvm::copy_if(Locks, std::back_inserter(Work),
                  [&](const auto &Use) { return Use.Takes == Takes; });
    while (!Work.empty()) {
      const auto [First, Last] = Rules.equal_range(Work.back());
      Work.pop_back();
      for (const auto &[If, Rule] : llvm::make_range(First, Last))
        if (llvm::none_of(
                Rule->Unless,
                [&](const auto &Use) { return Locks.contains(Use); }) &&
            Locks.insert(Rule->Then).second)
          Work.push_back(Rule->Then);
    }
  }
}

/// What is known of the members of objects that one unit makes, and whose
/// methods others have.
void Linker::findObjects() {
  MemberUses Uses(Units);
  for (const Function &F : Functions)
    for (const Edge &E : F.Node->Edges)
      for (const CallGraph::MadeObject &Object : E.Objects)
        if (auto Passed = Uses.passedBy(Object); !Passed.empty())
          llvm::append_range(Objects[&E], Passed);
}

/// What one unit makes non-blocking, locks or moves, and what it says of
/// errors, for all.
void Linker::findDescriptors() {
  std::vector<llvm::ArrayRef<CallGraph::DescriptorFlow>> Flows;
  for (const CallGraph *G : Units) {
    Flows.push_back(G->Descriptors);
    TellWouldBlock.insert(G->TellWouldBlock.begin(), G->TellWouldBlock.end());
    Locks.insert(G->Locks.begin(), G->Locks.end());
    KeepHandles.insert(G->Keep.begin(), G->Keep.end());
    for (const CallGraph::Move &M : G->Moves)
      MovesToLoop.try_emplace(M.By, M.ToLoop);
  }
  closeLocks();
  Descriptors = NonblockingPlaces(Flows);
  auto Tells = [&](CallGraph::Symbol Of) {
    return TellWouldBlock.contains(Of);
  };
  for (const Function &F : Functions) {
    const CallGraph::Node &N = *F.Node;
    TestsWouldBlock.push_back(
        N.TestsWouldBlock ||
        (N.Judges && llvm::any_of(F.Unit->Judges[N.Judges - 1].Of, Tells)) ||
        llvm::any_of(N.Edges, [&](const Edge &E) {
          return E.Kind == Edge::To::Symbol && Tells(E.Of);
        }));
  }
}

/// Whether \p E, a primitive of \p F, does not wait, by what other units say.
/// What the function itself says was asked when its unit was read.
bool Linker::isNonblocking(const Function &F, const Edge &E) const {
  return F.Unit->Primitives[E.Target].UnlessWouldBlockTested &&
         ((!F.Node->TestsWouldBlock &&
           TestsWouldBlock[&F - Functions.data()]) ||
          llvm::any_of(E.Descriptor, [&](CallGraph::Symbol Place) {
            return Descriptors.contains(Place) ||
                   TellWouldBlock.contains(Place);
          }));
}

bool Linker::refutes(const CallGraph::Premise &Of) const {
  for (CallGraph::Symbol By : llvm::reverse(Of.Through))
    if (auto Moves = MovesToLoop.find(By); Moves != MovesToLoop.end())
      return !Moves->second;
  if (!llvm::all_of(Of.Kept, [&](CallGraph::Symbol By) {
        return KeepHandles.contains(By);
      }))
    return true;
  return Of.Coroutine && runsOffLoop(Of.Coroutine);
}

} // namespace nostall
