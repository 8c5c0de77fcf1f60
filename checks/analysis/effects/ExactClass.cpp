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

/// The class of an object of type \p T, or of what it points to, if none can be
/// derived from it.
static const CXXRecordDecl *finalClass(QualType T) {
  if (!T.isNull() && T->isPointerType())
    T = T->getPointeeType();
  const CXXRecordDecl *R = T.isNull() ? nullptr : classOf(T);
  return R && R->isPolymorphic() && R->isEffectivelyFinal() ? R : nullptr;
}

/// What owns nothing runs nothing.
static bool isNullPointer(const Expr *E) {
  E = E->IgnoreImplicit()->IgnoreParenImpCasts();
  if (const auto *Made = dyn_cast<CXXConstructExpr>(E))
    return Made->getNumArgs() == 0 ||
           (Made->getNumArgs() == 1 && isNullPointer(Made->getArg(0)));
  return isa<CXXNullPtrLiteralExpr, GNUNullExpr>(E);
}

/// Where the object that \p E is, points to, or owns comes from.
ExactClass::Origin ExactClass::of(const Expr *E, SetOnce &Locals,
                                  unsigned Depth) {
  constexpr unsigned MaxDepth = 12;
  if (!E || Depth == MaxDepth)
    return {};
  E = stripForwarding(U, E);
  if (const CXXRecordDecl *R = finalClass(E->getType()))
    return {R};
  auto Below = [&](const Expr *Inner) { return of(Inner, Locals, Depth + 1); };
  auto IsOwner = [&](QualType T) {
    const CXXRecordDecl *R = classOf(T);
    const TypeModel *M = R ? U.models().find(R) : nullptr;
    return M && (M->Owns || M->OwnsAlone);
  };
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
    if (!V)
      return {};
    if (V->getType()->isReferenceType())
      return V->isLocalVarDecl() ? Below(V->getInit()) : Origin();
    if (V->getType()->isRecordType() && !IsOwner(V->getType()))
      return {classOf(V->getType())};
    return Below(Locals.valueOf(V));
  }
  if (const auto *New = dyn_cast<CXXNewExpr>(E))
    return {New->isArray() ? nullptr : classOf(New->getAllocatedType())};
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return Unary->getOpcode() == UO_AddrOf || Unary->getOpcode() == UO_Deref
               ? Below(Unary->getSubExpr())
               : Origin();
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return Cast->getType()->isVoidPointerType() ? Origin()
                                                : Below(Cast->getSubExpr());
  if (const auto *Made = dyn_cast<CXXConstructExpr>(E))
    return !IsOwner(Made->getType()) ? Origin{classOf(Made->getType())}
           : Made->getNumArgs() == 0 ? Origin()
                                     : Below(Made->getArg(0));
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E))
    return (Op->getOperator() == OO_Arrow || Op->getOperator() == OO_Star) &&
                   Op->getNumArgs() == 1 &&
                   IsOwner(stripForwarding(U, Op->getArg(0))->getType())
               ? Below(Op->getArg(0))
               : Origin();
  const auto *Call = dyn_cast<CallExpr>(E);
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  if (!Callee)
    return {};
  if (auto Made = constructedBy(U, Callee); Made.size() == 1)
    return {Made.front()};
  if (isDispatched(Call))
    return {};
  const FunctionDecl *Factory = definitionOf(Callee);
  if (!Factory)
    return {nullptr, mayBeElsewhere(U, Callee) ? Callee : nullptr};
  if (U.isInSystemHeader(Factory))
    return {};
  const std::optional<Classes> &Known = madeBy(Factory);
  return Known && Known->size() == 1 ? Origin{Known->front()} : Origin();
}

const std::optional<ExactClass::Classes> &
ExactClass::madeBy(const FunctionDecl *F) {
  auto [It, IsNew] = Made.try_emplace(F->getCanonicalDecl());
  if (!IsNew)
    return It->second; // or it calls itself
  std::optional<Classes> Found = Classes();
  forEachStatement(writtenBody(F), [&](const Stmt *S, auto) {
    const auto *Return = dyn_cast<ReturnStmt>(S);
    const Expr *Value = Return ? Return->getRetValue() : nullptr;
    if (!Value || !Found || isNullPointer(Value))
      return;
    if (const CXXRecordDecl *R = of(Value, U.setOnce(F), 0).Class) {
      if (!llvm::is_contained(*Found, R))
        Found->push_back(R);
    } else {
      Found.reset();
    }
  });
  if (Found && Found->empty())
    Found.reset();
  return Made[F->getCanonicalDecl()] = std::move(Found);
}

ExactClass::Origin ExactClass::ofObject(const FunctionFacts &Facts,
                                        const CallFact &Call) {
  const Expr *Object = Call.Object;
  if (!Object && Call.K == CallFact::Kind::Operator && !Call.Args.empty())
    Object = Call.Args.front();
  return of(Object, U.setOnce(Facts.Function), 0);
}

const CXXMethodDecl *ExactClass::targetOf(const FunctionFacts &Facts,
                                          const CallFact &Call) {
  const auto *Method = cast<CXXMethodDecl>(Call.Callee);
  const CXXRecordDecl *R = ofObject(Facts, Call).Class;
  if (!R || (R->getCanonicalDecl() != Method->getParent()->getCanonicalDecl() &&
             !R->isDerivedFrom(Method->getParent())))
    return nullptr;
  return Method->getCorrespondingMethodInClass(R);
}

Symbol ExactClass::symbolOf(const FunctionFacts &Facts, const Expr *E) {
  const CXXRecordDecl *R = of(E, U.setOnce(Facts.Function), 0).Class;
  if (!R || !R->isPolymorphic())
    return 0;
  const Symbol Id = U.places().symbol(R, Places::Of::Variable);
  if (Id)
    BySymbol.try_emplace(Id, R);
  return Id;
}

bool ExactClass::runs(int64_t Class, const CallFact &Call,
                      const FunctionDecl *Body) const {
  auto It = BySymbol.find(static_cast<Symbol>(Class));
  const auto *Method = dyn_cast<CXXMethodDecl>(Call.Callee);
  if (It == BySymbol.end() || !Method ||
      (!declaresSameEntity(It->second, Method->getParent()) &&
       !It->second->isDerivedFrom(Method->getParent())))
    return true;
  const CXXMethodDecl *Runs =
      const_cast<CXXMethodDecl *>(Method)->getCorrespondingMethodInClass(
          It->second);
  return !Runs || declaresSameEntity(Runs, Body);
}

const FunctionDecl *ExactClass::makerOf(const FunctionFacts &Facts,
                                        const CallFact &Call) {
  return ofObject(Facts, Call).Maker;
}

} // namespace nostall
