//===- TaskValues.h - where tasks come from, and go to ----------*- C++ -*-===//
//
// A variable holds a task that nothing else has where a call made it there, or
// where it was moved from another variable. One that is made without a value
// may get one afterwards. What a callable returns may go to nobody.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_TASKS_TASKVALUES_H
#define NOSTALL_CHECKS_ANALYSIS_TASKS_TASKVALUES_H

#include "analysis/facts/Facts.h"

namespace nostall {

class Unit;

/// The expression that made the value of \p V, which nothing else has: a call,
/// a ?: of calls, a co_await that gives a task, or the move from another
/// variable of \p Facts, a member or an element; or null.
const clang::Expr *madeValue(Unit &U, const FunctionFacts &Facts,
                             const clang::Expr *Init);

/// `co_await result.resolve()`: waits for the task, and gives it back.
bool givesItself(const clang::CoroutineSuspendExpr *Await);

/// Of a variable that is made without a value, and may get one afterwards.
bool isEmpty(const clang::Expr *Init);

/// Whether \p V is named in \p S.
bool names(const clang::Stmt *S, const clang::VarDecl *V);

/// Whether the template that \p Facts is made of names \p V where this instance
/// does not.
bool hasOtherUses(const FunctionFacts &Facts, const VariableFact &V);

/// Whether nothing but `(void)v;` is done with \p V.
bool isOnlySilenced(Unit &U, const FunctionFacts &Facts, const VariableFact &V);

/// A callable that a call is given, and whose result nobody gets.
struct DroppedResult {
  const clang::FunctionDecl *Of = nullptr;
  bool IsPassedOn = false; ///< by a function that was given it itself
};
/// Those of \p Call: `std::for_each(b, e, f)`.
llvm::SmallVector<DroppedResult, 1> resultsDroppedBy(Unit &U,
                                                     const CallFact &Call);

} // namespace nostall

#endif
