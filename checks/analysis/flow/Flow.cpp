//===- Flow.cpp - control flow of one body --------------------------------===//

#include "Flow.h"
#include "analysis/facts/Facts.h"
#include "analysis/source/Bodies.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include <map>

using namespace clang;

namespace nostall {

/// The first statement below \p S, in the order of evaluation, that the graph
/// has as an element.
static const Stmt *
firstOf(const Stmt *S,
        const llvm::DenseMap<const Stmt *, const CFGBlock *> &BlockOf) {
  if (!S || isa<LambdaExpr>(S))
    return S && BlockOf.contains(S) ? S : nullptr;
  for (const Stmt *Child : S->children())
    if (const Stmt *First = firstOf(Child, BlockOf))
      return First;
  return BlockOf.contains(S) ? S : nullptr;
}

std::unique_ptr<FunctionFlow> FunctionFlow::build(ASTContext &Ctx,
                                                  const FunctionDecl *F) {
  const Stmt *Body = writtenBody(F);
  if (!Body || F->isDependentContext())
    return nullptr;
  CFG::BuildOptions Options;
  Options.PruneTriviallyFalseEdges = true;
  Options.AddInitializers = true;
  Options.AddImplicitDtors = true;
  Options.AddTemporaryDtors = true;
  Options.AddCXXDefaultInitExprInCtors = true;
  for (Stmt::StmtClass Class :
       {Stmt::CallExprClass, Stmt::CXXMemberCallExprClass,
        Stmt::CXXOperatorCallExprClass, Stmt::UserDefinedLiteralClass,
        Stmt::CXXConstructExprClass, Stmt::CXXTemporaryObjectExprClass,
        Stmt::CXXDeleteExprClass, Stmt::CoawaitExprClass,
        Stmt::CoyieldExprClass, Stmt::DeclRefExprClass, Stmt::LambdaExprClass})
    Options.setAlwaysAdd(Class);
  auto Result = std::make_unique<FunctionFlow>();
  Result->Graph = CFG::buildCFG(F, const_cast<Stmt *>(Body), &Ctx, Options);
  if (!Result->Graph)
    return nullptr;
  for (const CFGBlock *Block : *Result->Graph)
    for (const CFGElement &Element : *Block)
      if (auto S = Element.getAs<CFGStmt>())
        Result->BlockOf.try_emplace(S->getStmt(), Block);
  for (const CFGBlock *Block : *Result->Graph)
    if (const auto *Try =
            dyn_cast_or_null<CXXTryStmt>(Block->getTerminatorStmt()))
      if (const Stmt *First = firstOf(Try->getTryBlock(), Result->BlockOf))
        Result->HandlersFrom[First].push_back(Block);
  auto Reached = solveForward(
      *Result, true, [](bool &, const CFGElement &) {},
      [](bool &, const CFGBlock &, bool) {}, [](bool &, bool) {});
  Result->Reached.resize(Result->Graph->getNumBlockIDs());
  for (unsigned Id = 0; Id != Reached.size(); ++Id)
    Result->Reached[Id] = Reached[Id].has_value();
  return Result;
}

const llvm::SmallVectorImpl<const CFGBlock *> *
FunctionFlow::handlersFrom(const Stmt *First) const {
  if (HandlersFrom.empty())
    return nullptr;
  auto It = HandlersFrom.find(First);
  return It == HandlersFrom.end() ? nullptr : &It->second;
}

bool FunctionFlow::isReachable(const Stmt *Site) const {
  auto It = BlockOf.find(Site);
  return It == BlockOf.end() || Reached[It->second->getBlockID()];
}

/// assert writes static_cast<bool>(condition).
static const Expr *asked(const Expr *E) {
  while (E) {
    const auto *Cast = dyn_cast<ExplicitCastExpr>(E->IgnoreParenImpCasts());
    if (!Cast || !Cast->getType()->isBooleanType())
      break;
    E = Cast->getSubExpr();
  }
  return E;
}

const Expr *branchCondition(const CFGBlock &Block) {
  if (Block.succ_size() != 2 ||
      isa_and_nonnull<SwitchStmt, IndirectGotoStmt>(Block.getTerminatorStmt()))
    return nullptr;
  // The last element is no condition where temporaries are destroyed after it.
  if (const Expr *Last = Block.getLastCondition())
    return asked(Last);
  return asked(dyn_cast_or_null<Expr>(Block.getTerminatorCondition()));
}

llvm::SmallVector<Branch, 2>
shortestPath(const CFGBlock *To,
             llvm::function_ref<bool(const CFGBlock &)> AtEntry,
             llvm::function_ref<bool(const CFGBlock &)> AtEnd) {
  std::map<const CFGBlock *, const CFGBlock *> CameFrom{{To, nullptr}};
  std::deque<const CFGBlock *> Work{To};
  const CFGBlock *Source = nullptr;
  while (!Work.empty() && !Source) {
    const CFGBlock *Block = Work.front();
    Work.pop_front();
    if (!AtEntry(*Block)) {
      Source = Block; // it begins in here
      break;
    }
    for (const CFGBlock *Pred : Block->preds())
      if (Pred && AtEnd(*Pred) && CameFrom.try_emplace(Pred, Block).second)
        Work.push_back(Pred);
  }
  llvm::SmallVector<Branch, 2> Path;
  for (const CFGBlock *B = Source; B && B != To; B = CameFrom[B])
    if (const Expr *Cond = branchCondition(*B))
      Path.push_back(
          {Cond, B->succ_begin()->getReachableBlock() == CameFrom[B]});
  // The decision that led to the place where it began.
  if (Source && Source->pred_size() == 1)
    if (const CFGBlock *Pred = *Source->pred_begin())
      if (const Expr *Cond = branchCondition(*Pred))
        Path.insert(Path.begin(),
                    {Cond, Pred->succ_begin()->getReachableBlock() == Source});
  return Path;
}

} // namespace nostall
