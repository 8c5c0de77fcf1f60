//===- Flow.cpp - control flow of one body --------------------------------===//

#include "Flow.h"
#include "Facts.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

std::unique_ptr<FunctionFlow> FunctionFlow::build(ASTContext &Ctx,
                                                  const FunctionDecl *F) {
  const Stmt *Body = writtenBody(F);
  if (!Body || F->isDependentContext())
    return nullptr;
  CFG::BuildOptions Options;
  Options.PruneTriviallyFalseEdges = true;
  Options.AddImplicitDtors = true;
  Options.AddTemporaryDtors = true;
  Options.AddCXXDefaultInitExprInCtors = true;
  for (Stmt::StmtClass Class :
       {Stmt::CallExprClass, Stmt::CXXMemberCallExprClass,
        Stmt::CXXOperatorCallExprClass, Stmt::UserDefinedLiteralClass,
        Stmt::CXXConstructExprClass, Stmt::CXXTemporaryObjectExprClass,
        Stmt::CXXDeleteExprClass, Stmt::CoawaitExprClass,
        Stmt::CoyieldExprClass, Stmt::DeclRefExprClass,
        Stmt::LambdaExprClass})
    Options.setAlwaysAdd(Class);
  auto Result = std::make_unique<FunctionFlow>();
  Result->Graph =
      CFG::buildCFG(F, const_cast<Stmt *>(Body), &Ctx, Options);
  if (!Result->Graph)
    return nullptr;
  for (const CFGBlock *Block : *Result->Graph)
    for (const CFGElement &Element : *Block)
      if (auto S = Element.getAs<CFGStmt>())
        Result->BlockOf.try_emplace(S->getStmt(), Block);
  auto Reached = solveForward(
      *Result->Graph, true, [](bool &, const CFGElement &) {},
      [](bool &, const CFGBlock &, bool) {}, [](bool &, bool) {});
  Result->Reached.resize(Result->Graph->getNumBlockIDs());
  for (unsigned Id = 0; Id != Reached.size(); ++Id)
    Result->Reached[Id] = Reached[Id].has_value();
  return Result;
}

bool FunctionFlow::isReachable(const Stmt *Site) const {
  auto It = BlockOf.find(Site);
  return It == BlockOf.end() || Reached[It->second->getBlockID()];
}

} // namespace nostall
