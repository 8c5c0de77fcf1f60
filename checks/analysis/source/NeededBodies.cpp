//===- NeededBodies.cpp - which function bodies a unit is read for --------===//

#include "NeededBodies.h"
#include "analysis/Unit.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace nostall {

NeededBodies::NeededBodies(const ASTContext &Ctx)
    : Ctx(Ctx), Models(modelsOf(Ctx)) {}

/// The names that the language gives to the parts of coroutines.
static bool makesCoroutines(const FunctionDecl *F) {
  static const llvm::StringSet<> Parts = {
      "initial_suspend", "final_suspend", "get_return_object",
      "await_transform", "yield_value",   "await_ready",
      "await_suspend",   "await_resume",
  };
  if (const IdentifierInfo *Name = F->getIdentifier())
    return Parts.contains(Name->getName());
  return F->getOverloadedOperator() == OO_Coawait;
}

bool NeededBodies::isNeeded(const Decl *D) {
  const auto *F = D->getAsFunction();
  if (!F || makesCoroutines(F))
    return true;
  const DeclContext *Namespace =
      F->getDeclContext()->getEnclosingNamespaceContext();
  if (!isOpaque(Namespace))
    return true;
  // A program may add to a library's namespace what it wants to be linted.
  const SourceManager &SM = Ctx.getSourceManager();
  return !SM.isInSystemHeader(SM.getExpansionLoc(F->getLocation()));
}

bool NeededBodies::isOpaque(const DeclContext *Namespace) {
  const auto *N = dyn_cast<NamespaceDecl>(Namespace);
  if (!N)
    return false;
  auto [It, IsNew] = Opaque.try_emplace(Namespace, false);
  if (IsNew)
    It->second = Models.isOpaque(N);
  return It->second;
}

} // namespace nostall
