//===- FactsBuilder.cpp - the one walk over a function body ---------------===//
//
// AST --buildFacts--> FunctionFacts. Children are visited in evaluation order
// as far as C++ fixes one; a call's fact follows those of its arguments. The
// walker keeps the path from the body to the current node, so that a use can be
// judged by what stands around it.
//
//===----------------------------------------------------------------------===//

#include "ConditionReader.h"
#include "FactsRecorder.h"
#include "KeptTasks.h"
#include "analysis/Unit.h"
#include "analysis/source/Annotations.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/Stack.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace clang;

namespace nostall {
namespace {

class Walker : FactsRecorder {
public:
  Walker(Unit &U, FunctionFacts &Facts) : FactsRecorder(U, Facts) {}

  void run() {
    const FunctionDecl *F = Facts.Function;
    if (!F->hasBody() && !F->isDefaulted()) {
      addCall(CallFact::Kind::Function, nullptr, F->getLocation()).Callee = F;
      return;
    }
    Facts.Coroutine = coroutineBody(F);
    addParameters();
    if (const auto *Ctor = dyn_cast<CXXConstructorDecl>(F))
      for (const CXXCtorInitializer *I : Ctor->inits())
        initialise(I->getMember(), I->getInit());
    if (const Stmt *Body = writtenBody(F))
      walkStatement(Body);
    if (const auto *Dtor = dyn_cast<CXXDestructorDecl>(F))
      destroyMembers(Dtor);
    destroyParameters(F);
    forgetChangedParams();
  }

  void runOnInitialisers(const CXXRecordDecl *R) {
    for (const FieldDecl *Field : R->fields())
      if (const Expr *Init = Field->hasInClassInitializer()
                                 ? Field->getInClassInitializer()
                                 : nullptr)
        initialise(Field, Init);
  }

private:
  void initialise(const FieldDecl *Field, const Expr *Init) {
    InitialisedMember = Field;
    walk(Init);
    if (Field)
      addStore(Field, Init);
    InitialisedMember = nullptr;
  }

  //===--- statements -----------------------------------------------------===//

  /// A statement whose value, if it is an expression, is dropped.
  void walkStatement(const Stmt *S,
                     DiscardFact::How How = DiscardFact::How::Statement) {
    if (const auto *E = dyn_cast_or_null<Expr>(S))
      discard(E, How);
    walk(S);
  }

