//===- AwaitResult.cpp - what a co_await gives ----------------------------===//

#include "AwaitResult.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace nostall {

/// The member function \p Name of \p R or of its bases; of overloads, the one
/// that a temporary calls.
static const FunctionDecl *member(const CXXRecordDecl *R, DeclarationName Name,
                                  unsigned Depth = 0) {
  if (!R || !(R = R->getDefinition()) || Depth == 8)
    return nullptr;
  const CXXMethodDecl *Found = nullptr;
  for (const NamedDecl *D : R->lookup(Name))
    if (const auto *M = dyn_cast<CXXMethodDecl>(D->getUnderlyingDecl()))
      if (!Found || M->getRefQualifier() == RQ_RValue)
        Found = M;
  if (Found)
    return Found;
  for (const CXXBaseSpecifier &Base : R->bases())
    if (const FunctionDecl *Inherited =
            member(Base.getType()->getAsCXXRecordDecl(), Name, Depth + 1))
      return Inherited;
  return nullptr;
}

static const CXXRecordDecl *recordOf(QualType T) {
  return T.isNull() ? nullptr : T.getNonReferenceType()->getAsCXXRecordDecl();
}

/// A free `operator co_await` that takes an \p R, beside it.
static const FunctionDecl *freeCoAwait(const ASTContext &Ctx,
                                       const CXXRecordDecl *R) {
  const DeclarationName Name =
      Ctx.DeclarationNames.getCXXOperatorName(OO_Coawait);
  const DeclContext *Scope = R->getEnclosingNamespaceContext();
  for (const NamedDecl *D : Scope->getRedeclContext()->lookup(Name))
    if (const auto *F = dyn_cast<FunctionDecl>(D->getUnderlyingDecl());
        F && F->getNumParams() == 1)
      if (const CXXRecordDecl *Taken = recordOf(F->getParamDecl(0)->getType());
          Taken && declaresSameEntity(Taken, R))
        return F;
  return nullptr;
}

std::optional<QualType> awaitResult(const ASTContext &Ctx, QualType T) {
  const CXXRecordDecl *R = recordOf(T);
  if (!R)
    return std::nullopt;
  const FunctionDecl *Operator =
      member(R, Ctx.DeclarationNames.getCXXOperatorName(OO_Coawait));
  if (!Operator)
    Operator = freeCoAwait(Ctx, R);
  const CXXRecordDecl *Awaiter =
      Operator ? recordOf(Operator->getReturnType()) : R;
  const FunctionDecl *Resume =
      member(Awaiter, &Ctx.Idents.get("await_resume"));
  if (!Resume)
    return std::nullopt;
  const QualType Result = Resume->getReturnType();
  if (Result->isDependentType() || Result->isUndeducedType())
    return std::nullopt;
  return Result;
}

/// Cannot be copied, as far as its declarations say.
static bool isMoveOnly(const CXXRecordDecl *R) {
  if (R->hasUserDeclaredMoveOperation() && !R->hasUserDeclaredCopyConstructor())
    return true;
  for (const CXXConstructorDecl *C : R->ctors())
    if (C->isCopyConstructor())
      return C->isDeleted();
  return R->defaultedCopyConstructorIsDeleted();
}

bool mustBeKept(QualType Result) {
  if (Result->isReferenceType())
    return false; // what it refers to lives elsewhere
  const CXXRecordDecl *R = Result->getAsCXXRecordDecl();
  if (!R || !(R = R->getDefinition()))
    return false;
  return R->hasAttr<WarnUnusedResultAttr>() ||
         (!R->hasTrivialDestructor() && isMoveOnly(R));
}

} // namespace nostall
