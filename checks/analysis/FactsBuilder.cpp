//===- FactsBuilder.cpp - the one walk over a function body ---------------===//
//
// AST --buildFacts--> FunctionFacts. Children are visited in evaluation order
// as far as C++ fixes one; a call's fact follows those of its arguments. The
// walker keeps the path from the body to the current node, so that a use can be
// judged by what stands around it.
//
//===----------------------------------------------------------------------===//

#include "Facts.h"
#include "CallArguments.h"
#include "Unit.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace nostall {
namespace {

/// Nodes that change how a value is held, not which value it is.
bool isTransparent(const Stmt *S) {
  return isa<ImplicitCastExpr, ParenExpr, MaterializeTemporaryExpr,
             CXXBindTemporaryExpr, ExprWithCleanups, ConstantExpr,
             SubstNonTypeTemplateParmExpr>(S);
}

bool isCopyOrMove(const CXXConstructExpr *E) {
  return E->getNumArgs() >= 1 &&
         E->getConstructor()->isCopyOrMoveConstructor();
}

const CXXDestructorDecl *destructorOf(QualType T) {
  T = T.getNonReferenceType();
  if (T->isArrayType())
    T = QualType(T->getBaseElementTypeUnsafe(), 0);
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition() || R->hasTrivialDestructor())
    return nullptr;
  return R->getDestructor();
}

bool isAllowAttr(const Attr *A) {
  const auto *Annotation = dyn_cast<AnnotateAttr>(A);
  return Annotation &&
         Annotation->getAnnotation() == "nostall::allow_blocking";
}

class Walker {
public:
  Walker(Unit &U, FunctionFacts &Facts)
      : U(U), Ctx(U.context()), States(U.models().stateNames()), Facts(Facts) {}

  void run() {
    const FunctionDecl *F = Facts.Function;
    Facts.Coroutine = coroutineBody(F);
    if (const auto *Ctor = dyn_cast<CXXConstructorDecl>(F))
      for (const CXXCtorInitializer *I : Ctor->inits())
        walk(I->getInit());
    if (const Stmt *Body = writtenBody(F))
      walkStatement(Body);
    if (const auto *Dtor = dyn_cast<CXXDestructorDecl>(F))
      destroyMembers(Dtor);
  }

private:
  //===--- statements -----------------------------------------------------===//

  /// A statement whose value, if it is an expression, is dropped.
  void walkStatement(const Stmt *S,
                     DiscardFact::How How = DiscardFact::How::Statement) {
    if (const auto *E = dyn_cast_or_null<Expr>(S))
      discard(E, How);
    walk(S);
  }

