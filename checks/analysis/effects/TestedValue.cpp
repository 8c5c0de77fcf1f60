//===- TestedValue.cpp - what a condition says of a value -----------------===//

#include "TestedValue.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Emptiness.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Expr.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

using namespace clang;

namespace nostall {

using Relation = ParamTest::Relation;

/// Of an enumeration of two values, that which is not \p Is.
static std::optional<int64_t> otherOfTwo(QualType T, int64_t Is) {
  const EnumDecl *Enum = T->getAsEnumDecl();
  if (!Enum)
    return std::nullopt;
  llvm::SmallVector<int64_t, 2> Values;
  for (const EnumConstantDecl *One : Enum->enumerators())
    if (const auto Value = One->getInitVal().tryExtValue())
      Values.push_back(*Value);
    else
      return std::nullopt;
  if (Values.size() != 2 || !llvm::is_contained(Values, Is))
    return std::nullopt;
  return Values[Values[0] == Is];
}

TestedValue testedValue(QualType Type, const ParamTest &T) {
  if (T.Is != Relation::NotEqual)
    return {T.Is, T.Value};
  const bool IsTruth =
      Type->isBooleanType() || canBeEmpty(Type.getUnqualifiedType());
  if (IsTruth && (T.Value == 0 || T.Value == 1))
    return {Relation::Equal, 1 - T.Value};
  if (const auto Other = otherOfTwo(Type, T.Value))
    return {Relation::Equal, *Other};
  return {T.Is, T.Value};
}

std::optional<int64_t> stepped(const ASTContext &Ctx, const Stmt *Site,
                               int64_t Old) {
  if (const auto *Step = dyn_cast_or_null<UnaryOperator>(Site))
    return Step->getType()->isIntegerType() && !Step->getType()->isBooleanType()
               ? std::optional(Step->isIncrementOp() ? Old + 1 : Old - 1)
               : std::nullopt;
  const auto *Op = dyn_cast_or_null<CompoundAssignOperator>(Site);
  const auto By = Op && Op->getType()->isIntegralOrEnumerationType()
                      ? constantOf(Ctx, Op->getRHS())
                      : std::nullopt;
  if (!By)
    return std::nullopt;
  switch (Op->getOpcode()) {
  case BO_OrAssign:
    return Old | *By;
  case BO_AndAssign:
    return Old & *By;
  case BO_XorAssign:
    return Old ^ *By;
  case BO_AddAssign:
    return Old + *By;
  case BO_SubAssign:
    return Old - *By;
  default:
    return std::nullopt;
  }
}

bool contradict(const TestedValue &Was, const TestedValue &Now) {
  const ParamTest A{0, Was.Is, Was.Value}, B{0, Now.Is, Now.Value};
  if (Was.Is == Relation::Equal)
    return !B.holdsFor(Was.Value);
  if (Now.Is == Relation::Equal)
    return !A.holdsFor(Now.Value);
  return A == B.negated();
}

} // namespace nostall
