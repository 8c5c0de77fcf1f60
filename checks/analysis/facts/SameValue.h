//===- SameValue.h - what leaves a value alone ------------------*- C++ -*-===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_SAMEVALUE_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_SAMEVALUE_H

namespace clang {
class ASTContext;
class Expr;
} // namespace clang

namespace nostall {

/// \p E without copies, temporaries, and conversions that lose no value.
const clang::Expr *sameValue(const clang::ASTContext &Ctx,
                             const clang::Expr *E);

} // namespace nostall

#endif
