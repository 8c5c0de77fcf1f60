//===- TaskValues.cpp - where tasks come from, and go to ------------------===//

#include "TaskValues.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/TypeReading.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

bool isEmpty(const Expr *Init) {
  const auto *Made = dyn_cast<CXXConstructExpr>(Init->IgnoreImplicit());
  return Made && Made->getNumArgs() == 0;
}

/// \p V, a local variable, has never held anything.
static bool isNeverFilled(const VariableFact &V) {
  return V.Var->getInit() && isEmpty(V.Var->getInit()) &&
         llvm::none_of(V.Uses, [](const VariableUse &Use) {
           return Use.Assignment || Use.H == VariableUse::How::Method ||
                  Use.H == VariableUse::How::Captured;
         });
}

/// std::move(t), as it is written.
static const Expr *asWritten(const Expr *Init) {
  const Expr *Written = Init->IgnoreImplicit();
  while (true) {
    if (const auto *Made = dyn_cast<CXXConstructExpr>(Written);
        Made && Made->getNumArgs() >= 1)
      Written = Made->getArg(0)->IgnoreImplicit();
    else if (const auto *List = dyn_cast<InitListExpr>(Written);
             List && List->getNumInits() == 1)
      Written = List->getInit(0)->IgnoreImplicit();
    else
      return Written;
  }
}

bool givesItself(const CoroutineSuspendExpr *Await) {
  const auto *Call =
      dyn_cast<CXXMemberCallExpr>(Await->getOperand()->IgnoreImplicit());
  return Call && Await->getType()->getCanonicalTypeUnqualified() ==
                     Call->getObjectType()->getCanonicalTypeUnqualified();
}

static bool isLazyTask(Unit &U, QualType T) {
  const AwaitableType &Type = U.awaitables().classify(T);
  return Type.K == AwaitableType::Kind::Task && Type.S == Start::Lazy;
}

/// `auto t = std::move(queue.front());` in a coroutine, of what runs only if it
/// is awaited. A plain function may move a task out to destroy it.
static bool isTakenOut(Unit &U, const FunctionFacts &Facts, const Expr *Init,
                       const Expr *From) {
  const auto *Element = dyn_cast<CXXMemberCallExpr>(From);
  return Facts.Coroutine && !isa<DeclRefExpr>(From) &&
         (isPureGlvalue(From) ||
          (Element && Element->isLValue() && Element->getMethodDecl() &&
           U.models().isOpaque(Element->getMethodDecl()))) &&
         asWritten(Init)->isXValue() && isLazyTask(U, From->getType());
}

const Expr *madeValue(Unit &U, const FunctionFacts &Facts, const Expr *Init) {
  const Expr *Stripped = stripForwarding(U, Init);
  if (isTakenOut(U, Facts, Init, Stripped))
    return asWritten(Init);
  if (isa<CallExpr>(Stripped))
    return Stripped->isPRValue() ? Stripped : nullptr;
  if (const auto *Await = dyn_cast<CoroutineSuspendExpr>(Stripped))
    return Await->isPRValue() && !givesItself(Await) &&
                   isLazyTask(U, Await->getType())
               ? Await
               : nullptr;
  if (const auto *Choice = dyn_cast<ConditionalOperator>(Stripped))
    return Choice->isPRValue() && madeValue(U, Facts, Choice->getTrueExpr()) &&
                   madeValue(U, Facts, Choice->getFalseExpr())
               ? Choice
               : nullptr;
  const auto *Ref = dyn_cast<DeclRefExpr>(Stripped);
  if (!Ref)
    return nullptr;
  auto IsMovedHere = [&](const VariableFact &V) {
    return V.Var == Ref->getDecl() && !V.Var->getType()->isReferenceType() &&
           !isNeverFilled(V) &&
           llvm::any_of(V.Uses,
                        [&](const VariableUse &Use) {
                          return Use.Ref == Ref &&
                                 Use.H == VariableUse::How::Moved;
                        }) &&
           // What was awaited is moved as what it has become.
           llvm::none_of(V.Uses, [&](const VariableUse &Use) {
             return Use.H == VariableUse::How::Awaited &&
                    U.context().getSourceManager().isBeforeInTranslationUnit(
                        Use.Ref->getLocation(), Ref->getLocation());
           });
  };
  if (llvm::none_of(Facts.Variables, IsMovedHere) &&
      llvm::none_of(Facts.Parameters, IsMovedHere))
    return nullptr;
  return asWritten(Init);
}

bool names(const Stmt *S, const VarDecl *V) {
  if (const auto *Ref = dyn_cast_or_null<DeclRefExpr>(S);
      Ref && Ref->getDecl() == V)
    return true;
  return S && llvm::any_of(S->children(),
                           [&](const Stmt *Child) { return names(Child, V); });
}

bool hasOtherUses(const FunctionFacts &Facts, const VariableFact &V) {
  const FunctionDecl *Pattern =
      Facts.Function->getTemplateInstantiationPattern();
  Pattern = Pattern ? withBody(Pattern) : nullptr;
  if (!Pattern)
    return false;
  bool Found = false;
  forEachStatement(Pattern->getBody(), [&](const Stmt *S, auto) {
    const auto *Ref = dyn_cast<DeclRefExpr>(S);
    Found |= Ref && Ref->getDecl()->getLocation() == V.Var->getLocation() &&
             llvm::none_of(V.Uses, [&](const VariableUse &Use) {
               return Use.Ref->getLocation() == Ref->getLocation();
             });
  });
  return Found;
}

bool isOnlySilenced(Unit &U, const FunctionFacts &Facts,
                    const VariableFact &V) {
  auto IsCastToVoid = [&](const VariableUse &Use) {
    return llvm::any_of(Facts.Discards, [&](const DiscardFact &Of) {
      return Of.H == DiscardFact::How::VoidCast &&
             stripForwarding(U, Of.Value) == Use.Ref;
    });
  };
  return llvm::all_of(V.Uses, [&](const VariableUse &Use) {
    return Use.H == VariableUse::How::Discarded && IsCastToVoid(Use);
  });
}

llvm::SmallVector<DroppedResult, 1> resultsDroppedBy(Unit &U,
                                                     const CallFact &Call) {
  llvm::SmallVector<DroppedResult, 1> Found;
  const FunctionModel *M = Call.Callee ? U.model(Call.Callee) : nullptr;
  if (!M || !M->DropsResults)
    return Found;
  for (const CallableArgument &Arg : Call.Callables) {
    if (Arg.IsTask || !Arg.Body || !callableModel(U, *M, Call, Arg))
      continue;
    // Of a generic lambda, an instance says what it returns.
    const auto Bodies = bodiesOf(U, Arg.Body, Call.Args);
    Found.push_back(
        {Bodies.empty() ? Arg.Body : Bodies.front(), Arg.Param != nullptr});
  }
  return Found;
}

} // namespace nostall
