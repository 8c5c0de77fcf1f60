//===- ExactClass.cpp - the class of an object behind a base --------------===//

#include "ExactClass.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/DeclTemplate.h"
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

ExactClass::Origin ExactClass::exactly(const CXXRecordDecl *R) {
  Origin Known;
  if (R)
    Known.AnyOf.push_back(R);
  return Known;
}

/// It may come from \p Other, too.
void ExactClass::Origin::join(const Origin &Other) {
  if (AnyOf.empty() || Other.AnyOf.empty())
    AnyOf.clear();
  else
    for (const CXXRecordDecl *R : Other.AnyOf)
      if (!llvm::is_contained(AnyOf, R))
        AnyOf.push_back(R);
  if (Maker != Other.Maker)
    Maker = nullptr;
}

bool ExactClass::isOwner(QualType T) const {
  const CXXRecordDecl *R = classOf(T);
  const TypeModel *M = R ? U.models().find(R) : nullptr;
  return M && (M->Owns || M->OwnsAlone);
}

/// Whether a \p T is a container, or an iterator of one, that keeps objects of
/// the class \p R themselves.
bool ExactClass::keepsObjects(QualType T, const CXXRecordDecl *R,
                              unsigned Depth) const {
  constexpr unsigned MaxDepth = 4;
  const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      classOf(T.getNonReferenceType()));
  if (!Spec || Depth == MaxDepth || !U.models().isOpaque(Spec))
    return false;
  const TypeModel *M = U.models().find(Spec);
  const bool IsIterator =
      !Spec->lookup(R->getASTContext().DeclarationNames.getCXXOperatorName(
                        OO_PlusPlus))
           .empty();
  if (!IsIterator && !(M && M->Owns && M->Deleter == TypeModel::NoDeleter))
    return false;
  auto Keeps = [&](const TemplateArgument &Arg) {
    if (Arg.getKind() != TemplateArgument::Type)
      return false;
    QualType Of = Arg.getAsType();
    if (IsIterator && Of->isPointerType())
      Of = Of->getPointeeType();
    return declaresSameEntity(Of->getAsCXXRecordDecl(), R) ||
           keepsObjects(Of, R, Depth + 1);
  };
  return llvm::any_of(Spec->getTemplateArgs().asArray(),
                      [&](const TemplateArgument &Arg) {
                        return Arg.getKind() == TemplateArgument::Pack
                                   ? llvm::any_of(Arg.pack_elements(), Keeps)
                                   : Keeps(Arg);
                      });
}

/// The class of the element of an array or container that \p E is, or points
/// to; null if that holds no objects: `shapes[0]`, `*it`, `std::get<Shape>(v)`.
const CXXRecordDecl *ExactClass::elementClass(const Expr *E) const {
  if (E->getType().isNull())
    return nullptr; // of (a, b) in a template
  const bool IsPointer = E->isPRValue() && E->getType()->isPointerType();
  const CXXRecordDecl *R =
      classOf(IsPointer ? E->getType()->getPointeeType() : E->getType());
  if (!R || (!IsPointer && E->isPRValue()))
    return nullptr;
  if (const auto *Element = dyn_cast<ArraySubscriptExpr>(E))
    return Element->getBase()->IgnoreParenImpCasts()->getType()->isArrayType()
               ? R
               : nullptr;
  const auto *Call = dyn_cast<CallExpr>(E);
  if (!Call || !Call->getDirectCallee() ||
      !U.models().isOpaque(Call->getDirectCallee()))
    return nullptr;
  auto Keeps = [&](const Expr *Of) {
    QualType T = Of->IgnoreParenImpCasts()->getType();
    return keepsObjects(T->isPointerType() ? T->getPointeeType() : T, R, 0);
  };
  const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
  return (Member && Keeps(Member->getImplicitObjectArgument())) ||
                 llvm::any_of(Call->arguments(), Keeps)
             ? R
             : nullptr;
}

