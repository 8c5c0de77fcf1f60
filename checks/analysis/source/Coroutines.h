//===- Coroutines.h - promise types and how they begin ----------*- C++ -*-===//
//
// std::coroutine_traits, asked as the compiler asks it: a specialisation first,
// then the member promise_type. A class that is named so and has not what a
// promise must have is some other promise.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_COROUTINES_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_COROUTINES_H

#include "Awaitables.h"

namespace nostall {

/// The promise of coroutines that return an \p R, or null.
const clang::CXXRecordDecl *promiseOf(const clang::CXXRecordDecl *R,
                                      clang::ASTContext &Ctx);

/// When a coroutine with \p Promise begins. \p R is the type that its callers
/// get; null if that is no class.
Start startOf(const clang::CXXRecordDecl *Promise,
              const clang::CXXRecordDecl *R, clang::ASTContext &Ctx);

/// The class that awaits an \p R, as far as it needs no promise: \p R itself,
/// or what its operator co_await returns. \p IsAwaitable says whether there is
/// one; the class may not be known even so.
const clang::CXXRecordDecl *awaiterOf(const clang::CXXRecordDecl *R,
                                      clang::ASTContext &Ctx,
                                      bool &IsAwaitable);

/// Whether \p Awaiter (null: not known) lets a coroutine that awaits an \p R go
/// on, or ends it, and never keeps it.
bool goesThrough(const clang::CXXRecordDecl *R,
                 const clang::CXXRecordDecl *Awaiter, clang::ASTContext &Ctx);

/// Whether \p R is a value that co_await opens: it goes through, and what it
/// does is no more than to give what there is.
bool isOpenedBy(const clang::CXXRecordDecl *R,
                const clang::CXXRecordDecl *Awaiter, clang::ASTContext &Ctx);

/// The value of await_ready, where it is one constant.
std::optional<bool> constantReady(const clang::CXXRecordDecl *Awaiter,
                                  clang::ASTContext &Ctx);

} // namespace nostall

#endif
