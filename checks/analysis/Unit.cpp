//===- Unit.cpp - the analysis of one translation unit --------------------===//

#include "Unit.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/effects/AwaitedFlow.h"
#include "analysis/effects/Descriptors.h"
#include "analysis/effects/Effects.h"
#include "analysis/effects/ReadyFlow.h"
#include "analysis/facts/Assertions.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/Facts.h"
#include "analysis/facts/FixedGlobals.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/flow/Flow.h"
#include "analysis/link/Summariser.h"
#include "analysis/locks/LockHelpers.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {
namespace {

std::string mainFile(const ASTContext &Ctx) {
  const SourceManager &SM = Ctx.getSourceManager();
  auto File = SM.getFileEntryRefForID(SM.getMainFileID());
  return File ? std::string(File->getName()) : std::string();
}

/// Lists bodies: from the declarations down, and from each body its local
/// classes; and once these are listed, from each body its lambdas, because
/// facts are asked for these, and may ask what all bodies do.
class Lister {
public:
  Lister(Unit &U, std::vector<const FunctionDecl *> &Written)
      : U(U), SM(U.context().getSourceManager()), Out(&Written) {}

  /// Adds to \p All what is listed, and the lambdas of each.
  void addLambdas(std::vector<const FunctionDecl *> &All) {
    const auto &Written = *std::exchange(Out, &All);
    Deep = true;
    for (const FunctionDecl *F : Written)
      addBody(F);
  }

  void listDecl(const Decl *D) {
    if (D->isInvalidDecl())
      return;
    if (const auto *F = dyn_cast<FunctionDecl>(D))
      return listFunction(F);
    if (const auto *T = dyn_cast<FunctionTemplateDecl>(D))
      return listTemplate(T);
    if (const auto *T = dyn_cast<ClassTemplateDecl>(D)) {
      if (inSystemHeader(T))
        return;
      bool Any = false;
      for (const auto *Spec : T->specializations())
        if (Spec->hasDefinition() &&
            Spec->getSpecializationKind() != TSK_ExplicitSpecialization) {
          Any = true;
          listContext(Spec);
        }
      if (!Any)
        listContext(T->getTemplatedDecl());
      return;
    }
    if (isa<ClassTemplatePartialSpecializationDecl>(D))
      return;
    if (const auto *V = dyn_cast<VarDecl>(D)) {
      if (V->getInit() && !inSystemHeader(V))
        listLambdasIn(V->getInit());
      return;
    }
    // std::jthread thread_{[this] { run(); }};
    if (const auto *Field = dyn_cast<FieldDecl>(D)) {
      if (Field->hasInClassInitializer() && Field->getInClassInitializer())
        listLambdasIn(Field->getInClassInitializer());
      return;
    }
    if (const auto *Friend = dyn_cast<FriendDecl>(D)) {
      // A befriended class is listed where it is declared; two classes that
      // befriend each other would be walked without end.
      if (const NamedDecl *Of = Friend->getFriendDecl();
          isa_and_nonnull<FunctionDecl, FunctionTemplateDecl>(Of))
        listDecl(Of);
      return;
    }
    if (isa<NamespaceDecl, LinkageSpecDecl, ExportDecl, CXXRecordDecl>(D))
      if (!inSystemHeader(D) && !isOpaque(D))
        listContext(cast<DeclContext>(D));
  }

private:
  bool inSystemHeader(const Decl *D) const {
    return SM.isInSystemHeader(SM.getExpansionLoc(D->getLocation()));
  }

  /// A library's own namespace: its users include it by -I as well.
  bool isOpaque(const Decl *D) const {
    const auto *Space = dyn_cast<NamespaceDecl>(D);
    return Space && U.models().isOpaque(Space);
  }

  void listContext(const DeclContext *C) {
    if (const auto *R = dyn_cast<CXXRecordDecl>(C); R && !R->hasDefinition())
      return;
    for (const Decl *D : C->decls())
      if (!(isa<CXXRecordDecl>(D) && cast<CXXRecordDecl>(D)->isLambda()))
        listDecl(D);
  }

