//===- Leaving.h - where control does not go on -----------------*- C++ -*-===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_LEAVING_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_LEAVING_H

namespace clang {
class ASTContext;
class Stmt;
} // namespace clang

namespace nostall {

/// Control never gets past the end of \p S.
bool leaves(const clang::Stmt *S);
/// `if (is_async) return;` of a constant that is true.
bool alwaysLeaves(const clang::ASTContext &Ctx, const clang::Stmt *S);

/// Control may get out of \p S other than past its end.
bool mayLeave(const clang::Stmt *S);

/// Control may get out of \p S by a `break` that stands in it.
bool breaksOut(const clang::Stmt *S);

/// \p S ends with a call that never returns: whoever waits in it holds up
/// nobody.
bool endsProgram(const clang::Stmt *S);

} // namespace nostall

#endif
