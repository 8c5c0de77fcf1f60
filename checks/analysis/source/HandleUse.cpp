//===- HandleUse.cpp - what a function does with a handle -----------------===//

#include "HandleUse.h"
#include "Expressions.h"
#include "TypeReading.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/RecursiveASTVisitor.h"

using namespace clang;

namespace nostall {

static bool isCoroutineHandle(const CXXRecordDecl *R) {
  return R && R->isInStdNamespace() && R->getIdentifier() &&
         R->getName() == "coroutine_handle";
}

bool isCoroutineHandle(QualType T) {
  return isCoroutineHandle(T.getNonReferenceType()->getAsCXXRecordDecl());
}

namespace {

/// The name of the member that \p E calls or names; empty for others.
llvm::StringRef memberName(const Expr *E) {
  DeclarationName Name;
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    Name = Member->getMemberDecl()->getDeclName();
  else if (const auto *Dependent = dyn_cast<CXXDependentScopeMemberExpr>(E))
    Name = Dependent->getMember();
  const IdentifierInfo *Id = Name.getAsIdentifierInfo();
  return Id ? Id->getName() : llvm::StringRef();
}

/// Nodes between a handle and what is done with it: casts, copies, and the
/// conversion to a handle that knows no promise.
bool isCarrier(const Stmt *S) {
  if (isa<ImplicitCastExpr, ExplicitCastExpr, ParenExpr, CXXConstructExpr,
          MaterializeTemporaryExpr, CXXBindTemporaryExpr, ExprWithCleanups,
          ConditionalOperator, CXXUnresolvedConstructExpr, InitListExpr>(S))
    return true;
  const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
  if (Call && isa_and_nonnull<CXXConversionDecl>(Call->getMethodDecl()))
    return true;
  const auto *Member = dyn_cast<MemberExpr>(S);
  return Member && isa<CXXConversionDecl>(Member->getMemberDecl());
}

/// The function with a body that \p Call runs, or null.
const FunctionDecl *runBy(const CallExpr *Call) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee)
    Callee = onlyCandidate(Call->getCallee());
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Callee);
  // Elsewhere an override may keep what this one does not.
  return Method && Method->isVirtual() ? nullptr : withBody(Callee);
}

class Reader : public RecursiveASTVisitor<Reader> {
public:
  Reader(const VarDecl *Handle, bool IsPromise, HandleUse &Use, unsigned Depth)
      : Use(Use), Depth(Depth) {
    Names.push_back({Handle, IsPromise});
  }

  bool shouldVisitImplicitCode() const { return false; }

  bool dataTraverseStmtPre(Stmt *S) {
    Path.push_back(S);
    return true;
  }
  bool dataTraverseStmtPost(Stmt *) {
    Path.pop_back();
    return true;
  }

  bool VisitReturnStmt(ReturnStmt *S) {
    Returns = true;
    const Expr *Value = S->getRetValue();
    const auto *False =
        Value ? dyn_cast<CXXBoolLiteralExpr>(Value->IgnoreParenImpCasts())
              : nullptr;
    AllFalse &= False && !False->getValue();
    return true;
  }

  bool VisitDeclRefExpr(DeclRefExpr *Ref) {
    for (size_t I = 0; I != Names.size(); ++I)
      if (Ref->getDecl() == Names[I].Var)
        follow(Path.size() - 1, Names[I].IsPromise);
    return true;
  }

  bool alwaysGoesOn() const { return Returns && AllFalse; }

private:
  struct Name {
    const ValueDecl *Var;
    bool IsPromise;
  };

  void keep(bool AsArgument) {
    Use.Kept = true;
    Use.Passed |= AsArgument;
  }

  /// What \p Call does with the handle, or the promise, that it is given: as
  /// the function that runs does, where it can be read.
  void give(const CallExpr *Call, const Stmt *Argument, bool IsPromise) {
    const auto *Op = dyn_cast<CXXOperatorCallExpr>(Call);
    const FunctionDecl *F = Op || Depth == 0 ? nullptr : runBy(Call);
    const auto At = llvm::find(Call->arguments(), Argument);
    const auto Number = size_t(At - Call->arg_begin());
    if (!F || F->isInStdNamespace() || Number >= F->getNumParams() ||
        F->getParamDecl(Number)->isParameterPack())
      return keep(!Op || !Op->isAssignmentOp());
    HandleUse There;
    Reader(F->getParamDecl(Number), IsPromise, There, Depth - 1)
        .TraverseStmt(F->getBody());
    if (There.Kept)
      return keep(true);
    Use.Resumed |= There.Resumed;
    Use.Destroyed |= There.Destroyed;
    Use.LeavesWord |= There.LeavesWord;
  }

