//===- Assertions.h - functions that return only if ... ---------*- C++ -*-===//
//
//   void require(bool ok) { if (!ok) throw std::logic_error("..."); }
//   ...
//   require(is_ready(result));
//
// What has to hold of a function's parameters for a call to return: behind the
// call, it does.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_ASSERTIONS_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_ASSERTIONS_H

#include "Conditions.h"
#include "llvm/ADT/DenseMap.h"

namespace clang {
class ASTContext;
class CallExpr;
class Expr;
class FunctionDecl;
} // namespace clang

namespace nostall {

class Assertions {
public:
  explicit Assertions(const clang::ASTContext &Ctx) : Ctx(Ctx) {}

  /// Visits the arguments of \p Call that are known when it has returned, and
  /// what is known of each.
  void forEachAt(
      const clang::CallExpr *Call,
      llvm::function_ref<void(const clang::Expr *, const ParamTest &)> Visit);

private:
  const Condition &of(const clang::FunctionDecl *F);

  const clang::ASTContext &Ctx;
  llvm::DenseMap<const clang::FunctionDecl *, Condition> Known;
};

} // namespace nostall

#endif
