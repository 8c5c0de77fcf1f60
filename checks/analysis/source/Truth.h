//===- Truth.h - what a condition is made of --------------------*- C++ -*-===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_TRUTH_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_TRUTH_H

#include "clang/AST/Expr.h"

namespace nostall {

/// \p Cond without parentheses and casts to bool: assert writes
/// static_cast<bool>(condition).
const clang::Expr *withoutTruthCasts(const clang::Expr *Cond);

/// Takes \p Cond apart where it is \p Holds: through !, && and ||, down to what
/// is none of these. Visits the parts whose truth is settled then, as they
/// stand: of `a && !b`, if it holds, a (true) and b (false); if it does not,
/// nothing. \p Budget bounds how many expressions are looked at.
void forEachSettled(const clang::Expr *Cond, bool Holds, unsigned &Budget,
                    llvm::function_ref<void(const clang::Expr *, bool)> Visit);

} // namespace nostall

#endif