/// What \p D, a variable or a member, is, points to, or owns.
ExactClass::Origin ExactClass::ofNamed(const ValueDecl *D, unsigned Depth) {
  const QualType T = D->getType();
  const auto *V = dyn_cast<VarDecl>(D);
  if (V && T->isReferenceType())
    return V->isLocalVarDecl() ? of(V->getInit(), Depth + 1) : Origin();
  if ((V || isa<FieldDecl>(D)) && T->isRecordType() && !isOwner(T))
    return exactly(classOf(T));
  auto [It, IsNew] = Named.try_emplace(D);
  if (!IsNew)
    return It->second; // or it is given what it holds
  const std::optional<ValuesGiven> Values = Given.of(D);
  if (!Values)
    return {};
  std::optional<Origin> Found;
  for (const Expr *Value : *Values) {
    if (isNullPointer(Value))
      continue;
    const Origin From = of(Value, Depth + 1);
    if (Found)
      Found->join(From);
    else
      Found = From;
  }
  return Named[D] = Found.value_or(Origin());
}

/// Where the object that \p E is, points to, or owns comes from.
ExactClass::Origin ExactClass::of(const Expr *E, unsigned Depth) {
  constexpr unsigned MaxDepth = 12;
  if (!E || Depth == MaxDepth)
    return {};
  E = stripForwarding(U, E);
  if (const CXXRecordDecl *R = finalClass(E->getType()))
    return exactly(R);
  if (const CXXRecordDecl *R = elementClass(E); R && !isOwner(E->getType()))
    return exactly(R);
  auto Below = [&](const Expr *Inner) { return of(Inner, Depth + 1); };
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    if (const auto *Part = dyn_cast<BindingDecl>(Ref->getDecl()))
      return Below(Part->getHoldingVar() ? Part->getHoldingVar()->getInit()
                                         : Part->getBinding());
    return ofNamed(Ref->getDecl(), Depth);
  }
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return isa<FieldDecl>(Member->getMemberDecl())
               ? ofNamed(Member->getMemberDecl(), Depth)
               : Origin();
  if (const auto *Choice = dyn_cast<AbstractConditionalOperator>(E)) {
    Origin Either = Below(Choice->getTrueExpr());
    Either.join(Below(Choice->getFalseExpr()));
    return Either;
  }
  if (const auto *New = dyn_cast<CXXNewExpr>(E))
    return exactly(New->isArray() ? nullptr : classOf(New->getAllocatedType()));
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return Unary->getOpcode() == UO_AddrOf || Unary->getOpcode() == UO_Deref
               ? Below(Unary->getSubExpr())
               : Origin();
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return Cast->getType()->isVoidPointerType() ? Origin()
                                                : Below(Cast->getSubExpr());
  if (const auto *Made = dyn_cast<CXXConstructExpr>(E))
    return !isOwner(Made->getType()) ? exactly(classOf(Made->getType()))
           : Made->getNumArgs() == 0 ? Origin()
                                     : Below(Made->getArg(0));
  if (isa<CXXOperatorCallExpr>(E)) {
    const Expr *Owner = ownerOf(E);
    if (!Owner)
      Owner = givenBackBy(cast<CallExpr>(E));
    return Owner ? Below(Owner) : Origin();
  }
  const auto *Call = dyn_cast<CallExpr>(E);
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  if (!Callee)
    return {};
  if (auto Made = constructedBy(U, Callee); Made.size() == 1)
    return exactly(Made.front());
  if (isDispatched(Call))
    return {};
  // owner.get()
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
      Member && Callee->getIdentifier() && Callee->getName() == "get" &&
      U.isInSystemHeader(Callee)) {
    const Expr *Owner =
        Member->getImplicitObjectArgument()->IgnoreParenBaseCasts();
    return isOwner(stripForwarding(U, Owner)->getType()) ? Below(Owner)
                                                         : Origin();
  }
  if (const Expr *Back = givenBackBy(Call))
    return Below(Back);
  const FunctionDecl *Factory = definitionOf(Callee);
  if (!Factory)
    return {{}, mayBeElsewhere(U, Callee) ? Callee : nullptr};
  if (U.isInSystemHeader(Factory))
    return {};
  const std::optional<Classes> &Known = madeBy(Factory);
  return Known ? Origin{*Known} : Origin();
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
    Origin From;
    askDeeper([&] { From = of(Value, 0); });
    if (From.AnyOf.empty())
      return Found.reset();
    for (const CXXRecordDecl *R : From.AnyOf)
      if (!llvm::is_contained(*Found, R))
        Found->push_back(R);
  });
  if (Found && Found->empty())
    Found.reset();
  return Made[F->getCanonicalDecl()] = std::move(Found);
}

