//===- Assertions.cpp - functions that return only if ... -----------------===//

#include "Assertions.h"
#include "Leaving.h"
#include "TestReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

/// One that has nothing else to do is short.
static constexpr unsigned MaxStatements = 8;

const Condition &Assertions::of(const FunctionDecl *F) {
  auto [It, IsNew] = Known.try_emplace(F);
  const auto *Body = dyn_cast_or_null<CompoundStmt>(writtenBody(F));
  if (!IsNew || !Body || Body->size() > MaxStatements || coroutineBody(F))
    return It->second;
  unsigned Budget = 64;
  SetOnce Locals(F);
  Requirement Returns = TestReader(F, Ctx, &Locals, Budget).returns(Body);
  Returns.forget([&](const ParamTest &T) {
    return T.OrNext || T.Param >= F->getNumParams() ||
           Locals.changes(F->getParamDecl(T.Param));
  });
  return It->second = Returns.all();
}

void Assertions::forEachAt(
    const CallExpr *Call,
    llvm::function_ref<void(const Expr *, const ParamTest &)> Visit) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  const FunctionDecl *F = Callee && Callee->getNumParams() &&
                                  !isa<CXXOperatorCallExpr>(Call) &&
                                  !isDispatched(Call)
                              ? definitionOf(Callee)
                              : nullptr;
  if (!F)
    return;
  forEachClause(of(F), [&](llvm::ArrayRef<ParamTest> OneOf) {
    const ParamTest &T = OneOf.front();
    if (OneOf.size() == 1 && T.Param < Call->getNumArgs())
      Visit(Call->getArg(T.Param), T);
  });
}

} // namespace nostall