  void walk(const Stmt *S) {
    // Far deeper than anybody writes: what lies below is left out, rather than
    // the whole unit.
    if (!S || isUnevaluated(S) || isStackNearlyExhausted())
      return;
    Facts.Depth = std::max<unsigned>(Facts.Depth, Path.size());
    Facts.Repeats |= repeats(S);
    switch (S->getStmtClass()) {
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
      Assumed.atLabel();
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
      if (Assumed.constant(W->getCond()) != false)
        Assumed.inTurns(W, W->getCond(), [&] { walkStatement(W->getBody()); });
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
      return Assumed.inSwitch(W, [&] { walkStatement(W->getBody()); });
    }
    case Stmt::ForStmtClass: {
      const auto *For = cast<ForStmt>(S);
      walkStatement(For->getInit(), DiscardFact::How::ForInit);
      walk(For->getConditionVariableDeclStmt());
      walkIn(S, For->getCond());
      if (!For->getCond() || Assumed.constant(For->getCond()) != false)
        Assumed.inTurns(For, For->getCond(), [&] {
          walkStatement(For->getBody());
          walkStatement(For->getInc(), DiscardFact::How::ForIncrement);
        });
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
      Facts.Returns |= !cast<CoreturnStmt>(S)->isImplicit();
      walkIn(S, cast<CoreturnStmt>(S)->getOperand());
      return addPromiseCall(cast<CoreturnStmt>(S));
    case Stmt::ReturnStmtClass:
      if (const Expr *Value = cast<ReturnStmt>(S)->getRetValue())
        addStore(nullptr, Value);
      break;
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
    Assumptions::Block Inside(Assumed, Block);
    bool IsDead = false; // up to the next label
    for (const Stmt *Child : Block->body()) {
      IsDead &= !isa<SwitchCase, LabelStmt>(Child);
      if (IsDead)
        continue;
      Inside.enter(Child);
      if (KeepsLast && Child == Block->body_back())
        walk(Child);
      else
        walkStatement(Child);
      Inside.leave(Child);
      IsDead = alwaysLeaves(
          Child, [&](const Expr *Cond) { return Assumed.constant(Cond); });
    }
    Path.pop_back();
  }

  void walkAttributed(const AttributedStmt *S) {
    bool Allows = llvm::any_of(S->getAttrs(), allowsBlocking);
    AllowDepth += Allows;
    walkStatement(S->getSubStmt());
    AllowDepth -= Allows;
  }

  /// `else if` nests as deep as the ladder is long: it is gone down in a loop.
  void walkIf(const IfStmt *If) {
    std::optional<size_t> Outer;
    unsigned Rungs = 0;
    const Stmt *Else = If;
    for (; (If = dyn_cast_or_null<IfStmt>(Else)); ++Rungs) {
      walkStatement(If->getInit());
      if (If->isConsteval()) { // never taken where the code runs
        Else = If->isNegatedConsteval() ? If->getThen() : If->getElse();
        break;
      }
      walk(If->getConditionVariableDeclStmt());
      walkIn(If, If->getCond());
      std::optional<bool> Fixed = Assumed.constant(If->getCond());
      if (Fixed != false || hasLabel(If->getThen()))
        Assumed.where(If->getCond(), true,
                      [&] { walkStatement(If->getThen()); });
      Else = Fixed != true || hasLabel(If->getElse()) ? If->getElse() : nullptr;
      const size_t Before = Assumed.enter(If->getCond(), false);
      if (!Outer)
        Outer = Before;
    }
    if (Else)
      walkStatement(Else);
    if (Outer)
      Assumed.leave(*Outer);
    Facts.Depth = std::max<unsigned>(Facts.Depth, Path.size() + Rungs);
  }

  void walkRangeFor(const CXXForRangeStmt *For) {
    walkStatement(For->getInit());
    walk(For->getRangeStmt());
    {
      llvm::SaveAndRestore Colon(
          Implied, {CallFact::ImpliedBy::RangeFor, For->getColonLoc()});
      walk(For->getBeginStmt());
      walk(For->getEndStmt());
      walk(For->getCond());
      walk(For->getInc());
      if (const DeclStmt *Loop = For->getLoopVarStmt()) {
        CurrentRange = For;
        walk(Loop);
        CurrentRange = nullptr;
      }
    }
    Assumed.forEachOf(For->getRangeInit(),
                      [&] { walkStatement(For->getBody()); });
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
        llvm::SaveAndRestore Saved(Initialised, V);
        walkIn(S, Init);
        addStore(V, Init);
      }
      addEndOf(V, S);
    }
  }

  //===--- expressions ----------------------------------------------------===//

