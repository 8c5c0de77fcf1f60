//===- Truth.cpp - what a condition is made of ----------------------------===//

#include "Truth.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

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

/// What a constant member of an object of any age was made with: its class
/// says so once, and no constructor says otherwise.
static const Expr *onlyValueOf(const FieldDecl *Field) {
  const auto *R = dyn_cast<CXXRecordDecl>(Field->getParent());
  if (!R || !Field->getType().isConstQualified() ||
      !Field->hasInClassInitializer() || R->isAggregate())
    return nullptr;
  for (const CXXConstructorDecl *Ctor : R->ctors()) {
    const FunctionDecl *Body = nullptr;
    if (Ctor->isDeleted() || Ctor->isImplicit() || Ctor->isDefaulted())
      continue;
    if (!Ctor->hasBody(Body))
      return nullptr;
    for (const CXXCtorInitializer *I : cast<CXXConstructorDecl>(Body)->inits())
      if (I->getMember() == Field && I->isWritten())
        return nullptr;
  }
  return Field->getInClassInitializer();
}

/// What the constant variable or member that \p E names was made with.
const Expr *FixedTruths::madeWith(const Expr *E) const {
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
    const Expr *Only = Field ? onlyValueOf(Field) : nullptr;
    return Only || !Keeps ? Only : Keeps(E);
  }
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  if (!V || isa<ParmVarDecl>(V))
    return nullptr;
  return V->isLocalVarDecl() && V->getType().isConstQualified() ? V->getInit()
         : Keeps                                                ? Keeps(E)
                                                                : nullptr;
}

/// What \p E is made of, if that is a logical operator.
static const BinaryOperator *logical(const Expr *E) {
  const auto *Op = dyn_cast<BinaryOperator>(E->IgnoreParenImpCasts());
  return Op && Op->isLogicalOp() ? Op : nullptr;
}

std::optional<bool> FixedTruths::of(const Expr *Cond) {
  unsigned Budget = 64;
  return of(Cond, Budget);
}

/// \p Budget bounds how many constants are looked at: each may name others
/// several times.
std::optional<bool> FixedTruths::of(const Expr *Cond, unsigned &Budget) {
  if (!Cond || Cond->isValueDependent() || Cond->isTypeDependent() ||
      Cond->containsErrors())
    return std::nullopt;
  // A chain of operators leans to the left, and may be thousands long.
  llvm::SmallVector<const BinaryOperator *, 8> Chain;
  while (const BinaryOperator *Op = logical(Cond)) {
    if (auto Known = Memo.find(Op); Known != Memo.end())
      break;
    Chain.push_back(Op);
    Cond = Op->getLHS();
  }
  const BinaryOperator *Known = logical(Cond);
  std::optional<bool> Is = Known ? Memo.lookup(Known) : ofPart(Cond, Budget);
  for (const BinaryOperator *Op : llvm::reverse(Chain)) {
    // One side may decide alone.
    const bool Decides = Op->getOpcode() == BO_LOr;
    if (Is != Decides) {
      const std::optional<bool> Right = of(Op->getRHS(), Budget);
      Is = Right == Decides ? Right
           : Is && Right    ? std::optional(!Decides)
                            : std::nullopt;
    }
    Memo[Op] = Is;
  }
  return Is;
}

/// `delay > 0`, where the one is fixed, and the other is a constant.
std::optional<bool> FixedTruths::compare(const BinaryOperator &Op) const {
  auto Number = [&](const Expr *E) -> std::optional<llvm::APSInt> {
    // What the value is converted to, the last first.
    llvm::SmallVector<QualType, 2> To;
    const Expr *Named = E->IgnoreParens();
    while (const auto *Cast = dyn_cast<ImplicitCastExpr>(Named)) {
      if (Cast->getCastKind() == CK_IntegralCast ||
          Cast->getCastKind() == CK_IntegralToBoolean)
        To.push_back(Cast->getType());
      Named = Cast->getSubExpr()->IgnoreParens();
    }
    const Expr *Made = madeWith(Named);
    Expr::EvalResult Is;
    if (E->isValueDependent() || !E->getType()->isIntegralOrEnumerationType() ||
        !(Made ? Made : E)->EvaluateAsInt(Is, Ctx))
      return std::nullopt;
    llvm::APSInt Value = Is.Val.getInt();
    for (const QualType T : llvm::reverse(Made ? To : decltype(To)())) {
      if (T->isBooleanType())
        Value = Value != 0;
      Value = Value.extOrTrunc(Ctx.getIntWidth(T));
      Value.setIsSigned(T->isSignedIntegerOrEnumerationType());
    }
    return Value;
  };
  const auto Left = Number(Op.getLHS());
  const auto Right = Left ? Number(Op.getRHS()) : std::nullopt;
  if (!Right)
    return std::nullopt;
  const int Order = llvm::APSInt::compareValues(*Left, *Right);
  switch (Op.getOpcode()) {
  case BO_EQ:
    return Order == 0;
  case BO_NE:
    return Order != 0;
  case BO_LT:
    return Order < 0;
  case BO_LE:
    return Order <= 0;
  case BO_GT:
    return Order > 0;
  case BO_GE:
    return Order >= 0;
  default:
    return std::nullopt;
  }
}

/// \p Cond is neither && nor ||.
std::optional<bool> FixedTruths::ofPart(const Expr *Cond, unsigned &Budget) {
  bool Value = false;
  if (Cond->EvaluateAsBooleanCondition(Value, Ctx))
    return Value;
  Cond = Cond->IgnoreParenImpCasts();
  if (const auto *Not = dyn_cast<UnaryOperator>(Cond);
      Not && Not->getOpcode() == UO_LNot) {
    const std::optional<bool> Of = of(Not->getSubExpr(), Budget);
    return Of ? std::optional(!*Of) : std::nullopt;
  }
  if (const auto *Op = dyn_cast<BinaryOperator>(Cond);
      Op && Op->isComparisonOp())
    return compare(*Op);
  const Expr *Made = madeWith(Cond);
  if (!Made || Budget == 0)
    return std::nullopt;
  --Budget;
  return of(Made, Budget);
}

std::optional<bool> constantCondition(const ASTContext &Ctx, const Expr *Cond) {
  return FixedTruths(Ctx).of(Cond);
}

} // namespace nostall
