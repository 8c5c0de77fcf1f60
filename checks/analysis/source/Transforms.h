//===- Transforms.h - what a promise makes of awaited values ----*- C++ -*-===//
//
// A promise with an await_transform decides what its coroutine can await. One
// that is written for a type says so by itself. One that takes anything says
// nothing by itself; but it calls functions on what it is given, and a type
// that has such a function means to be awaited.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_TRANSFORMS_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_TRANSFORMS_H

#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/SmallVector.h"

namespace nostall {

/// How the await_transform of a promise takes a type.
struct Taking {
  bool HasTransform = false;
  /// An overload that is written for the type.
  const clang::FunctionDecl *Exact = nullptr;
  /// One that takes anything; it may be constrained.
  const clang::FunctionDecl *Generic = nullptr;
  /// The instance of that for the type, if this translation unit has one.
  const clang::FunctionDecl *Instance = nullptr;
};
Taking takingOf(const clang::CXXRecordDecl *Promise,
                const clang::CXXRecordDecl *R, clang::ASTContext &Ctx);

/// Whether \p Transform does no more than hand on what it is given: it makes
/// nothing awaitable that was not.
bool handsOn(const clang::FunctionDecl *Transform);

/// The class that awaits what \p Transform has made, or null.
const clang::CXXRecordDecl *madeAwaiter(const clang::FunctionDecl *Transform,
                                        clang::ASTContext &Ctx);

/// A coroutine that destroys itself when it is done has nobody who waits.
bool outlivesItsBody(const clang::CXXRecordDecl *Promise,
                     clang::ASTContext &Ctx);

/// The names of the functions that \p Transform, a template, calls on what it
/// is given and looks up with it, also by way of function objects.
llvm::SmallVector<clang::DeclarationName, 4>
customisationNames(const clang::FunctionDecl *Transform);

} // namespace nostall

#endif
