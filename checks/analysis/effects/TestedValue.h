//===- TestedValue.h - what a condition says of a value ---------*- C++ -*-===//
//
//   if (mode != Mode::sync) ...      // of two enumerators, it is the other
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_TESTEDVALUE_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_TESTEDVALUE_H

#include "analysis/facts/Conditions.h"
#include "clang/AST/Type.h"

namespace nostall {

/// What is known of a value: how it stands to a constant.
struct TestedValue {
  ParamTest::Relation Is = ParamTest::Relation::Equal;
  int64_t Value = 0;
  bool operator==(const TestedValue &) const = default;
};

/// What \p T says of a value of type \p Type, in the form that tells most.
TestedValue testedValue(clang::QualType Type, const ParamTest &T);
/// No value is so, and so.
bool contradict(const TestedValue &Was, const TestedValue &Now);

/// What \p Site, `flags |= sync` or `++n`, makes of the number \p Old.
std::optional<int64_t> stepped(const clang::ASTContext &Ctx,
                               const clang::Stmt *Site, int64_t Old);

} // namespace nostall

#endif
