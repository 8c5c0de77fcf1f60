//===- Leaving.cpp - where control does not go on -------------------------===//

#include "Leaving.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/Truth.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/SmallVector.h"

using namespace clang;

namespace nostall {

static bool isCallWithoutReturn(const Stmt *S) {
  const auto *Call = dyn_cast<CallExpr>(S);
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  return Callee && Callee->isNoReturn();
}

bool leaves(const Stmt *S) {
  if (!S)
    return false;
  if (const auto *Full = dyn_cast<FullExpr>(S))
    S = Full->getSubExpr();
  if (isa<ReturnStmt, CoreturnStmt, BreakStmt, ContinueStmt, GotoStmt,
          CXXThrowExpr>(S))
    return true;
  if (const auto *Block = dyn_cast<CompoundStmt>(S))
    return !Block->body_empty() && leaves(Block->body_back());
  if (const auto *Attributed = dyn_cast<AttributedStmt>(S))
    return leaves(Attributed->getSubStmt());
  if (const auto *Case = dyn_cast<SwitchCase>(S))
    return leaves(Case->getSubStmt());
  if (const auto *If = dyn_cast<IfStmt>(S))
    return leaves(If->getThen()) && leaves(If->getElse());
  return isCallWithoutReturn(S);
}

bool alwaysLeaves(
    const Stmt *S,
    llvm::function_ref<std::optional<bool>(const Expr *)> Constant) {
  const auto *If = dyn_cast<IfStmt>(S);
  if (!If || If->isConsteval() ||
      !(leaves(If->getThen()) || leaves(If->getElse())))
    return false;
  const std::optional<bool> Fixed = Constant(If->getCond());
  return (Fixed == true && leaves(If->getThen())) ||
         (Fixed == false && leaves(If->getElse()));
}

bool mayLeave(const Stmt *Root) {
  struct Open {
    const Stmt *S;
    bool InLoop, InSwitch; // within Root
  };
  llvm::SmallVector<Open, 16> Stack{{Root, false, false}};
  AwaitsOnce Once;
  while (!Stack.empty()) {
    auto [S, InLoop, InSwitch] = Stack.pop_back_val();
    if (!S || isa<LambdaExpr>(S) || !Once.enter(S))
      continue;
    if (isa<ReturnStmt, CoreturnStmt, GotoStmt, CXXThrowExpr>(S) ||
        (isa<BreakStmt>(S) && !InLoop && !InSwitch) ||
        (isa<ContinueStmt>(S) && !InLoop))
      return true;
    InLoop |= isa<WhileStmt, ForStmt, DoStmt, CXXForRangeStmt>(S);
    InSwitch |= isa<SwitchStmt>(S);
    for (const Stmt *Child : S->children())
      Stack.push_back({Child, InLoop, InSwitch});
  }
  return false;
}

bool breaksOut(const Stmt *Root) {
  bool Breaks = false;
  forEachStatement(Root, [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
    Breaks |= isa<BreakStmt>(S) && llvm::none_of(Path, [](const Stmt *Up) {
                return isa<WhileStmt, ForStmt, DoStmt, CXXForRangeStmt,
                           SwitchStmt, LambdaExpr>(Up);
              });
  });
  return Breaks;
}

bool endsProgram(const Stmt *S) {
  if (const auto *Block = dyn_cast_or_null<CompoundStmt>(S))
    return !Block->body_empty() && endsProgram(Block->body_back());
  const auto *Full = dyn_cast_or_null<FullExpr>(S);
  return S && isCallWithoutReturn(Full ? Full->getSubExpr() : S);
}

} // namespace nostall
