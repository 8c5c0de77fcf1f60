//===- ExactClass.cpp - the class of an object behind a base --------------===//

#include "ExactClass.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

static const CXXRecordDecl *classOf(QualType T) {
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  return R ? R->getDefinition() : nullptr;
}

/// The class of the object that \p E is, points to, or owns.
const CXXRecordDecl *ExactClass::of(const Expr *E, SetOnce &Locals,
                                    unsigned Depth) {
  constexpr unsigned MaxDepth = 12;
  if (!E || Depth == MaxDepth)
    return nullptr;
  E = stripForwarding(U, E);
  auto Below = [&](const Expr *Inner) { return of(Inner, Locals, Depth + 1); };
  auto IsOwner = [&](QualType T) {
    const CXXRecordDecl *R = classOf(T);
    const TypeModel *M = R ? U.models().find(R) : nullptr;
    return M && (M->Owns || M->OwnsAlone);
  };
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
    if (!V)
      return nullptr;
    if (V->getType()->isReferenceType())
      return V->isLocalVarDecl() ? Below(V->getInit()) : nullptr;
    if (V->getType()->isRecordType() && !IsOwner(V->getType()))
      return classOf(V->getType());
    return Below(Locals.valueOf(V));
  }
  if (const auto *New = dyn_cast<CXXNewExpr>(E))
    return New->isArray() ? nullptr : classOf(New->getAllocatedType());
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return Unary->getOpcode() == UO_AddrOf || Unary->getOpcode() == UO_Deref
               ? Below(Unary->getSubExpr())
               : nullptr;
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return Cast->getType()->isVoidPointerType() ? nullptr
                                                : Below(Cast->getSubExpr());
  if (const auto *Made = dyn_cast<CXXConstructExpr>(E))
    return !IsOwner(Made->getType()) ? classOf(Made->getType())
           : Made->getNumArgs() == 0 ? nullptr
                                     : Below(Made->getArg(0));
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E))
    return (Op->getOperator() == OO_Arrow || Op->getOperator() == OO_Star) &&
                   Op->getNumArgs() == 1 &&
                   IsOwner(stripForwarding(U, Op->getArg(0))->getType())
               ? Below(Op->getArg(0))
               : nullptr;
  const auto *Call = dyn_cast<CallExpr>(E);
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  if (!Callee)
    return nullptr;
  if (const CXXRecordDecl *R = constructedBy(U, Callee))
    return R;
  const FunctionDecl *Factory =
      isDispatched(Call) ? nullptr : definitionOf(Callee);
  if (!Factory || U.isInSystemHeader(Factory))
    return nullptr;
  return of(returnedBy(Factory), U.setOnce(Factory), Depth + 1);
}

const CXXMethodDecl *ExactClass::targetOf(const FunctionFacts &Facts,
                                          const CallFact &Call) {
  const auto *Method = cast<CXXMethodDecl>(Call.Callee);
  const Expr *Object = Call.Object;
  if (!Object && Call.K == CallFact::Kind::Operator && !Call.Args.empty())
    Object = Call.Args.front();
  if (!Object)
    return nullptr;
  const CXXRecordDecl *R = of(Object, U.setOnce(Facts.Function), 0);
  if (!R || (R->getCanonicalDecl() != Method->getParent()->getCanonicalDecl() &&
             !R->isDerivedFrom(Method->getParent())))
    return nullptr;
  return Method->getCorrespondingMethodInClass(R);
}

} // namespace nostall
