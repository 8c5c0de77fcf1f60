//===- MissingInstances.h - members that nobody has needed ------*- C++ -*-===//
//
// A body of a library that is not parsed (NeededBodies.h) instantiates nothing
// of the program's either. Code that is handed a value calls some members
// without naming them: its destructor, and its operator().
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_MISSINGINSTANCES_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_MISSINGINSTANCES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace clang {
class ASTContext;
class ClassTemplateSpecializationDecl;
class FunctionDecl;
} // namespace clang

namespace nostall {

class ModelSet;
class Unit;

/// Whether code that is handed a value of its class may call \p F: code of a
/// library, which need not name it.
bool isCalledByOthers(const clang::FunctionDecl *F);
/// The same of a member of a class template's instance, of which so far there
/// is no body but the template's.
bool isMissingInstance(const clang::FunctionDecl *F);

/// Visits all of these in the program's own classes, and the instances of its
/// class templates that nobody has needed whole:
/// `std::make_unique<Box<int>>()`. What is in namespaces that \p Models knows
/// as a library's is none.
void forEachMissingInstance(
    const clang::ASTContext &Ctx, const ModelSet &Models,
    llvm::function_ref<void(clang::FunctionDecl *)> Visit,
    llvm::function_ref<void(clang::ClassTemplateSpecializationDecl *)>
        VisitClass);

/// Whether a callable or a destructor of the program was not instantiated, and
/// one of \p Skipped may be what does so: instances of libraries' functions
/// that were not parsed. Then there may be more to find in a unit that is
/// parsed whole.
bool lacksInstances(Unit &U,
                    llvm::ArrayRef<const clang::FunctionDecl *> Skipped);

} // namespace nostall

#endif
