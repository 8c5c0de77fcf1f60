//===- Makings.cpp - how objects are made, and who gets hold of them ------===//
//
//   Writer w(options);      auto w = std::make_unique<Writer>(options);
//   Writer w = quiet();     w.level = 3;   tune(w);   other = w;
//
// The constructor, or the list, that made what a function has, where that is
// seen; and all that the function does to it afterwards.
//
//===----------------------------------------------------------------------===//

#include "MadeObjects.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/models/Models.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

const CXXRecordDecl *classOf(QualType T) {
  if (T.isNull())
    return nullptr;
  T = T.getNonReferenceType();
  if (T->isPointerType())
    T = T->getPointeeType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  return R ? R->getDefinition() : nullptr;
}

bool hasMembers(Unit &U, QualType T) {
  const CXXRecordDecl *R = classOf(T);
  return R && !R->isLambda() && !U.models().isOpaque(R);
}

/// How \p Made, an expression, makes an object, or what owns one.
std::optional<MadeObjects::Making>
MadeObjects::makingBy(const FunctionFacts &Facts, const Expr *Made) {
  Made = stripForwarding(U, Made);
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(Made))
    Made = stripForwarding(U, Cast->getSubExpr());
  if (const auto *New = dyn_cast<CXXNewExpr>(Made))
    return New->getConstructExpr() && !New->isArray()
               ? makingBy(Facts, New->getConstructExpr())
               : std::nullopt;
  if (const auto *List = dyn_cast<InitListExpr>(Made))
    return Making{nullptr, {}, List, &Facts};
  if (const auto *E = dyn_cast<CXXConstructExpr>(Made)) {
    llvm::ArrayRef<const Expr *> Args(E->getArgs(), E->getNumArgs());
    // std::shared_ptr<Base>(std::make_shared<Derived>(...))
    if (const TypeModel *M = U.models().find(E->getConstructor()->getParent());
        M && (M->Owns || M->OwnsAlone))
      return Args.size() == 1 ? makingBy(Facts, Args.front()) : std::nullopt;
    return Making{E->getConstructor(), Args, nullptr, &Facts};
  }
  const auto *Call = dyn_cast<CallExpr>(Made);
  const FunctionDecl *By = Call ? Call->getDirectCallee() : nullptr;
  if (!By)
    return std::nullopt;
  const auto Classes = constructedBy(U, By);
  if (Classes.size() != 1)
    return makingIn(Facts, *Call);
  for (const CallFact &C : Facts.Calls)
    if (C.Site == Call && C.Implied == CallFact::ImpliedBy::Library &&
        C.K == CallFact::Kind::Constructor &&
        (cast<CXXConstructorDecl>(C.Callee)->isUserProvided() ||
         definitionOf(C.Callee)))
      return Making{cast<CXXConstructorDecl>(C.Callee), C.Args, nullptr,
                    &Facts};
  const CXXRecordDecl *R = Classes.front();
  return Call->getNumArgs() == 0 && R->hasDefinition() &&
                 !R->hasUserProvidedDefaultConstructor()
             ? std::optional(Making{nullptr, {}, nullptr, &Facts, R})
             : std::nullopt;
}

/// Whether a \p T is an owner of what was made.
bool MadeObjects::owns(QualType T) const {
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  const TypeModel *M = R ? U.models().find(R) : nullptr;
  return M && (M->Owns || M->OwnsAlone);
}

/// What \p F returns at its end, if that is a variable or a copy of one.
static const VarDecl *returnedLast(const FunctionDecl *F) {
  const auto *Block = dyn_cast<CompoundStmt>(F->getBody());
  const auto *Last = Block && !Block->body_empty()
                         ? dyn_cast<ReturnStmt>(Block->body_back())
                         : nullptr;
  const Expr *Value = Last ? Last->getRetValue() : nullptr;
  const auto *Copy =
      Value ? dyn_cast<CXXConstructExpr>(Value->IgnoreImplicit()) : nullptr;
  if (Copy)
    Value = Copy->getNumArgs() == 1 ? Copy->getArg(0) : nullptr;
  const auto *Ref =
      Value ? dyn_cast<DeclRefExpr>(Value->IgnoreParenImpCasts()) : nullptr;
  return Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
}

/// The constant that \p F keeps and always returns: `static const Options o;
/// return o;`.
static const Expr *constantReturned(const FunctionDecl *F) {
  const VarDecl *V = returnedLast(F);
  return V && V->isStaticLocal() && V->getType().isConstQualified() &&
                 F->getReturnType()->isReferenceType() &&
                 cast<CompoundStmt>(F->getBody())->size() == 2
             ? V->getInit()
             : nullptr;
}

/// The local variable that \p F returns at its end, and nothing else anywhere.
static const VarDecl *variableReturned(const FunctionDecl *F) {
  const VarDecl *V = returnedLast(F);
  if (!V || !V->hasLocalStorage() || isa<ParmVarDecl>(V) ||
      !V->getType()->isRecordType() || F->getReturnType()->isReferenceType())
    return nullptr;
  unsigned Returns = 0;
  forEachStatement(F->getBody(),
                   [&](const Stmt *S, auto) { Returns += isa<ReturnStmt>(S); });
  return Returns == 1 ? V : nullptr;
}

