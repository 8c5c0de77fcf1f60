//===- Instances.cpp - members that libraries would have needed -----------===//

#include "Instances.h"
#include "analysis/Unit.h"
#include "analysis/source/MissingInstances.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Sema/ExternalSemaSource.h"
#include "clang/Sema/Sema.h"

using namespace clang;

namespace nostall {

namespace {

/// Clang asks its sources for what is to be instantiated when it has read the
/// whole unit.
class Source : public ExternalSemaSource {
public:
  explicit Source(Sema &S) : S(S) {}

  void ReadPendingInstantiations(
      SmallVectorImpl<std::pair<ValueDecl *, SourceLocation>> &) override {
    if (IsDone || S.getDiagnostics().hasUncompilableErrorOccurred())
      return;
    IsDone = true;
    const ASTContext &Ctx = S.getASTContext();
    forEachMissingInstance(Ctx, modelsOf(Ctx), [&](FunctionDecl *F) {
      // Of what somebody needs, an error is the user's to see.
      if (!F->instantiationIsPending() && !F->isUsed())
        instantiate(F);
    });
  }

private:
  void instantiate(FunctionDecl *F) {
    if (F->getTemplateSpecializationKind() != TSK_ImplicitInstantiation)
      return;
    DiagnosticsEngine &Diags = S.getDiagnostics();
    const bool Suppressed = Diags.getSuppressAllDiagnostics();
    Diags.setSuppressAllDiagnostics(true);
    if (MemberSpecializationInfo *From = F->getMemberSpecializationInfo();
        From && From->getPointOfInstantiation().isInvalid())
      From->setPointOfInstantiation(F->getLocation());
    S.InstantiateFunctionDefinition(F->getLocation(), F, /*Recursive=*/true,
                                    /*DefinitionRequired=*/false,
                                    /*AtEndOfTU=*/true);
    Diags.setSuppressAllDiagnostics(Suppressed);
  }

  Sema &S;
  bool IsDone = false;
};

} // namespace

void instantiateMissing(Sema &S) {
  S.addExternalSource(llvm::makeIntrusiveRefCnt<Source>(S));
}

} // namespace nostall
