//===- Drops.h - awaitables that nobody takes care of -----------*- C++ -*-===//
//
// Joins three facts: a value is discarded, or kept in a variable, parameter or
// capture that nobody uses; its type is awaitable (Awaitables.h); and nothing
// says that it may be dropped (models, NOSTALL_DROPPABLE, a spawning callee),
// or is dropped on purpose: what runs anyway may be, if the code says so.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_TASKS_DROPS_H
#define NOSTALL_CHECKS_ANALYSIS_TASKS_DROPS_H

#include "analysis/facts/Facts.h"
#include "analysis/source/Awaitables.h"

namespace nostall {

class Unit;

struct Drop {
  enum class Kind : unsigned char {
    Value,        ///< f();
    NamedValue,   ///< t;   std::move(t);
    Variable,     ///< auto t = f();  and nothing else
    RangeElement, ///< for (auto t : tasks) {}
    Parameter,    ///< void f(task<> t) {}
    Held,         ///< std::pair p(f(), g());  auto [a, b] = ...;  the same
    Captured,     ///< [t = f()] {}
    Replaced,     ///< auto t = f(); t = g();
    Assigned,     ///< co_await t; t = g();  and nothing else
    Given,        ///< std::for_each(b, e, f);
  };
  Kind K = Kind::Value;
  const AwaitableType *Type = nullptr;
  clang::SourceLocation Loc;
  /// Value: the discarded expression. Variable: the call that made its value.
  const clang::Expr *E = nullptr;
  /// The function whose result it is, if it is one's.
  const clang::FunctionDecl *Callee = nullptr;
  /// Given: what calls that function, and drops its result.
  const clang::FunctionDecl *GivenTo = nullptr;
  const clang::ValueDecl *Named = nullptr;
  const clang::DeclStmt *Decl = nullptr;
  bool InHandler = false;
  bool IsVoidCast = false; ///< or in other words: std::ignore = f()
  bool IsArgument = false; ///< in such words
  bool IsTested = false;   ///< if (f())
  /// What runs anyway is destroyed with the value, wherever it is.
  bool EndsUnfinished = false;
  /// What is dropped is a container, or the like, that has the task.
  bool IsInside = false;
  /// A branch of this ?:, whose other branch must keep the same type.
  const clang::ConditionalOperator *Choice = nullptr;
  /// The coroutine around it accepts the value in a co_await, and in the other
  /// branch of its ?:, too.
  bool CanAwaitHere = false;
};

/// Whether a value is a drop, or what stands against that.
enum class DropVerdict : unsigned char {
  IsOne,
  NotAwaitable,
  MayBeDropped, ///< its type may be, by a model or an annotation
  Callee,       ///< what made it says that nobody need take care of it
  Opened,       ///< a co_await gave it, and it is not a task in turn
  Meant,        ///< `(void)` or [[maybe_unused]] on what runs anyway
  Kept,         ///< runs anyway, and is kept while the function goes on
  Watched,      ///< runs anyway, and its end is waited for in other words
  BeforeLoop,   ///< runs anyway, while a plain function runs a loop
  Started,      ///< what a lazy task gives once it is told to start
  Thrown,       ///< what is tested is that it throws before there is a task
  Callback,     ///< runs anyway, in a callback that has nobody to return it to
  Used,         ///< some use of the variable takes care of it (TaskFlow.h)
  DroppedLater, ///< by a statement that names the variable, and is one itself
  NoValue,      ///< no value that a call has just made: what it is, is unknown
};

/// \p D becomes what is known of the value, as far as the verdict needed it.
DropVerdict judgeDiscard(Unit &U, const FunctionFacts &Facts,
                         const DiscardFact &Discard, Drop &D);
DropVerdict judgeVariable(Unit &U, const FunctionFacts &Facts,
                          const VariableFact &V, Drop &D);

/// Every awaitable that \p Facts drops on all paths, in source order.
std::vector<Drop> findDrops(Unit &U, const FunctionFacts &Facts);

} // namespace nostall

#endif
