//===- Place.cpp - what holds a value -------------------------------------===//

#include "Place.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/TypeReading.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"

using namespace clang;

namespace nostall {

bool Place::isOwn() const {
  const auto *V = dyn_cast_or_null<VarDecl>(Root);
  if (!V || !V->hasLocalStorage() || V->getType()->isReferenceType() ||
      isa_and_nonnull<FunctionDecl>(Member))
    return false;
  if (!Member)
    return true;
  const CXXRecordDecl *Whole = V->getType()->getAsCXXRecordDecl();
  const auto *Of = dyn_cast<CXXRecordDecl>(Member->getDeclContext());
  return Whole && Of && !Member->getType()->isReferenceType() &&
         (Whole->getCanonicalDecl() == Of->getCanonicalDecl() ||
          (Whole->hasDefinition() && Whole->isDerivedFrom(Of)));
}

bool Place::mayBe(const Place &Other) const {
  // Two variables by value are two objects.
  if (Member && Member == Other.Member)
    return !(isOwn() && Other.isOwn()) || Root == Other.Root;
  return Root && Root == Other.Root && (!Member || !Other.Member);
}

std::string Place::name() const {
  if (!Member)
    return Root->getNameAsString();
  if (isa<FunctionDecl>(Member))
    return "what " + Root->getNameAsString() + " leads to";
  return (Root ? Root->getNameAsString() : "this") + "." +
         Member->getNameAsString();
}

/// What `->` and `*` of a class are called on.
static const Expr *pointed(const Expr *E) {
  const auto *Op = dyn_cast<CXXOperatorCallExpr>(E);
  return Op && Op->getNumArgs() == 1 &&
                 (Op->getOperator() == OO_Arrow || Op->getOperator() == OO_Star)
             ? Op->getArg(0)
             : nullptr;
}

static Place placeOfMember(Unit &U, const MemberExpr *E) {
  const ValueDecl *Member = E->getMemberDecl();
  if (!isa<FieldDecl>(Member))
    return {Member};
  const Expr *Base = stripForwarding(U, E->getBase());
  if (isa<CXXThisExpr>(Base))
    return {nullptr, Member};
  if (const Expr *Pointer = pointed(Base))
    Base = Pointer;
  const Place Whole = placeOf(U, Base);
  if (!Whole)
    return {Member};
  // this->a.b, and v.a.b: both ends.
  return {Whole.Root, Member};
}

/// The member of \p Object's class that stands for what `*p`, `p->`, `p.get()`
/// and `o.value()` lead to, or `queue.front()`; or null.
static const ValueDecl *accessIn(Unit &U, const Expr *Object,
                                 const FunctionDecl *By) {
  const CXXRecordDecl *R = Object->getType()->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition() || !U.isInSystemHeader(By))
    return nullptr;
  DeclarationName Name = By->getDeclName();
  ASTContext &Ctx = By->getASTContext();
  const bool IsElement = By->getIdentifier() &&
                         (By->getName() == "front" || By->getName() == "back" ||
                          By->getName() == "top");
  if (!IsElement) {
    if (By->getIdentifier() && By->getName() != "get" &&
        By->getName() != "value")
      return nullptr;
    Name = Ctx.DeclarationNames.getCXXOperatorName(OO_Star);
  }
  // Of overloads, and of what bases have, one stands for all.
  const CXXRecordDecl *In = R;
  anyInHierarchy(R, [&](const CXXRecordDecl *Class) {
    In = Class;
    return !Class->lookup(Name).empty();
  });
  const auto Found = In->lookup(Name);
  return Found.empty() ? nullptr
                       : dyn_cast<ValueDecl>(asFunction(Found.front()));
}

/// What a variable leads to: an iterator, an owner, a queue.
static Place placeBehind(Unit &U, const Expr *E) {
  const Expr *Object = pointed(E);
  const FunctionDecl *By =
      Object ? cast<CXXOperatorCallExpr>(E)->getDirectCallee() : nullptr;
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
      Call && !Call->getNumArgs()) {
    Object = Call->getImplicitObjectArgument();
    By = Call->getMethodDecl();
    if (isa_and_nonnull<CXXConversionDecl>(By))
      By = nullptr;
  }
  const Place Whole = By ? placeOf(U, Object) : Place();
  if (!Whole.Root || Whole.Member || !isa<VarDecl>(Whole.Root))
    return {};
  const ValueDecl *Access = accessIn(U, Object->IgnoreParenImpCasts(), By);
  return Access ? Place{Whole.Root, Access} : Place();
}

/// `static Registry &get() { static Registry r; return r; }`: the place that a
/// function, or an accessor of an object, gives by reference.
static Place placeGivenBy(Unit &U, const CallExpr *Call) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  const FunctionDecl *Body =
      Callee && Callee->getReturnType()->isReferenceType() &&
              !isDispatched(Call)
          ? definitionOf(Callee)
          : nullptr;
  const auto *Block = Body && !U.isInSystemHeader(Body)
                          ? dyn_cast<CompoundStmt>(Body->getBody())
                          : nullptr;
  const auto *Return =
      Block && (Block->size() == 1 ||
                (Block->size() == 2 && isa<DeclStmt>(Block->body_front())))
          ? dyn_cast<ReturnStmt>(Block->body_back())
          : nullptr;
  const Expr *Named = Return && Return->getRetValue()
                          ? Return->getRetValue()->IgnoreParenImpCasts()
                          : nullptr;
  const auto *Ref = dyn_cast_or_null<DeclRefExpr>(Named);
  if (const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr)
    return V->hasGlobalStorage() ? Place{V} : Place();
  const auto *Member = dyn_cast_or_null<MemberExpr>(Named);
  const auto *Of = dyn_cast<CXXMemberCallExpr>(Call);
  if (!Member || !Of || !isa<FieldDecl>(Member->getMemberDecl()) ||
      !isa<CXXThisExpr>(Member->getBase()->IgnoreParenImpCasts()))
    return {};
  const Expr *Object = Of->getImplicitObjectArgument();
  if (isa<CXXThisExpr>(stripForwarding(U, Object)))
    return {nullptr, Member->getMemberDecl()};
  const Place Whole = placeOf(U, Object);
  return Whole ? Place{Whole.Root, Member->getMemberDecl()} : Place();
}

Place placeOf(Unit &U, const Expr *E) {
  E = stripForwarding(U, E);
  if (const auto *Unary = dyn_cast<UnaryOperator>(E);
      Unary &&
      (Unary->getOpcode() == UO_AddrOf || Unary->getOpcode() == UO_Deref))
    E = stripForwarding(U, Unary->getSubExpr());
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    // A part of a structured binding is a member of what is bound.
    if (const auto *Part = dyn_cast<BindingDecl>(Ref->getDecl()))
      if (const Expr *Bound = Part->getBinding())
        if (const Place Of = placeOf(U, Bound))
          return Of;
    return {Ref->getDecl()};
  }
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return placeOfMember(U, Member);
  // std::get<0>(both) is a part of it that has no name.
  if (const auto *Get = dyn_cast<CallExpr>(E))
    if (const FunctionDecl *Callee = Get->getDirectCallee();
        Callee && Get->getNumArgs() == 1 && Callee->isInStdNamespace() &&
        Callee->getIdentifier() && Callee->getName() == "get" &&
        !isa<CXXMethodDecl>(Callee))
      return placeOf(U, Get->getArg(0));
  if (const auto *Call = dyn_cast<CallExpr>(E))
    if (const Place Given = placeGivenBy(U, Call))
      return Given;
  return placeBehind(U, E);
}

} // namespace nostall
