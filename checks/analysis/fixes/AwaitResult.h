//===- AwaitResult.h - what a co_await gives --------------------*- C++ -*-===//
//
// Of an awaitable that is forgotten nobody knows the result yet: it is read off
// `await_resume`. A fix needs it, because a `co_await` that is written as a
// statement ends the life of what it gives.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FIXES_AWAITRESULT_H
#define NOSTALL_CHECKS_ANALYSIS_FIXES_AWAITRESULT_H

#include "clang/AST/Type.h"
#include <optional>

namespace clang {
class ASTContext;
}

namespace nostall {

/// The type of `co_await` of a temporary \p T, or nothing where it cannot be
/// read without an instantiation.
std::optional<clang::QualType> awaitResult(clang::ASTContext &Ctx,
                                           clang::QualType T);

/// Whether a \p Result that dies at once may be what the author was after: a
/// guard (it has an end of its own, and there is only one of it), or what its
/// author forbids to drop.
bool mustBeKept(clang::QualType Result);

} // namespace nostall

#endif