  /// What becomes of the handle, or the promise, that Path[At] names.
  void follow(size_t At, bool IsPromise) {
    while (At-- > 0) {
      const Stmt *S = Path[At];
      const Stmt *Below = Path[At + 1];
      if (isCarrier(S)) {
        // Made into something that is not a handle: a waiter, a node.
        if (isa<CXXConstructExpr, InitListExpr, CXXUnresolvedConstructExpr>(
                S) &&
            !isHandle(cast<Expr>(S)->getType()))
          return keep(true);
        continue;
      }
      if (const auto *Address = dyn_cast<UnaryOperator>(S);
          Address && Address->getOpcode() == UO_AddrOf)
        return keep(false);
      if (isa<ReturnStmt>(S)) {
        Use.Resumed = true;
        return;
      }
      if (isa<MemberExpr, CXXDependentScopeMemberExpr>(S)) {
        if (IsPromise) {
          Use.LeavesWord = true;
          return;
        }
        const llvm::StringRef Name = memberName(cast<Expr>(S));
        if (Name == "promise") {
          IsPromise = true;
          if (At > 0 && isa<CallExpr>(Path[At - 1]))
            --At;
          continue;
        }
        if (Name == "resume")
          Use.Resumed = true;
        else if (Name == "destroy")
          Use.Destroyed = true;
        else if (Name == "address")
          keep(false);
        return;
      }
      if (const auto *Call = dyn_cast<CallExpr>(S)) {
        const auto *Op = dyn_cast<CXXOperatorCallExpr>(Call);
        const bool IsCalled =
            Below == Call->getCallee() ||
            (Op && Op->getOperator() == OO_Call && Below == Op->getArg(0));
        if (!IsCalled)
          return give(Call, Below, IsPromise);
        Use.Resumed = true;
        return;
      }
      if (const auto *Decl = dyn_cast<DeclStmt>(S)) {
        const auto *Var = Decl->isSingleDecl()
                              ? dyn_cast<VarDecl>(Decl->getSingleDecl())
                              : nullptr;
        if (Var && Var->hasLocalStorage())
          Names.push_back({Var, IsPromise});
        else
          keep(false);
        return;
      }
      if (isa<CompoundStmt>(S)) // (void)h;
        return;
      return keep(false);
    }
  }

  /// Of a dependent type nothing is known.
  static bool isHandle(QualType T) {
    return !T->getAsCXXRecordDecl() || isCoroutineHandle(T);
  }

  HandleUse &Use;
  const unsigned Depth; ///< how many calls may still be followed
  llvm::SmallVector<Name, 2> Names;
  llvm::SmallVector<Stmt *, 32> Path;
  bool Returns = false, AllFalse = true;
};

class ResumeFinder : public RecursiveASTVisitor<ResumeFinder> {
public:
  bool Found = false;
  bool TraverseLambdaExpr(LambdaExpr *) { return true; }
  bool VisitCallExpr(CallExpr *E) {
    const auto *Method = dyn_cast_or_null<CXXMethodDecl>(E->getDirectCallee());
    if (!Method || !isCoroutineHandle(Method->getParent()))
      return true;
    Found |= Method->getOverloadedOperator() == OO_Call ||
             (Method->getIdentifier() && Method->getName() == "resume");
    return true;
  }
};

} // namespace

HandleUse handleUseOf(const FunctionDecl *AwaitSuspend) {
  HandleUse Use;
  const FunctionDecl *F = withBody(AwaitSuspend);
  if (!F || F->getNumParams() == 0)
    return Use;
  Use.Seen = true;
  Reader R(F->getParamDecl(0), /*IsPromise=*/false, Use, /*Depth=*/3);
  R.TraverseStmt(F->getBody());
  Use.GoesOn = R.alwaysGoesOn();
  return Use;
}

bool resumesAHandle(const FunctionDecl *F) {
  F = withBody(F);
  if (!F)
    return false;
  ResumeFinder Finder;
  Finder.TraverseStmt(F->getBody());
  return Finder.Found;
}

} // namespace nostall
