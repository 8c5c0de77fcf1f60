//===- FixedGlobals.cpp - global variables that nobody changes ------------===//

#include "FixedGlobals.h"
#include "SetOnce.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

/// A number or a pointer that no other file can name.
static bool isOwnGlobal(const VarDecl *V) {
  const QualType T = V->getType();
  return V->hasGlobalStorage() && !V->isExternallyVisible() &&
         !T.isVolatileQualified() && !T->isReferenceType() &&
         (T->isIntegralOrEnumerationType() || T->isPointerType());
}

void FixedGlobals::look(const Stmt *Body) {
  forEachStatement(Body, [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
    const auto *Ref = dyn_cast<DeclRefExpr>(S);
    const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    if (V && isOwnGlobal(V) && mayChange(Ref, Path))
      Changed->insert(V->getCanonicalDecl());
  });
}

/// What global variables and members are made with: {"--trace", &trace_io}.
void FixedGlobals::look(const DeclContext *Root) {
  llvm::SmallVector<const DeclContext *, 8> Open{Root};
  while (!Open.empty())
    for (const Decl *D : Open.pop_back_val()->decls()) {
      if (const auto *V = dyn_cast<VarDecl>(D); V && V->getInit())
        look(V->getInit());
      else if (const auto *Field = dyn_cast<FieldDecl>(D);
               Field && Field->hasInClassInitializer() &&
               Field->getInClassInitializer())
        look(Field->getInClassInitializer());
      else if (const auto *Inner = dyn_cast<DeclContext>(D);
               Inner && isa<NamespaceDecl, LinkageSpecDecl, CXXRecordDecl>(D))
        Open.push_back(Inner);
    }
}

void FixedGlobals::findChanged() {
  Changed.emplace();
  for (const FunctionDecl *F : U.writtenFunctions()) {
    look(writtenBody(F));
    if (const auto *Ctor = dyn_cast<CXXConstructorDecl>(F))
      for (const CXXCtorInitializer *I : Ctor->inits())
        look(I->getInit());
  }
  look(U.context().getTranslationUnitDecl());
}

const Expr *FixedGlobals::valueOf(const Expr *E) {
  const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenImpCasts());
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  if (!V || V->hasLocalStorage() || !isOwnGlobal(V) || !V->getInit())
    return nullptr;
  if (!Changed)
    findChanged();
  return Changed->contains(V->getCanonicalDecl()) ? nullptr : V->getInit();
}

} // namespace nostall
