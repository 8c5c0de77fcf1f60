//===- Callables.h - what a call is given to run ----------------*- C++ -*-===//
//
// A lambda, a function, an object with one operator(), or the task of a
// coroutine: what stands behind an argument that will be called or awaited.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_CALLABLES_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_CALLABLES_H

#include "clang/AST/ExprCXX.h"
#include <optional>
#include <vector>

namespace nostall {

class Unit;

/// A callable that a call is given: a lambda, a function, an object with one
/// operator(), or (IsTask) the coroutine whose call makes the task argument.
struct CallableArgument {
  /// Named as a template argument: pool.run<f>(1).
  static constexpr unsigned InTemplate = ~0u;
  unsigned Arg = 0;
  const clang::FunctionDecl *Body = nullptr;
  /// The parameter of the enclosing function that is passed on, if it is one.
  const clang::ParmVarDecl *Param = nullptr;
  bool IsTask = false;
  /// The call that makes the task, which may be kept in a variable first.
  const clang::CallExpr *Made = nullptr;
};

/// \p E without the objects that wrap a callable: std::function(f) is f.
const clang::Expr *unwrapped(Unit &U, const clang::Expr *E);
/// The callable, or the task made by a coroutine's call, that \p E hands on.
std::optional<CallableArgument> callableOf(Unit &U, const clang::Expr *E);
/// The same, and all that may run of an object with several operator() (a
/// visitor) or of a ?:.
std::vector<CallableArgument> callablesOf(Unit &U, const clang::Expr *E);
/// What holds the callable \p E, or may, where a condition chooses it: of an
/// element, the container; of what a function has returned, that function.
llvm::SmallVector<const clang::ValueDecl *, 2> holdersOf(Unit &U,
                                                         const clang::Expr *E);
/// The task that a coroutine makes, if \p E calls one.
std::optional<CallableArgument> taskMadeBy(Unit &U, const clang::Expr *E);
/// The callable that a call of \p F names as a template argument.
std::optional<CallableArgument>
callableInTemplate(const clang::FunctionDecl *F);

} // namespace nostall

#endif
