//===- ReadyFlow.cpp - was the future seen to be ready? -------------------===//

#include "ReadyFlow.h"
#include "Facts.h"
#include "Flow.h"
#include "Unit.h"
#include "clang/AST/ExprCXX.h"
#include <set>

using namespace clang;

namespace nostall {
namespace {

using ReadySet = std::set<const ValueDecl *>;

struct Test {
  const ValueDecl *Of = nullptr;
  bool ReadyWhen = true;
};

/// The readiness test that \p Call is by its model entry, and its object.
const FunctionModel *readyTest(Unit &U, const Expr *E, const ValueDecl *&Of) {
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E->IgnoreParenImpCasts());
  if (!Call || !Call->getMethodDecl())
    return nullptr;
  const FunctionModel *M = U.model(Call->getMethodDecl());
  if (!M || !M->IsReadyTest)
    return nullptr;
  Of = namedEntity(U, Call->getImplicitObjectArgument());
  return M;
}

std::optional<Test> testOf(Unit &U, const Expr *Cond) {
  Cond = Cond->IgnoreParenImpCasts();
  Test Result;
  if (const auto *Not = dyn_cast<UnaryOperator>(Cond);
      Not && Not->getOpcode() == UO_LNot) {
    auto Inner = testOf(U, Not->getSubExpr());
    if (Inner)
      Inner->ReadyWhen = !Inner->ReadyWhen;
    return Inner;
  }
  if (const FunctionModel *M = readyTest(U, Cond, Result.Of)) {
    if (!M->ReadyValue.empty() || !Result.Of)
      return std::nullopt;
    return Result;
  }
  const auto *Compare = dyn_cast<BinaryOperator>(Cond);
  if (!Compare || !Compare->isEqualityOp())
    return std::nullopt;
  const Expr *Sides[] = {Compare->getLHS(), Compare->getRHS()};
  for (unsigned I = 0; I != 2; ++I)
    if (const FunctionModel *M = readyTest(U, Sides[I], Result.Of)) {
      const auto *Ref =
          dyn_cast<DeclRefExpr>(Sides[1 - I]->IgnoreParenImpCasts());
      if (!Ref || !Result.Of || modelName(Ref->getDecl()) != M->ReadyValue)
        return std::nullopt;
      Result.ReadyWhen = Compare->getOpcode() == BO_EQ;
      return Result;
    }
  return std::nullopt;
}

/// Assigning anew forgets what was known.
void forget(Unit &U, ReadySet &Ready, const CFGElement &Element) {
  auto S = Element.getAs<CFGStmt>();
  if (!S)
    return;
  const auto *Assign = dyn_cast<CXXOperatorCallExpr>(S->getStmt());
  if (Assign && Assign->isAssignmentOp())
    Ready.erase(namedEntity(U, Assign->getArg(0)));
}

} // namespace

bool isKnownReady(Unit &U, const FunctionFacts &Facts, const CallFact &Call) {
  const ValueDecl *Of = Call.Object ? namedEntity(U, Call.Object) : nullptr;
  const FunctionFlow *Flow = Of ? U.flow(Facts.Function) : nullptr;
  if (!Flow)
    return false;
  auto Transfer = [&](ReadySet &Ready, const CFGElement &Element) {
    forget(U, Ready, Element);
  };
  auto In = solveForward(
      *Flow, ReadySet(), Transfer,
      [&](ReadySet &Ready, const CFGBlock &From, bool IsTrue) {
        const auto *Cond =
            dyn_cast_or_null<Expr>(From.getTerminatorCondition());
        std::optional<Test> T = Cond ? testOf(U, Cond) : std::nullopt;
        if (T && T->ReadyWhen == IsTrue)
          Ready.insert(T->Of);
      },
      [](ReadySet &Into, const ReadySet &From) {
        std::erase_if(Into, [&](const auto *D) { return !From.contains(D); });
      });
  for (const CFGBlock *Block : Flow->cfg()) {
    if (!In[Block->getBlockID()])
      continue;
    ReadySet Ready = *In[Block->getBlockID()];
    for (const CFGElement &Element : *Block) {
      if (auto S = Element.getAs<CFGStmt>(); S && S->getStmt() == Call.Site)
        return Ready.contains(Of);
      Transfer(Ready, Element);
    }
  }
  return false;
}

} // namespace nostall
