//===- TypeReading.cpp - members of types, instantiated or not ------------===//

#include "TypeReading.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {

const CXXRecordDecl *recordOf(QualType T) {
  if (T.isNull())
    return nullptr;
  T = T.getNonReferenceType();
  if (const CXXRecordDecl *R = T->getAsCXXRecordDecl()) {
    if (R->hasDefinition())
      return R->getDefinition();
    if (const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R))
      return Spec->getSpecializedTemplate()
          ->getTemplatedDecl()
          ->getDefinition();
    if (const CXXRecordDecl *Pattern = R->getTemplateInstantiationPattern())
      return Pattern->getDefinition();
    return nullptr;
  }
  if (const auto *Spec = T->getAs<TemplateSpecializationType>())
    if (const auto *Template = dyn_cast_or_null<ClassTemplateDecl>(
            Spec->getTemplateName().getAsTemplateDecl()))
      return Template->getTemplatedDecl()->getDefinition();
  return nullptr;
}

bool anyInHierarchy(const CXXRecordDecl *R,
                    llvm::function_ref<bool(const CXXRecordDecl *)> Visit,
                    unsigned Depth) {
  if (!R || Depth > 16 || !(R = R->getDefinition()))
    return false;
  if (Visit(R))
    return true;
  for (const CXXBaseSpecifier &Base : R->bases())
    if (anyInHierarchy(recordOf(Base.getType()), Visit, Depth + 1))
      return true;
  return false;
}

const NamedDecl *findMember(const CXXRecordDecl *R, DeclarationName Name) {
  const NamedDecl *Found = nullptr;
  anyInHierarchy(R, [&](const CXXRecordDecl *Class) {
    auto Members = Class->lookup(Name);
    if (!Members.empty())
      Found = Members.front()->getUnderlyingDecl();
    return Found != nullptr;
  });
  return Found;
}

const NamedDecl *findMember(const CXXRecordDecl *R, llvm::StringRef Name,
                            ASTContext &Ctx) {
  return findMember(R, DeclarationName(&Ctx.Idents.get(Name)));
}

llvm::SmallVector<const FunctionDecl *, 2>
functionsNamed(const CXXRecordDecl *R, DeclarationName Name) {
  llvm::SmallVector<const FunctionDecl *, 2> Found;
  anyInHierarchy(R, [&](const CXXRecordDecl *Class) {
    for (const NamedDecl *D : Class->lookup(Name))
      if (const FunctionDecl *F = asFunction(D->getUnderlyingDecl()))
        Found.push_back(F);
    return !Found.empty();
  });
  return Found;
}

const CXXRecordDecl *memberType(const CXXRecordDecl *R, llvm::StringRef Name,
                                ASTContext &Ctx) {
  const NamedDecl *Member = findMember(R, Name, Ctx);
  if (const auto *Alias = dyn_cast_or_null<TypedefNameDecl>(Member))
    return recordOf(Alias->getUnderlyingType());
  const auto *Nested = dyn_cast_or_null<CXXRecordDecl>(Member);
  if (!Nested)
    return nullptr;
  if (const CXXRecordDecl *Definition = Nested->getDefinition())
    return Definition;
  const CXXRecordDecl *Pattern = Nested->getTemplateInstantiationPattern();
  return Pattern ? Pattern->getDefinition() : nullptr;
}

const FunctionDecl *asFunction(const NamedDecl *D) {
  if (const auto *Template = dyn_cast_or_null<FunctionTemplateDecl>(D))
    return Template->getTemplatedDecl();
  return dyn_cast_or_null<FunctionDecl>(D);
}

const FunctionDecl *withBody(const FunctionDecl *F) {
  const FunctionDecl *Definition = nullptr;
  if (F && F->hasBody(Definition) && Definition->getBody())
    return Definition;
  const FunctionDecl *Pattern =
      F ? F->getTemplateInstantiationPattern() : nullptr;
  // A member template of an instantiated class has its body there.
  for (const FunctionTemplateDecl *Template =
           F && !Pattern ? F->getDescribedFunctionTemplate() : nullptr;
       Template; Template = Template->getInstantiatedFromMemberTemplate())
    Pattern = Template->getTemplatedDecl();
  return Pattern && Pattern->hasBody(Definition) && Definition->getBody()
             ? Definition
             : nullptr;
}

const Expr *lastReturn(const FunctionDecl *F) {
  F = withBody(F);
  const auto *Block = F ? dyn_cast<CompoundStmt>(F->getBody()) : nullptr;
  if (!Block || Block->body_empty())
    return nullptr;
  const auto *Return = dyn_cast<ReturnStmt>(Block->body_back());
  return Return ? Return->getRetValue() : nullptr;
}

const CXXRecordDecl *returnedRecord(const FunctionDecl *F) {
  if (!F)
    return nullptr;
  if (const CXXRecordDecl *R = recordOf(F->getReturnType()))
    return R;
  const Expr *Value = lastReturn(F);
  return Value ? recordOf(Value->getType()) : nullptr;
}

bool isMeantFor(QualType Param, const CXXRecordDecl *R) {
  Param = Param.getNonReferenceType();
  const auto *Instance = dyn_cast<ClassTemplateSpecializationDecl>(R);
  if (const CXXRecordDecl *Of = Param->getAsCXXRecordDecl())
    return Of->getCanonicalDecl() == R->getCanonicalDecl() ||
           (Instance &&
            Of->getCanonicalDecl() == Instance->getSpecializedTemplate()
                                          ->getTemplatedDecl()
                                          ->getCanonicalDecl());
  const auto *Spec = Param->getAs<TemplateSpecializationType>();
  const TemplateDecl *Template =
      Spec ? Spec->getTemplateName().getAsTemplateDecl() : nullptr;
  return Instance && Template &&
         Template->getCanonicalDecl() ==
             Instance->getSpecializedTemplate()->getCanonicalDecl();
}

const DeclContext *outermostNamespace(const Decl *D) {
  const DeclContext *Result = nullptr;
  for (const DeclContext *C = D->getDeclContext(); C; C = C->getParent())
    if (C->isNamespace() && !cast<NamespaceDecl>(C)->isAnonymousNamespace())
      Result = C->getPrimaryContext();
  return Result;
}

} // namespace nostall
