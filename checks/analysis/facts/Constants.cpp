//===- Constants.cpp - what a test may be about ---------------------------===//

#include "CallArguments.h"
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

std::optional<int64_t> constantOf(const ASTContext &Ctx, const Expr *E) {
  if (E->isValueDependent() || E->isTypeDependent() || E->containsErrors())
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
  if (isDuration(E->getType())) {
    const auto IsZero = isZeroConstant(Ctx, E->IgnoreImplicit());
    return IsZero ? std::optional<int64_t>(!*IsZero) : std::nullopt;
  }
  Expr::EvalResult Result;
  if (!E->getType()->isIntegralOrEnumerationType() ||
      !E->EvaluateAsInt(Result, Ctx) || Result.HasSideEffects)
    return std::nullopt;
  return Result.Val.getInt().tryExtValue();
}

} // namespace nostall
