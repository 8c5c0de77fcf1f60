//===- SetOnce.cpp - what keeps its value ---------------------------------===//

#include "SetOnce.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

bool mayChange(const Expr *E, llvm::ArrayRef<const Stmt *> Path) {
  if (E->getType().isConstQualified())
    return false;
  for (const Stmt *Parent : llvm::reverse(Path)) {
    if (isa<ParenExpr>(Parent))
      continue;
    if (const auto *Member = dyn_cast<MemberExpr>(Parent);
        Member && !Member->isArrow() && isa<FieldDecl>(Member->getMemberDecl()))
      continue; // of whose value it is a part
    if (const auto *Address = dyn_cast<UnaryOperator>(Parent);
        Address && Address->getOpcode() == UO_AddrOf)
      continue; // by a pointer to const, it is only read
    const auto *Cast = dyn_cast<CastExpr>(Parent);
    return !Cast || (Cast->getCastKind() != CK_LValueToRValue &&
                     Cast->getCastKind() != CK_ToVoid &&
                     !Cast->getType().isConstQualified() &&
                     !(Cast->getType()->isPointerType() &&
                       Cast->getType()->getPointeeType().isConstQualified()));
  }
  return true;
}

/// `for (auto &thread : threads_)`
static bool isRange(const Stmt *User) {
  const auto *Range = dyn_cast<DeclStmt>(User);
  return Range && Range->isSingleDecl() && Range->getSingleDecl()->isImplicit();
}

bool mayChangeTested(const Expr *E, llvm::ArrayRef<const Stmt *> Path) {
  if (!mayChange(E, Path))
    return false;
  const auto User =
      llvm::find_if_not(llvm::reverse(Path), [](const Stmt *Around) {
        return isa<ImplicitCastExpr, ParenExpr>(Around);
      });
  if (User == llvm::reverse(Path).end() || !canBeEmpty(E->getType()))
    return true;
  const FunctionDecl *By = nullptr;
  if (const auto *Member = dyn_cast<MemberExpr>(*User))
    By = dyn_cast<CXXMethodDecl>(Member->getMemberDecl());
  else if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(*User))
    By = Op->getArg(0)->IgnoreParenImpCasts() == E ? Op->getDirectCallee()
                                                   : nullptr;
  return By ? !keepsEmptiness(By) : !isRange(*User);
}

bool mentions(const Stmt *S, const VarDecl *V) {
  bool Does = false;
  forEachStatement(S, [&](const Stmt *E, auto) {
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    Does |= Ref && Ref->getDecl() == V;
  });
  return Does;
}

const Expr *SetOnce::valueOf(const VarDecl *V) {
  if (!V->isLocalVarDecl() || !V->hasLocalStorage() || !V->getInit() ||
      V->getDeclContext() != F || V->getType()->isReferenceType() ||
      V->getType().isVolatileQualified() ||
      mentions(V->getInit(), V)) // int x = x;
    return nullptr;
  return V->getType().isConstQualified() || !changes(V) ? V->getInit()
                                                        : nullptr;
}

const Expr *SetOnce::valueOf(const FieldDecl *Field) {
  const auto *Ctor = dyn_cast_or_null<CXXConstructorDecl>(definitionOf(F));
  const QualType T = Field->getType();
  if (!Ctor || Field->isMutable() || T->isReferenceType() ||
      T.isVolatileQualified())
    return nullptr;
  for (const CXXCtorInitializer *I : Ctor->inits())
    if (I->getMember() == Field) {
      if (!T.isConstQualified() && (changes(Field) || IsLent))
        return nullptr;
      const auto *Default = dyn_cast<CXXDefaultInitExpr>(I->getInit());
      return Default ? Default->getExpr() : I->getInit();
    }
  return nullptr;
}

const Expr *SetOnce::valueOf(const Expr *E) {
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
    return Field && isa<CXXThisExpr>(Member->getBase()->IgnoreParenImpCasts())
               ? valueOf(Field)
               : nullptr;
  }
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  return V ? valueOf(V) : nullptr;
}

bool SetOnce::changes(const ValueDecl *D) {
  if (!Changed) {
    Changed.emplace();
    findChanged(F);
  }
  return Changed->contains(D);
}

/// And what the methods of its own do that a constructor calls.
void SetOnce::findChanged(const FunctionDecl *Body) {
  constexpr unsigned MaxRead = 16;
  Body = definitionOf(Body);
  if (!Body || Read.size() == MaxRead) {
    IsLent = true;
    return;
  }
  if (!Read.insert(Body).second)
    return;
  const bool IsMethod = isa<CXXMethodDecl>(Body);
  forEachStatement(writtenBody(Body), [&](const Stmt *S,
                                          llvm::ArrayRef<const Stmt *> Path) {
    if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
      if (const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
          V && mayChange(Ref, Path))
        Changed->insert(V);
    } else if (const auto *Member = dyn_cast<MemberExpr>(S)) {
      if (isa<FieldDecl>(Member->getMemberDecl()) && mayChange(Member, Path))
        Changed->insert(Member->getMemberDecl());
    } else if (IsMethod && isa<CXXThisExpr>(S)) {
      const auto *Of =
          Path.empty() ? nullptr : dyn_cast<MemberExpr>(Path.back());
      const auto *Method =
          Of ? dyn_cast<CXXMethodDecl>(Of->getMemberDecl()) : nullptr;
      if (!Of)
        IsLent |= Path.empty() || !isa<LambdaExpr>(Path.back());
      else if (Method && !Method->isConst() && !IsLent) {
        IsLent |= Method->isVirtual();
        findChanged(Method);
      }
    }
  });
}

} // namespace nostall
