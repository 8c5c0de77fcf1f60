//===- LockValues.cpp - values that hold a lock ---------------------------===//

#include "LockValues.h"
#include "LockGuards.h"
#include "LockHelpers.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/DenseSet.h"

using namespace clang;

namespace nostall {

static const CXXRecordDecl *releasingClass(Unit &U, QualType T) {
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  return R && !U.models().find(R) && U.lockHelpers().releasesAtEnd(U, R)
             ? R
             : nullptr;
}

const CXXRecordDecl *ownGuard(Unit &U, QualType T) {
  if (T.isNull())
    return nullptr; // {a, b} in a template
  T = T.getNonReferenceType();
  const auto *Owner = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      T->getAsCXXRecordDecl());
  const TypeModel *M = Owner ? U.models().find(Owner) : nullptr;
  if (!M || !(M->Owns || M->OwnsAlone))
    return releasingClass(U, T);
  for (QualType Held : typeArguments(Owner))
    if (const CXXRecordDecl *Guard = releasingClass(U, Held))
      return Guard;
  return nullptr;
}

std::optional<bool> resultHolds(Unit &U, const Expr *E) {
  const auto *Call = dyn_cast<CallExpr>(E->IgnoreImplicit());
  const FunctionDecl *Callee =
      Call && !isDispatched(Call) ? Call->getDirectCallee() : nullptr;
  const FunctionDecl *Body = Callee ? helperBody(U, Callee) : nullptr;
  return Body ? U.lockHelpers().of(U, Body).Result : std::nullopt;
}

bool takesForItsObject(Unit &U, const CXXConstructorDecl *Ctor) {
  const FunctionDecl *Body = definitionOf(Ctor);
  return Body && U.lockHelpers().releasesAtEnd(U, Ctor->getParent()) &&
         llvm::any_of(U.lockHelpers().of(U, Body).On, [](const auto &Entry) {
           return Entry.second == LockEffect::Does::Takes;
         });
}

bool makesOwnGuard(Unit &U, const FunctionFacts &Facts, const Expr *Made,
                   const CXXRecordDecl *Guard) {
  llvm::DenseSet<const Stmt *> Parts;
  forEachStatement(Made, [&](const Stmt *S, auto) { Parts.insert(S); });
  return llvm::any_of(Facts.Calls, [&](const CallFact &C) {
    const auto *Ctor = dyn_cast_or_null<CXXConstructorDecl>(C.Callee);
    return Ctor && Parts.contains(C.Site) &&
           declaresSameEntity(Ctor->getParent(), Guard) &&
           takesForItsObject(U, Ctor);
  });
}

} // namespace nostall
