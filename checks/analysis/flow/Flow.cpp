//===- Flow.cpp - control flow of one body --------------------------------===//

#include "Flow.h"
#include "Events.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

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

FunctionFlow::~FunctionFlow() = default;

const Events &FunctionFlow::events(Unit &U) const {
  if (!Found)
    Found = std::make_unique<Events>(U, U.facts(Function), *this);
  return *Found;
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
  Result->Function = F;
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
  Result->findReached();
  return Result;
}

void FunctionFlow::findReached() {
  Reached.resize(Graph->getNumBlockIDs());
  llvm::SmallVector<const CFGBlock *, 16> Work{&Graph->getEntry()};
  auto Reach = [&](const CFGBlock *Block) {
    if (Block && !Reached[Block->getBlockID()])
      Work.push_back(Block);
  };
  while (!Work.empty()) {
    const CFGBlock *Block = Work.pop_back_val();
    Reached.set(Block->getBlockID());
    for (const CFGElement &Element : *Block)
      if (auto S = Element.getAs<CFGStmt>())
        if (const auto *Handlers = handlersFrom(S->getStmt()))
          llvm::for_each(*Handlers, Reach);
    for (const CFGBlock::AdjacentBlock &Next : Block->succs())
      Reach(Next.getReachableBlock());
  }
  for (const CFGBlock *Block : *Graph)
    for (const CFGElement &Element : *Block)
      if (auto Dtor = Element.getAs<CFGAutomaticObjDtor>())
        Ends[Dtor->getVarDecl()] |= Reached[Block->getBlockID()];
}

const llvm::SmallVectorImpl<const CFGBlock *> *
FunctionFlow::handlersFrom(const Stmt *First) const {
  if (HandlersFrom.empty())
    return nullptr;
  auto It = HandlersFrom.find(First);
  return It == HandlersFrom.end() ? nullptr : &It->second;
}

bool FunctionFlow::isReachable(const Stmt *Site, const ValueDecl *Dies) const {
  if (auto End = Ends.find(Dies); Dies && End != Ends.end() && !End->second)
    return false;
  auto It = BlockOf.find(Site);
  return It == BlockOf.end() || Reached[It->second->getBlockID()];
}

} // namespace nostall
