//===- Bodies.h - which body runs -------------------------------*- C++ -*-===//
//
// Whether a function has a body here, whether it is a coroutine, and whether
// another unit may have it. Declared coroutines count: what they return tells.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_BODIES_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_BODIES_H

#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/SmallVector.h"

namespace nostall {

class Unit;

/// Runs \p Ask, which may ask about another body in turn, and so on: chains of
/// calls may be a hundred thousand deep.
void askDeeper(llvm::function_ref<void()> Ask);

/// The definition of \p F with its body, or null.
const clang::FunctionDecl *definitionOf(const clang::FunctionDecl *F);

/// What runs when the callable \p F is called: its body, or of a generic lambda
/// those of its instantiations. Coroutines are left out; they are reported on
/// their own. A function that is known to block whatever it is given
/// (`std::function<int(int)> f = fsync`) stands for its body: its facts are one
/// call of it. \p BesideIt is what the call that is given the callable gets,
/// too: of instantiations, those are meant that take of it what any of them
/// takes.
llvm::SmallVector<const clang::FunctionDecl *, 1>
bodiesOf(Unit &U, const clang::FunctionDecl *F,
         llvm::ArrayRef<const clang::Expr *> BesideIt = {});

/// An override in a class template that keeps a lambda behind an interface: a
/// std::function written by hand. Which of them a virtual call means is as
/// unknown as what a std::function holds.
bool erasesType(const clang::CXXMethodDecl *Override);

/// Whether the callable \p F, which has no body here, may do anything: neither
/// a model nor an annotation knows it.
bool isUnknownCallable(Unit &U, const clang::FunctionDecl *F);

/// Whether a body for \p F, which has none here, may be found elsewhere.
bool mayBeElsewhere(Unit &U, const clang::FunctionDecl *F);

/// The body as the user wrote it: without the coroutine machinery.
const clang::Stmt *writtenBody(const clang::FunctionDecl *F);
const clang::CoroutineBodyStmt *coroutineBody(const clang::FunctionDecl *F);
/// \p F has no body here, and returns what coroutines return.
bool mayBeCoroutineElsewhere(Unit &U, const clang::FunctionDecl *F);

/// What \p F returns, if its body does nothing else; or null.
const clang::Expr *returnedBy(const clang::FunctionDecl *F);

} // namespace nostall

#endif
