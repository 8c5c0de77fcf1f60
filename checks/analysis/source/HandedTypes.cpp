//===- HandedTypes.cpp - what libraries get to know of the program --------===//

#include "HandedTypes.h"
#include "analysis/models/Models.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

void HandedTypes::add(const FunctionDecl *F) {
  addArgumentsAround(F);
  add(F->getType());
  follow();
}

bool HandedTypes::contains(const CXXRecordDecl *R) const {
  return Records.contains(R->getCanonicalDecl());
}

void HandedTypes::add(QualType T) {
  // One level at a time: T may be a pointer to a function of references.
  llvm::SmallVector<QualType, 8> Work{T};
  while (!Work.empty()) {
    T = Work.pop_back_val();
    if (T.isNull())
      continue;
    T = Ctx.getCanonicalType(T.getNonReferenceType()).getUnqualifiedType();
    if (T->isBuiltinType() || !Types.insert(T.getTypePtr()).second)
      continue;
    if (const CXXRecordDecl *R = T->getAsCXXRecordDecl()) {
      if (Records.insert(R->getCanonicalDecl()).second)
        Open.push_back(R);
    } else if (const auto *Member = T->getAs<MemberPointerType>()) {
      Work.push_back(Member->getPointeeType());
      if (const CXXRecordDecl *Of = Member->getMostRecentCXXRecordDecl())
        Work.push_back(Ctx.getCanonicalTagType(Of));
    } else if (const auto *Function = T->getAs<FunctionProtoType>()) {
      Work.push_back(Function->getReturnType());
      llvm::append_range(Work, Function->param_types());
    } else if (const ArrayType *Array = Ctx.getAsArrayType(T)) {
      Work.push_back(Array->getElementType());
    } else {
      Work.push_back(T->getPointeeType());
    }
  }
}

void HandedTypes::add(llvm::ArrayRef<TemplateArgument> Args) {
  for (const TemplateArgument &Arg : Args)
    switch (Arg.getKind()) {
    case TemplateArgument::Type:
      add(Arg.getAsType());
      break;
    case TemplateArgument::Declaration:
      add(Arg.getAsDecl()->getType());
      break;
    case TemplateArgument::StructuralValue:
      add(Arg.getStructuralValueType());
      break;
    case TemplateArgument::Pack:
      add(Arg.pack_elements());
      break;
    case TemplateArgument::Template:
      if (const auto *Template = dyn_cast_or_null<ClassTemplateDecl>(
              Arg.getAsTemplate().getAsTemplateDecl()))
        for (const CXXRecordDecl *Spec : Template->specializations())
          add(Ctx.getCanonicalTagType(Spec));
      break;
    default:
      break;
    }
}

void HandedTypes::addArgumentsAround(const Decl *D) {
  for (; D; D = dyn_cast_or_null<Decl>(D->getDeclContext())) {
    if (const auto *F = dyn_cast<FunctionDecl>(D)) {
      if (const TemplateArgumentList *Args = F->getTemplateSpecializationArgs())
        add(Args->asArray());
    } else if (const auto *R = dyn_cast<ClassTemplateSpecializationDecl>(D)) {
      add(R->getTemplateArgs().asArray());
    } else if (D->isFileContextDecl() || isa<TranslationUnitDecl>(D)) {
      return;
    }
  }
}

bool HandedTypes::isOfLibrary(const CXXRecordDecl *R) const {
  const SourceManager &SM = Ctx.getSourceManager();
  return SM.isInSystemHeader(SM.getExpansionLoc(R->getLocation())) &&
         Models.isOpaque(R);
}

void HandedTypes::addMembers(const CXXRecordDecl *R) {
  for (const CXXBaseSpecifier &Base : R->bases())
    add(Base.getType());
  for (const Decl *D : R->decls())
    if (const auto *F = dyn_cast<FunctionDecl>(D))
      add(F->getReturnType());
    else if (const auto *Constant = dyn_cast<VarDecl>(D))
      add(Constant->getType());
    else if (const auto *Name = dyn_cast<TypedefNameDecl>(D))
      add(Name->getUnderlyingType());
    else if (const auto *Inner = dyn_cast<CXXRecordDecl>(D);
             Inner && !Inner->isInjectedClassName())
      add(Ctx.getCanonicalTagType(Inner));
}

void HandedTypes::follow() {
  while (!Open.empty()) {
    const CXXRecordDecl *R = Open.pop_back_val();
    addArgumentsAround(R);
    // A library's class is made of its arguments.
    if (const CXXRecordDecl *Whole = R->getDefinition();
        Whole && !isOfLibrary(Whole))
      addMembers(Whole);
  }
}

} // namespace nostall