  void listTemplate(const FunctionTemplateDecl *T) {
    if (inSystemHeader(T) || T != T->getCanonicalDecl())
      return;
    bool Any = false;
    for (const FunctionDecl *Spec : T->specializations()) {
      const FunctionDecl *Definition = nullptr;
      if (Spec->hasBody(Definition)) {
        Any = true;
        listBody(Definition);
      }
    }
    const FunctionDecl *Pattern = nullptr;
    if (!Any && T->getTemplatedDecl()->hasBody(Pattern))
      listBody(Pattern);
  }

  void listFunction(const FunctionDecl *F) {
    if (F->isThisDeclarationADefinition() &&
        F->doesThisDeclarationHaveABody() && !inSystemHeader(F))
      listBody(F);
  }

  void listBody(const FunctionDecl *F) {
    if (F->hasSkippedBody() || !F->getBody() || F->isInvalidDecl() ||
        !Seen.insert(F).second)
      return;
    addBody(F);
    for (const Decl *D : F->decls())
      if (const auto *Local = dyn_cast<CXXRecordDecl>(D);
          Local && !Local->isLambda())
        listDecl(Local);
  }

  void addBody(const FunctionDecl *F) {
    Out->push_back(F);
    if (Deep)
      for (const LambdaExpr *Lambda : U.facts(F).Lambdas)
        listLambda(Lambda);
  }

  void listLambda(const LambdaExpr *Lambda) {
    if (const FunctionTemplateDecl *Generic =
            Lambda->getLambdaClass()->getDependentLambdaCallOperator())
      return listTemplate(Generic);
    listBody(Lambda->getCallOperator());
  }

  void listLambdasIn(const Stmt *S) {
    llvm::SmallVector<const Stmt *, 8> Work{S};
    AwaitsOnce Once;
    while (!Work.empty()) {
      const Stmt *Next = Work.pop_back_val();
      if (!Next || !Once.enter(Next))
        continue;
      if (const auto *Lambda = dyn_cast<LambdaExpr>(Next))
        listLambda(Lambda);
      Work.append(Next->child_begin(), Next->child_end());
    }
  }

  Unit &U;
  const SourceManager &SM;
  std::vector<const FunctionDecl *> *Out;
  bool Deep = false; ///< lambdas of bodies, too
  llvm::SmallPtrSet<const FunctionDecl *, 32> Seen;
};

} // namespace

const ModelSet &modelsOf(const ASTContext &Ctx) {
  std::vector<ModelError> Told; // by the Unit, again
  return modelsFor(mainFile(Ctx), Told);
}

std::shared_ptr<Unit> Unit::of(ASTContext &Ctx) {
  // The checks of one translation unit run one after the other on one thread.
  thread_local std::weak_ptr<Unit> Last;
  std::shared_ptr<Unit> U = Last.lock();
  if (!U || &U->Ctx != &Ctx)
    Last = U = std::make_shared<Unit>(Ctx);
  return U;
}

Unit::Unit(ASTContext &Ctx)
    : Ctx(Ctx), Models(modelsFor(mainFile(Ctx), ModelErrors)),
      Await(std::make_unique<Awaitables>(Ctx, Models)),
      Eff(std::make_unique<Effects>(*this)),
      Locks(std::make_unique<LockHelpers>()),
      Ready(std::make_unique<ReadyFlows>()),
      Awaited(std::make_unique<AwaitedFlows>()),
      Named(std::make_unique<Places>(Ctx)),
      Globals(std::make_unique<FixedGlobals>(*this)),
      Asserted(std::make_unique<Assertions>(Ctx)),
      Fds(std::make_unique<Descriptors>(*this)),
      Stored(std::make_unique<StoredCallables>(*this)) {}

Unit::~Unit() = default;

