//===- TestReader.cpp - what an expression's value requires ---------------===//

#include "TestReader.h"
#include "ConditionReader.h"
#include "SameValue.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Truth.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

bool isTestable(QualType T) {
  if (T->isReferenceType() && !T->getPointeeType().isConstQualified())
    return false;
  T = T.getNonReferenceType();
  return T->isIntegralOrEnumerationType() || T->isPointerType() ||
         T->isRealFloatingType() || canBeEmpty(T) || isDuration(T);
}

ParamTest::Relation mirrored(ParamTest::Relation By) {
  using R = ParamTest::Relation;
  switch (By) {
  case R::Less:
    return R::Greater;
  case R::Greater:
    return R::Less;
  case R::LessEqual:
    return R::GreaterEqual;
  case R::GreaterEqual:
    return R::LessEqual;
  default:
    return By;
  }
}

std::optional<ParamTest::Relation> relationOf(BinaryOperatorKind Op,
                                              bool Swapped) {
  using R = ParamTest::Relation;
  auto As = [&](R By) { return Swapped ? mirrored(By) : By; };
  switch (Op) {
  case BO_EQ:
    return R::Equal;
  case BO_NE:
    return R::NotEqual;
  case BO_LT:
    return As(R::Less);
  case BO_GE:
    return As(R::GreaterEqual);
  case BO_GT:
    return As(R::Greater);
  case BO_LE:
    return As(R::LessEqual);
  default:
    return std::nullopt;
  }
}

/// A comparison, also by an operator of a class: `timeout == 0ms`.
struct Comparison {
  BinaryOperatorKind Op;
  const Expr *Left, *Right;
};
static std::optional<Comparison> comparisonIn(const Expr *E) {
  if (const auto *Op = dyn_cast<BinaryOperator>(E)) {
    if (!Op->isComparisonOp())
      return std::nullopt;
    return Comparison{Op->getOpcode(), Op->getLHS(), Op->getRHS()};
  }
  if (const auto *Turned = dyn_cast<CXXRewrittenBinaryOperator>(E)) {
    const auto Parts = Turned->getDecomposedForm();
    return Comparison{Parts.Opcode, Parts.LHS, Parts.RHS};
  }
  const auto *Op = dyn_cast<CXXOperatorCallExpr>(E);
  if (!Op || !Op->isComparisonOp() || Op->getNumArgs() != 2 ||
      !isDuration(Op->getArg(0)->getType()))
    return std::nullopt;
  return Comparison{BinaryOperator::getOverloadedOpcode(Op->getOperator()),
                    Op->getArg(0), Op->getArg(1)};
}

/// What a question is about: of `if (pointer)`, the pointer.
static const Expr *asked(const Expr *E) {
  const auto *Cast = dyn_cast<CastExpr>(E);
  if (!Cast)
    return nullptr;
  switch (Cast->getCastKind()) {
  case CK_IntegralToBoolean:
  case CK_PointerToBoolean:
  case CK_FloatingToBoolean:
    return Cast->getSubExpr();
  case CK_UserDefinedConversion:
    return Cast->getType()->isBooleanType() ? Cast->getSubExpr() : nullptr;
  default:
    return nullptr;
  }
}

static bool isQuestion(const Expr *E) {
  const auto *Not = dyn_cast<UnaryOperator>(E);
  const auto *Op = dyn_cast<BinaryOperator>(E);
  return asked(E) || (Not && Not->getOpcode() == UO_LNot) ||
         (Op && Op->isLogicalOp()) || comparisonIn(E) || emptinessTest(E);
}

/// What the local variable, or member of the object that a constructor makes,
/// that \p E names was made with, if it holds that.
const Expr *TestReader::keptValue(const Expr *E) {
  const Expr *Made = Locals ? Locals->valueOf(E) : nullptr;
  if (Made || !Entering)
    return Made;
  // The first time, `while (n-- > 0)` asks what n was.
  if (const auto *Step = dyn_cast<UnaryOperator>(E); Step && Step->isPostfix())
    return Step->getSubExpr();
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  return V ? Locals->valueBefore(V, Entering) : nullptr;
}