  void walk(const Stmt *S) {
    if (!S)
      return;
    switch (S->getStmtClass()) {
    case Stmt::UnaryExprOrTypeTraitExprClass:
    case Stmt::CXXNoexceptExprClass:
    case Stmt::RequiresExprClass:
    case Stmt::ConceptSpecializationExprClass:
    case Stmt::OffsetOfExprClass:
    case Stmt::SizeOfPackExprClass:
    case Stmt::TypeTraitExprClass:
      return;
    case Stmt::ConstantExprClass:
      if (cast<ConstantExpr>(S)->isImmediateInvocation())
        return;
      break;
    case Stmt::CXXTypeidExprClass:
      if (!cast<CXXTypeidExpr>(S)->isPotentiallyEvaluated())
        return;
      break;
    case Stmt::CoroutineBodyStmtClass:
      return walk(cast<CoroutineBodyStmt>(S)->getBody());
    case Stmt::CompoundStmtClass:
      return walkCompound(cast<CompoundStmt>(S));
    case Stmt::StmtExprClass: {
      Path.push_back(S);
      walkCompound(cast<StmtExpr>(S)->getSubStmt(), /*KeepsLast=*/true);
      Path.pop_back();
      return;
    }
    case Stmt::LabelStmtClass:
      return walkStatement(cast<LabelStmt>(S)->getSubStmt());
    case Stmt::CaseStmtClass:
      walk(cast<CaseStmt>(S)->getLHS());
      return walkStatement(cast<CaseStmt>(S)->getSubStmt());
    case Stmt::DefaultStmtClass:
      return walkStatement(cast<SwitchCase>(S)->getSubStmt());
    case Stmt::AttributedStmtClass:
      return walkAttributed(cast<AttributedStmt>(S));
    case Stmt::IfStmtClass:
      return walkIf(cast<IfStmt>(S));
    case Stmt::WhileStmtClass: {
      const auto *W = cast<WhileStmt>(S);
      walk(W->getConditionVariableDeclStmt());
      walkIn(S, W->getCond());
      if (constantCondition(W->getCond()) != false)
        walkStatement(W->getBody());
      return;
    }
    case Stmt::DoStmtClass:
      walkStatement(cast<DoStmt>(S)->getBody());
      return walkIn(S, cast<DoStmt>(S)->getCond());
    case Stmt::SwitchStmtClass: {
      const auto *W = cast<SwitchStmt>(S);
      walkStatement(W->getInit());
      walk(W->getConditionVariableDeclStmt());
      walkIn(S, W->getCond());
      return walkStatement(W->getBody());
    }
    case Stmt::ForStmtClass: {
      const auto *For = cast<ForStmt>(S);
      walkStatement(For->getInit(), DiscardFact::How::ForInit);
      walk(For->getConditionVariableDeclStmt());
      walkIn(S, For->getCond());
      if (!For->getCond() || constantCondition(For->getCond()) != false) {
        walkStatement(For->getBody());
        walkStatement(For->getInc(), DiscardFact::How::ForIncrement);
      }
      return;
    }
    case Stmt::CXXForRangeStmtClass:
      return walkRangeFor(cast<CXXForRangeStmt>(S));
    case Stmt::CXXCatchStmtClass:
      ++HandlerDepth;
      walk(cast<CXXCatchStmt>(S)->getHandlerBlock());
      --HandlerDepth;
      return;
    case Stmt::DeclStmtClass:
      return walkDecls(cast<DeclStmt>(S));
    case Stmt::CoreturnStmtClass:
      return walkIn(S, cast<CoreturnStmt>(S)->getOperand());
    default:
      break;
    }
    if (const auto *E = dyn_cast<Expr>(S))
      return walkExpr(E);
    walkChildren(S);
  }

  void walkIn(const Stmt *Parent, const Stmt *Child) {
    Path.push_back(Parent);
    walk(Child);
    Path.pop_back();
  }

  void walkChildren(const Stmt *S) {
    Path.push_back(S);
    for (const Stmt *Child : S->children())
      walk(Child);
    Path.pop_back();
  }

  void walkCompound(const CompoundStmt *Block, bool KeepsLast = false) {
    Path.push_back(Block);
    for (const Stmt *Child : Block->body())
      if (KeepsLast && Child == Block->body_back())
        walk(Child);
      else
        walkStatement(Child);
    Path.pop_back();
  }

  void walkAttributed(const AttributedStmt *S) {
    bool Allows = llvm::any_of(S->getAttrs(), isAllowAttr);
    AllowDepth += Allows;
    walkStatement(S->getSubStmt());
    AllowDepth -= Allows;
  }

  void walkIf(const IfStmt *If) {
    walkStatement(If->getInit());
    if (If->isConsteval()) // never taken where the code runs
      return walkStatement(If->isNegatedConsteval() ? If->getThen()
                                                    : If->getElse());
    walk(If->getConditionVariableDeclStmt());
    walkIn(If, If->getCond());
    std::optional<bool> Known = constantCondition(If->getCond());
    if (Known != false)
      walkStatement(If->getThen());
    if (Known != true)
      walkStatement(If->getElse());
  }

  void walkRangeFor(const CXXForRangeStmt *For) {
    walkStatement(For->getInit());
    walk(For->getRangeStmt());
    {
      auto Outer = std::exchange(
          Implied, {CallFact::Kind::RangeFor, For->getColonLoc()});
      walk(For->getBeginStmt());
      walk(For->getEndStmt());
      walk(For->getCond());
      walk(For->getInc());
      if (const DeclStmt *Loop = For->getLoopVarStmt()) {
        CurrentRange = For;
        walk(Loop);
        CurrentRange = nullptr;
      }
      Implied = Outer;
    }
    walkStatement(For->getBody());
  }

