//===- MadeObjects.cpp - members whose values are known -------------------===//

#include "MadeObjects.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

/// How \p Made, an expression, makes an object, or what owns one.
std::optional<MadeObjects::Making>
MadeObjects::makingBy(const FunctionFacts &Facts, const Expr *Made) {
  Made = stripForwarding(U, Made);
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(Made))
    Made = stripForwarding(U, Cast->getSubExpr());
  if (const auto *List = dyn_cast<InitListExpr>(Made))
    return Making{nullptr, {}, List};
  if (const auto *E = dyn_cast<CXXConstructExpr>(Made)) {
    llvm::ArrayRef<const Expr *> Args(E->getArgs(), E->getNumArgs());
    // std::shared_ptr<Base>(std::make_shared<Derived>(...))
    if (const TypeModel *M = U.models().find(E->getConstructor()->getParent());
        M && (M->Owns || M->OwnsAlone))
      return Args.size() == 1 ? makingBy(Facts, Args.front()) : std::nullopt;
    return Making{E->getConstructor(), Args, nullptr};
  }
  const auto *Call = dyn_cast<CallExpr>(Made);
  if (!Call || !Call->getDirectCallee() ||
      !constructedBy(U, Call->getDirectCallee()))
    return std::nullopt;
  for (const CallFact &C : Facts.Calls)
    if (C.Site == Call && C.Implied == CallFact::ImpliedBy::Library)
      return Making{cast<CXXConstructorDecl>(C.Callee), C.Args, nullptr};
  return std::nullopt;
}

/// How the object that \p E names was made, if nobody else gets hold of it.
std::optional<MadeObjects::Making>
MadeObjects::makingOf(const FunctionFacts &Facts, const Expr *E) {
  E = stripForwarding(U, E);
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E);
      Op && Op->getNumArgs() == 1 &&
      (Op->getOperator() == OO_Arrow || Op->getOperator() == OO_Star))
    E = stripForwarding(U, Op->getArg(0));
  else if (const auto *Unary = dyn_cast<UnaryOperator>(E);
           Unary && Unary->getOpcode() == UO_AddrOf)
    E = stripForwarding(U, Unary->getSubExpr());
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  if (!Ref)
    return isa<CXXConstructExpr, CXXFunctionalCastExpr, InitListExpr>(E)
               ? makingBy(Facts, E)
               : std::nullopt;
  const VariableFact *V = Facts.variable(Ref->getDecl());
  if (!V)
    return std::nullopt;
  auto [It, IsNew] = Makings.try_emplace(V->Var);
  if (IsNew)
    It->second = makingOf(Facts, *V);
  return It->second;
}

/// How \p V was made, if it is there for its members to be called and read.
std::optional<MadeObjects::Making>
MadeObjects::makingOf(const FunctionFacts &Facts, const VariableFact &V) {
  if (!V.Var->isLocalVarDecl() || !V.Var->getInit() ||
      V.Var->getType()->isReferenceType())
    return std::nullopt;
  bool IsOnlyRead = true, IsOnlyCalled = true;
  for (const VariableUse &Use : V.Uses) {
    IsOnlyRead &= Use.H == VariableUse::How::ConstMethod || Use.Reads;
    IsOnlyCalled &= IsOnlyRead || Use.H == VariableUse::How::Method ||
                    Use.H == VariableUse::How::ConstMethod || Use.Reads;
  }
  auto Made = IsOnlyCalled ? makingBy(Facts, V.Var->getInit()) : std::nullopt;
  if (Made)
    Made->IsOnlyRead = IsOnlyRead;
  return Made;
}

/// The values that members of \p Object have after \p M; \p IsConst: nobody
/// that is given it can change them.
void MadeObjects::addValues(const Making &M, uint32_t Object, bool IsConst,
                            std::vector<PassedValue> &Out) {
  auto Add = [&](const FieldDecl *Field, const Expr *Value) {
    if (const auto *Default = dyn_cast<CXXDefaultInitExpr>(Value))
      Value = Default->getExpr();
    // Of others than numbers, it is not known who changes them.
    if (!Value || Field->getType()->isReferenceType() ||
        !(IsConst ? !Field->isMutable()
                  : Field->getType()->isIntegralOrEnumerationType() &&
                        isSettled(Field)))
      return;
    if (auto Is = constantOf(U.context(), Value))
      Out.push_back({memberNumber(Object, Field), false, *Is});
  };
  if (M.List) {
    const auto *R =
        dyn_cast_or_null<CXXRecordDecl>(M.List->getType()->getAsRecordDecl());
    if (!R || R->isUnion() || M.List->isTransparent())
      return;
    unsigned I = R->getNumBases();
    for (const FieldDecl *Field : R->fields())
      if (!Field->isUnnamedBitField() && I < M.List->getNumInits())
        Add(Field, M.List->getInit(I++));
    return;
  }
  const auto *Ctor = cast_or_null<CXXConstructorDecl>(definitionOf(M.By));
  if (!Ctor)
    return;
  for (const CXXCtorInitializer *I : Ctor->inits()) {
    if (!I->isMemberInitializer())
      continue;
    const Expr *Value = I->getInit();
    const auto *Ref = dyn_cast<DeclRefExpr>(Value->IgnoreParenImpCasts());
    const auto *P = Ref ? dyn_cast<ParmVarDecl>(Ref->getDecl()) : nullptr;
    if (P && P->getDeclContext() == Ctor)
      Value = P->getFunctionScopeIndex() < M.Args.size()
                  ? M.Args[P->getFunctionScopeIndex()]
                  : nullptr;
    if (const auto *Default = dyn_cast_or_null<CXXDefaultArgExpr>(Value))
      Value = Default->getExpr();
    if (Value)
      Add(I->getMember(), Value);
  }
}