/// While an object is made, or destroyed, it is of the class whose constructor,
/// or destructor, runs.
static const CXXRecordDecl *classNow(const FunctionDecl *F,
                                     const Expr *Object) {
  return Object && isa<CXXThisExpr>(Object->IgnoreParenImpCasts()) &&
                 isa<CXXConstructorDecl, CXXDestructorDecl>(F)
             ? cast<CXXMethodDecl>(F)->getParent()
             : nullptr;
}

ExactClass::Origin ExactClass::ofObject(const FunctionFacts &Facts,
                                        const CallFact &Call) {
  if (const CXXRecordDecl *R = classNow(Facts.Function, Call.Object))
    return exactly(R);
  const Expr *Object = Call.Object;
  if (!Object && Call.K == CallFact::Kind::Operator && !Call.Args.empty())
    Object = Call.Args.front();
  return of(Object, 0);
}

llvm::SmallVector<const CXXMethodDecl *, 2>
ExactClass::targetsOf(const FunctionFacts &Facts, const CallFact &Call) {
  const auto *Method = cast<CXXMethodDecl>(Call.Callee);
  llvm::SmallVector<const CXXMethodDecl *, 2> Targets;
  for (const CXXRecordDecl *R : ofObject(Facts, Call).AnyOf) {
    const bool Is =
        R->getCanonicalDecl() == Method->getParent()->getCanonicalDecl() ||
        R->isDerivedFrom(Method->getParent());
    const CXXMethodDecl *Target =
        Is ? Method->getCorrespondingMethodInClass(R) : nullptr;
    if (!Target)
      return {};
    if (!llvm::is_contained(Targets, Target))
      Targets.push_back(Target);
  }
  return Targets;
}

bool ExactClass::isNeverFilled(const FieldDecl *Member) {
  const auto &Values = Given.of(Member);
  return Values && llvm::all_of(*Values, isNullPointer);
}

const Expr *ExactClass::ownerOf(const Expr *E) const {
  const auto *Op = dyn_cast<CXXOperatorCallExpr>(stripForwarding(U, E));
  if (!Op || Op->getNumArgs() != 1 ||
      (Op->getOperator() != OO_Arrow && Op->getOperator() != OO_Star))
    return nullptr;
  const Expr *Owner = stripForwarding(U, Op->getArg(0));
  return isOwner(Owner->getType()) ? Owner : nullptr;
}

bool ExactClass::leadsToBase(QualType T) const {
  T = T.getNonReferenceType();
  if (isOwner(T)) {
    const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(classOf(T));
    if (!Spec || !Spec->getTemplateArgs().size() ||
        Spec->getTemplateArgs()[0].getKind() != TemplateArgument::Type)
      return false;
    T = Spec->getTemplateArgs()[0].getAsType();
  } else if (T->isPointerType()) {
    T = T->getPointeeType();
  }
  const CXXRecordDecl *R = classOf(T);
  return R && R->isPolymorphic();
}

Symbol ExactClass::symbolOf(const Expr *E) {
  const CXXRecordDecl *R = of(E, 0).only();
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

ExactClass::Origin ExactClass::heldBy(const CXXBindTemporaryExpr *Temporary) {
  return of(Temporary->getSubExpr(), 0);
}

const FunctionDecl *ExactClass::makerOf(const FunctionFacts &Facts,
                                        const CallFact &Call) {
  return ofObject(Facts, Call).Maker;
}

} // namespace nostall
