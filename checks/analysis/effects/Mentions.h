//===- Mentions.h - how a body uses what it names ---------------*- C++ -*-===//
//
// What no event tells of variables and members, for who follows their values
// (ValueFlow.h): which of them others may change, and which of them anybody
// asks about.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_MENTIONS_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_MENTIONS_H

#include "analysis/facts/Facts.h"
#include "analysis/source/Expressions.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace clang {
class ValueDecl;
}

namespace nostall {

class Unit;

struct Mentions {
  /// Whether what is given so is nobody's once the function has returned.
  using IsLentFn = llvm::function_ref<bool(const GivenFor &)>;
  Mentions(const clang::Stmt *Body, IsLentFn IsLent);

  /// Variables and members that others may change: their address is taken, a
  /// reference is bound to them, or a lambda changes them.
  llvm::SmallPtrSet<const clang::ValueDecl *, 8> Escaped;
  /// Those that a condition, or what is called, may be about.
  llvm::SmallPtrSet<const clang::ValueDecl *, 8> Asked;
  bool HasTry = false, HasBranch = false;
  /// Whether a member of the object itself, or of another, is given a value.
  bool SetsMember = false;
  /// Whether a local variable that is a number is given another value.
  bool SetsNumber = false;
  /// Whether an object is lent to somebody who may change it.
  bool Lends = false;

private:
  IsLentFn IsLent;
  void look(const clang::Stmt *S, llvm::ArrayRef<const clang::Stmt *> Path);
};

/// \p Call knows nothing of the program's objects but those that it is given,
/// and it is given no way to others; nor does anybody else run meanwhile.
bool isHarmless(Unit &U, const CallFact &Call);

} // namespace nostall

#endif
