//===- FactsRecorder.cpp - writes facts at the walk's position ------------===//

#include "FactsRecorder.h"
#include "CallArguments.h"
#include "ConditionReader.h"
#include "Purpose.h"
#include "analysis/Unit.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace nostall {

FactsRecorder::FactsRecorder(Unit &U, FunctionFacts &Facts)
    : U(U), Ctx(U.context()), States(U.models().stateNames()), Facts(Facts),
      Assumed(U, Facts.Function) {}

void FactsRecorder::addVariable(const VarDecl *V, const DeclStmt *S) {
  if (!V->isLocalVarDecl() || V->isImplicit())
    return;
  QualType T = V->getType().getNonReferenceType();
  if (!Ctx.getBaseElementType(T)->isRecordType() && !T->isDependentType())
    return;
  VariableFact Fact;
  Fact.Var = V;
  Fact.Decl = S;
  Fact.IsRangeForElement = CurrentRange != nullptr;
  Fact.Range = CurrentRange;
  Fact.InHandler = HandlerDepth > 0;
  Facts.VariableIndex[V] = Facts.Variables.size();
  Facts.Variables.push_back(std::move(Fact));
}

void FactsRecorder::discard(const Expr *E, DiscardFact::How How,
                            const ConditionalOperator *Choice) {
  while (true) {
    const Expr *Before = E;
    E = E->IgnoreParenImpCasts();
    if (const auto *Cleanups = dyn_cast<FullExpr>(E))
      E = Cleanups->getSubExpr();
    else if (const auto *Bound = dyn_cast<CXXBindTemporaryExpr>(E))
      E = Bound->getSubExpr();
    else if (const auto *M = dyn_cast<MaterializeTemporaryExpr>(E))
      E = M->getSubExpr();
    else if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E);
             Cast && Cast->getType()->isVoidType()) {
      E = Cast->getSubExpr();
      How = DiscardFact::How::VoidCast;
    } else if (isConstructorCast(E)) {
      E = cast<ExplicitCastExpr>(E)->getSubExpr();
    }
    if (E == Before)
      break;
  }
  if (const auto *B = dyn_cast<BinaryOperator>(E);
      B && (B->isCommaOp() || B->isLogicalOp()))
    return discard(B->getRHS(), How, Choice); // the left side when it is walked
  if (const auto *C = dyn_cast<ConditionalOperator>(E)) {
    std::optional<bool> Known = Assumed.constant(C->getCond());
    if (Known != false)
      discard(C->getTrueExpr(), DiscardFact::How::Branch, C);
    if (Known != true)
      discard(C->getFalseExpr(), DiscardFact::How::Branch, C);
    return;
  }
  DiscardedValues.insert(E);
  // `std::ignore = f()`: a cast to void in other words.
  if (const auto *Call = dyn_cast<CallExpr>(E); Call && ignoresArguments(Call))
    for (const Expr *Arg : Call->arguments())
      if (Arg->IgnoreParenImpCasts()->isPRValue())
        discard(Arg, DiscardFact::How::Ignored);
  // reply;  a pointer that is only named may be what a co_await was for
  const bool IsPointer = E->getType()->isPointerType() &&
                         E->getType()->getPointeeType()->isRecordType() &&
                         E->isLValue() && How == DiscardFact::How::Statement &&
                         !E->getExprLoc().isMacroID();
  if (E->getType()->isRecordType() || E->isTypeDependent() || IsPointer)
    Facts.Discards.push_back(
        {How, E, HandlerDepth > 0, Choice, isInThrowTest(Path, Ctx)});
}

void FactsRecorder::addOwn(const Expr *E) {
  if (Assumed.now().empty())
    return;
  const auto *Member = dyn_cast<MemberExpr>(E);
  const bool IsChange =
      Member ? isa<FieldDecl>(Member->getMemberDecl()) &&
                   isa<CXXThisExpr>(Member->getBase()->IgnoreParenImpCasts()) &&
                   mayChangeTested(E, Path)
             : !(Path.empty() || isa<MemberExpr>(Path.back()));
  if (IsChange)
    Facts.ChangedUnder.try_emplace(E, Assumed.kept());
}

