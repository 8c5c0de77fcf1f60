//===- SetOnce.h - what keeps its value -------------------------*- C++ -*-===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_SETONCE_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_SETONCE_H

#include "clang/AST/Decl.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <optional>

namespace nostall {

/// \p E names a variable or member; \p Path leads to it. Whether that may have
/// another value after it.
bool mayChange(const clang::Expr *E, llvm::ArrayRef<const clang::Stmt *> Path);

/// The local variables of a body that keep what they were made with:
/// `bool both = a && b; if (both) ...` asks for a and b.
class SetOnce {
public:
  explicit SetOnce(const clang::FunctionDecl *F) : F(F) {}
  /// What \p V was made with, if it keeps it; else null.
  const clang::Expr *valueOf(const clang::VarDecl *V);

private:
  void findChanged();

  const clang::FunctionDecl *F;
  /// Found when somebody asks.
  std::optional<llvm::SmallPtrSet<const clang::VarDecl *, 4>> Changed;
};

} // namespace nostall

#endif
