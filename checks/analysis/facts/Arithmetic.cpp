//===- Arithmetic.cpp - what numbers that are computed require ------------===//
//
// The part of TestReader for operators, casts, durations, minima and maxima: a
// relation of what they give to a constant is one of what they are given. No
// number is taken to overflow.
//
//===----------------------------------------------------------------------===//

#include "ConditionReader.h"
#include "TestReader.h"
#include "analysis/source/Emptiness.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

using namespace clang;

namespace nostall {

using Relation = ParamTest::Relation;

static bool isOrder(Relation By) { return By <= Relation::LessEqual; }

/// As far as the sign of \p E tells.
Requirement TestReader::bySign(const Expr *E, Relation By, int64_t Of) {
  if (!Of)
    return is(E, By, 0);
  const bool IsUp = By == Relation::Greater || By == Relation::GreaterEqual;
  const bool IsDown = By == Relation::Less || By == Relation::LessEqual;
  if (Of > 0 && (IsUp || By == Relation::Equal))
    return is(E, Relation::Greater, 0);
  if (Of < 0 && (IsDown || By == Relation::Equal))
    return is(E, Relation::Less, 0);
  return {};
}

/// What is rounded is nothing if \p E is, and not the other way round.
Requirement TestReader::rounded(const Expr *E, Relation By, int64_t Of) {
  const bool Tells = Of || By == Relation::NotEqual ||
                     By == Relation::Greater || By == Relation::Less;
  return Tells ? bySign(E, By, Of) : Requirement();
}

/// \p E times, or divided by, the positive \p By.
Requirement TestReader::scaled(const Expr *E, int64_t By, bool Divides,
                               Relation Is, int64_t Of) {
  if (Divides)
    return rounded(E, Is, Of);
  if (!E->getType()->isIntegralOrEnumerationType())
    return bySign(E, Is, Of);
  switch (Is) {
  case Relation::Equal:
    return Of % By ? Requirement::never() : is(E, Is, Of / By);
  case Relation::NotEqual:
    return Of % By ? Requirement() : is(E, Is, Of / By);
  case Relation::GreaterEqual:
  case Relation::Less:
    return is(E, Is, llvm::divideCeilSigned(Of, By));
  case Relation::Greater:
  case Relation::LessEqual:
    return is(E, Is, llvm::divideFloorSigned(Of, By));
  default:
    return {};
  }
}

/// Of the numbers from 0 to 63, those that leave another remainder are none.
Requirement TestReader::ofRemainder(const Expr *E, int64_t Divisor, Relation By,
                                    int64_t Of) {
  const ParamTest T{0, By, Of};
  uint64_t Not = 0;
  for (int64_t I = 0; I != 64; ++I)
    Not |= static_cast<uint64_t>(!T.holdsFor(I % Divisor)) << I;
  return Not ? is(E, Relation::NotIn, static_cast<int64_t>(Not))
             : Requirement();
}

/// `E & Mask`
Requirement TestReader::ofMask(const Expr *E, int64_t Mask, Relation By,
                               int64_t Of) {
  constexpr int MaxBits = 6;
  switch (By) {
  case Relation::HasBits:
    return Of & ~Mask ? Requirement::never() : is(E, By, Of);
  case Relation::LacksBits:
    return Of & ~Mask ? Requirement() : is(E, By, Of);
  case Relation::Greater:
    return Of || Mask < 0 ? Requirement()
                          : ofMask(E, Mask, Relation::NotEqual, 0);
  case Relation::Equal:
  case Relation::NotEqual:
    break;
  default:
    return {};
  }
  const bool IsEqual = By == Relation::Equal;
  if (Of & ~Mask)
    return Requirement::known(!IsEqual);
  if (llvm::popcount(static_cast<uint64_t>(Mask)) > MaxBits)
    return {};
  // Those of Of, and none of the others.
  Requirement Whole = Requirement::known(IsEqual);
  auto Add = [&](Relation Is, int64_t Bits) {
    const Requirement Part = is(E, Is, Bits);
    Whole = IsEqual ? Whole && Part : Whole || Part;
  };
  if (Of)
    Add(IsEqual ? Relation::HasBits : Relation::LacksBits, Of);
  for (int64_t Others = Mask & ~Of; Others; Others &= Others - 1)
    Add(IsEqual ? Relation::LacksBits : Relation::HasBits, Others & -Others);
  return Whole;
}

/// `A | B`
Requirement TestReader::ofUnion(const BinaryOperator *Op, Relation By,
                                int64_t Of) {
  const bool Lacks = By == Relation::LacksBits;
  if (Lacks || By == Relation::HasBits)
    for (const bool Swapped : {false, true})
      if (const auto Has = constant(Swapped ? Op->getLHS() : Op->getRHS())) {
        const int64_t Rest = Of & ~*Has;
        return Rest ? is(Swapped ? Op->getRHS() : Op->getLHS(), By, Rest)
                    : Requirement::known(!Lacks);
      }
  const bool IsBit = llvm::isPowerOf2_64(static_cast<uint64_t>(Of));
  const bool Neither = (Lacks && IsBit) || (By == Relation::Equal && !Of);
  if (!Neither && !(By == Relation::HasBits && IsBit) &&
      !(By == Relation::NotEqual && !Of))
    return {};
  const Requirement Left = is(Op->getLHS(), By, Of);
  const Requirement Right = is(Op->getRHS(), By, Of);
  return Neither ? Left && Right : Left || Right;
}

Requirement TestReader::ofUnary(const UnaryOperator *Op, Relation By,
                                int64_t Of) {
  const Expr *E = Op->getSubExpr();
  switch (Op->getOpcode()) {
  case UO_Plus:
    return is(E, By, Of);
  case UO_Minus:
    return isOrder(By) && Of != INT64_MIN ? is(E, mirrored(By), -Of)
                                          : Requirement();
  case UO_PreDec:
  case UO_PreInc: // the first time
    return Entering && isOrder(By) && E->getType()->isIntegerType() &&
                   std::abs(Of) < INT64_MAX
               ? is(E, By, Op->isIncrementOp() ? Of - 1 : Of + 1)
               : Requirement();
  default:
    return {};
  }
}

Requirement TestReader::ofOperator(const BinaryOperator *Op, Relation By,
                                   int64_t Of) {
  const Expr *Left = Op->getLHS(), *Right = Op->getRHS();
  if (Op->getOpcode() == BO_Comma)
    return is(Right, By, Of);
  if (!Op->getType()->isArithmeticType() && !Op->getType()->isEnumeralType())
    return {};
  if (Op->getOpcode() == BO_Or)
    return ofUnion(Op, By, Of);
  auto Constant = constant(Right);
  const bool IsOnLeft = !Constant;
  if (IsOnLeft)
    Constant = constant(Left);
  if (!Constant)
    return {};
  const int64_t K = *Constant;
  const Expr *E = IsOnLeft ? Right : Left;
  const bool IsWhole = Op->getType()->isIntegralOrEnumerationType();
  const bool IsShifted = IsWhole && isOrder(By);
  int64_t To = 0;
  switch (Op->getOpcode()) {
  case BO_And:
    return IsWhole ? ofMask(E, K, By, Of) : Requirement();
  case BO_Add:
    return IsShifted && !llvm::SubOverflow(Of, K, To) ? is(E, By, To)
                                                      : Requirement();
  case BO_Sub:
    // Below 0, an unsigned number is large.
    if (!IsShifted || (Op->getType()->isUnsignedIntegerOrEnumerationType() &&
                       By > Relation::NotEqual))
      return {};
    if (IsOnLeft)
      return llvm::SubOverflow(K, Of, To) ? Requirement()
                                          : is(E, mirrored(By), To);
    return llvm::AddOverflow(Of, K, To) ? Requirement() : is(E, By, To);
  case BO_Mul:
    return K > 0 ? scaled(E, K, false, By, Of) : Requirement();
  case BO_Div:
    return K > 0 && !IsOnLeft ? scaled(E, K, true, By, Of) : Requirement();
  case BO_Rem:
    return K > 0 && !IsOnLeft ? ofRemainder(E, K, By, Of) : Requirement();
  default:
    return {};
  }
}

Requirement TestReader::ofCast(const CastExpr *Cast, Relation By, int64_t Of) {
  const Expr *E = Cast->getSubExpr();
  switch (Cast->getCastKind()) {
  case CK_IntegralCast: {
    const bool TurnsUnsigned =
        Cast->getType()->isUnsignedIntegerOrEnumerationType() &&
        E->getType()->isSignedIntegerOrEnumerationType();
    const bool IsUp = By == Relation::Greater || By == Relation::GreaterEqual;
    // What is below 0 gets large; a byte is cut off on purpose.
    const uint64_t Width = Ctx.getTypeSize(Cast->getType());
    const bool IsCut = Width < 32 && Width < Ctx.getTypeSize(E->getType());
    if (!(TurnsUnsigned && IsUp) && !IsCut)
      return is(E, By, Of);
    const bool IsSomething =
        !Of && (By == Relation::Greater || By == Relation::NotEqual);
    return IsSomething ? is(E, Relation::NotEqual, 0) : Requirement();
  }
  case CK_IntegralToFloating:
    return bySign(E, By, Of);
  case CK_FloatingToIntegral:
    return rounded(E, By, Of);
  case CK_FloatingCast:
  case CK_UserDefinedConversion:
  case CK_ConstructorConversion:
    return is(E, By, Of);
  default:
    return {};
  }
}

/// The function of std, or of what is in it, that \p Call calls; empty if it is
/// none.
static llvm::StringRef standardName(const CallExpr *Call) {
  const FunctionDecl *F = Call->getDirectCallee();
  return F && F->isInStdNamespace() && F->getIdentifier() ? F->getName() : "";
}

Requirement TestReader::ofDuration(const Expr *E, Relation By, int64_t Of) {
  if (const auto *Cast = dyn_cast<CastExpr>(E))
    return is(Cast->getSubExpr()->IgnoreImplicit(), By, Of);
  if (const auto *Made = dyn_cast<CXXConstructExpr>(E))
    return Made->getNumArgs() ? bySign(Made->getArg(0), By, Of) : Requirement();
  const auto *Call = dyn_cast<CallExpr>(E);
  if (!Call || !isOrder(By))
    return {};
  const auto *Op = dyn_cast<CXXOperatorCallExpr>(Call);
  if (Op && Op->getOperator() == OO_Minus && Op->getNumArgs() == 1)
    return is(Op->getArg(0), mirrored(By), -Of);
  if (Op && Op->getNumArgs() == 2 &&
      (Op->getOperator() == OO_Star || Op->getOperator() == OO_Slash)) {
    const bool IsFirst = isDuration(Op->getArg(0)->getType());
    const auto K = constant(Op->getArg(IsFirst));
    return K && *K > 0 ? scaled(Op->getArg(!IsFirst), *K,
                                Op->getOperator() == OO_Slash, By, Of)
                       : Requirement();
  }
  const llvm::StringRef Name = standardName(Call);
  if (Name == "duration_cast" || Name == "floor" || Name == "ceil" ||
      Name == "round")
    return rounded(Call->getArg(0), By, Of);
  if (auto Extreme = ofExtreme(E, By, Of))
    return *Extreme;
  return ofCall(E, By, Of);
}

/// std::min, std::max and std::clamp.
std::optional<Requirement> TestReader::ofExtreme(const Expr *E, Relation By,
                                                 int64_t Of) {
  const auto *Call = dyn_cast<CallExpr>(E);
  const llvm::StringRef Name = Call ? standardName(Call) : "";
  const bool IsMin = Name == "min", IsClamp = Name == "clamp";
  if (!IsMin && !IsClamp && Name != "max")
    return std::nullopt;
  if (Call->getNumArgs() != (IsClamp ? 3 : 2) || !isOrder(By))
    return Requirement();
  if (By == Relation::Equal)
    return *ofExtreme(E, Relation::GreaterEqual, Of) &&
           *ofExtreme(E, Relation::LessEqual, Of);
  if (By == Relation::NotEqual)
    return *ofExtreme(E, Relation::Greater, Of) ||
           *ofExtreme(E, Relation::Less, Of);
  const bool IsUp = By == Relation::Greater || By == Relation::GreaterEqual;
  const Requirement First = is(Call->getArg(0), By, Of);
  const Requirement Second = is(Call->getArg(1), By, Of);
  // A minimum is above what both are above.
  const Requirement Two = IsUp == IsMin ? First && Second : First || Second;
  if (!IsClamp)
    return Two;
  const Requirement Third = is(Call->getArg(2), By, Of);
  return IsUp ? Two && Third : Two || Third;
}

} // namespace nostall
