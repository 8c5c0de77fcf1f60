//===- Truth.h - what a condition is made of --------------------*- C++ -*-===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_TRUTH_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_TRUTH_H

#include "clang/AST/Expr.h"
#include "llvm/ADT/DenseMap.h"
#include <functional>
#include <optional>

namespace nostall {

/// \p Cond without parentheses and casts to bool: assert writes
/// static_cast<bool>(condition).
const clang::Expr *withoutTruthCasts(const clang::Expr *Cond);

/// Takes \p Cond apart where it is \p Holds: through !, && and ||, down to what
/// is none of these. Visits the parts whose truth is settled then, as they
/// stand: of `a && !b`, if it holds, a (true) and b (false); if it does not,
/// nothing. \p Budget bounds how many expressions are looked at.
void forEachSettled(const clang::Expr *Cond, bool Holds, unsigned &Budget,
                    llvm::function_ref<void(const clang::Expr *, bool)> Visit);

/// The values of conditions where the translation unit fixes them.
class FixedTruths {
public:
  using KeptValue = std::function<const clang::Expr *(const clang::Expr *)>;
  /// \p Keeps says what the local variable or member that an expression names
  /// was made with, if it keeps it; without it, constants do.
  explicit FixedTruths(const clang::ASTContext &Ctx, KeptValue Keeps = nullptr)
      : Ctx(Ctx), Keeps(std::move(Keeps)) {}

  std::optional<bool> of(const clang::Expr *Cond);

private:
  std::optional<bool> of(const clang::Expr *Cond, unsigned &Budget);
  std::optional<bool> ofPart(const clang::Expr *Cond, unsigned &Budget);
  const clang::Expr *madeWith(const clang::Expr *E) const;
  std::optional<bool> compare(const clang::BinaryOperator &Op) const;

  const clang::ASTContext &Ctx;
  const KeptValue Keeps;
  llvm::DenseMap<const clang::BinaryOperator *, std::optional<bool>> Memo;
};

/// The same of one condition, by constants alone.
std::optional<bool> constantCondition(const clang::ASTContext &Ctx,
                                      const clang::Expr *Cond);

} // namespace nostall

#endif
