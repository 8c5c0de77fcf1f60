//===- Setters.cpp - what a call leaves in a member -----------------------===//

#include "Setters.h"
#include "Descriptors.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {

std::optional<int64_t> valueAfter(Unit &U, const CXXMethodDecl &Method,
                                  const FieldDecl *Field,
                                  const CallFact &Call) {
  const FunctionDecl *F = definitionOf(&Method);
  const auto *Block =
      F ? dyn_cast_or_null<CompoundStmt>(writtenBody(F)) : nullptr;
  if (!Block)
    return std::nullopt;
  const Expr *Given = nullptr;
  for (const Stmt *S : Block->body()) {
    const auto *Set = dyn_cast<BinaryOperator>(S);
    const auto *To = Set && Set->getOpcode() == BO_Assign
                         ? dyn_cast<MemberExpr>(Set->getLHS())
                         : nullptr;
    if (To && isa<CXXThisExpr>(To->getBase()->IgnoreParenImpCasts()) &&
        To->getMemberDecl() == Field)
      Given = Set->getRHS();
  }
  // Nothing else changes it, and nothing leaves before.
  unsigned Changes = 0;
  bool Leaves = false;
  forEachStatement(Block,
                   [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
                     const auto *Member = dyn_cast<MemberExpr>(S);
                     Changes += Member && Member->getMemberDecl() == Field &&
                                mayChangeTested(Member, Path);
                     const auto *Own = dyn_cast<CXXMemberCallExpr>(S);
                     Changes += Own && Own->getMethodDecl() &&
                                U.descriptors().objects().members().changes(
                                    Own->getMethodDecl(), Field);
                     // All but `return *this;` at the end.
                     Leaves |= isa<CXXThrowExpr, GotoStmt>(S) ||
                               (isa<ReturnStmt>(S) && S != Block->body_back());
                   });
  if (!Given || Changes != 1 || Leaves)
    return std::nullopt;
  const auto *Ref = dyn_cast<DeclRefExpr>(Given->IgnoreParenImpCasts());
  if (const auto *P = Ref ? dyn_cast<ParmVarDecl>(Ref->getDecl()) : nullptr)
    Given = P->getDeclContext() == F
                ? argumentFor(Call, P->getFunctionScopeIndex())
                : nullptr;
  return Given ? constantOf(U.context(), Given) : std::nullopt;
}

} // namespace nostall
