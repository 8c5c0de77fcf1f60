//===- Leaving.h - where control does not go on -----------------*- C++ -*-===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_LEAVING_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_LEAVING_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include <optional>

namespace clang {
class Expr;
class Stmt;
} // namespace clang

namespace nostall {

/// Control never gets past the end of \p S.
bool leaves(const clang::Stmt *S);
/// `if (is_async) return;` of what is always true; \p Constant says of a
/// condition whether it is always so.
bool alwaysLeaves(
    const clang::Stmt *S,
    llvm::function_ref<std::optional<bool>(const clang::Expr *)> Constant);

/// Control may get out of \p S other than past its end.
bool mayLeave(const clang::Stmt *S);

/// Control may get out of \p S by a `break` that stands in it.
bool breaksOut(const clang::Stmt *S);

/// \p S ends with a call that never returns: whoever waits in it holds up
/// nobody.
bool endsProgram(const clang::Stmt *S);

} // namespace nostall

#endif