  void walkDecls(const DeclStmt *S) {
    for (const Decl *D : S->decls()) {
      const auto *V = dyn_cast<VarDecl>(D);
      if (!V)
        continue;
      if (V->isConstexpr())
        continue;
      addVariable(V, S);
      if (const Expr *Init = V->getInit()) {
        const VarDecl *Outer = std::exchange(Initialised, V);
        walkIn(S, Init);
        Initialised = Outer;
      }
      if (V->hasLocalStorage() && !V->isNRVOVariable() && ownsValue(V))
        if (const CXXDestructorDecl *Dtor = destructorOf(V->getType())) {
          CallFact &C = addCall(CallFact::Kind::Destructor, S, V->getLocation());
          C.Callee = Dtor;
          C.Through = V;
        }
    }
  }

  /// Holds an object, or keeps a temporary alive by a reference.
  static bool ownsValue(const VarDecl *V) {
    if (!V->getType()->isReferenceType())
      return true;
    const Expr *Init = V->getInit();
    if (const auto *Cleanups = dyn_cast_or_null<ExprWithCleanups>(Init))
      Init = Cleanups->getSubExpr();
    const auto *M = dyn_cast_or_null<MaterializeTemporaryExpr>(
        Init ? Init->IgnoreParenImpCasts() : nullptr);
    return M && M->getExtendingDecl() == V;
  }

