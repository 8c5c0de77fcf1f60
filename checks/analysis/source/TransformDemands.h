//===- TransformDemands.h - what a promise asks of a type -------*- C++ -*-===//
//
// An await_transform that takes anything may ask for a member by a concept
// (`typename T::sender_concept`), or for a specialisation of a trait
// (`typename awaiter_type<T>::type`). What has it, can be awaited; that is read
// off the template, for types that this translation unit awaits nowhere.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_TRANSFORMDEMANDS_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_TRANSFORMDEMANDS_H

#include "clang/AST/DeclCXX.h"

namespace nostall {

/// Whether \p R has all the members that a concept names by which \p Transform,
/// a template, is constrained, or by which a branch of its body is taken.
bool hasDemandedMembers(const clang::CXXRecordDecl *R,
                        const clang::FunctionDecl *Transform);

/// Whether a trait that the signature of \p Transform names is specialised for
/// \p R.
bool hasDemandedTrait(clang::QualType T, const clang::FunctionDecl *Transform);

} // namespace nostall

#endif
