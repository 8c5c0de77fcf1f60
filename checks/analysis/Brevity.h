//===- Brevity.h - work that is done before a thread could be asked -*- C++
//-*-===//
//
// Whether all that a function does has been seen, and none of it blocks, loops
// or calls what nobody knows: then it takes nanoseconds, where handing it to a
// thread and back takes microseconds. Anything unknown makes the answer no.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_BREVITY_H
#define NOSTALL_CHECKS_ANALYSIS_BREVITY_H

#include "Facts.h"
#include "llvm/ADT/DenseMap.h"

namespace nostall {

class Unit;

class Brevity {
public:
  explicit Brevity(Unit &U) : U(U) {}

  /// \p F has a body here.
  bool isBrief(const clang::FunctionDecl *F);

private:
  bool isBrief(const FunctionFacts &Facts, const CallFact &Call);

  Unit &U;
  /// What has been asked; a function that is asked about again while it is
  /// looked through calls itself.
  llvm::DenseMap<const clang::FunctionDecl *, bool> Known;
  unsigned Depth = 0;
  static constexpr unsigned MaxDepth = 64;
};

} // namespace nostall

#endif
