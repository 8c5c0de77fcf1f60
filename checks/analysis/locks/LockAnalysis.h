//===- LockAnalysis.h - what happens to locks along a path ------*- C++ -*-===//
//
// The client of the solver (Solver.h) that follows locks: which of them are
// held, by a guard or bare, and why the others are not. LockFlow.cpp asks it
// about the awaits of a coroutine, LockHelpers.cpp about what a body leaves to
// its callers.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKANALYSIS_H
#define NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKANALYSIS_H

#include "LockStates.h"
#include "analysis/facts/ConditionReader.h"
#include <set>

namespace nostall {

class Unit;
struct TypeModel;

class LockAnalysis {
public:
  struct State {
    LockStates On;
    Answers Kept;
    bool operator==(const State &) const = default;
  };

  /// \p OfHelper: for what the body leaves to its callers.
  LockAnalysis(Unit &U, const FunctionFacts &Facts, bool OfHelper = false);

  State entry() { return {}; }
  void join(State &Into, const State &From) { nostall::join(Into.On, From.On); }
  void on(State &S, const Event &E);
  bool asks(const Question &Q);
  /// `if (guard.owns_lock())`, `if (!guard)`, `if (mutex.try_lock())`,
  /// `if (guard.try_lock())`, `switch (mutex.try_lock())`.
  void learn(State &S, const Question &Q);

  /// Whether a value of type \p T that \p Init makes holds a lock; unset if no
  /// guard is of that type.
  std::optional<bool> holds(State &S, clang::QualType T,
                            const clang::Expr *Init);
  /// The locks that have been taken if \p Q is so.
  llvm::SmallVector<Place, 2> locksTaken(const Question &Q);

private:
  using Is = LockAtAwait::State;
  using Meanings = std::map<const clang::ValueDecl *, Place>;

  const CallFact *test(const Question &Q) const;
  /// The locks that \p C tries to take, by its model or as a helper does.
  llvm::SmallVector<Place, 2> locksTried(const CallFact &C,
                                         const Place &Object);
  /// The locks, in the words of the caller, that \p C has taken if the helper
  /// that it calls returns true.
  llvm::SmallVector<Place, 2> takenIfTrue(const CallFact &C,
                                          const Place &Object);

  //===--- values ---------------------------------------------------------===//

  bool heldBefore(const State &S, const clang::Expr *Init);
  /// \p Init, of a guard of type \p T, holds a lock.
  bool holds(State &S, clang::QualType T, const TypeModel &M,
             const clang::Expr *Init);
  /// `return {std::unique_lock(m), &value};`
  bool holdsMember(State &S, const clang::CXXRecordDecl *R,
                   const clang::Expr *Init);
  /// \p P gets the value \p Init at \p Loc.
  void set(State &S, const Place &P, const clang::Expr *Init,
           clang::SourceLocation Loc);
  /// \p P is of a class of the user's: what its members mean, and what its
  /// constructor does besides what the object stands for.
  void bind(State &S, const Place &P, const clang::Expr *Init,
            clang::SourceLocation Loc);
  /// \p P, a local variable or a member of the destroyed object, dies.
  void destroy(State &S, const Place &P, clang::SourceLocation At);

  //===--- taking and leaving ---------------------------------------------===//

  void take(State &S, const Place &Lock, clang::SourceLocation At);
  /// The attempt at \p At has got \p Lock, or not: also where another question
  /// has said before that it had.
  void taken(State &S, const Place &Lock, clang::SourceLocation At, bool Got);
  /// \p Lock, or what may be the same, is not held any more.
  void leave(State &S, const Place &Lock, Is Now, clang::SourceLocation At);

  //===--- calls ----------------------------------------------------------===//

  void call(State &S, const Event &E);
  /// A function, lambda or member whose body says what it does to locks.
  void byHelper(State &S, const CallFact &C, const Place &Object);
  void onGuard(State &S, const CallFact &C, const Place &P);
  /// \p On, as \p Body names it, in the words of its caller.
  Place lockOf(const CallFact &C, const clang::FunctionDecl *Body,
               const Place &Object, const Place &On);

  Unit &U;
  const FunctionFacts &Facts;
  llvm::DenseMap<const clang::Stmt *, const CallFact *> CallAt;
  const bool OfHelper;
  /// Local variables of classes whose constructors take what their destructors
  /// give back. As they are made once, they are no part of the state.
  std::set<Place> OwnGuards;
  /// By a name, such a variable that it is a part of: auto [n, guard] = f();
  std::map<Place, Place> Parts;
  /// By such a variable: what its members of reference and pointer type mean.
  std::map<Place, Meanings> Bindings;
};

} // namespace nostall

#endif
