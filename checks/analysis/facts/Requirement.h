//===- Requirement.h - what has to hold, put together -----------*- C++ -*-===//
//
//   wait && (copies > 1 || sync)      quick ? 0 : ms
//
// Conditions as what has to hold for something to be so, as far as it is known:
// necessary, and not always enough. Both and either of two of them are again
// one, so that an expression's requirement is made of its parts'. What gets too
// long is left out, and then less is required.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_REQUIREMENT_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_REQUIREMENT_H

#include "Conditions.h"

namespace nostall {

class Requirement {
public:
  /// Of what may be so whatever holds.
  Requirement() = default;
  Requirement(const ParamTest &T) : All{T} {}
  /// Of what is never so.
  static Requirement never();
  /// Of what is so or not, and that is known.
  static Requirement known(bool Is) { return Is ? Requirement() : never(); }

  bool isNever() const { return Never; }
  /// Nothing is required.
  bool isNothing() const { return !Never && All.empty(); }
  const Condition &all() const { return All; }

  Requirement operator&&(const Requirement &Other) const;
  Requirement operator||(const Requirement &Other) const;

  /// Adds it to \p Out; of what is never so, a test that nothing passes.
  void addTo(Condition &Out) const;
  /// Leaves out the parts that contain a test that is \p Forgotten.
  void forget(llvm::function_ref<bool(const ParamTest &)> Forgotten) {
    forgetClauses(All, Forgotten);
  }

private:
  bool Never = false;
  Condition All;
};

} // namespace nostall

#endif
