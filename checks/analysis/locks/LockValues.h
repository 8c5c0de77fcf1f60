//===- LockValues.h - values that hold a lock -------------------*- C++ -*-===//
//
//   auto held = store.acquire();                    // what its body returns
//   Entered inside(store);                          // what the constructor
//   does auto kept = std::make_unique<Entered>(store);   // what the library
//   makes
//
// A guard is of a type that the models know, of a class of the user's whose
// destructor gives back what its constructor takes, or an owner of one.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKVALUES_H
#define NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKVALUES_H

#include "analysis/facts/Facts.h"

namespace nostall {

class Unit;

/// The class of the user's that gives a lock back when a value of type \p T
/// dies: T, or what T owns; or null.
const clang::CXXRecordDecl *ownGuard(Unit &U, clang::QualType T);

/// Whether what the function that \p E calls returns holds a lock, as its body
/// says; unset if the body is not here.
std::optional<bool> resultHolds(Unit &U, const clang::Expr *E);

/// Whether \p Ctor takes a lock that the destructor of its class gives back.
bool takesForItsObject(Unit &U, const clang::CXXConstructorDecl *Ctor);

/// Whether a value that \p Made makes, in the body of \p Facts, has run a
/// constructor of \p Guard that takes a lock.
bool makesOwnGuard(Unit &U, const FunctionFacts &Facts, const clang::Expr *Made,
                   const clang::CXXRecordDecl *Guard);

} // namespace nostall

#endif
