//===- TransformDemands.cpp - what a promise asks of a type ---------------===//

#include "TransformDemands.h"
#include "TypeReading.h"
#include "clang/AST/ExprConcepts.h"
#include "clang/AST/RecursiveASTVisitor.h"

using namespace clang;

namespace nostall {
namespace {

/// The names that a condition looks up in what depends on a template parameter,
/// also by way of concepts.
class NameCollector : public RecursiveASTVisitor<NameCollector> {
public:
  llvm::SmallVector<DeclarationName, 4> Names;

  bool VisitDependentNameType(DependentNameType *T) {
    return add(DeclarationName(T->getIdentifier()));
  }
  bool VisitDependentScopeDeclRefExpr(DependentScopeDeclRefExpr *E) {
    return add(E->getDeclName());
  }
  bool VisitCXXDependentScopeMemberExpr(CXXDependentScopeMemberExpr *E) {
    return add(E->getMember());
  }
  bool VisitConceptSpecializationExpr(ConceptSpecializationExpr *E) {
    const ConceptDecl *Concept = E->getNamedConcept();
    // The standard's concepts ask for no member that only awaited classes have.
    if (!Concept || !Concept->getConstraintExpr() ||
        Concept->isInStdNamespace() || Level >= 4)
      return true;
    ++Level;
    TraverseStmt(const_cast<Expr *>(Concept->getConstraintExpr()));
    --Level;
    return true;
  }

private:
  bool add(DeclarationName Name) {
    if (!llvm::is_contained(Names, Name))
      Names.push_back(Name);
    return true;
  }
  unsigned Level = 0;
};

/// The class templates that a signature names, also by way of aliases.
class TraitCollector : public RecursiveASTVisitor<TraitCollector> {
public:
  llvm::SmallPtrSet<const ClassTemplateDecl *, 4> Traits;

  bool VisitTemplateSpecializationType(TemplateSpecializationType *T) {
    add(T->getTemplateName());
    return true;
  }
  bool VisitDependentNameType(DependentNameType *T) {
    if (T->getQualifier().getKind() == NestedNameSpecifier::Kind::Type)
      TraverseType(QualType(T->getQualifier().getAsType(), 0));
    return true;
  }

private:
  void add(TemplateName Name) {
    const TemplateDecl *Template = Name.getAsTemplateDecl();
    if (!Template || Template->isInStdNamespace())
      return;
    if (const auto *Class = dyn_cast<ClassTemplateDecl>(Template))
      Traits.insert(Class->getCanonicalDecl());
    else if (const auto *Alias = dyn_cast<TypeAliasTemplateDecl>(Template);
             Alias && Seen.insert(Alias->getCanonicalDecl()).second)
      TraverseType(Alias->getTemplatedDecl()->getUnderlyingType());
  }
  llvm::SmallPtrSet<const Decl *, 4> Seen;
};

void forEachConstexprCondition(const Stmt *S,
                               llvm::function_ref<void(const Expr *)> Visit) {
  if (!S || isa<Expr>(S))
    return;
  if (const auto *If = dyn_cast<IfStmt>(S); If && If->isConstexpr())
    Visit(If->getCond());
  for (const Stmt *Child : S->children())
    forEachConstexprCondition(Child, Visit);
}

/// Whether the first of \p Args is \p T, a class or a pointer to one, or a
/// pattern for such.
bool isAbout(const TemplateArgumentList &Args, QualType T) {
  if (!Args.size() || Args[0].getKind() != TemplateArgument::Type)
    return false;
  const QualType Of = Args[0].getAsType();
  const CXXRecordDecl *R = T->isPointerType()
                               ? T->getPointeeType()->getAsCXXRecordDecl()
                               : T->getAsCXXRecordDecl();
  if (!T->isPointerType() || !Of->isPointerType())
    return R && T->isPointerType() == Of->isPointerType() && isMeantFor(Of, R);
  return Of->getPointeeType()->isDependentType() ||
         (R && isMeantFor(Of->getPointeeType(), R));
}

} // namespace

bool hasDemandedMembers(const CXXRecordDecl *R, const FunctionDecl *Transform) {
  bool HasThem = false;
  auto Ask = [&](const Expr *Condition) {
    NameCollector Collector;
    Collector.TraverseStmt(const_cast<Expr *>(Condition));
    HasThem |= !Collector.Names.empty() &&
               llvm::all_of(Collector.Names, [&](DeclarationName Name) {
                 return findMember(R, Name) != nullptr;
               });
  };
  if (const FunctionTemplateDecl *Template =
          Transform->getDescribedFunctionTemplate()) {
    llvm::SmallVector<AssociatedConstraint, 2> Constraints;
    Template->getAssociatedConstraints(Constraints);
    for (const AssociatedConstraint &C : Constraints)
      Ask(C.ConstraintExpr);
  }
  if (const FunctionDecl *Body = withBody(Transform))
    forEachConstexprCondition(Body->getBody(), Ask);
  return HasThem;
}

bool hasDemandedTrait(QualType T, const FunctionDecl *Transform) {
  T = T.getNonReferenceType();
  const FunctionTemplateDecl *Template =
      Transform->getDescribedFunctionTemplate();
  if (!Template)
    return false;
  TraitCollector Collector;
  for (const NamedDecl *Param : *Template->getTemplateParameters())
    if (const auto *Type = dyn_cast<TemplateTypeParmDecl>(Param);
        Type && Type->hasDefaultArgument())
      Collector.TraverseType(
          Type->getDefaultArgument().getArgument().getAsType());
  Collector.TraverseType(Transform->getReturnType());
  return llvm::any_of(Collector.Traits, [&](const ClassTemplateDecl *Trait) {
    for (const auto *Spec : Trait->specializations())
      if (Spec->isExplicitSpecialization() &&
          isAbout(Spec->getTemplateArgs(), T))
        return true;
    llvm::SmallVector<ClassTemplatePartialSpecializationDecl *, 8> Partials;
    const_cast<ClassTemplateDecl *>(Trait)->getPartialSpecializations(Partials);
    return llvm::any_of(Partials, [&](const auto *Partial) {
      return isAbout(Partial->getTemplateArgs(), T);
    });
  });
}

} // namespace nostall