void FactsRecorder::addReference(const DeclRefExpr *E) {
  const ValueDecl *D = E->getDecl();
  if (D->getDeclName().isIdentifier() &&
      (isa<EnumConstantDecl>(D) ||
       (isa<VarDecl>(D) && !cast<VarDecl>(D)->hasLocalStorage())))
    noteState(D->getName(), D);
  // status::would_block, where the enumerator is defined as EWOULDBLOCK.
  if (const auto *Enumerator = dyn_cast<EnumConstantDecl>(D))
    if (const Expr *Init = Enumerator->getInitExpr())
      if (const auto *Literal =
              dyn_cast<IntegerLiteral>(Init->IgnoreImplicit()->IgnoreParens()))
        noteMacro(Literal->getBeginLoc());
  const auto *V = dyn_cast<VarDecl>(D);
  if (const auto *P = dyn_cast<ParmVarDecl>(D);
      P && P->getDeclContext() == Facts.Function && mayChangeTested(E, Path)) {
    const unsigned Number = P->getFunctionScopeIndex();
    // options.level = 3
    const auto *Only =
        Path.empty() ? nullptr : dyn_cast<MemberExpr>(Path.back());
    const auto *Field =
        Only ? dyn_cast<FieldDecl>(Only->getMemberDecl()) : nullptr;
    if (Field && !Only->isArrow() && Field->getType()->isScalarType() &&
        objectOf(Number) <= LastObject) {
      Facts.ChangedMembers.push_back(memberNumber(objectOf(Number), Field));
    } else {
      if (Facts.ChangedParams.size() <= Number)
        Facts.ChangedParams.resize(Number + 1);
      Facts.ChangedParams.set(Number);
    }
  }
  if (const auto *P = dyn_cast<ParmVarDecl>(D);
      P && P->getDeclContext() == Facts.Function && destructorOf(P->getType()))
    if (const VariableUse::How How = classify(E).H;
        How == VariableUse::How::Moved || How == VariableUse::How::Returned)
      Facts.LeftParams.insert(P);
  noteFlagGiven(E);
  if (V && isNonblockingFlag(V))
    noteNonblockingFlag({});
  if (auto Flag = Flags.find(D); Flag != Flags.end())
    for (const Condition &If :
         std::vector<Condition>(Flag->second.begin(), Flag->second.end()))
      noteNonblockingFlag(If);
  Facts.NamesThreadLocal |= V && V->getTLSKind() != VarDecl::TLS_None;
  if (const auto *Binding = dyn_cast<BindingDecl>(D))
    Facts.NamedBindings.insert(Binding);
  if (VariableFact *Known = factOf(D)) {
    VariableUse &Use = Known->Uses.emplace_back(classify(E));
    Use.Reads = !mayChange(E, Path);
    Use.Given = givenFor(E, Path);
    Use.To = behind(E);
  }
}

/// What is done with what the owner \p E leads to.
std::optional<VariableUse::Behind>
FactsRecorder::behind(const DeclRefExpr *E) const {
  if (!canBeEmpty(E->getType().getUnqualifiedType()))
    return std::nullopt;
  llvm::ArrayRef<const Stmt *> Above = Path;
  auto Up = [&]() -> const Stmt * {
    while (!Above.empty() && isa<ImplicitCastExpr, ParenExpr>(Above.back()))
      Above = Above.drop_back();
    return Above.empty() ? nullptr : Above.back();
  };
  const auto *Asked = dyn_cast_or_null<MemberExpr>(Up());
  const auto *Getter =
      Asked ? dyn_cast<CXXMethodDecl>(Asked->getMemberDecl()) : nullptr;
  if (Getter && (Getter->getReturnType()->isPointerType() ||
                 Getter->getReturnType()->isReferenceType()))
    return VariableUse::Behind{};
  const auto *Op = dyn_cast_or_null<CXXOperatorCallExpr>(Up());
  if (!Op || Op->getNumArgs() != 1 ||
      (Op->getOperator() != OO_Arrow && Op->getOperator() != OO_Star))
    return std::nullopt;
  Above = Above.drop_back();
  VariableUse::Behind To;
  To.Given = givenFor(Op, Above);
  if (const auto *Of = dyn_cast_or_null<MemberExpr>(Up())) {
    To.Method = dyn_cast<CXXMethodDecl>(Of->getMemberDecl());
    To.Member = dyn_cast<FieldDecl>(Of->getMemberDecl());
  }
  return To;
}

VariableFact *FactsRecorder::factOf(const ValueDecl *D) {
  const auto *V = dyn_cast<VarDecl>(D);
  auto Known = V ? Facts.VariableIndex.find(V) : Facts.VariableIndex.end();
  if (Known != Facts.VariableIndex.end())
    return &Facts.Variables[Known->second];
  auto Parameter = llvm::find_if(
      Facts.Parameters, [&](const VariableFact &P) { return P.Var == V; });
  return V && Parameter != Facts.Parameters.end() ? &*Parameter : nullptr;
}

void FactsRecorder::addParameters() {
  for (const ParmVarDecl *P : Facts.Function->parameters())
    if (P->getIdentifier() && P->getType()->isRecordType())
      Facts.Parameters.emplace_back().Var = P;
}

