//===- WhyNot.cpp - nostall-forgotten-co-await, asked about a line --------===//
//
// What becomes of a value that can be awaited.
//
//===----------------------------------------------------------------------===//

#include "analysis/Unit.h"
#include "analysis/explain/Subjects.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Expressions.h"
#include "analysis/tasks/TaskFlow.h"
#include "analysis/words/Wording.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ParentMapContext.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {

static std::string typeText(QualType T) {
  const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
  return R ? "'" + modelName(R) + "'" : "the type";
}

/// Whether a reader may take a \p T for something to await.
static bool isOfCoroutines(Unit &U, QualType T) {
  const AwaitableType &Type = U.awaitables().classify(T);
  return Type.K != AwaitableType::Kind::None || Type.Droppable;
}

static std::string whyNotAwaitable(Unit &U, QualType T) {
  switch (U.awaitables().classify(T).K) {
  case AwaitableType::Kind::Detached:
    return typeText(T) + " starts at once, and nobody can await it";
  case AwaitableType::Kind::Generator:
  case AwaitableType::Kind::AsyncGenerator:
    return typeText(T) + " is iterated, and not awaited";
  case AwaitableType::Kind::Value:
    return "co_await only opens " + typeText(T) +
           ", or passes it on: nothing waits for it";
  default:
    return "co_await does not accept " + typeText(T);
  }
}

/// Of the verdicts that speak of the value: a sentence; empty for the others.
static std::string whyNoDrop(Unit &U, DropVerdict V, const Drop &D,
                             QualType T) {
  switch (V) {
  case DropVerdict::NotAwaitable:
    return whyNotAwaitable(U, T);
  case DropVerdict::MayBeDropped:
    return "a " + typeText(T) +
           " may be dropped, as its model or NOSTALL_DROPPABLE says";
  case DropVerdict::Callee:
    return "'" + displayName(D.Callee) +
           "' starts it, or says that what it returns may be dropped";
  case DropVerdict::Opened:
    return "it is what a co_await gave, and no task in turn";
  case DropVerdict::Meant:
    return "it runs anyway, and (void) or [[maybe_unused]] says that this is "
           "meant";
  case DropVerdict::Kept:
    return "it runs anyway, and the variable keeps it while the function, "
           "which is not a coroutine, goes on";
  case DropVerdict::Watched:
    return "it runs anyway, and the function waits and asks whether it is done";
  case DropVerdict::BeforeLoop:
    return "it runs anyway, and the function, which is not a coroutine, runs "
           "a loop afterwards";
  case DropVerdict::Started:
    return "the task has been told to start";
  case DropVerdict::Thrown:
    return "it is there to throw, and a test catches the exception";
  case DropVerdict::Callback:
    return "it runs anyway, and a callback has nobody to return it to";
  case DropVerdict::DroppedLater:
    return "the statement that names it again and drops it is judged instead";
  case DropVerdict::NoValue:
    return "it is made of no call's result, is a reference, or is named for "
           "its type alone";
  case DropVerdict::IsOne:
  case DropVerdict::Used:
    return "";
  }
  llvm_unreachable("covered switch");
}

static void addDiscard(Unit &U, const Line &Asked, std::vector<Subject> &Out,
                       const FunctionFacts &Facts, const DiscardFact &Discard) {
  Drop D;
  const DropVerdict V = judgeDiscard(U, Facts, Discard, D);
  const QualType T = Discard.Value->getType();
  if (V == DropVerdict::NoValue)
    return;
  // Of what was never meant to be awaited there is nothing to say: of other
  // classes only, and of functions that no model knows better.
  if (V == DropVerdict::NotAwaitable && !isOfCoroutines(U, T) &&
      (!D.Callee || T.isNull() || !T->isRecordType() ||
       U.models().isOpaque(D.Callee) || U.model(D.Callee)))
    return;
  std::string Name = D.Type && V == DropVerdict::IsOne ? displayDrop(D)
                     : D.Callee ? "result of '" + displayName(D.Callee) + "'"
                     : D.Named  ? "'" + D.Named->getNameAsString() + "'"
                                : "value that is dropped";
  Out.push_back({D.Loc, std::move(Name), whyNoDrop(U, V, D, T),
                 D.IsVoidCast ? "AllowCastToVoid" : ""});
}

static std::string careText(Unit &U, const VariableUse &Use) {
  std::string Where = " " + lineOf(U, Use.Ref->getLocation());
  switch (Use.H) {
  case VariableUse::How::Awaited:
    return "it is awaited" + Where;
  case VariableUse::How::Method:
    return (Use.Method ? "'" + displayName(Use.Method) + "'" : "a member") +
           " is called on it" + Where;
  case VariableUse::How::Moved:
    return "it is moved from" + Where;
  case VariableUse::How::Returned:
    return "it is returned" + Where;
  case VariableUse::How::Captured:
    return "a lambda captures it" + Where;
  default:
    return "it is passed on, stored or referred to" + Where;
  }
}

