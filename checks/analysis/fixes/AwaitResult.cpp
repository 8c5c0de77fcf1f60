//===- AwaitResult.cpp - what a co_await gives ----------------------------===//

#include "AwaitResult.h"
#include "analysis/source/Coroutines.h"
#include "analysis/source/TypeReading.h"
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

/// The instance of a template that \p R is, or is a member of.
static const ClassTemplateSpecializationDecl *
instanceAround(const CXXRecordDecl *R) {
  for (const DeclContext *C = R; C; C = C->getParent())
    if (const auto *Instance = dyn_cast<ClassTemplateSpecializationDecl>(C))
      return Instance;
  return nullptr;
}

/// \p Result, where it is not known before \p R's template is instantiated: the
/// argument that it names. Of a nested class or a promise of its own, whose
/// parameters are in nearly all libraries those of \p R.
static std::optional<QualType> inTermsOf(const CXXRecordDecl *R,
                                         QualType Result) {
  if (Result->isUndeducedType())
    return std::nullopt;
  if (!Result->isDependentType())
    return Result;
  const auto *Instance = instanceAround(R);
  const auto *Param =
      Result.getNonReferenceType()->getAs<TemplateTypeParmType>();
  if (!Instance || !Param || Param->getDepth() != 0 ||
      Param->getIndex() >= Instance->getTemplateArgs().size())
    return std::nullopt;
  const TemplateArgument &Arg = Instance->getTemplateArgs()[Param->getIndex()];
  return Arg.getKind() == TemplateArgument::Type
             ? std::optional(Arg.getAsType())
             : std::nullopt;
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

/// What a task is a task of: no library writes it anywhere but first.
static std::optional<QualType> firstArgument(const CXXRecordDecl *R) {
  const auto *Instance = instanceAround(R);
  if (!Instance || !Instance->getTemplateArgs().size() ||
      Instance->getTemplateArgs()[0].getKind() != TemplateArgument::Type)
    return std::nullopt;
  return Instance->getTemplateArgs()[0].getAsType();
}

/// What coroutines that return an \p R are given by co_return. Where the
/// awaiter is not to be read, because only a promise makes it, this is what
/// comes out again.
static std::optional<QualType> returnedResult(ASTContext &Ctx,
                                              const CXXRecordDecl *R) {
  const CXXRecordDecl *Promise = promiseOf(R, Ctx);
  if (member(Promise, &Ctx.Idents.get("return_void")))
    return Ctx.VoidTy;
  const FunctionDecl *Return = member(Promise, &Ctx.Idents.get("return_value"));
  if (!Return || Return->getNumParams() != 1)
    return Promise ? firstArgument(R) : std::nullopt;
  return inTermsOf(R, Return->getParamDecl(0)
                          ->getType()
                          .getNonReferenceType()
                          .getUnqualifiedType());
}

std::optional<QualType> awaitResult(ASTContext &Ctx, QualType T) {
  const CXXRecordDecl *R = recordOf(T);
  if (!R)
    return std::nullopt;
  const FunctionDecl *Operator =
      member(R, Ctx.DeclarationNames.getCXXOperatorName(OO_Coawait));
  if (!Operator)
    Operator = freeCoAwait(Ctx, R);
  const CXXRecordDecl *Awaiter =
      Operator ? recordOf(Operator->getReturnType()) : R;
  const FunctionDecl *Resume = member(Awaiter, &Ctx.Idents.get("await_resume"));
  if (!Resume)
    return returnedResult(Ctx, R);
  auto Result = inTermsOf(R, Resume->getReturnType());
  return Result ? Result : returnedResult(Ctx, R);
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

/// Whether the end of an \p R is an act of its author: that of a value of the
/// standard library only frees its memory.
static bool endsByHand(const CXXRecordDecl *R, unsigned Depth = 0) {
  if (!R || !(R = R->getDefinition()) || R->isInStdNamespace() || Depth == 8)
    return false;
  const CXXDestructorDecl *D = R->getDestructor();
  return (D && D->isUserProvided()) ||
         llvm::any_of(R->bases(),
                      [&](const CXXBaseSpecifier &Base) {
                        return endsByHand(Base.getType()->getAsCXXRecordDecl(),
                                          Depth + 1);
                      }) ||
         llvm::any_of(R->fields(), [&](const FieldDecl *Field) {
           return endsByHand(Field->getType()->getAsCXXRecordDecl(), Depth + 1);
         });
}

/// Whether one of the types that \p Spec is made of must be kept: an optional
/// of a guard is one.
static bool holdsWhatMustBeKept(const ClassTemplateSpecializationDecl *Spec) {
  auto Must = [](const TemplateArgument &Arg) {
    return Arg.getKind() == TemplateArgument::Type &&
           mustBeKept(Arg.getAsType());
  };
  return llvm::any_of(Spec->getTemplateArgs().asArray(),
                      [&](const TemplateArgument &Arg) {
                        return Arg.getKind() == TemplateArgument::Pack
                                   ? llvm::any_of(Arg.pack_elements(), Must)
                                   : Must(Arg);
                      });
}

bool mustBeKept(QualType Result) {
  if (Result->isReferenceType())
    return false; // what it refers to lives elsewhere
  const CXXRecordDecl *R = Result->getAsCXXRecordDecl();
  const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(R);
  if (Spec && (!Spec->hasDefinition() || Spec->isInStdNamespace()) &&
      holdsWhatMustBeKept(Spec))
    return true;
  // Nobody has needed an instance yet: its template says as much.
  if (Spec && !Spec->hasDefinition())
    R = Spec->getSpecializedTemplate()->getTemplatedDecl();
  if (!R || !(R = R->getDefinition()))
    return false;
  return R->hasAttr<WarnUnusedResultAttr>() || isMoveOnly(R) ||
         (!R->hasTrivialDestructor() && endsByHand(R));
}

} // namespace nostall
