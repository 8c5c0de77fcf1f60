//===- NonblockingPlaces.cpp - which places hold such descriptors ---------===//

#include "NonblockingPlaces.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace nostall {

using Flow = DescriptorFlow;
using Symbol = Symbol;

/// Whether a call that passes \p Passed may come to what stands under \p When.
static bool mayHold(const Condition &When,
                    const std::vector<PassedValue> &Passed) {
  llvm::SmallVector<uint32_t, 4> Tested;
  for (const ParamTest &T : When)
    Tested.push_back(T.Param);
  return !KnownValues().after(Passed, Tested).ruleOut(When);
}

NonblockingPlaces::NonblockingPlaces(
    llvm::ArrayRef<llvm::ArrayRef<Flow>> Units) {
  llvm::DenseMap<Symbol, llvm::SmallVector<const Flow *, 2>> From;
  /// Calls that have not been seen to give a parameter such a descriptor. Of an
  /// inline function, several units tell the same.
  llvm::DenseMap<Symbol, unsigned> Waiting;
  /// Under which conditions a place is made so. None: always.
  llvm::DenseMap<Symbol, llvm::SmallVector<const Condition *, 1>> MadeUnder;
  llvm::DenseSet<Symbol> Always;
  std::vector<Symbol> Work;
  auto Add = [&](Symbol Place) {
    if (Found.insert(Place).second)
      Work.push_back(Place);
  };
  for (llvm::ArrayRef<Flow> Flows : Units)
    for (const Flow &F : Flows) {
      if (F.Gives)
        ++Waiting[F.To];
      if (F.From) {
        From[F.From].push_back(&F);
      } else if (!F.Gives) {
        MadeUnder[F.To].push_back(&F.When);
        if (F.When.empty())
          Always.insert(F.To);
        Add(F.To);
      }
    }
  while (!Work.empty()) {
    const Symbol Place = Work.back();
    Work.pop_back();
    auto Leads = From.find(Place);
    if (Leads == From.end())
      continue;
    auto Under = MadeUnder.find(Place);
    const bool IsCertain = Under == MadeUnder.end() || Always.contains(Place);
    for (const Flow *F : Leads->second) {
      if (!IsCertain &&
          llvm::none_of(Under->second, [&](const Condition *When) {
            return mayHold(*When, F->Passed);
          }))
        continue;
      if (!F->Gives || !--Waiting[F->To])
        Add(F->To);
    }
  }
}

} // namespace nostall
