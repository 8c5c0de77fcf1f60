//===- LockTemporaries.cpp - guards that no variable holds ----------------===//
//
//   co_await reply(table.lock()->size());      table.lock()->at(co_await
//   roll());
//
// A temporary lives to the end of the full expression that it stands in, and
// is there at a co_await that is evaluated after it.
//
//===----------------------------------------------------------------------===//

#include "LockAnalysis.h"
#include "LockFlow.h"
#include "LockHelpers.h"
#include "analysis/Unit.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

/// What is evaluated in \p Parent, an expression, before its part \p Child;
/// null if there is no such thing, or nobody says.
static const Expr *evaluatedBefore(const Stmt *Parent, const Stmt *Child) {
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(Parent))
    return !Op->isAssignmentOp() && Op->getNumArgs() &&
                   (Op->getOperator() == OO_LessLess ||
                    Op->getOperator() == OO_GreaterGreater ||
                    Op->getOperator() == OO_Subscript ||
                    Op->getOperator() == OO_Call) &&
                   Op->getArg(0) != Child
               ? Op->getArg(0)
               : nullptr;
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(Parent))
    return Call->getCallee() != Child ? Call->getImplicitObjectArgument()
                                      : nullptr;
  const auto *Binary = dyn_cast<BinaryOperator>(Parent);
  return Binary && (Binary->isLogicalOp() || Binary->isCommaOp()) &&
                 Binary->getRHS() == Child
             ? Binary->getLHS()
             : nullptr;
}

/// Something is called on \p E, to which \p Path leads: it is there for that,
/// and nobody takes it over.
static bool isObject(const Expr *E, llvm::ArrayRef<const Stmt *> Path) {
  const Stmt *Child = E;
  while (!Path.empty() && isTransparent(Path.back())) {
    Child = Path.back();
    Path = Path.drop_back();
  }
  if (Path.empty())
    return true;
  const auto *Op = dyn_cast<CXXOperatorCallExpr>(Path.back());
  return isa<MemberExpr>(Path.back()) ||
         (Op && !Op->isAssignmentOp() && Op->getNumArgs() &&
          Op->getArg(0) == Child);
}

std::vector<LockAtAwait> temporariesAtAwaits(Unit &U,
                                             const FunctionFacts &Facts) {
  std::vector<LockAtAwait> Result;
  if (Facts.Awaits.empty() || !mayLock(U, Facts))
    return Result;
  LockAnalysis Client(U, Facts);
  const AwaitFact *Await = nullptr;
  auto AddIn = [&](const Expr *Before, bool IsOperand) {
    forEachStatement(
        Before, [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
          const auto *Made = dyn_cast<CallExpr>(S);
          const FunctionDecl *By = Made ? Made->getDirectCallee() : nullptr;
          if (!By || !Made->isPRValue() || (Path.empty() && IsOperand) ||
              !isObject(Made, Path) || llvm::any_of(Path, [](const Stmt *Up) {
                return isa<LambdaExpr>(Up);
              }))
            return;
          LockAnalysis::State None;
          if (Client.holds(None, Made->getType(), Made) == true)
            Result.push_back({LockAtAwait::State::Held,
                              Await,
                              Place{By},
                              true,
                              Made->getExprLoc(),
                              {}});
        });
  };
  forEachStatement(
      Facts.Function->getBody(),
      [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
        auto It = llvm::find_if(
            Facts.Awaits, [&](const AwaitFact &A) { return A.Site == S; });
        if (It == Facts.Awaits.end() || !It->Operand ||
            !(It->IsYield || U.awaitables().waits(It->Site)))
          return;
        Await = &*It;
        AddIn(Await->Operand, true);
        for (const Stmt *Child = S; !Path.empty() && isa<Expr>(Path.back());
             Child = Path.back(), Path = Path.drop_back())
          if (const Expr *Before = evaluatedBefore(Path.back(), Child))
            AddIn(Before, false);
      });
  return Result;
}

} // namespace nostall
