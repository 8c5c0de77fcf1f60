//===- Alternatives.cpp - conditions that go the same way -----------------===//

#include "Alternatives.h"
#include "Flow.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/MapVector.h"

using namespace clang;

namespace nostall {

/// The truth value that \p Cond asks for, if it is a variable.
static std::pair<const VarDecl *, bool> asked(const Expr *Cond) {
  bool IsNegated = false;
  while (Cond) {
    Cond = Cond->IgnoreParenImpCasts();
    const auto *Not = dyn_cast<UnaryOperator>(Cond);
    if (!Not || Not->getOpcode() != UO_LNot)
      break;
    IsNegated = !IsNegated;
    Cond = Not->getSubExpr();
  }
  const auto *Ref = dyn_cast_or_null<DeclRefExpr>(Cond);
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  return {V && V->getType()->isScalarType() ? V : nullptr, IsNegated};
}

/// Declared in the outermost block of \p F, and so no more than once a run.
static bool isOfTheWhole(const FunctionDecl *F, const VarDecl *V) {
  const auto *Body = dyn_cast_or_null<CompoundStmt>(writtenBody(F));
  return Body && llvm::any_of(Body->body(), [&](const Stmt *S) {
           const auto *Decls = dyn_cast<DeclStmt>(S);
           return Decls && llvm::is_contained(Decls->decls(), V);
         });
}

static bool keepsItsValue(Unit &U, const FunctionDecl *F, const VarDecl *V) {
  if (const auto *P = dyn_cast<ParmVarDecl>(V))
    return P->getDeclContext() == F && !P->getType()->isReferenceType() &&
           !U.facts(F).changes(P->getFunctionScopeIndex());
  return U.setOnce(F).valueOf(V) && isOfTheWhole(F, V);
}

Alternatives::Alternatives(Unit &U, const FunctionDecl *F) {
  const FunctionFlow *Flow = U.flow(F);
  if (!Flow)
    return;
  llvm::MapVector<const VarDecl *,
                  llvm::SmallVector<std::pair<const CFGBlock *, bool>, 2>>
      Asking;
  for (const CFGBlock *Block : Flow->cfg())
    if (Block->succ_size() == 2 &&
        !isa_and_nonnull<SwitchStmt>(Block->getTerminatorStmt()))
      if (auto [V, IsNegated] = asked(Block->getLastCondition()); V)
        Asking[V].push_back({Block, IsNegated});
  for (const auto &[V, Blocks] : Asking) {
    if (Blocks.size() < 2 || Asked == MaxAsked || !keepsItsValue(U, F, V))
      continue;
    for (auto [Block, IsNegated] : Blocks)
      Conditions[Block] = {Asked, IsNegated};
    ++Asked;
  }
}

bool Alternatives::ruleOut(unsigned N, const CFGBlock &From,
                           bool IsFirst) const {
  auto It = Conditions.find(&From);
  if (It == Conditions.end())
    return false;
  const bool IsTrue = (N >> It->second.Number & 1) != It->second.IsNegated;
  return IsTrue != IsFirst;
}

} // namespace nostall
