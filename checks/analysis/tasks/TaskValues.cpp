//===- TaskValues.cpp - where the value of a variable is from -------------===//

#include "TaskValues.h"
#include "analysis/Unit.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

bool isEmpty(const Expr *Init) {
  const auto *Made = dyn_cast<CXXConstructExpr>(Init->IgnoreImplicit());
  return Made && Made->getNumArgs() == 0;
}

/// \p V, a local variable, has never held anything.
static bool isNeverFilled(const VariableFact &V) {
  return V.Var->getInit() && isEmpty(V.Var->getInit()) &&
         llvm::none_of(V.Uses, [](const VariableUse &Use) {
           return Use.Assignment || Use.H == VariableUse::How::Method ||
                  Use.H == VariableUse::How::Captured;
         });
}

const Expr *madeValue(Unit &U, const FunctionFacts &Facts, const Expr *Init) {
  const Expr *Stripped = stripForwarding(U, Init);
  if (isa<CallExpr>(Stripped))
    return Stripped->isPRValue() ? Stripped : nullptr;
  if (const auto *Choice = dyn_cast<ConditionalOperator>(Stripped))
    return Choice->isPRValue() && madeValue(U, Facts, Choice->getTrueExpr()) &&
                   madeValue(U, Facts, Choice->getFalseExpr())
               ? Choice
               : nullptr;
  const auto *Ref = dyn_cast<DeclRefExpr>(Stripped);
  if (!Ref)
    return nullptr;
  auto IsMovedHere = [&](const VariableFact &V) {
    return V.Var == Ref->getDecl() && !V.Var->getType()->isReferenceType() &&
           !isNeverFilled(V) &&
           llvm::any_of(V.Uses,
                        [&](const VariableUse &Use) {
                          return Use.Ref == Ref &&
                                 Use.H == VariableUse::How::Moved;
                        }) &&
           // What was awaited is moved as what it has become.
           llvm::none_of(V.Uses, [&](const VariableUse &Use) {
             return Use.H == VariableUse::How::Awaited &&
                    U.context().getSourceManager().isBeforeInTranslationUnit(
                        Use.Ref->getLocation(), Ref->getLocation());
           });
  };
  if (llvm::none_of(Facts.Variables, IsMovedHere) &&
      llvm::none_of(Facts.Parameters, IsMovedHere))
    return nullptr;
  // std::move(t), as it is written.
  const Expr *Written = Init->IgnoreImplicit();
  while (true) {
    if (const auto *Made = dyn_cast<CXXConstructExpr>(Written);
        Made && Made->getNumArgs() >= 1)
      Written = Made->getArg(0)->IgnoreImplicit();
    else if (const auto *List = dyn_cast<InitListExpr>(Written);
             List && List->getNumInits() == 1)
      Written = List->getInit(0)->IgnoreImplicit();
    else
      return Written;
  }
}

bool names(const Stmt *S, const VarDecl *V) {
  if (const auto *Ref = dyn_cast_or_null<DeclRefExpr>(S);
      Ref && Ref->getDecl() == V)
    return true;
  return S && llvm::any_of(S->children(),
                           [&](const Stmt *Child) { return names(Child, V); });
}

} // namespace nostall
