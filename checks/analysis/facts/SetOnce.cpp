//===- SetOnce.cpp - what keeps its value ---------------------------------===//

#include "SetOnce.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

bool mayChange(const Expr *E, llvm::ArrayRef<const Stmt *> Path) {
  if (E->getType().isConstQualified())
    return false;
  for (const Stmt *Parent : llvm::reverse(Path)) {
    if (isa<ParenExpr>(Parent))
      continue;
    if (const auto *Member = dyn_cast<MemberExpr>(Parent);
        Member && !Member->isArrow() && isa<FieldDecl>(Member->getMemberDecl()))
      continue; // of whose value it is a part
    if (const auto *Address = dyn_cast<UnaryOperator>(Parent);
        Address && Address->getOpcode() == UO_AddrOf)
      continue; // by a pointer to const, it is only read
    const auto *Cast = dyn_cast<CastExpr>(Parent);
    return !Cast || (Cast->getCastKind() != CK_LValueToRValue &&
                     Cast->getCastKind() != CK_ToVoid &&
                     !Cast->getType().isConstQualified() &&
                     !(Cast->getType()->isPointerType() &&
                       Cast->getType()->getPointeeType().isConstQualified()));
  }
  return true;
}

/// `int x = x;`
static bool mentions(const Stmt *Init, const VarDecl *V) {
  bool Does = false;
  forEachStatement(Init, [&](const Stmt *S, auto) {
    const auto *Ref = dyn_cast<DeclRefExpr>(S);
    Does |= Ref && Ref->getDecl() == V;
  });
  return Does;
}

const Expr *SetOnce::valueOf(const VarDecl *V) {
  if (!V->isLocalVarDecl() || !V->hasLocalStorage() || !V->getInit() ||
      V->getDeclContext() != F || V->getType()->isReferenceType() ||
      V->getType().isVolatileQualified() || mentions(V->getInit(), V))
    return nullptr;
  if (!V->getType().isConstQualified()) {
    if (!Changed)
      findChanged();
    if (Changed->contains(V))
      return nullptr;
  }
  return V->getInit();
}

void SetOnce::findChanged() {
  Changed.emplace();
  forEachStatement(writtenBody(F), [&](const Stmt *S, auto Path) {
    const auto *Ref = dyn_cast<DeclRefExpr>(S);
    const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    if (V && mayChange(Ref, Path))
      Changed->insert(V);
  });
}

} // namespace nostall
