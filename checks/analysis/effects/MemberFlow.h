//===- MemberFlow.h - members along the paths of a body ---------*- C++ -*-===//
//
//   Finally undo([&] { roll_back(); });   // bool armed_ = true;
//   undo.dismiss();                       // armed_ = false;
//   // it dies: ~Finally() { if (armed_) f_(); }
//
// Which values members of a local object have where it is called on or dies,
// after its constructor and what has been called on it before. Known is what
// is so on every path. Nobody else can have got hold of the object
// (MadeObjects.h).
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_MEMBERFLOW_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_MEMBERFLOW_H

#include "analysis/facts/Facts.h"

namespace nostall {

class MadeObjects;
class Unit;

using MemberValues =
    llvm::SmallVector<std::pair<const clang::FieldDecl *, int64_t>, 4>;

class MemberFlows {
public:
  MemberFlows(Unit &U, MadeObjects &Objects) : U(U), Objects(Objects) {}

  /// The members of its object that have a known value where \p Call, of a
  /// local object, is made.
  const MemberValues &at(const FunctionFacts &Facts, const CallFact &Call);

private:
  using ByCall = llvm::DenseMap<const CallFact *, MemberValues>;
  ByCall solve(const FunctionFacts &Facts);

  Unit &U;
  MadeObjects &Objects;
  llvm::DenseMap<const clang::FunctionDecl *, ByCall> Solved;
};

} // namespace nostall

#endif
