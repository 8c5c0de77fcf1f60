//===- NonblockingPlaces.h - which places hold such descriptors -*- C++ -*-===//
//
//   DescriptorFlow, DescriptorFlow, ... ──NonblockingPlaces──▶ places
//
// A place is a variable, a parameter, a member, or what a function returns, by
// symbol. It holds a non-blocking descriptor if something makes it so anywhere;
// a parameter is given one only if all calls that are known do so. Serves a
// unit and the linked program alike. Linear in the flows.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_NONBLOCKINGPLACES_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_NONBLOCKINGPLACES_H

#include "analysis/facts/Places.h"
#include "llvm/ADT/DenseSet.h"

namespace nostall {

class NonblockingPlaces {
public:
  NonblockingPlaces() = default;
  /// The flows must outlive it.
  explicit NonblockingPlaces(
      llvm::ArrayRef<llvm::ArrayRef<DescriptorFlow>> Flows);

  bool contains(Symbol Place) const { return Place && Found.contains(Place); }

private:
  llvm::DenseSet<Symbol> Found;
};

} // namespace nostall

#endif