/// What \p S, a statement of a block, gives the member \p Field of what \p Use
/// names: `o.level = 3;`.
static const Expr *givenAt(const Stmt *S, const VariableUse &Use) {
  if (const auto *Full = dyn_cast<FullExpr>(S))
    S = Full->getSubExpr();
  const Expr *To = nullptr, *Value = nullptr;
  if (const auto *Set = dyn_cast<BinaryOperator>(S);
      Set && Set->getOpcode() == BO_Assign) {
    To = Set->getLHS();
    Value = Set->getRHS();
  } else if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(S);
             Op && Op->getOperator() == OO_Equal && Op->getNumArgs() == 2) {
    To = Op->getArg(0);
    Value = Op->getArg(1);
  }
  const auto *Member =
      To ? dyn_cast<MemberExpr>(To->IgnoreParenImpCasts()) : nullptr;
  const Expr *Of = Member ? Member->getBase()->IgnoreParenImpCasts() : nullptr;
  if (const auto *Arrow = dyn_cast_or_null<CXXOperatorCallExpr>(Of))
    Of = Arrow->getArg(0)->IgnoreParenImpCasts();
  return Of == Use.Ref ? Value : nullptr;
}

/// `Options o; o.level = 3; return o;`
std::optional<MadeObjects::Making>
MadeObjects::makingReturned(const FunctionDecl *By) {
  const VarDecl *V = variableReturned(By);
  const FunctionFacts &Facts = U.facts(By);
  const VariableFact *Local = V ? Facts.variable(V) : nullptr;
  auto Made =
      Local && V->getInit() ? makingBy(Facts, V->getInit()) : std::nullopt;
  if (!Made)
    return std::nullopt;
  const auto *Block = cast<CompoundStmt>(By->getBody());
  const bool IsOwner = owns(V->getType());
  auto MemberOf = [&](const VariableUse &Use) {
    return !IsOwner ? Use.Reads ? nullptr : Use.Member
           : Use.To ? Use.To->Member
                    : nullptr;
  };
  for (const VariableUse &Use : Local->Uses) {
    if (Use.H == VariableUse::How::Returned || (Use.Reads && !IsOwner))
      continue;
    const FieldDecl *Member = MemberOf(Use);
    if (!Member) {
      addUse(Use, IsOwner, *Made);
      continue;
    }
    const bool IsOnly = llvm::count_if(Local->Uses, [&](const auto &Other) {
                          return MemberOf(Other) == Member;
                        }) == 1;
    const Expr *Value = nullptr;
    for (const Stmt *S : Block->body())
      if (const Expr *Given = IsOnly ? givenAt(S, Use) : nullptr)
        Value = Given;
    Made->Assigned.emplace_back(Member, Value);
  }
  // Whoever else has had it may have done anything to it.
  return Made->IsLent || !Made->Lent.empty() || !Made->Called.empty()
             ? std::nullopt
             : Made;
}

/// `static Log buffered() { return Log(false); }`
std::optional<MadeObjects::Making>
MadeObjects::makingIn(const FunctionFacts &Facts, const CallExpr &Call) {
  const FunctionDecl *By = definitionOf(Call.getDirectCallee());
  if (!By || isDispatched(&Call) || U.isInSystemHeader(By) ||
      By == Facts.Function)
    return std::nullopt;
  if (const Expr *Constant = constantReturned(By))
    return makingBy(U.facts(By), Constant);
  if (By->getReturnType()->isReferenceType() ||
      By->getReturnType()->isPointerType())
    return std::nullopt;
  auto Made = makingReturned(By);
  const Expr *Given = Made ? nullptr : returnedBy(By);
  const auto *Next =
      Given ? dyn_cast<CallExpr>(stripForwarding(U, Given)) : nullptr;
  // Of one factory behind another nothing is known: they may call each other.
  if (Given && (!Next || (Next->getDirectCallee() &&
                          !constructedBy(U, Next->getDirectCallee()).empty())))
    Made = makingBy(U.facts(By), Given);
  if (Made && Made->In && Made->In->Function == By) {
    Made->Factory = &Call;
    Made->Caller = &Facts;
  }
  return Made;
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
    return isa<CXXConstructExpr, CXXFunctionalCastExpr, InitListExpr, CallExpr>(
               E)
               ? makingBy(Facts, E)
               : std::nullopt;
  const VariableFact *V = Facts.variable(Ref->getDecl());
  if (const auto *Alias = dyn_cast<VarDecl>(Ref->getDecl());
      Alias && Alias->isLocalVarDecl() && Alias->getInit() &&
      Alias->getType()->isReferenceType())
    return isa<DeclRefExpr>(stripForwarding(U, Alias->getInit()))
               ? makingOf(Facts, Alias->getInit())
               : std::nullopt;
  // inline constexpr Options kFast{...};
  if (const auto *Constant = dyn_cast<VarDecl>(Ref->getDecl());
      !V && Constant && Constant->getType().isConstQualified() &&
      Constant->getInit() && Constant->hasGlobalStorage())
    return makingBy(Facts, Constant->getInit());
  if (!V)
    return std::nullopt;
  auto [It, IsNew] = Makings.try_emplace(V->Var);
  if (IsNew)
    It->second = makingOf(Facts, *V);
  return It->second;
}

