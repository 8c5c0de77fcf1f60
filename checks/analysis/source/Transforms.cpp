//===- Transforms.cpp - what a promise makes of awaited values ------------===//

#include "Transforms.h"
#include "Coroutines.h"
#include "TypeReading.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace clang;

namespace nostall {

Taking takingOf(const CXXRecordDecl *Promise, const CXXRecordDecl *R,
                ASTContext &Ctx) {
  Taking T;
  const DeclarationName Name(&Ctx.Idents.get("await_transform"));
  anyInHierarchy(Promise, [&](const CXXRecordDecl *Class) {
    for (const NamedDecl *D : Class->lookup(Name)) {
      D = D->getUnderlyingDecl();
      const FunctionDecl *F = asFunction(D);
      if (!F || F->isDeleted() || F->getNumParams() == 0)
        continue;
      T.HasTransform = true;
      const QualType Param =
          F->getParamDecl(0)->getType().getNonReferenceType();
      // What was instantiated for the type says more than its pattern.
      const FunctionDecl *Made = nullptr;
      if (const auto *Template = dyn_cast<FunctionTemplateDecl>(D))
        for (const FunctionDecl *Instance : Template->specializations())
          if (Instance->getNumParams() != 0 &&
              isMeantFor(Instance->getParamDecl(0)->getType(), R))
            Made = Instance;
      if (isMeantFor(Param, R)) {
        T.Exact = Made ? Made : F;
        return true;
      }
      if (!Param->isTemplateTypeParmType())
        continue;
      if (!T.Generic || handsOn(T.Generic) || !handsOn(F))
        T.Generic = F;
      if (Made)
        T.Instance = Made;
    }
    return false;
  });
  return T;
}

/// Whether \p Transform does no more than hand on what it is given: it makes
/// nothing awaitable that was not.
bool handsOn(const FunctionDecl *Transform) {
  const Expr *Value = lastReturn(Transform);
  if (!Value)
    return false;
  Value = Value->IgnoreParenCasts();
  if (const auto *Call = dyn_cast<CallExpr>(Value);
      Call && Call->getNumArgs() == 1)
    Value = Call->getArg(0)->IgnoreParenCasts();
  const auto *Ref = dyn_cast<DeclRefExpr>(Value);
  return Ref && Ref->getDecl() == withBody(Transform)->getParamDecl(0);
}

/// The class that awaits what \p Transform has made, or null.
const CXXRecordDecl *madeAwaiter(const FunctionDecl *Transform,
                                 ASTContext &Ctx) {
  const CXXRecordDecl *Made = returnedRecord(Transform);
  bool IsAwaitable = false;
  return Made ? awaiterOf(Made, Ctx, IsAwaitable) : nullptr;
}

/// A coroutine that destroys itself when it is done has nobody who waits.
bool outlivesItsBody(const CXXRecordDecl *Promise, ASTContext &Ctx) {
  const CXXRecordDecl *Final =
      returnedRecord(asFunction(findMember(Promise, "final_suspend", Ctx)));
  const std::optional<bool> Ready =
      Final ? constantReady(Final, Ctx) : std::nullopt;
  return !Ready || !*Ready;
}

namespace {

/// The names that a function template calls on its arguments and that are
/// looked up with them, also by way of function objects.
class DependentCalls : public RecursiveASTVisitor<DependentCalls> {
public:
  explicit DependentCalls(llvm::SmallVectorImpl<DeclarationName> &Names)
      : Names(Names) {}

  void read(const FunctionDecl *F, unsigned Depth = 0) {
    F = withBody(F);
    if (!F || !Seen.insert(F).second || Seen.size() > 64)
      return;
    llvm::SaveAndRestore Saved(Level, Depth);
    TraverseStmt(F->getBody());
  }

  bool VisitCallExpr(CallExpr *E) {
    if (!E->isTypeDependent() && !E->isInstantiationDependent())
      return true;
    const Expr *Callee = E->getCallee()->IgnoreParenImpCasts();
    if (const auto *Lookup = dyn_cast<UnresolvedLookupExpr>(Callee)) {
      if (Lookup->requiresADL())
        add(Lookup->getName());
      for (const NamedDecl *D : Lookup->decls())
        follow(asFunction(D->getUnderlyingDecl()));
    } else if (const auto *Member =
                   dyn_cast<CXXDependentScopeMemberExpr>(Callee)) {
      if (!Member->isImplicitAccess())
        add(Member->getMember());
    } else if (const CXXRecordDecl *Object = recordOf(Callee->getType())) {
      const DeclarationName Call =
          Object->getASTContext().DeclarationNames.getCXXOperatorName(OO_Call);
      for (const FunctionDecl *F : functionsNamed(Object, Call))
        follow(F);
    }
    return true;
  }

private:
  void add(DeclarationName Name) {
    if (Name.isIdentifier() && !llvm::is_contained(Names, Name))
      Names.push_back(Name);
  }
  void follow(const FunctionDecl *F) {
    // The standard library calls nothing by which a type could be awaited.
    if (F && Level < 4 && !F->isInStdNamespace())
      read(F, Level + 1);
  }

  llvm::SmallVectorImpl<DeclarationName> &Names;
  llvm::SmallPtrSet<const FunctionDecl *, 16> Seen;
  unsigned Level = 0;
};

} // namespace

llvm::SmallVector<DeclarationName, 4>
customisationNames(const FunctionDecl *Transform) {
  llvm::SmallVector<DeclarationName, 4> Names;
  DependentCalls(Names).read(Transform);
  return Names;
}

} // namespace nostall
