//===- SetOnce.h - what keeps its value -------------------------*- C++ -*-===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_SETONCE_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_SETONCE_H

#include "clang/AST/Decl.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/DenseMap.h"
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

/// Where a local variable gets its value: in branches of statements that follow
/// its declaration, and nobody asks it before the last of them.
///   bool wait = true;
///   if (quick) wait = false;
///   if (wait) fsync(fd);
struct Settling {
  const clang::CompoundStmt *In = nullptr; ///< these statements
  const clang::Stmt *First = nullptr;      ///< the declaration
  const clang::Stmt *Last = nullptr;
};

/// What the local variables of a body hold: that which they were made with, if
/// they keep it: `bool both = a && b; if (both) ...` asks for a and b. And in a
/// constructor, members: `Log(bool sync) : sync_(sync) { if (sync_) ... }` asks
/// for its parameter.
class SetOnce {
public:
  explicit SetOnce(const clang::FunctionDecl *F) : F(F) {}
  /// What \p V was made with, if it keeps it; else null.
  const clang::Expr *valueOf(const clang::VarDecl *V);
  /// The same of the variable or member that \p E names.
  const clang::Expr *valueOf(const clang::Expr *E);

  /// What \p V was made with, and holds when control comes to \p Loop, which no
  /// loop is around.
  const clang::Expr *valueBefore(const clang::VarDecl *V,
                                 const clang::Stmt *Loop);
  /// Whether a parameter holds what was passed when control comes to \p Loop.
  bool keepsUpTo(const clang::ParmVarDecl *P, const clang::Stmt *Loop);
  /// Null: \p V is not settled so.
  const Settling *settling(const clang::VarDecl *V);
  /// Whether the body, or what it captures by reference, gives \p D another
  /// value.
  bool changes(const clang::ValueDecl *D);

private:
  class Finder;

  const clang::Expr *valueOf(const clang::FieldDecl *Field);
  bool isMadeHere(const clang::VarDecl *V) const;
  void findChanges();

  const clang::FunctionDecl *F;
  bool IsRead = false;
  /// Where it is changed first, by the order of the walk; and where loops
  /// begin that no loop is around. Found when somebody asks.
  llvm::DenseMap<const clang::ValueDecl *, unsigned> Changed;
  llvm::DenseMap<const clang::Stmt *, unsigned> Loops;
  llvm::DenseMap<const clang::VarDecl *, Settling> Settled;
  /// Others may do anything to the object that a constructor makes.
  bool IsLent = false;
  bool HasLabel = false;
};

} // namespace nostall

#endif