  void addVariable(const VarDecl *V, const DeclStmt *S) {
    if (!V->isLocalVarDecl() || V->isImplicit())
      return;
    QualType T = V->getType().getNonReferenceType();
    if (!T->isRecordType() && !T->isDependentType())
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

  void destroyMembers(const CXXDestructorDecl *Dtor) {
    const CXXRecordDecl *R = Dtor->getParent();
    auto Destroy = [&](QualType T, const ValueDecl *Through) {
      if (const CXXDestructorDecl *Of = destructorOf(T)) {
        CallFact &C =
            addCall(CallFact::Kind::Destructor, nullptr, Dtor->getLocation());
        C.Callee = Of;
        C.Through = Through;
      }
    };
    for (const FieldDecl *Field : R->fields())
      if (!Field->getType()->isReferenceType())
        Destroy(Field->getType(), Field);
    for (const CXXBaseSpecifier &Base : R->bases())
      Destroy(Base.getType(), nullptr);
  }

  //===--- expressions ----------------------------------------------------===//

  void walkExpr(const Expr *E) {
    switch (E->getStmtClass()) {
    case Stmt::LambdaExprClass:
      Facts.Lambdas.push_back(cast<LambdaExpr>(E));
      for (const Expr *Init : cast<LambdaExpr>(E)->capture_inits())
        walkIn(E, Init);
      return;
    case Stmt::CoawaitExprClass:
    case Stmt::CoyieldExprClass:
      return walkSuspend(cast<CoroutineSuspendExpr>(E));
    case Stmt::DependentCoawaitExprClass: {
      const Expr *Operand = cast<DependentCoawaitExpr>(E)->getOperand();
      walkIn(E, Operand);
      Facts.Awaits.push_back({E, Operand, E->getBeginLoc(), false});
      return;
    }
    case Stmt::CXXDefaultArgExprClass: {
      const auto *Default = cast<CXXDefaultArgExpr>(E);
      return walkImplied(Default->getExpr(), CallFact::Kind::DefaultArg,
                         Default->getUsedLocation());
    }
    case Stmt::CXXDefaultInitExprClass: {
      const auto *Default = cast<CXXDefaultInitExpr>(E);
      return walkIn(E, Default->getExpr());
    }
    case Stmt::CXXRewrittenBinaryOperatorClass:
      return walkIn(E, cast<CXXRewrittenBinaryOperator>(E)->getSemanticForm());
    case Stmt::GenericSelectionExprClass:
      if (!cast<GenericSelectionExpr>(E)->isResultDependent())
        walkIn(E, cast<GenericSelectionExpr>(E)->getResultExpr());
      return;
    case Stmt::BinaryConditionalOperatorClass:
      walkIn(E, cast<BinaryConditionalOperator>(E)->getCommon());
      return walkIn(E, cast<BinaryConditionalOperator>(E)->getFalseExpr());
    case Stmt::ConditionalOperatorClass: {
      const auto *C = cast<ConditionalOperator>(E);
      walkIn(E, C->getCond());
      std::optional<bool> Known = constantCondition(C->getCond());
      if (Known != false)
        walkIn(E, C->getTrueExpr());
      if (Known != true)
        walkIn(E, C->getFalseExpr());
      return;
    }
    case Stmt::BinaryOperatorClass:
      return walkBinary(cast<BinaryOperator>(E));
    case Stmt::IntegerLiteralClass:
      return noteMacro(E->getBeginLoc());
    case Stmt::DeclRefExprClass:
      return walkReference(cast<DeclRefExpr>(E));
    case Stmt::CXXBindTemporaryExprClass:
      return walkTemporary(cast<CXXBindTemporaryExpr>(E));
    case Stmt::CXXDeleteExprClass: {
      walkChildren(E);
      const auto *Delete = cast<CXXDeleteExpr>(E);
      if (!Delete->getDestroyedType().isNull() &&
          !Delete->getDestroyedType()->isDependentType())
        if (const auto *Dtor = destructorOf(Delete->getDestroyedType()))
          addCall(CallFact::Kind::Destructor, E, E->getBeginLoc()).Callee = Dtor;
      return;
    }
    default:
      break;
    }
    walkChildren(E);
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      return addConstruction(Construct);
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return addCallExpr(Call);
  }

  /// Code that the language implies at \p Loc.
  void walkImplied(const Expr *E, CallFact::Kind K, SourceLocation Loc) {
    auto Old = std::exchange(Implied, {K, Loc});
    walk(E);
    Implied = Old;
  }

  void walkBinary(const BinaryOperator *B) {
    // `a + b + c + ...` nests to the left, perhaps ten thousand deep.
    llvm::SmallVector<const BinaryOperator *, 8> Chain{B};
    while (const auto *Left =
               dyn_cast<BinaryOperator>(Chain.back()->getLHS()->IgnoreParens()))
      Chain.push_back(Left);
    size_t Depth = Path.size();
    for (const BinaryOperator *Op : Chain)
      Path.push_back(Op);
    for (const BinaryOperator *Op : llvm::reverse(Chain)) {
      if (Op->getOpcode() == BO_Comma)
        discard(Op->getLHS(), DiscardFact::How::Comma);
      if (Op == Chain.back())
        walk(Op->getLHS());
      std::optional<bool> Left;
      if (Op->isLogicalOp())
        Left = constantCondition(Op->getLHS());
      bool Skips = Left && *Left == (Op->getOpcode() == BO_LOr);
      if (!Skips)
        walk(Op->getRHS());
      Path.pop_back();
    }
    Path.resize(Depth);
  }

  void walkSuspend(const CoroutineSuspendExpr *E) {
    walkIn(E, E->getOperand());
    addAwaiterCall(E, E->getCommonExpr());
    addAwaiterCall(E, E->getReadyExpr());
    addAwaiterCall(E, E->getSuspendExpr());
    Facts.Awaits.push_back(
        {E, E->getOperand(), E->getKeywordLoc(), isa<CoyieldExpr>(E)});
    addAwaiterCall(E, E->getResumeExpr());
  }

  /// The call that the suspension makes of the user's own awaiter.
  void addAwaiterCall(const CoroutineSuspendExpr *Suspend, const Expr *E) {
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
        addCall(CallFact::Kind::Await, Suspend, Suspend->getKeywordLoc());
    C.Callee = Callee;
  }

  void walkTemporary(const CXXBindTemporaryExpr *E) {
    walkChildren(E);
    if (!isDestroyedHere(E))
      return;
    CallFact &C = addCall(CallFact::Kind::Destructor, E, E->getBeginLoc());
    C.Callee = E->getTemporary()->getDestructor();
  }

  /// A temporary that dies with its full-expression: materialised and not
  /// bound to a variable, or dropped. Others become a variable or argument.
  bool isDestroyedHere(const CXXBindTemporaryExpr *E) const {
    for (const Stmt *Parent : llvm::reverse(Path)) {
      if (const auto *M = dyn_cast<MaterializeTemporaryExpr>(Parent))
        return !M->getExtendingDecl();
      if (!isa<ExprWithCleanups, ImplicitCastExpr, ParenExpr>(Parent))
        break;
    }
    return DiscardedValues.contains(E->getSubExpr()->IgnoreParenImpCasts());
  }

  void addConstruction(const CXXConstructExpr *E) {
    const CXXConstructorDecl *Ctor = E->getConstructor();
    if (Ctor->isTrivial())
      return;
    CallFact &C =
        addCall(CallFact::Kind::Constructor, E, E->getBeginLoc());
    C.Callee = Ctor;
    C.Through = Initialised;
    addArguments(C, llvm::ArrayRef(E->getArgs(), E->getNumArgs()));
  }

  void addCallExpr(const CallExpr *E) {
    const FunctionDecl *Callee = E->getDirectCallee();
    if (Callee && Callee->getBuiltinID() && !Callee->isExternC())
      return;
    CallFact C;
    C.Callee = Callee;
    C.Site = E;
    C.Loc = E->getExprLoc();
    llvm::ArrayRef<const Expr *> Args(E->getArgs(), E->getNumArgs());
    if (isa<CXXOperatorCallExpr>(E)) {
      C.K = CallFact::Kind::Operator;
      C.Loc = cast<CXXOperatorCallExpr>(E)->getOperatorLoc();
      if (cast<CXXOperatorCallExpr>(E)->getOperator() == OO_Call && !Args.empty())
        C.Through = namedEntity(U, Args.front());
    } else if (const auto *Member = dyn_cast<CXXMemberCallExpr>(E)) {
      C.Object = Member->getImplicitObjectArgument();
      const CXXMethodDecl *Method = Member->getMethodDecl();
      if (isa_and_nonnull<CXXConversionDecl>(Method))
        C.K = CallFact::Kind::Conversion;
      else if (Method && isDispatched(Member, Method))
        C.K = CallFact::Kind::Virtual;
    }
    if (!Callee) {
      C.Callee = onlyCandidate(E->getCallee());
      if (!C.Callee) {
        C.K = CallFact::Kind::Indirect;
        C.Through = namedEntity(U, E->getCallee());
      }
    }
    C.Discarded = DiscardedValues.contains(E);
    C.Awaited = isAwaited();
    addArguments(C, Args);
    if (const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
        M && M->SetsNonblocking)
      noteNonblocking(C, *M->SetsNonblocking);
    finish(C);
  }

  /// socket.non_blocking(true)
  void noteNonblocking(const CallFact &C, int Index) {
    const Expr *Object = modelArgument(C, Index);
    const ValueDecl *Named = Object ? namedEntity(U, Object) : nullptr;
    bool IsOff = llvm::any_of(C.Args, [&](const Expr *Arg) {
      return Arg != Object && Arg->getType()->isBooleanType() &&
             constantCondition(Arg) == false;
    });
    if (Named && !IsOff)
      Facts.NonblockingFds.insert(Named);
  }

  static bool isDispatched(const CXXMemberCallExpr *E,
                           const CXXMethodDecl *Method) {
    if (!Method->isVirtual() || Method->hasAttr<FinalAttr>() ||
        Method->getParent()->isEffectivelyFinal())
      return false;
    const auto *Member = dyn_cast<MemberExpr>(E->getCallee()->IgnoreParens());
    if (!Member || Member->hasQualifier())
      return false;
    // An object held by value has the type that is written.
    const Expr *Object = Member->getBase()->IgnoreParenImpCasts();
    if (Member->isArrow())
      return true;
    if (const auto *Ref = dyn_cast<DeclRefExpr>(Object))
      return Ref->getDecl()->getType()->isReferenceType();
    if (const auto *Part = dyn_cast<MemberExpr>(Object))
      return Part->getMemberDecl()->getType()->isReferenceType();
    return !Object->isPRValue() && !isa<MaterializeTemporaryExpr>(Object);
  }

  /// In a template, the one function that a dependent call can mean.
  static const FunctionDecl *onlyCandidate(const Expr *Callee) {
    const auto *Lookup = dyn_cast<OverloadExpr>(Callee->IgnoreParenImpCasts());
    if (!Lookup || Lookup->getNumDecls() != 1)
      return nullptr;
    const NamedDecl *D = (*Lookup->decls_begin())->getUnderlyingDecl();
    if (const auto *Template = dyn_cast<FunctionTemplateDecl>(D))
      return Template->getTemplatedDecl();
    return dyn_cast<FunctionDecl>(D);
  }

  void addArguments(CallFact &C, llvm::ArrayRef<const Expr *> Args) {
    C.Args.append(Args.begin(), Args.end());
    for (unsigned I = 0; I != Args.size(); ++I)
      if (std::optional<CallableArgument> Callable = callableOf(Args[I])) {
        Callable->Arg = I;
        C.Callables.push_back(*Callable);
      }
  }

  CallFact &addCall(CallFact::Kind K, const Stmt *Site, SourceLocation Loc) {
    CallFact C;
    C.K = K;
    C.Site = Site;
    C.Loc = Loc;
    return finish(C);
  }

  CallFact &finish(CallFact &C) {
    if (Implied.second.isValid()) {
      C.K = Implied.first;
      C.Loc = Implied.second;
    }
    C.Allowed = AllowDepth > 0;
    C.InHandler = HandlerDepth > 0;
    Facts.Calls.push_back(std::move(C));
    return Facts.Calls.back();
  }

  //===--- callables ------------------------------------------------------===//

  std::optional<CallableArgument> callableOf(const Expr *E) const {
    for (unsigned Depth = 0; Depth != 8; ++Depth) {
      E = stripForwarding(U, E);
      // A conversion to std::function and the like wraps what it is given.
      if (const auto *C = dyn_cast<CXXConstructExpr>(E);
          C && C->getNumArgs() == 1)
        E = C->getArg(0);
      else if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
        E = Cast->getSubExpr();
      else if (const auto *Unary = dyn_cast<UnaryOperator>(E);
               Unary && (Unary->getOpcode() == UO_AddrOf ||
                         Unary->getOpcode() == UO_Plus))
        E = Unary->getSubExpr();
      else if (const auto *Conversion = dyn_cast<CXXMemberCallExpr>(E);
               Conversion &&
               isa_and_nonnull<CXXConversionDecl>(Conversion->getMethodDecl()))
        E = Conversion->getImplicitObjectArgument();
      else
        break;
    }
    CallableArgument Result;
    if (const auto *Lambda = dyn_cast<LambdaExpr>(E)) {
      Result.Body = Lambda->getCallOperator();
      return Result;
    }
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      if (const auto *F = dyn_cast<FunctionDecl>(Ref->getDecl())) {
        Result.Body = F;
        return Result;
      }
      if (const auto *P = dyn_cast<ParmVarDecl>(Ref->getDecl());
          P && isCallableType(P->getType())) {
        Result.Param = P;
        Result.Body = callOperator(P->getType());
        return Result;
      }
    }
    if (const auto *Call = dyn_cast<CallExpr>(E)) {
      const FunctionDecl *F = Call->getDirectCallee();
      if (F && coroutineBody(F)) {
        Result.Body = F;
        Result.IsTask = true;
        return Result;
      }
    }
    if (const FunctionDecl *Operator = callOperator(E->getType())) {
      Result.Body = Operator;
      return Result;
    }
    return std::nullopt;
  }