/// The class of the object that \p E is, or points to; null if it is none.
static const CXXRecordDecl *classOf(QualType T) {
  T = T.getNonReferenceType();
  if (T->isPointerType())
    T = T->getPointeeType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  return R ? R->getDefinition() : nullptr;
}

/// Nothing changes a number in an \p R after it was made.
bool MadeObjects::isSettled(const CXXRecordDecl *R) {
  if (!R)
    return false;
  auto [It, IsNew] = Settled.try_emplace(R, false);
  if (IsNew)
    It->second = llvm::all_of(R->fields(), [&](const FieldDecl *Field) {
      return !Field->getType()->isIntegralOrEnumerationType() ||
             isSettled(Field);
    });
  return It->second;
}

/// Nothing changes \p Field after its object was made: it is constant, or no
/// body here does, and there is no body elsewhere that could.
bool MadeObjects::isSettled(const FieldDecl *Field) {
  if (Field->getType().isConstQualified())
    return true;
  if (Field->isMutable())
    return false;
  for (const CXXMethodDecl *Method :
       cast<CXXRecordDecl>(Field->getParent())->methods())
    if (!Method->isConst() && !Method->isStatic() && !Method->isImplicit() &&
        !Method->isDeleted() && !Method->isDefaulted() && !definitionOf(Method))
      return false;
  if (!Changed)
    findChanged();
  return !Changed->contains(Field->getCanonicalDecl());
}

void MadeObjects::findChanged() {
  Changed.emplace();
  for (const FunctionDecl *F : U.functions())
    forEachStatement(writtenBody(F), [&](const Stmt *S, auto Path) {
      const auto *Member = dyn_cast<MemberExpr>(S);
      const auto *Field =
          Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
      if (Field && mayChange(Member, Path))
        Changed->insert(Field->getCanonicalDecl());
    });
}

/// The members of \p E, which the callee has as its \p Object.
void MadeObjects::addObject(const FunctionFacts &Facts, const Expr *E,
                            uint32_t Object, bool IsConst,
                            std::vector<PassedValue> &Out) {
  if (auto Own = ownObject(Facts.Function, E)) {
    const uint32_t All = memberOf(*Own, AnyMember);
    if (!Facts.changes(All) || isSettled(classOf(E->getType())))
      Out.push_back({memberOf(Object, AnyMember), true, All});
  } else if (auto Made = makingOf(Facts, E)) {
    addValues(*Made, Object, IsConst && Made->IsOnlyRead, Out);
  }
}

/// The callee cannot change its caller's object by a parameter of type \p T.
static bool isCopyOrConst(QualType T) {
  return !(T->isReferenceType() || T->isPointerType()) ||
         T->getPointeeType().isConstQualified();
}

/// An object with members of its own that \p T is, or leads to.
static bool hasMembers(Unit &U, QualType T) {
  const CXXRecordDecl *R = classOf(T);
  return R && !R->isLambda() && !U.models().isOpaque(R);
}

void MadeObjects::addMembers(const FunctionFacts &Facts, const CallFact &Call,
                             std::vector<PassedValue> &Out) {
  if (!Call.Callee || U.isInSystemHeader(Call.Callee))
    return;
  if (const auto *Method = dyn_cast<CXXMethodDecl>(Call.Callee);
      Method && !Method->isStatic()) {
    const Expr *Object = Call.Object;
    if (!Object && Call.K == CallFact::Kind::Operator && !Call.Args.empty())
      Object = Call.Args.front();
    if (Object)
      addObject(Facts, Object, OwnObject, Method->isConst(), Out);
  }
  for (unsigned I = 0; I != Call.Callee->getNumParams(); ++I) {
    const QualType T = Call.Callee->getParamDecl(I)->getType();
    const Expr *Arg = argumentFor(Call, I);
    if (Arg && objectOf(I) <= LastObject && hasMembers(U, T))
      addObject(Facts, Arg, objectOf(I), isCopyOrConst(T), Out);
  }
}

} // namespace nostall
