//===- LockGuards.h - which types lock threads ------------------*- C++ -*-===//
//
// A guard or mutex by its type: RAII guards are known by the models, and what
// they guard decides whether a thread waits for it. A mutex is asynchronous if
// locking it is awaited; one that can be unlocked, but has no lock() that a
// thread could wait in, is taken by other means, and those are awaited too.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKGUARDS_H
#define NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKGUARDS_H

#include "analysis/facts/Facts.h"
#include "analysis/models/Models.h"
#include "clang/AST/Expr.h"

namespace nostall {

class Unit;

/// The model of the thread-lock guard that \p T is, or null.
const TypeModel *guardModel(Unit &U, clang::QualType T);
/// The guard type that an owner of type \p T may hold (std::optional of a
/// guard, std::unique_ptr to one), or null.
clang::QualType heldGuard(Unit &U, clang::QualType T);
/// The types that \p R, a class template's instance, is made of.
llvm::SmallVector<clang::QualType, 4>
typeArguments(const clang::CXXRecordDecl *R);
/// Whether an owner that is made or filled by \p E gets a lock: somewhere in it
/// stands a guard of type \p Guard, or a mutex for one.
bool givesLock(const clang::Expr *E, clang::QualType Guard);
/// Whether \p T is a mutex that guards of type \p Guard lock, or such a guard.
bool isMutexOf(clang::QualType Guard, clang::QualType T);
/// Whether one of \p Args, of a guard's constructor, is of one of these types.
bool hasTag(llvm::ArrayRef<const clang::Expr *> Args,
            const std::vector<std::string> &Tags);
/// Whether \p T is a mutex that threads wait for, by the models.
bool isThreadMutex(Unit &U, clang::QualType T);
/// Whether the models say that what a guard of type \p T locks is a thread's.
bool locksThreads(Unit &U, clang::QualType T);
/// Whether \p T is a mutex that no thread waits for.
bool isAsyncMutex(Unit &U, clang::QualType T);
/// Whether \p T guards a mutex whose locking is awaited.
bool isAsyncGuard(Unit &U, clang::QualType T);

/// Whether \p C calls a member of a guard that takes its lock.
bool acquires(const TypeModel &Guard, const CallFact &C);

} // namespace nostall

#endif
