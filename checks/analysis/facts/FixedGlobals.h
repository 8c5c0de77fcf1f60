//===- FixedGlobals.h - global variables that nobody changes ----*- C++ -*-===//
//
//   static bool trace_io = false;        // and nothing sets it
//   void log() { if (trace_io) std::ofstream("io.log") << ...; }
//
// A variable that only this file can name has the value that it was made with
// if nothing in the file gives it another, or takes its address.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_FIXEDGLOBALS_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_FIXEDGLOBALS_H

#include "clang/AST/Decl.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <optional>

namespace nostall {

class Unit;

class FixedGlobals {
public:
  explicit FixedGlobals(Unit &U) : U(U) {}

  /// What the variable that \p E names was made with, if it is one of those.
  const clang::Expr *valueOf(const clang::Expr *E);

private:
  void findChanged();
  void look(const clang::Stmt *Body);
  void look(const clang::DeclContext *Of);

  Unit &U;
  /// Found when somebody asks.
  std::optional<llvm::SmallPtrSet<const clang::VarDecl *, 8>> Changed;
};

} // namespace nostall

#endif