void FactsRecorder::addCaptures(const LambdaExpr *E) {
  for (const LambdaCapture &C : E->captures())
    if (C.capturesVariable())
      if (const auto *V = dyn_cast<VarDecl>(C.getCapturedVar());
          V && V->isInitCapture() && V->getInit())
        addStore(V, V->getInit());
  if (E->getCaptureDefault() == LCD_None ||
      !E->getCallOperator()->isDependentContext())
    return;
  llvm::SmallVector<const Stmt *, 16> Open{E->getBody()};
  AwaitsOnce Once;
  while (!Open.empty()) {
    const Stmt *S = Open.pop_back_val();
    if (!S || !Once.enter(S))
      continue;
    llvm::append_range(Open, S->children());
    const auto *Ref = dyn_cast<DeclRefExpr>(S);
    if (!Ref)
      continue;
    if (const auto *Binding = dyn_cast<BindingDecl>(Ref->getDecl()))
      Facts.NamedBindings.insert(Binding);
    if (VariableFact *Known = factOf(Ref->getDecl())) {
      VariableUse &Use = Known->Uses.emplace_back();
      Use.H = VariableUse::How::Captured;
      Use.Ref = Ref;
    }
  }
}

static VariableUse::How classifyAt(const Stmt *Parent, const Stmt *Child,
                                   const CXXMethodDecl *&Method) {
  using How = VariableUse::How;
  if (isa<CoroutineSuspendExpr, DependentCoawaitExpr>(Parent))
    return How::Awaited;
  if (isa<ReturnStmt, CoreturnStmt>(Parent))
    return How::Returned;
  if (isa<LambdaExpr>(Parent))
    return How::Captured;
  if (const auto *M = dyn_cast<MemberExpr>(Parent))
    Method = dyn_cast<CXXMethodDecl>(M->getMemberDecl());
  else if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(Parent);
           Op && Op->getNumArgs() && Op->getArg(0) == Child)
    Method = dyn_cast_or_null<CXXMethodDecl>(Op->getDirectCallee());
  if (!Method)
    return How::Other;
  QualType Result = Method->getReturnType();
  return Method->isConst() &&
                 (Result->isArithmeticType() || Result->isEnumeralType())
             ? How::ConstMethod
             : How::Method;
}

/// An assignment of another value of the same class, as a statement.
static bool replacesValue(const CXXOperatorCallExpr *Op) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Op->getDirectCallee());
  return Method && (Method->isCopyAssignmentOperator() ||
                    Method->isMoveAssignmentOperator());
}

/// `std::move(result.value())`, `std::move(*result)`: what \p Ref has in it is
/// moved out of it, and it is no container of several.
bool FactsRecorder::isMovedOutOf(const DeclRefExpr *Ref) const {
  llvm::ArrayRef<const Stmt *> Above = Path;
  auto Next = [&]() -> const Stmt * {
    while (!Above.empty() && isa<ImplicitCastExpr, ParenExpr>(Above.back()))
      Above = Above.drop_back();
    const Stmt *Up = Above.empty() ? nullptr : Above.back();
    Above = Above.empty() ? Above : Above.drop_back();
    return Up;
  };
  const CXXRecordDecl *R = Ref->getType()->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition() || !R->lookup(&Ctx.Idents.get("begin")).empty())
    return false;
  const Stmt *By = Next();
  if (const auto *Member = dyn_cast_or_null<MemberExpr>(By))
    By = isa<CXXMethodDecl>(Member->getMemberDecl()) ? Next() : nullptr;
  const auto *Gives = dyn_cast_or_null<CallExpr>(By);
  const auto *Op = dyn_cast_or_null<CXXOperatorCallExpr>(By);
  if (!Gives || !Gives->isGLValue() ||
      (Op ? Op->getOperator() != OO_Star || Op->getNumArgs() != 1
          : !isa<CXXMemberCallExpr>(Gives) || Gives->getNumArgs() != 0))
    return false;
  const auto *Move = dyn_cast_or_null<CallExpr>(Next());
  const FunctionModel *M =
      Move && Move->getDirectCallee() && Move->getNumArgs() == 1
          ? U.model(Move->getDirectCallee())
          : nullptr;
  return M && M->Forwards;
}