  /// The only, non-template operator() of a user's class.
  const FunctionDecl *callOperator(QualType T) const {
    const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
    if (!R || !R->hasDefinition())
      return nullptr;
    if (R->isLambda())
      return R->getLambdaCallOperator();
    auto Found =
        R->lookup(Ctx.DeclarationNames.getCXXOperatorName(OO_Call));
    const FunctionDecl *Only = Found.isSingleResult()
                                   ? dyn_cast<CXXMethodDecl>(Found.front())
                                   : nullptr;
    return Only && !U.isInSystemHeader(Only) ? Only : nullptr;
  }

  static bool isCallableType(QualType T) {
    T = T.getNonReferenceType();
    return T->isFunctionPointerType() || T->isFunctionType() ||
           T->isRecordType();
  }

  //===--- how values are used --------------------------------------------===//

  void discard(const Expr *E, DiscardFact::How How) {
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
      }
      if (E == Before)
        break;
    }
    if (const auto *B = dyn_cast<BinaryOperator>(E);
        B && B->getOpcode() == BO_Comma)
      return discard(B->getRHS(), How); // the left side when it is walked
    if (const auto *C = dyn_cast<ConditionalOperator>(E)) {
      std::optional<bool> Known = constantCondition(C->getCond());
      if (Known != false)
        discard(C->getTrueExpr(), DiscardFact::How::Branch);
      if (Known != true)
        discard(C->getFalseExpr(), DiscardFact::How::Branch);
      return;
    }
    if (const auto *B = dyn_cast<BinaryOperator>(E); B && B->isLogicalOp())
      return discard(B->getRHS(), How);
    DiscardedValues.insert(E);
    if (E->getType()->isRecordType() || E->isTypeDependent())
      Facts.Discards.push_back({How, E, HandlerDepth > 0});
  }

  void walkReference(const DeclRefExpr *E) {
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
    auto Known = V ? Facts.VariableIndex.find(V) : Facts.VariableIndex.end();
    if (Known != Facts.VariableIndex.end())
      Facts.Variables[Known->second].Uses.push_back(classify(E));
  }

  VariableUse classify(const DeclRefExpr *Ref) const {
    VariableUse Use;
    Use.Ref = Ref;
    bool Moved = false;
    const Stmt *Child = Ref;
    for (const Stmt *Parent : llvm::reverse(Path)) {
      bool Passes = isTransparent(Parent);
      if (const auto *C = dyn_cast<CXXConstructExpr>(Parent))
        Passes = isCopyOrMove(C);
      if (const auto *C = dyn_cast<CallExpr>(Parent);
          C && C->getDirectCallee() && C->getNumArgs() == 1)
        if (const FunctionModel *M = U.model(C->getDirectCallee());
            M && M->Forwards) {
          Moved = Passes = true;
          if (DiscardedValues.contains(C)) {
            Use.H = VariableUse::How::Discarded;
            return Use;
          }
        }
      if (Passes) {
        Child = Parent;
        continue;
      }
      Use.H = classifyAt(Parent, Child, Use.Method);
      break;
    }
    if (DiscardedValues.contains(Ref))
      Use.H = VariableUse::How::Discarded;
    else if (Use.H == VariableUse::How::Other && Moved)
      Use.H = VariableUse::How::Moved;
    return Use;
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
    return Method->isConst() && (Result->isArithmeticType() ||
                                 Result->isEnumeralType())
               ? How::ConstMethod
               : How::Method;
  }

  bool isAwaited() const {
    for (const Stmt *Parent : llvm::reverse(Path))
      if (!isTransparent(Parent))
        return isa<CoroutineSuspendExpr, DependentCoawaitExpr>(Parent);
    return false;
  }

  //===--- state and constants --------------------------------------------===//

  /// \p Name is a macro, or the name of \p D, that the models may list as a
  /// sign of non-blocking I/O.
  void noteState(llvm::StringRef Name, const NamedDecl *D = nullptr) {
    auto Lists = [&](const std::vector<std::string> &Names) {
      return llvm::any_of(Names, [&](llvm::StringRef Known) {
        return D ? Known.ends_with(Name) && Known == modelName(D)
                 : Known == Name;
      });
    };
    if (Lists(States.WouldBlock))
      Facts.TestsWouldBlock = true;
    if (!Lists(States.NonblockingFd))
      return;
    if (Initialised)
      Facts.NonblockingFds.insert(Initialised);
    for (const Stmt *Parent : llvm::reverse(Path)) {
      if (const auto *Assign = dyn_cast<BinaryOperator>(Parent);
          Assign && Assign->isAssignmentOp())
        if (const ValueDecl *Left = namedEntity(U, Assign->getLHS()))
          Facts.NonblockingFds.insert(Left);
      if (const auto *Call = dyn_cast<CallExpr>(Parent))
        for (const Expr *Arg : Call->arguments())
          if (const ValueDecl *Named = namedEntity(U, Arg))
            Facts.NonblockingFds.insert(Named);
    }
  }

  void noteMacro(SourceLocation Loc) {
    if (Loc.isMacroID())
      noteState(Lexer::getImmediateMacroName(Loc, Ctx.getSourceManager(),
                                             Ctx.getLangOpts()));
  }

  std::optional<bool> constantCondition(const Expr *Cond) const {
    bool Value = false;
    if (!Cond || Cond->isValueDependent() || Cond->isTypeDependent() ||
        Cond->containsErrors() ||
        !Cond->EvaluateAsBooleanCondition(Value, Ctx))
      return std::nullopt;
    return Value;
  }

  Unit &U;
  const ASTContext &Ctx;
  const StateNames &States;
  FunctionFacts &Facts;
  llvm::SmallVector<const Stmt *, 32> Path;
  llvm::SmallPtrSet<const Expr *, 16> DiscardedValues;
  /// Set while walking code that the language implies: its kind and place.
  std::pair<CallFact::Kind, SourceLocation> Implied{};
  const CXXForRangeStmt *CurrentRange = nullptr;
  const VarDecl *Initialised = nullptr;
  unsigned HandlerDepth = 0;
  unsigned AllowDepth = 0;
};

} // namespace

