//===- Mentions.cpp - how a body uses what it names -----------------------===//

#include "Mentions.h"
#include "analysis/Unit.h"
#include "analysis/facts/SetOnce.h"
#include "analysis/models/Models.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {

/// In a condition, as an argument, or in what a truth value is made of.
static bool isAsked(const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
  for (const Stmt *Around : llvm::reverse(Path)) {
    if (isa<CompoundStmt>(Around))
      return false;
    if (const auto *Decls = dyn_cast<DeclStmt>(Around)) {
      const auto *V = Decls->isSingleDecl()
                          ? dyn_cast<VarDecl>(Decls->getSingleDecl())
                          : nullptr;
      return V && V->getType()->isBooleanType();
    }
    const Stmt *Condition = nullptr;
    if (const auto *If = dyn_cast<IfStmt>(Around))
      Condition = If->getCond();
    else if (const auto *While = dyn_cast<WhileStmt>(Around))
      Condition = While->getCond();
    else if (const auto *Do = dyn_cast<DoStmt>(Around))
      Condition = Do->getCond();
    else if (const auto *For = dyn_cast<ForStmt>(Around))
      Condition = For->getCond();
    else if (const auto *Switch = dyn_cast<SwitchStmt>(Around))
      Condition = Switch->getCond();
    else if (isa<AbstractConditionalOperator, CallExpr, CXXConstructExpr>(
                 Around))
      return true;
    if (Condition)
      return Condition == S;
    S = Around;
  }
  return false;
}

/// By an event of its own: an assignment, a step, or a call of a member.
static bool isSetHere(const Expr *E, llvm::ArrayRef<const Stmt *> Path) {
  const Stmt *Child = E;
  for (const Stmt *Parent : llvm::reverse(Path)) {
    if (isa<ParenExpr>(Parent)) {
      Child = Parent;
      continue;
    }
    if (const auto *Op = dyn_cast<BinaryOperator>(Parent))
      return Op->isAssignmentOp() && Op->getLHS() == Child;
    if (const auto *Step = dyn_cast<UnaryOperator>(Parent))
      return Step->isIncrementDecrementOp();
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(Parent))
      return Op->getNumArgs() && Op->getArg(0) == Child;
    return isa<MemberExpr>(Parent);
  }
  return false;
}

Mentions::Mentions(const Stmt *Body, IsLentFn IsLent) : IsLent(IsLent) {
  forEachStatement(Body, [&](const Stmt *S, auto Path) { look(S, Path); });
}

void Mentions::look(const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
  HasTry |= isa<CXXTryStmt>(S);
  HasBranch |= isa<IfStmt, WhileStmt, ForStmt, DoStmt, SwitchStmt,
                   AbstractConditionalOperator>(S);
  const auto *E = dyn_cast<Expr>(S);
  const ValueDecl *D = nullptr;
  if (const auto *Ref = dyn_cast<DeclRefExpr>(S))
    D = Ref->getDecl();
  else if (const auto *Member = dyn_cast<MemberExpr>(S))
    D = dyn_cast<FieldDecl>(Member->getMemberDecl());
  if (!D || !isa<VarDecl, FieldDecl>(D))
    return;
  if (isa<FieldDecl>(D) || isAsked(E, Path))
    Asked.insert(D);
  if (!mayChangeTested(E, Path))
    return;
  const bool IsSet = isSetHere(E, Path);
  SetsMember |= IsSet && isa<FieldDecl>(D);
  SetsNumber |=
      IsSet && isa<VarDecl>(D) && D->getType()->isIntegralOrEnumerationType();
  const auto Given =
      IsSet || !isa<DeclRefExpr>(E) || !E->getType()->isRecordType()
          ? std::nullopt
          : givenFor(E, Path);
  const bool IsLentHere = Given && IsLent(*Given);
  Lends |= IsLentHere;
  if (!(IsSet || IsLentHere) || llvm::any_of(Path, [](const Stmt *Around) {
        return isa<LambdaExpr>(Around);
      }))
    Escaped.insert(D);
}

bool isHarmless(Unit &U, const CallFact &Call) {
  const FunctionModel *M = Call.Callee ? U.model(Call.Callee) : nullptr;
  if (!Call.Callee || !Call.Callables.empty() ||
      !(M || U.isInSystemHeader(Call.Callee)) ||
      (M && (M->Says == FunctionModel::Stance::Blocks || M->Acquires)))
    return false;
  return llvm::none_of(Call.Args, [](const Expr *Arg) {
    bool Gives = false;
    forEachStatement(Arg, [&](const Stmt *S, auto Path) {
      Gives |= isa<LambdaExpr>(S) ||
               (isa<CXXThisExpr>(S) &&
                (Path.empty() || !isa<MemberExpr>(Path.back())));
    });
    return Gives;
  });
}

} // namespace nostall
