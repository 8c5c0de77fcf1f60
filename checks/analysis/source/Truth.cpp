//===- Truth.cpp - what a condition is made of ----------------------------===//

#include "Truth.h"

using namespace clang;

namespace nostall {

const Expr *withoutTruthCasts(const Expr *Cond) {
  while (true) {
    const Expr *Inner = Cond->IgnoreImplicit()->IgnoreParenImpCasts();
    const auto *Cast = dyn_cast<ExplicitCastExpr>(Inner);
    if (Cast && Cast->getType()->isBooleanType())
      Inner = Cast->getSubExpr();
    if (Inner == Cond)
      return Cond;
    Cond = Inner;
  }
}

void forEachSettled(const Expr *Cond, bool Holds, unsigned &Budget,
                    llvm::function_ref<void(const Expr *, bool)> Visit) {
  if (!Cond || Budget == 0 || Cond->isTypeDependent() ||
      Cond->isValueDependent())
    return;
  --Budget;
  const Expr *Inner = withoutTruthCasts(Cond);
  if (const auto *Not = dyn_cast<UnaryOperator>(Inner);
      Not && Not->getOpcode() == UO_LNot)
    return forEachSettled(Not->getSubExpr(), !Holds, Budget, Visit);
  const auto *Op = dyn_cast<BinaryOperator>(Inner);
  if (!Op || !Op->isLogicalOp())
    return Visit(Cond, Holds);
  if ((Op->getOpcode() == BO_LAnd) != Holds)
    return; // either of them
  forEachSettled(Op->getLHS(), Holds, Budget, Visit);
  forEachSettled(Op->getRHS(), Holds, Budget, Visit);
}

} // namespace nostall
