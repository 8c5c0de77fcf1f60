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

/// The variable is there for its members to be called, and for nothing else.
static bool isOnlyCalled(const VariableFact &V) {
  return llvm::all_of(V.Uses, [](const VariableUse &Use) {
    return Use.H == VariableUse::How::ConstMethod ||
           Use.H == VariableUse::How::Method;
  });
}

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
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  if (!Ref)
    return isa<CXXConstructExpr, CXXFunctionalCastExpr>(E) ? makingBy(Facts, E)
                                                           : std::nullopt;
  const VariableFact *V = Facts.variable(Ref->getDecl());
  if (!V || !V->Var->isLocalVarDecl() || !V->Var->getInit() ||
      V->Var->getType()->isReferenceType() || !isOnlyCalled(*V))
    return std::nullopt;
  return makingBy(Facts, V->Var->getInit());
}

/// The values that members have after \p M.
void MadeObjects::addValues(const Making &M, std::vector<PassedValue> &Out) {
  auto Add = [&](const FieldDecl *Field, const Expr *Value) {
    if (const auto *Default = dyn_cast<CXXDefaultInitExpr>(Value))
      Value = Default->getExpr();
    if (!Value || !Field->getType()->isIntegralOrEnumerationType() ||
        !isSettled(Field))
      return;
    if (auto Is = constantOf(U.context(), Value))
      Out.push_back({memberNumber(Field), false, *Is});
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
  // Without recursion: expressions may be ten thousand deep.
  struct Frame {
    const Stmt *S;
    Stmt::const_child_iterator Next;
  };
  std::vector<const Stmt *> Path;
  std::vector<Frame> Stack;
  auto Enter = [&](const Stmt *S) {
    if (!S)
      return;
    if (const auto *Member = dyn_cast<MemberExpr>(S))
      if (const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
          Field && mayChange(Member, Path))
        Changed->insert(Field->getCanonicalDecl());
    Stack.push_back({S, S->child_begin()});
    Path.push_back(S);
  };
  for (const FunctionDecl *F : U.functions()) {
    Enter(writtenBody(F));
    while (!Stack.empty())
      if (Stack.back().Next == Stack.back().S->child_end()) {
        Stack.pop_back();
        Path.pop_back();
      } else {
        Enter(*Stack.back().Next++);
      }
  }
}

void MadeObjects::addMembers(const FunctionFacts &Facts, const CallFact &Call,
                             std::vector<PassedValue> &Out) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call.Callee);
  if (!Method || Method->isStatic() || U.isInSystemHeader(Method))
    return;
  const Expr *Object = Call.Object;
  if (!Object && Call.K == CallFact::Kind::Operator && !Call.Args.empty())
    Object = Call.Args.front();
  if (!Object)
    return;
  if (isa<CXXThisExpr>(Object->IgnoreParenImpCasts()))
    Out.push_back({AnyMember, true, AnyMember});
  else if (auto Made = makingOf(Facts, Object))
    addValues(*Made, Out);
}

} // namespace nostall
