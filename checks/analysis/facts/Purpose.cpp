//===- Purpose.cpp - bodies in which a value is dropped for a reason ------===//

#include "Purpose.h"
#include "StoredCallables.h"
#include "analysis/Unit.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/TypeReading.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

/// Whether some call is given the body \p F to run, and \p Is that call.
static bool isGivenTo(Unit &U, const FunctionDecl *F,
                      llvm::function_ref<bool(const CallFact &)> Is) {
  const FunctionDecl *Canonical = F->getCanonicalDecl();
  return llvm::any_of(U.functions(), [&](const FunctionDecl *Other) {
    return llvm::any_of(U.facts(Other).Calls, [&](const CallFact &Call) {
      if (!Call.Callee || Call.Callee->getCanonicalDecl() == Canonical)
        return false; // called at once
      return llvm::any_of(Call.Callables,
                          [&](const CallableArgument &Given) {
                            return Given.Body && !Given.IsTask &&
                                   Given.Body->getCanonicalDecl() == Canonical;
                          }) &&
             Is(Call);
    });
  });
}

bool isCallback(Unit &U, const FunctionFacts &Facts) {
  const FunctionDecl *F = Facts.Function;
  if (Facts.Coroutine || !F->getReturnType()->isVoidType())
    return false;
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  return (Method && Method->size_overridden_methods()) ||
         isGivenTo(U, F, [](const CallFact &) { return true; }) ||
         U.storedCallables().isStored(F);
}

static bool hasCall(const Stmt *S) {
  return S && !isa<LambdaExpr>(S) &&
         (isa<CallExpr>(S) || llvm::any_of(S->children(), hasCall));
}

static bool hasAwait(const Stmt *S) {
  return S && !isa<LambdaExpr>(S) &&
         (isa<CoroutineSuspendExpr>(S) ||
          llvm::any_of(S->children(), hasAwait));
}

/// Whether something that \p Is so stands behind \p Decl in its block.
static bool isFollowedBy(const Stmt *Body, const DeclStmt *Decl,
                         bool (*Is)(const Stmt *)) {
  if (!Body || isa<LambdaExpr>(Body))
    return false;
  if (const auto *Block = dyn_cast<CompoundStmt>(Body)) {
    const auto *At = llvm::find(Block->body(), Decl);
    if (At != Block->body_end())
      return std::any_of(At + 1, Block->body_end(), Is);
  }
  return llvm::any_of(Body->children(), [&](const Stmt *Child) {
    return isFollowedBy(Child, Decl, Is);
  });
}

bool isFollowedByCall(const Stmt *Body, const DeclStmt *Decl) {
  return isFollowedBy(Body, Decl, hasCall);
}

bool isFollowedByAwait(const Stmt *Body, const DeclStmt *Decl) {
  return isFollowedBy(Body, Decl, hasAwait);
}

static bool isThrowTest(const CXXTryStmt *Try, const ASTContext &Ctx) {
  if (!Try->getTryLoc().isMacroID() || Try->getNumHandlers() == 0)
    return false;
  const VarDecl *Caught = Try->getHandler(0)->getExceptionDecl();
  const TypeSourceInfo *Written =
      Caught ? Caught->getTypeSourceInfo() : nullptr;
  return Written && Ctx.getSourceManager().isMacroArgExpansion(
                        Caught->getTypeSpecStartLoc());
}

bool isInThrowTest(llvm::ArrayRef<const Stmt *> Path, const ASTContext &Ctx) {
  for (size_t I = 0; I + 1 < Path.size(); ++I)
    if (const auto *Try = dyn_cast<CXXTryStmt>(Path[I]);
        Try && Path[I + 1] == Try->getTryBlock() && isThrowTest(Try, Ctx))
      return true;
  return false;
}

