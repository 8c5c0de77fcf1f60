//===- LibraryCalls.cpp - what a library calls generic callables with -----===//

#include "LibraryCalls.h"
#include "analysis/Unit.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Sema/EnterExpressionEvaluationContext.h"
#include "clang/Sema/Sema.h"

using namespace clang;

namespace nostall {

/// The operator() of the class \p T, if it is a template that nobody has
/// needed, and of one or two parameters.
static const FunctionDecl *genericOperator(const ASTContext &Ctx, QualType T) {
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition())
    return nullptr;
  const auto Found =
      R->lookup(Ctx.DeclarationNames.getCXXOperatorName(OO_Call));
  const auto *Template = Found.isSingleResult()
                             ? dyn_cast<FunctionTemplateDecl>(Found.front())
                             : nullptr;
  if (!Template ||
      llvm::any_of(Template->specializations(),
                   [](const FunctionDecl *F) { return F->isDefined(); }))
    return nullptr;
  const FunctionDecl *F = Template->getTemplatedDecl();
  if (F->getNumParams() == 0 || F->getNumParams() > 2 ||
      llvm::any_of(F->parameters(), std::mem_fn(&ParmVarDecl::isParameterPack)))
    return nullptr;
  return F;
}

/// What is behind the iterator, or in the container, \p T; or null.
static QualType elementOf(const ASTContext &Ctx, QualType T) {
  if (T->isPointerType())
    return T->isObjectPointerType() ? T->getPointeeType() : QualType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition())
    return {};
  for (const NamedDecl *D : R->lookup(&Ctx.Idents.get("reference")))
    if (const auto *Name = dyn_cast<TypedefNameDecl>(D);
        Name && Name->getUnderlyingType()->isLValueReferenceType())
      return Name->getUnderlyingType()->getPointeeType();
  return {};
}

/// The one that all of \p Iterators lead to; or null.
static QualType elementOfAll(const ASTContext &Ctx,
                             llvm::ArrayRef<ParmVarDecl *> Iterators) {
  QualType Element;
  for (const ParmVarDecl *P : Iterators) {
    const QualType Of = elementOf(Ctx, P->getType());
    if (Of.isNull() || (!Element.isNull() && !Ctx.hasSameType(Of, Element)))
      return {};
    Element = Of;
  }
  return Element;
}

/// What \p F calls its last parameter with, each time: an object of this type.
static QualType givenTo(const ASTContext &Ctx, const FunctionDecl *F) {
  const auto Before = F->parameters().drop_back();
  const QualType First = Before.front()->getType();
  if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(F)) {
    const TypeModel *M = modelsOf(Ctx).find(Constructor->getParent());
    const bool IsOwned = M && M->Deleter == TypeModel::GivenDeleter &&
                         Before.size() == 1 &&
                         (First->isPointerType() || First->isNullPtrType());
    return IsOwned ? First : QualType();
  }
  if (isa<CXXMethodDecl>(F))
    return {};
  if (Before.size() == 1)
    return First->isLValueReferenceType() &&
                   !First->getPointeeType().isConstQualified()
               ? elementOf(Ctx, First->getPointeeType())
               : QualType();
  return Ctx.hasSameType(First, Before[1]->getType())
             ? elementOfAll(Ctx, Before)
             : QualType();
}

bool callAsLibrary(Sema &S, const FunctionDecl *F) {
  ASTContext &Ctx = S.getASTContext();
  if (F->getNumParams() < 2 ||
      modelsOf(Ctx).opaqueCallableUse(F) != CallableUse::Inline)
    return false;
  const QualType Callable = F->parameters().back()->getType();
  const FunctionDecl *Operator = genericOperator(Ctx, Callable);
  const QualType Given = Operator ? givenTo(Ctx, F) : QualType();
  if (Given.isNull())
    return false;
  const SourceLocation At = Operator->getLocation();
  EnterExpressionEvaluationContext Evaluated(
      S, Sema::ExpressionEvaluationContext::PotentiallyEvaluated);
  auto Make = [&](QualType T) {
    return new (Ctx) OpaqueValueExpr(At, T, VK_LValue);
  };
  llvm::SmallVector<Expr *, 2> Args;
  for (unsigned I = 0; I != Operator->getNumParams(); ++I)
    Args.push_back(Make(Given));
  return !S.BuildCallToObjectOfClassType(/*S=*/nullptr, Make(Callable), At,
                                         Args, At)
              .isInvalid();
}

} // namespace nostall
