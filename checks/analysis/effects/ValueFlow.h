//===- ValueFlow.h - values along the paths of a body -----------*- C++ -*-===//
//
//   Finally undo([&] { roll_back(); });   // bool armed_ = true;
//   undo.dismiss();                       // armed_ = false;
//   // it dies: ~Finally() { if (armed_) f_(); }
//
//   up_ = true;
//   if (!up_) sleep(1);                   // never
//
// Which values variables, the members of local objects and those of the
// function's own object have where a call is made, after what was stored in
// them, what has been called on them and what conditions have said. Known is
// what is so on every path; where two conditions contradict each other, control
// does not go. A suspension, and a call of who may reach the object, ends what
// is known of an object that others have.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_VALUEFLOW_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_VALUEFLOW_H

#include "Setters.h"
#include "analysis/facts/Facts.h"
#include "analysis/facts/MemberPaths.h"

namespace nostall {

class MadeObjects;
class Unit;

using MemberValues = llvm::SmallVector<std::pair<MemberPath, int64_t>, 4>;

class ValueFlows {
public:
  ValueFlows(Unit &U, MadeObjects &Objects) : U(U), Objects(Objects), Sets(U) {}

  /// The members of the object that \p Call is made on whose values are known
  /// there.
  const MemberValues &at(const FunctionFacts &Facts, const CallFact &Call);
  /// What is known there of parameters of the callee, by what the variables
  /// hold that they are given; and of the members of those.
  const std::vector<PassedValue> &passed(const FunctionFacts &Facts,
                                         const CallFact &Call);
  /// The members, whose values are known there, of objects that \p Call gives
  /// to parameters.
  struct GivenMember {
    unsigned Param = 0;
    MemberPath Path;
    int64_t Is = 0;
    bool operator==(const GivenMember &) const = default;
  };
  const std::vector<GivenMember> &given(const FunctionFacts &Facts,
                                        const CallFact &Call);
  /// Whether control never comes to \p Call, because of what conditions before
  /// it have said.
  bool isDead(const FunctionFacts &Facts, const CallFact &Call);
  /// What calls leave in members.
  Setters &setters() { return Sets; }

private:
  struct Here {
    MemberValues OfObject;
    std::vector<PassedValue> Passed;
    std::vector<GivenMember> Given;
    bool IsDead = true;
  };
  using ByCall = llvm::DenseMap<const CallFact *, Here>;
  const Here *find(const FunctionFacts &Facts, const CallFact &Call);
  ByCall solve(const FunctionFacts &Facts);

  Unit &U;
  MadeObjects &Objects;
  Setters Sets;
  llvm::DenseMap<const clang::FunctionDecl *, ByCall> Solved;
};

} // namespace nostall

#endif