VariableUse FactsRecorder::classify(const DeclRefExpr *Ref) const {
  VariableUse Use;
  Use.Ref = Ref;
  bool Moved = false;
  const Stmt *Child = Ref;
  for (const Stmt *Parent : llvm::reverse(Path)) {
    bool Passes = isTransparent(Parent);
    if (const auto *C = dyn_cast<CXXConstructExpr>(Parent)) {
      Passes = isCopyOrMove(C);
      // `return t;` makes of it what the function returns.
      if (!Passes && !Moved && cast<Expr>(Child)->isXValue()) {
        Use.H = VariableUse::How::Returned;
        return Use;
      }
    }
    const auto *Call = dyn_cast<CallExpr>(Parent);
    const FunctionModel *M =
        Call && Call->getDirectCallee() && Call->getNumArgs() == 1
            ? U.model(Call->getDirectCallee())
            : nullptr;
    if ((M && M->Forwards) || isForwardingCast(Parent)) {
      Moved = Passes = true;
      if (DiscardedValues.contains(cast<Expr>(Parent))) {
        Use.H = VariableUse::How::Discarded;
        return Use;
      }
    }
    if (Passes) {
      Child = Parent;
      continue;
    }
    const auto *Op = dyn_cast<CXXOperatorCallExpr>(Parent);
    if (!Moved && Op && Op->getOperator() == OO_Equal &&
        Op->getArg(0) == Child && replacesValue(Op)) {
      Use.H = VariableUse::How::Replaced;
      Use.Assignment = Op;
      return Use;
    }
    Use.H = classifyAt(Parent, Child, Use.Method);
    if (const auto *Of = dyn_cast<MemberExpr>(Parent); Of && !Of->isArrow())
      Use.Member = dyn_cast<FieldDecl>(Of->getMemberDecl());
    break;
  }
  if (DiscardedValues.contains(Ref))
    Use.H = VariableUse::How::Discarded;
  else if (Moved &&
           (Use.H == VariableUse::How::Other ||
            Use.H == VariableUse::How::Captured ||
            (Use.Method && Use.Method->getRefQualifier() == RQ_RValue)))
    Use.H = VariableUse::How::Moved;
  else if (!Moved && isMovedOutOf(Ref))
    Use.H = VariableUse::How::Moved;
  return Use;
}

bool FactsRecorder::isAwaited() const {
  for (const Stmt *Parent : llvm::reverse(Path))
    if (!isTransparent(Parent))
      return isa<CoroutineSuspendExpr, DependentCoawaitExpr>(Parent);
  return false;
}

void FactsRecorder::addAwaiterCall(const CoroutineSuspendExpr *Suspend,
                                   const Expr *E) {
  while (E && !isa<CallExpr>(E)) {
    if (!isTransparent(E) && !isa<CastExpr>(E))
      return;
    if (E->child_begin() == E->child_end())
      return;
    E = dyn_cast_or_null<Expr>(*E->child_begin());
  }
  const auto *Call = dyn_cast_or_null<CallExpr>(E);
  if (!Call || Call == Suspend->getOperand()->IgnoreImplicit())
    return;
  // await_suspend's handle is unwrapped by coroutine_handle::address().
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call))
    if (const auto *Inner = dyn_cast<CallExpr>(
            Member->getImplicitObjectArgument()->IgnoreImplicit()))
      if (Member->getMethodDecl() &&
          Member->getMethodDecl()->getDeclName().isIdentifier() &&
          Member->getMethodDecl()->getName() == "address")
        Call = Inner;
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee || U.isInSystemHeader(Callee))
    return;
  CallFact &C =
      addCall(CallFact::Kind::Function, Suspend, Suspend->getKeywordLoc());
  C.Implied = CallFact::ImpliedBy::Await;
  C.Callee = Callee;
}

const Expr *FactsRecorder::leftOperand(const Expr *E) {
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E))
    return Operator->getNumArgs() ? Operator->getArg(0) : nullptr;
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E))
    return Call->getCallee();
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return Member->getBase();
  if (const auto *Cast = dyn_cast<ImplicitCastExpr>(E))
    return Cast->getSubExpr();
  if (const auto *Held = dyn_cast<MaterializeTemporaryExpr>(E))
    return Held->getSubExpr();
  if (const auto *Temporary = dyn_cast<CXXBindTemporaryExpr>(E))
    return Temporary->getSubExpr();
  return nullptr;
}

void FactsRecorder::forgetChangedParams() {
  const bool ChangesAny =
      Facts.ChangedParams.any() || !Facts.ChangedMembers.empty();
  auto Settle = [&](Condition &When) {
    if (ChangesAny)
      forgetClauses(When, [&](const ParamTest &T) {
        return !T.OfEntry && Facts.changes(T.Param);
      });
    for (ParamTest &T : When)
      T.OfEntry = false;
  };
  for (CallFact &Call : Facts.Calls)
    Settle(Call.When);
  for (StoreFact &Store : Facts.Stores)
    Settle(Store.When);
  for (auto &[Member, When] : Facts.ChangedUnder)
    Settle(When);
}

const VariableFact *FunctionFacts::variable(const ValueDecl *V) const {
  auto It = VariableIndex.find(dyn_cast_or_null<VarDecl>(V));
  return It == VariableIndex.end() ? nullptr : &Variables[It->second];
}

} // namespace nostall
