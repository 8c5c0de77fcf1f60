//===- Purpose.h - bodies in which a value is dropped -----------*- C++ -*-===//
//
// A slot that returns void has nobody to give a task to. A variable may be
// there to keep a task that runs while the function does other things. A test
// that a call throws wants the exception, and never gets a task. Both are told
// by what is around the body, and not by names.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_PURPOSE_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_PURPOSE_H

#include "Facts.h"

namespace clang {
class ASTContext;
} // namespace clang

namespace nostall {

class Unit;

/// Whether \p Facts are of a body that somebody else calls by a signature of
/// his, without a result: a lambda or function that is handed on, an override.
bool isCallback(Unit &U, const FunctionFacts &Facts);

/// Whether a call is written behind \p Decl in its block, so that the variable
/// lives while it runs. \p Body is the function's.
bool isFollowedByCall(const clang::Stmt *Body, const clang::DeclStmt *Decl);
/// The same of a suspension.
bool isFollowedByAwait(const clang::Stmt *Body, const clang::DeclStmt *Decl);

/// Whether \p Path, from a body down to a statement, leads through the try
/// block that a macro makes of its arguments, one of which names the exception
/// that the first handler takes: `EXPECT_THROW(f(), Error)`.
bool isInThrowTest(llvm::ArrayRef<const clang::Stmt *> Path,
                   const clang::ASTContext &Ctx);

/// Whether \p Discard stands where nothing can be awaited, and is there to
/// throw: in such a macro, or as the last statement of a callable for a
/// function template that catches the exception its caller names, as in
/// `assert_throws<Error>([&] { f(); })`.
bool isExpectedToThrow(Unit &U, const FunctionFacts &Facts,
                       const DiscardFact &Discard);

/// Whether \p Call, of a function that takes anything by reference, does
/// nothing with it: `std::ignore = f()`, `ignore_unused(f())`.
bool ignoresArguments(const clang::CallExpr *Call);

} // namespace nostall

#endif