  void walkExpr(const Expr *E) {
    switch (E->getStmtClass()) {
    case Stmt::LambdaExprClass:
      Facts.Lambdas.push_back(cast<LambdaExpr>(E));
      for (const Expr *Init : cast<LambdaExpr>(E)->capture_inits())
        walkIn(E, Init);
      addCaptures(cast<LambdaExpr>(E));
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
      return walkImplied(Default->getExpr(), CallFact::ImpliedBy::DefaultArg,
                         Default->getUsedLocation());
    }
    case Stmt::CXXDefaultInitExprClass:
      return walkIn(E, cast<CXXDefaultInitExpr>(E)->getExpr());
    case Stmt::CXXInheritedCtorInitExprClass: {
      const auto *Inherited = cast<CXXInheritedCtorInitExpr>(E);
      addCall(CallFact::Kind::Constructor, E, Inherited->getLocation()).Callee =
          Inherited->getConstructor();
      return;
    }
    case Stmt::InitListExprClass:
      addMemberStores(cast<InitListExpr>(E));
      return walkChildren(E);
    case Stmt::CXXNewExprClass:
      walkChildren(E);
      return addAllocation(E, cast<CXXNewExpr>(E)->getOperatorNew());
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
      std::optional<bool> Fixed = Assumed.constant(C->getCond());
      if (Fixed != false)
        Assumed.where(C->getCond(), true, [&] { walkIn(E, C->getTrueExpr()); });
      if (Fixed != true)
        Assumed.where(C->getCond(), false,
                      [&] { walkIn(E, C->getFalseExpr()); });
      return;
    }
    case Stmt::BinaryOperatorClass:
      return walkBinary(cast<BinaryOperator>(E));
    case Stmt::IntegerLiteralClass:
      return noteMacro(E->getBeginLoc());
    case Stmt::DeclRefExprClass:
      return addReference(cast<DeclRefExpr>(E));
    case Stmt::CXXThisExprClass:
      return addOwn(E);
    case Stmt::CXXDeleteExprClass: {
      walkChildren(E);
      const auto *Delete = cast<CXXDeleteExpr>(E);
      if (!Delete->getDestroyedType().isNull() &&
          !Delete->getDestroyedType()->isDependentType())
        if (const auto *Dtor = destructorOf(Delete->getDestroyedType()))
          addCall(CallFact::Kind::Destructor, E, E->getBeginLoc()).Callee =
              Dtor;
      addAllocation(E, Delete->getOperatorDelete());
      return;
    }
    default:
      break;
    }
    if (leftOperand(E))
      return walkChain(E);
    walkChildren(E);
    addOf(E);
  }

  /// The fact that \p E is, now that those of its children are written.
  /// `a << b << c ...` and `a.b().c() ...` nest to the left, perhaps ten
  /// thousand deep.
  void walkChain(const Expr *E) {
    llvm::SmallVector<const Expr *, 8> Chain;
    const Expr *First = E;
    while (const Expr *Left = leftOperand(First)) {
      Chain.push_back(First);
      First = Left;
    }
    Path.append(Chain.begin(), Chain.end());
    walk(First);
    const Stmt *Walked = First;
    for (const Expr *Link : llvm::reverse(Chain)) {
      for (const Stmt *Child : Link->children())
        if (Child != Walked)
          walk(Child);
      Walked = Link;
      Path.pop_back();
      addOf(Link);
    }
  }

  /// Code that the language implies at \p Loc.
  void walkImplied(const Expr *E, CallFact::ImpliedBy By, SourceLocation Loc) {
    auto Old = std::exchange(Implied, {By, Loc});
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
      if (Op->getOpcode() == BO_Assign)
        addAssignment(Op->getLHS(), Op->getRHS());
      std::optional<bool> Left;
      if (Op->isLogicalOp())
        Left = Assumed.constant(Op->getLHS());
      bool Skips = Left && *Left == (Op->getOpcode() == BO_LOr);
      if (!Skips && Op->isLogicalOp())
        Assumed.where(Op->getLHS(), Op->getOpcode() == BO_LAnd,
                      [&] { walk(Op->getRHS()); });
      else if (!Skips)
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
};

} // namespace

FunctionFacts buildFacts(Unit &U, const FunctionDecl *F) {
  FunctionFacts Facts;
  Facts.Function = F;
  Walker(U, Facts).run();
  addKeptTasks(U, Facts);
  return Facts;
}

FunctionFacts buildInitialiserFacts(Unit &U, const CXXMethodDecl *Method) {
  FunctionFacts Facts;
  Facts.Function = Method;
  Walker(U, Facts).runOnInitialisers(Method->getParent());
  return Facts;
}

} // namespace nostall
