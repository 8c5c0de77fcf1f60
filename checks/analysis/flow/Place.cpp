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

llvm::SmallVector<const ValueDecl *, 3> Place::members() const {
  llvm::SmallVector<const ValueDecl *, 3> Way;
  if (Member)
    Way.push_back(Member);
  for (const WayToPart *Up = Outer; Up; Up = Up->Outer)
    Way.push_back(Up->Part);
  std::reverse(Way.begin(), Way.end());
  return Way;
}

std::optional<llvm::SmallVector<const ValueDecl *, 3>>
Place::within(const Place &Whole) const {
  if (Root != Whole.Root)
    return std::nullopt;
  auto Way = members();
  const auto Start = Whole.members();
  if (Start.size() > Way.size() ||
      !std::equal(Start.begin(), Start.end(), Way.begin()))
    return std::nullopt;
  Way.erase(Way.begin(), Way.begin() + Start.size());
  return Way;
}

/// Whether \p Way goes through parts of an object of the type \p Whole, and
/// through nothing that only leads somewhere else.
static bool areParts(QualType Whole, llvm::ArrayRef<const ValueDecl *> Way) {
  for (const ValueDecl *Member : Way) {
    const CXXRecordDecl *R =
        Whole.isNull() ? nullptr : Whole->getAsCXXRecordDecl();
    const auto *Of = dyn_cast<CXXRecordDecl>(Member->getDeclContext());
    if (!Of || isa<FunctionDecl>(Member) ||
        Member->getType()->isReferenceType())
      return false;
    if (!R || !(R->getCanonicalDecl() == Of->getCanonicalDecl() ||
                (R->hasDefinition() && R->isDerivedFrom(Of))))
      return false;
    Whole = Member->getType();
  }
  return true;
}

bool Place::isOwn() const {
  const auto *V = dyn_cast_or_null<VarDecl>(Root);
  return V && V->hasLocalStorage() && !V->getType()->isReferenceType() &&
         (!Member || areParts(V->getType(), members()));
}

bool Place::mayBe(const Place &Other) const {
  if (Root != Other.Root && (!Member || !Other.Member))
    return false;
  if (within(Other) || Other.within(*this))
    return true;
  // Two variables by value, and two parts of an object, are two objects.
  if (isOwn() && Other.isOwn())
    return false;
  const auto Here = members(), There = Other.members();
  auto TypeOf = [](llvm::ArrayRef<const ValueDecl *> Way) {
    const auto *R = dyn_cast<RecordDecl>(Way.front()->getDeclContext());
    return R ? R->getASTContext().getCanonicalTagType(R) : QualType();
  };
  if (Root == Other.Root && areParts(TypeOf(Here), Here) &&
      areParts(TypeOf(There), There))
    return false;
  return llvm::is_contained(Here, Other.Member) ||
         llvm::is_contained(There, Member);
}

std::string Place::name() const {
  if (isa_and_nonnull<FunctionDecl>(Member))
    return "what " +
           Place{Root, Outer ? Outer->Part : nullptr,
                 Outer ? Outer->Outer : nullptr}
               .name() +
           " leads to";
  std::string Name = Root ? Root->getNameAsString() : "this";
  for (const ValueDecl *Step : members())
    Name += "." + Step->getNameAsString();
  return Name;
}

Place partOf(Unit &U, Place Whole, llvm::ArrayRef<const ValueDecl *> Way) {
  for (const ValueDecl *Member : Way) {
    if (Whole.Member)
      Whole.Outer = &U.wayToPart(Whole.Outer, *Whole.Member);
    Whole.Member = Member;
  }
  return Whole;
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
  return Whole ? partOf(U, Whole, Member) : Place{Member};
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
  return Whole ? partOf(U, Whole, Member->getMemberDecl()) : Place();
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