FunctionFacts buildFacts(Unit &U, const FunctionDecl *F) {
  FunctionFacts Facts;
  Facts.Function = F;
  Walker(U, Facts).run();
  return Facts;
}

const VariableFact *FunctionFacts::variable(const ValueDecl *V) const {
  auto It = VariableIndex.find(dyn_cast_or_null<VarDecl>(V));
  return It == VariableIndex.end() ? nullptr : &Variables[It->second];
}

const CoroutineBodyStmt *coroutineBody(const FunctionDecl *F) {
  const FunctionDecl *Definition = nullptr;
  if (!F->hasBody(Definition) || Definition->hasSkippedBody())
    return nullptr;
  return dyn_cast_or_null<CoroutineBodyStmt>(Definition->getBody());
}

const Stmt *writtenBody(const FunctionDecl *F) {
  if (const CoroutineBodyStmt *Coroutine = coroutineBody(F))
    return Coroutine->getBody();
  const FunctionDecl *Definition = nullptr;
  return F->hasBody(Definition) ? Definition->getBody() : nullptr;
}

const Expr *stripForwarding(Unit &U, const Expr *E) {
  while (true) {
    const Expr *Before = E;
    E = E->IgnoreImplicit()->IgnoreParens();
    if (const auto *Call = dyn_cast<CallExpr>(E);
        Call && Call->getNumArgs() >= 1 && Call->getDirectCallee() &&
        !isa<CXXOperatorCallExpr>(Call)) {
      const FunctionModel *M = U.model(Call->getDirectCallee());
      if (M && M->Forwards)
        E = Call->getArg(0);
    } else if (const auto *C = dyn_cast<CXXConstructExpr>(E);
               C && isCopyOrMove(C)) {
      E = C->getArg(0);
    } else if (const auto *List = dyn_cast<InitListExpr>(E);
               List && List->isTransparent()) {
      E = List->getInit(0);
    }
    if (E == Before)
      return E;
  }
}

const ValueDecl *namedEntity(Unit &U, const Expr *E) {
  E = stripForwarding(U, E);
  if (const auto *Unary = dyn_cast<UnaryOperator>(E);
      Unary && (Unary->getOpcode() == UO_AddrOf ||
                Unary->getOpcode() == UO_Deref))
    E = stripForwarding(U, Unary->getSubExpr());
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return Ref->getDecl();
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return Member->getMemberDecl();
  return nullptr;
}

} // namespace nostall