std::optional<uint32_t> TestReader::ownNumber(const Expr *E) const {
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *P = dyn_cast<ParmVarDecl>(Ref->getDecl());
    return P && P->getDeclContext() == F && isTestable(P->getType())
               ? std::optional<uint32_t>(P->getFunctionScopeIndex())
               : std::nullopt;
  }
  const auto *Member = dyn_cast<MemberExpr>(E);
  const auto *Field =
      Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
  if (!Field || Field->getType()->isReferenceType() ||
      !isTestable(Field->getType()))
    return std::nullopt;
  const auto Part = ownPart(F, Member);
  return Part ? std::optional(memberNumber(Part->Object, Part->Path))
              : std::nullopt;
}

std::optional<uint32_t> TestReader::parameterOf(const Expr *E) {
  E = sameValue(Ctx, E);
  while (const Expr *Made = keptValue(E))
    E = sameValue(Ctx, Made);
  // std::chrono::milliseconds(n) is nothing if n is.
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E);
      Cast && isDuration(E->getType()))
    E = Cast->getSubExpr()->IgnoreImplicit();
  if (const auto *Made = dyn_cast<CXXConstructExpr>(E);
      Made && Made->getNumArgs() && isDuration(Made->getType()))
    return parameterOf(Made->getArg(0));
  auto Own = ownNumber(E);
  if (!Own)
    return ofAccessor(E);
  for (const TestReader *R = this; Own && R->Caller; R = R->Caller) {
    if (*Own < FirstMember) {
      const Expr *Arg = R->argumentInCaller(*Own);
      return Arg ? TestReader(*R->Caller).parameterOf(Arg) : std::nullopt;
    }
    Own = R->memberInCaller(*Own);
  }
  return Own;
}

Requirement TestReader::test(uint32_t Number, QualType T, Relation By,
                             int64_t Of) {
  if (Caller) {
    if (Number < FirstMember) {
      const Expr *Arg = argumentInCaller(Number);
      return Arg ? TestReader(*Caller).is(Arg, By, Of) : Requirement();
    }
    const auto There = memberInCaller(Number);
    return There ? TestReader(*Caller).test(*There, T, By, Of) : Requirement();
  }
  bool OfEntry = false;
  if (Entering && Number < FirstMember) {
    OfEntry = Locals->keepsUpTo(F->getParamDecl(Number), Entering);
    if (!OfEntry)
      return {};
  }
  // Of a pointer, and of what can be empty, there is no order.
  T = T.getNonReferenceType();
  if (!T->isArithmeticType() && !T->isEnumeralType() && !isDuration(T) &&
      By > Relation::NotEqual)
    return {};
  ParamTest Test{Number, By, Of};
  Test.OfEntry = OfEntry;
  return Test;
}

Requirement TestReader::ofChoice(const Expr *Cond, const Requirement &IfTrue,
                                 const Requirement &IfFalse) {
  if (IfTrue.isNothing() && IfFalse.isNothing())
    return {};
  return (is(Cond, true) && IfTrue) || (is(Cond, false) && IfFalse);
}

Requirement TestReader::is(const Expr *Cond, bool Holds) {
  if (!Cond || !Budget || Cond->isTypeDependent() || Cond->isValueDependent() ||
      Cond->containsErrors())
    return {};
  --Budget;
  const Expr *E = withoutTruthCasts(Cond);
  if (const auto *Not = dyn_cast<UnaryOperator>(E);
      Not && Not->getOpcode() == UO_LNot)
    return is(Not->getSubExpr(), !Holds);
  const auto *Op = dyn_cast<BinaryOperator>(E);
  if (!Op || !Op->isLogicalOp())
    return isTrue(Cond, Holds);
  const Requirement Left = is(Op->getLHS(), Holds);
  const Requirement Right = is(Op->getRHS(), Holds);
  return (Op->getOpcode() == BO_LAnd) == Holds ? Left && Right : Left || Right;
}

/// \p E is none of !, && and ||.
Requirement TestReader::isTrue(const Expr *E, bool Holds) {
  E = sameValue(Ctx, E);
  if (const Expr *Of = asked(E))
    return is(Of, Holds);
  if (auto Asked = emptinessTest(E))
    return is(
        Asked->Of,
        Asked->IsSomething == Holds ? Relation::NotEqual : Relation::Equal, 0);
  if (const auto Compared = comparisonIn(E)) {
    const auto By = relationOf(Compared->Op, false);
    return By ? isTo(Compared->Left,
                     Holds ? *By : ParamTest{0, *By}.negated().Is,
                     Compared->Right)
              : Requirement();
  }
  if (const Expr *Made = keptValue(E))
    return is(Made, Holds);
  return is(E, Holds ? Relation::NotEqual : Relation::Equal, 0);
}

