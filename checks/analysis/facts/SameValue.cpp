//===- SameValue.cpp - what leaves a value alone --------------------------===//

#include "SameValue.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

/// Every value of \p From stays what it is as a \p To.
static bool keepsValue(const ASTContext &Ctx, QualType From, QualType To) {
  if (!From->isIntegralOrEnumerationType() ||
      !To->isIntegralOrEnumerationType() || To->isBooleanType())
    return false;
  const uint64_t Wide = Ctx.getTypeSize(To);
  const bool Signed = To->isSignedIntegerOrEnumerationType();
  uint64_t Narrow = Ctx.getTypeSize(From);
  bool FromSigned = From->isSignedIntegerOrEnumerationType();
  // Enumerators need less than the type that the compiler has chosen for them,
  // and are promoted to what is wide enough.
  if (const EnumDecl *Enum = From->getAsEnumDecl(); Enum && !Enum->isFixed()) {
    FromSigned = Enum->getNumNegativeBits();
    Narrow = std::max(Enum->getNumNegativeBits(),
                      Enum->getNumPositiveBits() + FromSigned);
  }
  return FromSigned ? Signed && Wide >= Narrow
         : Signed   ? Wide > Narrow
                    : Wide >= Narrow;
}

const Expr *sameValue(const ASTContext &Ctx, const Expr *E) {
  while (true) {
    E = E->IgnoreParens();
    if (const auto *Full = dyn_cast<FullExpr>(E)) {
      E = Full->getSubExpr();
      continue;
    }
    if (const auto *M = dyn_cast<MaterializeTemporaryExpr>(E)) {
      E = M->getSubExpr();
      continue;
    }
    if (const auto *Bound = dyn_cast<CXXBindTemporaryExpr>(E)) {
      E = Bound->getSubExpr();
      continue;
    }
    if (const auto *Copy = dyn_cast<CXXConstructExpr>(E);
        Copy && Copy->getConstructor()->isCopyConstructor()) {
      E = Copy->getArg(0);
      continue;
    }
    const auto *Cast = dyn_cast<CastExpr>(E);
    if (!Cast)
      return E;
    const bool Keeps =
        Cast->getCastKind() == CK_LValueToRValue ||
        Cast->getCastKind() == CK_NoOp ||
        (Cast->getCastKind() == CK_IntegralCast &&
         keepsValue(Ctx, Cast->getSubExpr()->getType(), Cast->getType()));
    if (!Keeps)
      return E;
    E = Cast->getSubExpr();
  }
}

} // namespace nostall