const std::vector<const FunctionDecl *> &Unit::functions() {
  if (!FunctionsListed) {
    FunctionsListed = true;
    Lister L(*this, Written);
    // clangd narrows the scope to the edited file's own declarations.
    for (const Decl *D : Ctx.getTraversalScope())
      if (const auto *TU = dyn_cast<TranslationUnitDecl>(D))
        for (const Decl *Top : TU->decls())
          L.listDecl(Top);
      else
        L.listDecl(D);
    L.addLambdas(Functions);
  }
  return Functions;
}

const FunctionFacts &Unit::facts(const FunctionDecl *F) {
  auto It = Facts.find(F);
  if (It == Facts.end()) {
    auto Built = std::make_unique<FunctionFacts>(buildFacts(*this, F));
    It = Facts.try_emplace(F, std::move(Built)).first;
  }
  return *It->second;
}

/// Clang draws control flow by recursion, and does not look at the stack.
static constexpr unsigned DeepestFlow = 2000;

SetOnce &Unit::setOnce(const FunctionDecl *F) {
  auto &Slot = Kept[F->getCanonicalDecl()];
  if (!Slot)
    Slot = std::make_unique<SetOnce>(F);
  return *Slot;
}

const FunctionFlow *Unit::flow(const FunctionDecl *F) {
  auto It = Flows.find(F);
  if (It == Flows.end())
    It = Flows
             .try_emplace(F, facts(F).Depth > DeepestFlow
                                 ? nullptr
                                 : FunctionFlow::build(Ctx, F))
             .first;
  return It->second.get();
}

void Unit::summarise() { Summary = std::make_unique<Summariser>(*this); }

Contexts &Unit::contexts() {
  if (!Contx)
    Contx = std::make_unique<Contexts>(*this);
  return *Contx;
}

const std::vector<FunctionFacts> &Unit::initialisers() {
  if (std::exchange(InitialisersRead, true))
    return Initialisers;
  llvm::SmallPtrSet<const CXXRecordDecl *, 16> Classes;
  for (const FunctionDecl *F : functions())
    if (const auto *Method = dyn_cast<CXXMethodDecl>(F);
        Method && !F->isDependentContext() &&
        Classes.insert(Method->getParent()).second)
      Initialisers.push_back(buildInitialiserFacts(*this, Method));
  return Initialisers;
}

const WayToPart &Unit::wayToPart(const WayToPart *Outer,
                                 const ValueDecl &Part) {
  auto &Way = Ways[{Outer, &Part}];
  if (!Way)
    Way = std::make_unique<WayToPart>(WayToPart{Outer, &Part});
  return *Way;
}

const FunctionModel *Unit::model(const FunctionDecl *F) {
  auto [It, IsNew] = ModelMemo.try_emplace(F->getCanonicalDecl(), nullptr);
  if (IsNew)
    It->second = Models.find(F);
  return It->second;
}

bool Unit::isInSystemHeader(const FunctionDecl *F) const {
  const SourceManager &SM = Ctx.getSourceManager();
  return SM.isInSystemHeader(SM.getExpansionLoc(F->getLocation()));
}

bool Unit::isOfMachine(const FunctionDecl *F) {
  if (!isInSystemHeader(F))
    return false;
  // A toolchain may lie in any folder.
  if (F->isExternC() || Models.isOpaque(F))
    return true;
  const SourceManager &SM = Ctx.getSourceManager();
  const FileID In = SM.getFileID(SM.getExpansionLoc(F->getLocation()));
  auto [It, IsNew] = OfMachine.try_emplace(In, true);
  if (IsNew)
    if (const auto File = SM.getFileEntryRefForID(In)) {
      static constexpr StringRef Folders[] = {"/usr/", "/opt/", "/nix/",
                                              "/Library/", "/Applications/"};
      It->second = llvm::any_of(Folders, [&](StringRef Folder) {
        return File->getName().starts_with(Folder);
      });
    }
  return It->second;
}

} // namespace nostall
