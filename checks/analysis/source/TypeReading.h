//===- TypeReading.h - members of types, instantiated or not ----*- C++ -*-===//
//
// What Awaitables.h asks of classes. Where a template was never instantiated
// in this translation unit, its pattern is read instead, so that an answer does
// not depend on what else the file uses.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_TYPEREADING_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_TYPEREADING_H

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace nostall {

/// The class a type names; of an instantiation that was never completed, or a
/// dependent name, the class template's own body.
const clang::CXXRecordDecl *recordOf(clang::QualType T);

/// Calls \p Visit for \p R and its bases, nearest first, until it says true.
bool anyInHierarchy(
    const clang::CXXRecordDecl *R,
    llvm::function_ref<bool(const clang::CXXRecordDecl *)> Visit,
    unsigned Depth = 0);

/// The nearest member of that name, or null.
const clang::NamedDecl *findMember(const clang::CXXRecordDecl *R,
                                   clang::DeclarationName Name);
const clang::NamedDecl *findMember(const clang::CXXRecordDecl *R,
                                   llvm::StringRef Name,
                                   clang::ASTContext &Ctx);
/// All functions of that name in the nearest class that has one.
llvm::SmallVector<const clang::FunctionDecl *, 2>
functionsNamed(const clang::CXXRecordDecl *R, clang::DeclarationName Name);

/// The class that a member type names, defined there or by an alias.
const clang::CXXRecordDecl *memberType(const clang::CXXRecordDecl *R,
                                       llvm::StringRef Name,
                                       clang::ASTContext &Ctx);

/// A function, or what a function template declares.
const clang::FunctionDecl *asFunction(const clang::NamedDecl *D);

/// \p F or the pattern it is made of, whichever has a body; or null.
const clang::FunctionDecl *withBody(const clang::FunctionDecl *F);

/// What the last statement of \p F returns, or null.
const clang::Expr *lastReturn(const clang::FunctionDecl *F);

/// The class that \p F returns: as declared or deduced, or as its last
/// statement says.
const clang::CXXRecordDecl *returnedRecord(const clang::FunctionDecl *F);

/// Whether a parameter of type \p Param is meant for \p R: the class itself,
/// or an instance of the same template.
bool isMeantFor(clang::QualType Param, const clang::CXXRecordDecl *R);

/// The outermost named namespace around \p D, or null.
const clang::DeclContext *outermostNamespace(const clang::Decl *D);

} // namespace nostall

#endif