/// `Guard guard([&] { ... });` in a template, where no constructor is chosen
/// yet: the only one that takes as much.
static const CXXConstructorDecl *constructorFor(const CXXRecordDecl *R,
                                                unsigned NumArgs) {
  const CXXConstructorDecl *Only = nullptr;
  if (R && R->hasDefinition())
    for (const CXXConstructorDecl *Ctor : R->ctors())
      if (!Ctor->isCopyOrMoveConstructor() && Ctor->getNumParams() == NumArgs) {
        if (Only)
          return nullptr;
        Only = Ctor;
      }
  return Only;
}

/// `Peer(int fd) : conn_(fd, Mode::NonBlocking) {}`: how \p Member, a part of
/// the own object of \p Facts, is made in each of these, if its class gives it
/// to nobody.
std::optional<MadeObjects::Making>
MadeObjects::makingOf(const FunctionFacts &Facts, const FieldDecl &Member) {
  const QualType T = Member.getType();
  if (!T->isRecordType() || !hasMembers(U, T))
    return std::nullopt;
  const auto &Object = Given.ofObject(&Member);
  auto Made = Object && Object->Values.size() == 1
                  ? makingBy(Object->By ? U.facts(Object->By) : Facts,
                             Object->Values.front())
                  : std::nullopt;
  if (!Made || (Made->By && Made->By->isCopyOrMoveConstructor()))
    return std::nullopt;
  Made->Called.assign(Object->Called.begin(), Object->Called.end());
  Made->IsOnlyRead = llvm::all_of(
      Made->Called, [](const CXXMethodDecl *By) { return By->isConst(); });
  return Made;
}

/// Notes in \p Made what \p Use does to the object that a variable is, or, with
/// \p IsOwner, leads to.
void MadeObjects::addUse(const VariableUse &Use, bool IsOwner, Making &Made) {
  using How = VariableUse::How;
  const CXXMethodDecl *Method = IsOwner && Use.To ? Use.To->Method : Use.Method;
  const FieldDecl *Member = IsOwner && Use.To ? Use.To->Member : Use.Member;
  const auto &Given = IsOwner && Use.To ? Use.To->Given : Use.Given;
  const bool IsAsked = Use.H == How::ConstMethod && !Use.To;
  if (IsOwner && !Use.To) {
    // Whoever gets the owner can do anything to what it leads to.
    Made.IsLost |= !IsAsked && Use.H != How::Moved &&
                   !(Use.H == How::Method && Use.Method && empties(Use.Method));
  } else if (Member) {
    if (Use.Reads && !IsOwner)
      return;
    Made.Touched.push_back(Member);
  } else if (IsOwner ? Method != nullptr : Use.H == How::Method) {
    Made.Called.push_back(Method);
    Made.IsOnlyRead &= Use.Reads || (IsOwner && Method->isConst());
  } else if (!IsAsked && (IsOwner || !Use.Reads)) {
    Made.IsOnlyRead = false;
    if (Given && Members.isLent(*Given))
      Made.Lent.push_back(*Given);
    else if (Given && !IsOwner && objectOf(Given->Param) <= LastObject &&
             mayBeElsewhere(U, Given->F))
      Made.LentElsewhere.push_back(*Given);
    else
      Made.IsLost |= Use.H != How::Moved || IsOwner;
  }
  Made.IsLent |= Made.IsLost || !Made.LentElsewhere.empty();
}

/// How \p V was made, if it is there for its members to be called and read.
std::optional<MadeObjects::Making>
MadeObjects::makingOf(const FunctionFacts &Facts, const VariableFact &V) {
  if (!V.Var->isLocalVarDecl() || !V.Var->getInit() ||
      V.Var->getType()->isReferenceType())
    return std::nullopt;
  std::optional<Making> Made;
  if (const auto *List = dyn_cast<ParenListExpr>(V.Var->getInit())) {
    if (const auto *Ctor = constructorFor(
            V.Var->getType()->getAsCXXRecordDecl(), List->getNumExprs()))
      Made = Making{Ctor, const_cast<ParenListExpr *>(List)->exprs(), nullptr,
                    &Facts};
  } else {
    Made = makingBy(Facts, V.Var->getInit());
  }
  if (Made)
    for (const VariableUse &Use : V.Uses)
      addUse(Use, owns(V.Var->getType()), *Made);
  return Made;
}

} // namespace nostall
