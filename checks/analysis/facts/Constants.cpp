//===- Constants.cpp - what a test may be about ---------------------------===//

#include "ConditionReader.h"
#include "analysis/source/Emptiness.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/xxhash.h"

using namespace clang;

namespace nostall {

int64_t valueNamed(llvm::StringRef Name) {
  return static_cast<int64_t>(llvm::xxh3_64bits(Name) >> 2) + 2; // not 0 or 1
}

static int signOf(const APValue &V) {
  switch (V.getKind()) {
  case APValue::Int:
    return V.getInt().isZero() ? 0 : V.getInt().isNegative() ? -1 : 1;
  case APValue::Float:
    return V.getFloat().isZero() ? 0 : V.getFloat().isNegative() ? -1 : 1;
  case APValue::Struct:
    for (unsigned I = 0; I != V.getStructNumBases(); ++I)
      if (const int Sign = signOf(V.getStructBase(I)))
        return Sign;
    for (unsigned I = 0; I != V.getStructNumFields(); ++I)
      if (const int Sign = signOf(V.getStructField(I)))
        return Sign;
    return 0;
  default:
    return 1; // something
  }
}

std::optional<int> signOfConstant(const ASTContext &Ctx, const Expr *E) {
  if (E->getType().isNull() || E->isValueDependent() || E->containsErrors() ||
      E->getType()->isReferenceType())
    return std::nullopt;
  Expr::EvalResult Result;
  if (E->isPRValue() && E->EvaluateAsRValue(Result, Ctx) &&
      !Result.HasSideEffects)
    return signOf(Result.Val);
  // A temporary bound to a const reference, or a constant variable.
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    if (const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
        V && V->getType().isConstQualified() && V->getInit() &&
        !V->getInit()->isValueDependent())
      if (const APValue *Value = V->evaluateValue())
        return signOf(*Value);
  return std::nullopt;
}

/// `milliseconds::zero()`, `timeout.zero()`.
static bool isNamedZero(const Expr *E) {
  const auto *Call = dyn_cast<CallExpr>(E->IgnoreImplicit());
  const auto *F =
      Call ? dyn_cast_or_null<CXXMethodDecl>(Call->getDirectCallee()) : nullptr;
  return F && F->isStatic() && F->getIdentifier() && F->getName() == "zero";
}

std::optional<int64_t> constantOf(const ASTContext &Ctx, const Expr *E) {
  if (E->getType().isNull() || E->isValueDependent() || E->isTypeDependent() ||
      E->containsErrors())
    return std::nullopt;
  if (const auto *M = dyn_cast<MaterializeTemporaryExpr>(E))
    E = M->getSubExpr();
  if (E->getType()->isPointerType() || E->getType()->isNullPtrType()) {
    if (E->isNullPointerConstant(const_cast<ASTContext &>(Ctx),
                                 Expr::NPC_ValueDependentIsNotNull))
      return 0;
    const Expr *Named = E->IgnoreParenImpCasts();
    if (const auto *Ref = dyn_cast<DeclRefExpr>(Named))
      if (const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
          V && V->isExternC() && V->getIdentifier() &&
          Ctx.getSourceManager().isInSystemHeader(V->getLocation()))
        return valueNamed(V->getName());
    const auto *Unary = dyn_cast<UnaryOperator>(Named);
    const bool IsSomewhere = isa<StringLiteral, CXXThisExpr>(Named) ||
                             (Unary && Unary->getOpcode() == UO_AddrOf);
    return IsSomewhere ? std::optional<int64_t>(1) : std::nullopt;
  }
  if (canBeEmpty(E->getType()))
    return holdsSomething(E);
  if (E->getType()->isRealFloatingType() || isDuration(E->getType()))
    return isNamedZero(E) ? 0 : signOfConstant(Ctx, E->IgnoreImplicit());
  Expr::EvalResult Result;
  if (!E->getType()->isIntegralOrEnumerationType() ||
      !E->EvaluateAsInt(Result, Ctx) || Result.HasSideEffects)
    return std::nullopt;
  return Result.Val.getInt().tryExtValue();
}

} // namespace nostall
