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

/// The same as far as a test may be about it (ParamTest): of what can be empty,
/// whether it is.
bool mayChangeTested(const clang::Expr *E,
                     llvm::ArrayRef<const clang::Stmt *> Path);

/// Whether \p S names \p V.
bool mentions(const clang::Stmt *S, const clang::VarDecl *V);

/// The local variables of a body that keep what they were made with: `bool both
/// = a && b; if (both) ...` asks for a and b. And in a constructor, members:
/// `Log(bool sync) : sync_(sync) { if (sync_) ... }` asks for its parameter.
class SetOnce {
public:
  explicit SetOnce(const clang::FunctionDecl *F) : F(F) {}
  /// What \p V was made with, if it keeps it; else null.
  const clang::Expr *valueOf(const clang::VarDecl *V);
  /// The same of the variable or member that \p E names.
  const clang::Expr *valueOf(const clang::Expr *E);

private:
  const clang::Expr *valueOf(const clang::FieldDecl *Field);
  bool changes(const clang::ValueDecl *D);
  void findChanged(const clang::FunctionDecl *Body);

  const clang::FunctionDecl *F;
  /// Found when somebody asks.
  std::optional<llvm::SmallPtrSet<const clang::ValueDecl *, 4>> Changed;
  /// Others may do anything to the object that a constructor makes.
  bool IsLent = false;
  llvm::SmallPtrSet<const clang::FunctionDecl *, 4> Read;
};

} // namespace nostall

#endif