std::optional<int64_t> TestReader::constant(const Expr *E) {
  while (E) {
    if (const auto Is = constantOf(Ctx, E))
      return Is;
    E = sameValue(Ctx, E);
    if (const auto *Cast = dyn_cast<CastExpr>(E);
        Cast && Cast->getCastKind() == CK_IntegralCast) {
      const auto Is = constant(Cast->getSubExpr());
      return Is && *Is >= 0 && *Is <= INT8_MAX ? Is : std::nullopt;
    }
    const auto Own = Caller ? ownNumber(E) : std::nullopt;
    const Expr *Arg = Own ? argumentInCaller(*Own) : nullptr;
    if (Arg)
      return TestReader(*Caller).constant(Arg);
    E = keptValue(E);
  }
  return std::nullopt;
}

Requirement TestReader::isTo(const Expr *Left, Relation By, const Expr *Right) {
  if (const auto Is = constant(Right))
    return isAsConstant(Left, By, *Is);
  if (const auto Is = constant(Left))
    return isAsConstant(Right, mirrored(By), *Is);
  // Two truth values: one of them, and not the other.
  if (By > Relation::NotEqual ||
      !withoutTruthCasts(Left)->getType()->isBooleanType() ||
      !withoutTruthCasts(Right)->getType()->isBooleanType())
    return {};
  const bool Same = By == Relation::Equal;
  return (is(Left, true) && is(Right, Same)) ||
         (is(Left, false) && is(Right, !Same));
}

/// \p Of is what constantOf has said of an expression of the type of \p E.
Requirement TestReader::isAsConstant(const Expr *E, Relation By, int64_t Of) {
  const QualType T = E->getType();
  if (T->isIntegralOrEnumerationType())
    return is(E, By, Of);
  if (T->isRealFloatingType() || isDuration(T))
    return bySign(E, By, Of);
  // Of a pointer, or of what can be empty, only nothing is like all others.
  if (By > Relation::NotEqual || Of)
    return {};
  return is(E, By, 0);
}

Requirement TestReader::is(const Expr *E, Relation By, int64_t Of) {
  if (!Budget || E->isTypeDependent() || E->isValueDependent() ||
      E->containsErrors())
    return {};
  --Budget;
  const QualType T = E->getType();
  if (const auto Is = constantOf(Ctx, E)) {
    const bool IsNumber = T->isIntegralOrEnumerationType();
    return IsNumber || !Of
               ? Requirement::known(ParamTest{0, By, Of}.holdsFor(*Is))
               : Requirement();
  }
  E = sameValue(Ctx, E);
  if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(E))
    return is(Default->getExpr(), By, Of);
  if (const Expr *Made = keptValue(E))
    return is(Made, By, Of);
  if (auto Own = ownNumber(E))
    return test(*Own, E->getType(), By, Of);
  if (isQuestion(E)) {
    const bool IfFalse = ParamTest{0, By, Of}.holdsFor(0);
    const bool IfTrue = ParamTest{0, By, Of}.holdsFor(1);
    return IfTrue == IfFalse ? Requirement::known(IfTrue) : is(E, IfTrue);
  }
  if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
    return ofChoice(Choice->getCond(), is(Choice->getTrueExpr(), By, Of),
                    is(Choice->getFalseExpr(), By, Of));
  if (isDuration(E->getType()))
    return ofDuration(E, By, Of);
  if (const Expr *Duration = countedBy(E))
    return bySign(Duration, By, Of);
  if (const auto *Cast = dyn_cast<CastExpr>(E))
    return ofCast(Cast, By, Of);
  if (const auto *Op = dyn_cast<BinaryOperator>(E))
    return ofOperator(Op, By, Of);
  if (const auto *Op = dyn_cast<UnaryOperator>(E))
    return ofUnary(Op, By, Of);
  if (auto Extreme = ofExtreme(E, By, Of))
    return *Extreme;
  if (auto *Ref = dyn_cast<DeclRefExpr>(E); Ref && Locals)
    if (const auto *V = dyn_cast<VarDecl>(Ref->getDecl()))
      if (const Settling *S = Locals->settling(V))
        return ofSettled(V, *S, By, Of);
  return ofCall(E, By, Of);
}

} // namespace nostall
