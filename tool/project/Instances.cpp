//===- Instances.cpp - members that libraries would have needed -----------===//

#include "Instances.h"
#include "LibraryCalls.h"
#include "analysis/Unit.h"
#include "analysis/source/MissingInstances.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Sema/ExternalSemaSource.h"
#include "clang/Sema/Sema.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace nostall {

namespace {

/// Clang asks its sources for what is to be instantiated when it has read the
/// whole unit.
class Source : public ExternalSemaSource {
public:
  Source(Sema &S, const std::vector<const FunctionDecl *> &Skipped)
      : S(S), Skipped(Skipped) {}

  void ReadPendingInstantiations(
      SmallVectorImpl<std::pair<ValueDecl *, SourceLocation>> &) override {
    if (IsDone || S.getDiagnostics().hasUncompilableErrorOccurred())
      return;
    IsDone = true;
    // Of what somebody needs, an error is the user's to see.
    S.PerformPendingInstantiations();
    const ASTContext &Ctx = S.getASTContext();
    llvm::SmallPtrSet<const Decl *, 16> Tried;
    DiagnosticsEngine &Diags = S.getDiagnostics();
    const bool Suppressed = Diags.getSuppressAllDiagnostics();
    // What is instantiated may need other classes.
    bool IsNew = !Diags.hasUncompilableErrorOccurred();
    Diags.setSuppressAllDiagnostics(true);
    for (unsigned Round = 0; IsNew && Round != MaxRounds; ++Round) {
      IsNew = callGenerics();
      IsNew |= defineConstructors();
      forEachMissingInstance(
          Ctx, modelsOf(Ctx),
          [&](FunctionDecl *F) {
            if (Tried.insert(F).second)
              IsNew |= instantiate(F);
          },
          [&](ClassTemplateSpecializationDecl *R) {
            if (Tried.insert(R).second)
              IsNew |= S.isCompleteType(R->getLocation(),
                                        Ctx.getCanonicalTagType(R));
          });
    }
    Diags.setSuppressAllDiagnostics(Suppressed);
  }

private:
  static constexpr unsigned MaxRounds = 4;

  /// Of those that have been skipped since.
  bool callGenerics() {
    bool Any = false;
    // There may be more of them, meanwhile.
    for (; NumCalled != Skipped.size(); ++NumCalled)
      Any |= callAsLibrary(S, Skipped[NumCalled]);
    if (Any)
      S.PerformPendingInstantiations();
    return Any;
  }

  /// std::make_unique<Session>(), std::vector<Session>(n): whose default
  /// constructors, if nobody has written them, only what was skipped needs.
  bool defineConstructors() {
    const SourceManager &SM = S.getSourceManager();
    bool Any = false;
    auto Define = [&](const TemplateArgument &Arg) {
      auto *R = Arg.getKind() == TemplateArgument::Type
                    ? Arg.getAsType()->getAsCXXRecordDecl()
                    : nullptr;
      R = R ? R->getDefinition() : nullptr;
      if (!R || R->isInvalidDecl() || R->isDependentContext() ||
          R->isLambda() || R->hasTrivialDefaultConstructor() ||
          SM.isInSystemHeader(SM.getExpansionLoc(R->getLocation())) ||
          !Asked.insert(R).second)
        return;
      CXXConstructorDecl *Ctor = S.LookupDefaultConstructor(R);
      if (!Ctor || !Ctor->isDefaulted() || Ctor->isDeleted() ||
          Ctor->isInvalidDecl() || Ctor->hasBody())
        return;
      S.MarkFunctionReferenced(R->getLocation(), Ctor);
      Any |= Ctor->hasBody();
    };
    auto DefineAll = [&](const TemplateArgumentList *Args) {
      if (!Args)
        return;
      for (const TemplateArgument &Arg : Args->asArray())
        if (Arg.getKind() == TemplateArgument::Pack)
          llvm::for_each(Arg.pack_elements(), Define);
        else
          Define(Arg);
    };
    for (; NumConstructed != Skipped.size(); ++NumConstructed) {
      const FunctionDecl *F = Skipped[NumConstructed];
      DefineAll(F->getTemplateSpecializationArgs());
      if (const auto *Of =
              dyn_cast<ClassTemplateSpecializationDecl>(F->getDeclContext()))
        DefineAll(&Of->getTemplateArgs());
    }
    if (Any)
      S.PerformPendingInstantiations();
    return Any;
  }

  bool instantiate(FunctionDecl *F) {
    if (F->getTemplateSpecializationKind() != TSK_ImplicitInstantiation)
      return false;
    if (MemberSpecializationInfo *From = F->getMemberSpecializationInfo();
        From && From->getPointOfInstantiation().isInvalid())
      From->setPointOfInstantiation(F->getLocation());
    S.InstantiateFunctionDefinition(F->getLocation(), F, /*Recursive=*/true,
                                    /*DefinitionRequired=*/false,
                                    /*AtEndOfTU=*/true);
    return F->isDefined();
  }

  Sema &S;
  const std::vector<const FunctionDecl *> &Skipped;
  size_t NumCalled = 0, NumConstructed = 0;
  llvm::SmallPtrSet<const CXXRecordDecl *, 16> Asked;
  bool IsDone = false;
};

} // namespace

void instantiateMissing(Sema &S,
                        const std::vector<const FunctionDecl *> &Skipped) {
  S.addExternalSource(llvm::makeIntrusiveRefCnt<Source>(S, Skipped));
}

} // namespace nostall
