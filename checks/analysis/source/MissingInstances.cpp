//===- MissingInstances.cpp - members that nobody has needed --------------===//

#include "MissingInstances.h"
#include "HandedTypes.h"
#include "analysis/Unit.h"
#include "analysis/models/Models.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SmallVector.h"

using namespace clang;

namespace nostall {

bool isCalledByOthers(const FunctionDecl *F) {
  return isa<CXXDestructorDecl>(F) || F->getOverloadedOperator() == OO_Call;
}

bool isMissingInstance(const FunctionDecl *F) {
  if (F->isDefined() || !isCalledByOthers(F))
    return false;
  const FunctionDecl *Pattern = F->getTemplateInstantiationPattern();
  return Pattern && Pattern->isDefined();
}

void forEachMissingInstance(
    const ASTContext &Ctx, const ModelSet &Models,
    llvm::function_ref<void(FunctionDecl *)> Visit,
    llvm::function_ref<void(ClassTemplateSpecializationDecl *)> VisitClass) {
  const SourceManager &SM = Ctx.getSourceManager();
  llvm::SmallVector<const DeclContext *, 32> Open{Ctx.getTranslationUnitDecl()};
  llvm::SmallVector<FunctionDecl *, 16> Found;
  llvm::SmallVector<ClassTemplateSpecializationDecl *, 16> Classes;
  while (!Open.empty())
    for (Decl *D : Open.pop_back_val()->decls()) {
      if (D->isInvalidDecl() ||
          SM.isInSystemHeader(SM.getExpansionLoc(D->getLocation())))
        continue;
      if (auto *F = dyn_cast<FunctionDecl>(D)) {
        if (isMissingInstance(F))
          Found.push_back(F);
      } else if (auto *Template = dyn_cast<ClassTemplateDecl>(D)) {
        for (auto *Spec : Template->specializations())
          if (Spec->getSpecializationKind() == TSK_ExplicitSpecialization)
            continue;
          else if (Spec->hasDefinition())
            Open.push_back(Spec);
          else if (!Spec->isInvalidDecl() &&
                   Template->getTemplatedDecl()->hasDefinition())
            Classes.push_back(Spec);
      } else if (const auto *R = dyn_cast<CXXRecordDecl>(D)) {
        if (R->isThisDeclarationADefinition() && !R->isDependentContext())
          Open.push_back(R);
      } else if (isa<NamespaceDecl, LinkageSpecDecl, ExportDecl>(D)) {
        const auto *Space = dyn_cast<NamespaceDecl>(D);
        if (!Space || !Models.isOpaque(Space))
          Open.push_back(cast<DeclContext>(D));
      }
    }
  llvm::for_each(Found, Visit);
  llvm::for_each(Classes, VisitClass);
}

bool lacksInstances(Unit &U, llvm::ArrayRef<const FunctionDecl *> Skipped) {
  bool LacksDestructor = false;
  llvm::SmallVector<const CXXRecordDecl *, 8> Callables;
  auto Add = [&](const FunctionDecl *F) {
    LacksDestructor |= isa<CXXDestructorDecl>(F);
    Callables.push_back(cast<CXXMethodDecl>(F)->getParent());
  };
  forEachMissingInstance(U.context(), U.models(), Add, [](auto *) {});
  // Of a template, what is listed is its pattern if it has no instances.
  for (const FunctionDecl *F : U.functions())
    if (const FunctionTemplateDecl *T = F->getDescribedFunctionTemplate();
        T && isCalledByOthers(F) && !T->getDeclContext()->isDependentContext())
      Add(F);
  if (LacksDestructor || Callables.empty())
    return LacksDestructor;
  HandedTypes Handed(U.context(), U.models());
  for (const FunctionDecl *F : Skipped)
    Handed.add(F);
  return llvm::any_of(
      Callables, [&](const CXXRecordDecl *R) { return Handed.contains(R); });
}

} // namespace nostall
