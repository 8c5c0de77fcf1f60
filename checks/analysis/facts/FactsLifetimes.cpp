//===- FactsLifetimes.cpp - what begins and ends without being written ----===//
//
// The calls that the language makes where a life ends (of parameters, members
// and temporaries), and where new and delete ask for memory.
//
//===----------------------------------------------------------------------===//

#include "FactsRecorder.h"
#include "analysis/Unit.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

void FactsRecorder::destroyParameters(const FunctionDecl *F) {
  for (const ParmVarDecl *P : F->parameters())
    if (!P->getType()->isReferenceType())
      if (const CXXDestructorDecl *Dtor = destructorOf(P->getType())) {
        CallFact &C =
            addCall(CallFact::Kind::Destructor, nullptr, P->getLocation());
        C.Callee = Dtor;
        C.Through = P;
      }
}

void FactsRecorder::destroyMembers(const CXXDestructorDecl *Dtor) {
  const CXXRecordDecl *R = Dtor->getParent();
  if (R->isUnion())
    return; // which of them lives, only the body knows
  auto Destroy = [&](QualType T, const ValueDecl *Through) {
    if (const CXXDestructorDecl *Of = destructorOf(T)) {
      CallFact &C =
          addCall(CallFact::Kind::Destructor, nullptr, Dtor->getLocation());
      C.Callee = Of;
      C.Through = Through;
    }
  };
  for (const FieldDecl *Field : R->fields())
    if (!Field->getType()->isReferenceType())
      Destroy(Field->getType(), Field);
  for (const CXXBaseSpecifier &Base : R->bases())
    Destroy(Base.getType(), nullptr);
}

/// A temporary that dies with its full-expression: materialised and not
/// bound to a variable, or dropped. Others become a variable or argument.
bool FactsRecorder::isDestroyedHere(const CXXBindTemporaryExpr *E) const {
  const MaterializeTemporaryExpr *Held = nullptr;
  for (const Stmt *Parent : llvm::reverse(Path)) {
    // A call that takes it by T&& has most likely moved from it.
    if (Held)
      return !Held->isXValue() || !isa<CallExpr, CXXConstructExpr>(Parent);
    Held = dyn_cast<MaterializeTemporaryExpr>(Parent);
    if (Held && Held->getExtendingDecl())
      return false;
    if (!Held && !isConstructorCast(Parent) &&
        !isa<ExprWithCleanups, ImplicitCastExpr, ParenExpr>(Parent))
      break;
  }
  if (Held)
    return true;
  return DiscardedValues.contains(E->getSubExpr()->IgnoreParenImpCasts());
}

void FactsRecorder::addDestruction(const CXXBindTemporaryExpr *E) {
  if (!isDestroyedHere(E))
    return;
  CallFact &C = addCall(CallFact::Kind::Destructor, E, E->getBeginLoc());
  C.Callee = E->getTemporary()->getDestructor();
}

void FactsRecorder::addAllocation(const Expr *E, const FunctionDecl *Operator) {
  if (Operator && !Operator->isImplicit() && !U.isInSystemHeader(Operator))
    addCall(CallFact::Kind::Function, E, E->getBeginLoc()).Callee = Operator;
}

} // namespace nostall