namespace {

/// Finds a try block in which one of the function's parameters is called, and
/// whose handler takes an exception of a type that its caller names.
class ThrowTestFinder : public RecursiveASTVisitor<ThrowTestFinder> {
public:
  bool Found = false;
  bool VisitCXXTryStmt(CXXTryStmt *Try) {
    const VarDecl *Caught = Try->getHandler(0)->getExceptionDecl();
    Found |=
        Caught &&
        Caught->getType().getNonReferenceType()->isTemplateTypeParmType() &&
        callsParameter(Try->getTryBlock());
    return !Found;
  }

private:
  static bool callsParameter(const Stmt *S) {
    if (!S)
      return false;
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      // In a template, std::forward<F>(f)() is a call of what is written there.
      const Stmt *Callee = Call->getCallee();
      while (Callee && !isa<DeclRefExpr>(Callee)) {
        const auto *Inner =
            dyn_cast<CallExpr>(cast<Expr>(Callee)->IgnoreParenImpCasts());
        Callee = Inner && Inner->getNumArgs() == 1 ? Inner->getArg(0) : nullptr;
      }
      if (Callee && isa<ParmVarDecl>(cast<DeclRefExpr>(Callee)->getDecl()))
        return true;
    }
    return llvm::any_of(S->children(), callsParameter);
  }
};

} // namespace

static bool testsForThrow(const FunctionDecl *F) {
  const FunctionDecl *Pattern = F->getTemplateInstantiationPattern();
  const FunctionDecl *Written = Pattern ? withBody(Pattern) : nullptr;
  if (!Written)
    return false;
  ThrowTestFinder Finder;
  Finder.TraverseStmt(Written->getBody());
  return Finder.Found;
}

bool isExpectedToThrow(Unit &U, const FunctionFacts &Facts,
                       const DiscardFact &Discard) {
  if (Facts.Coroutine)
    return false; // could have been awaited
  // One that is to return a task could have been a coroutine, or is called for
  // that task.
  if (U.awaitables().classify(Facts.Function->getReturnType()).isAwaitable())
    return false;
  const SourceManager &SM = U.context().getSourceManager();
  if (Discard.InThrowTest)
    return SM.isMacroArgExpansion(Discard.Value->getBeginLoc());
  const auto *Body = dyn_cast_or_null<CompoundStmt>(Facts.Function->getBody());
  if (!Body || Body->body_empty() ||
      !SM.isPointWithin(Discard.Value->getBeginLoc(),
                        Body->body_back()->getBeginLoc(),
                        Body->body_back()->getEndLoc()))
    return false;
  return isGivenTo(U, Facts.Function, [](const CallFact &Call) {
    return testsForThrow(Call.Callee);
  });
}

bool ignoresArguments(const CallExpr *Call) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  const FunctionDecl *Pattern =
      Callee ? Callee->getTemplateInstantiationPattern() : nullptr;
  const FunctionDecl *Written = Pattern ? withBody(Pattern) : nullptr;
  const auto *Body =
      Written ? dyn_cast<CompoundStmt>(Written->getBody()) : nullptr;
  if (!Body || Body->size() > 1)
    return false;
  // Not a function that is written for tasks, and may be specialised for them.
  if (llvm::any_of(Written->parameters(), [](const ParmVarDecl *P) {
        QualType T = P->getType();
        if (const auto *Pack = T->getAs<PackExpansionType>())
          T = Pack->getPattern();
        return !T->isReferenceType() ||
               !T.getNonReferenceType()->isTemplateTypeParmType();
      }))
    return false;
  if (Body->body_empty())
    return true;
  // return *this;
  const auto *Return = dyn_cast<ReturnStmt>(Body->body_front());
  const Expr *Value = Return ? Return->getRetValue() : nullptr;
  const auto *Itself =
      Value ? dyn_cast<UnaryOperator>(Value->IgnoreParenImpCasts()) : nullptr;
  return Return && (!Value || (Itself && Itself->getOpcode() == UO_Deref &&
                               isa<CXXThisExpr>(Itself->getSubExpr())));
}

} // namespace nostall