static void addVariable(Unit &U, const Line &Asked, std::vector<Subject> &Out,
                        const FunctionFacts &Facts, const VariableFact &V) {
  const QualType T = V.Var->getType().getNonReferenceType();
  if (!isOfCoroutines(U, T) && !U.awaitables().isAwaitableIn(T, Facts.Function))
    return;
  Drop D;
  const DropVerdict Verdict = judgeVariable(U, Facts, V, D);
  auto Care = llvm::find_if(V.Uses, takesCare);
  Out.push_back({V.Var->getLocation(),
                 (isa<ParmVarDecl>(V.Var) ? "parameter '" : "variable '") +
                     V.Var->getNameAsString() + "'",
                 Verdict == DropVerdict::Used ? careText(U, *Care)
                                              : whyNoDrop(U, Verdict, D, T)});
}

/// What takes \p E, which nothing drops and no variable is made of.
static std::string takerOf(Unit &U, const Expr *E) {
  ASTContext &Ctx = U.context();
  DynTypedNode Node = DynTypedNode::create(*E);
  while (true) {
    const auto Parents = Ctx.getParents(Node);
    if (Parents.empty())
      return "something that is not known here takes it";
    const Stmt *Below = Node.get<Stmt>();
    Node = Parents[0];
    if (Node.get<Decl>() || Node.get<CXXCtorInitializer>())
      return "it is kept in a variable or member";
    const Stmt *S = Node.get<Stmt>();
    if (!S)
      return "something that is not known here takes it";
    if (isa<ReturnStmt, CoreturnStmt>(S))
      return "it is returned";
    if (isa<CoroutineSuspendExpr, DependentCoawaitExpr>(S))
      return "it is awaited";
    if (const auto *Member = dyn_cast<MemberExpr>(S))
      return "'" + Member->getMemberDecl()->getNameAsString() +
             "' is called on it";
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(S);
        Op && Op->isAssignmentOp())
      return "it is stored";
    if (isa<InitListExpr, LambdaExpr, CXXNewExpr>(S))
      return "it is stored";
    if (const auto *Made = dyn_cast<CXXConstructExpr>(S)) {
      if (isCopyOrMove(Made))
        continue;
      return "it is passed to a constructor of '" +
             modelName(Made->getConstructor()->getParent()) + "'";
    }
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      const FunctionDecl *Callee = Call->getDirectCallee();
      if (const FunctionModel *M = Callee ? U.model(Callee) : nullptr;
          M && M->Forwards)
        continue;
      if (Below == Call->getCallee())
        return "it is called";
      return Callee ? "it is passed to '" + displayName(Callee) + "'"
                    : "it is passed on";
    }
    if (!isa<Expr>(S))
      return "the statement around it takes it";
  }
}

/// The result of a call that is neither dropped nor put into a local variable.
static void addKept(Unit &U, const Line &Asked, std::vector<Subject> &Out,
                    const FunctionFacts &Facts, const CallFact &Call) {
  const auto *E = dyn_cast_or_null<CallExpr>(Call.Site);
  if (!E || !Call.Callee || Call.Discarded || !E->isPRValue() ||
      !U.awaitables().isAwaitableIn(E->getType(), Facts.Function))
    return;
  if (llvm::any_of(Facts.Variables, [&](const VariableFact &V) {
        return V.Var->getInit() && stripForwarding(U, V.Var->getInit()) == E;
      }))
    return;
  Out.push_back({Call.Loc, "result of '" + displayName(Call.Callee) + "'",
                 Call.Awaited ? "it is awaited" : takerOf(U, E)});
}

void explainForgottenCoAwaitCheck(Unit &U, const Line &Asked,
                                  std::vector<Subject> &Out) {
  for (const FunctionDecl *F : U.functions()) {
    const FunctionFacts &Facts = U.facts(F);
    for (const DiscardFact &Discard : Facts.Discards)
      if (Asked.has(Discard.Value->getExprLoc()))
        addDiscard(U, Asked, Out, Facts, Discard);
    for (const VariableFact &V : Facts.Variables)
      if (Asked.has(V.Var->getLocation()))
        addVariable(U, Asked, Out, Facts, V);
    for (const VariableFact &P : Facts.Parameters)
      if (Asked.has(P.Var->getLocation()))
        addVariable(U, Asked, Out, Facts, P);
    for (const CallFact &Call : Facts.Calls)
      if (Asked.has(Call.Loc))
        addKept(U, Asked, Out, Facts, Call);
  }
}

} // namespace nostall
