//===- Places.cpp - names for what holds a value --------------------------===//

#include "Places.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Index/USRGeneration.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/xxhash.h"

using namespace clang;

namespace nostall {

/// What other units can name is the same for all.
static bool isShared(const NamedDecl *D) {
  if (const auto *Field = dyn_cast<FieldDecl>(D))
    return Field->getParent()->isExternallyVisible();
  if (const auto *V = dyn_cast<VarDecl>(D); V && V->hasLocalStorage())
    return false;
  return D->isExternallyVisible();
}

static void addArgument(const TemplateArgument &Arg, const ASTContext &Ctx,
                        llvm::SmallVectorImpl<char> &Usr) {
  if (Arg.getKind() == TemplateArgument::Type) {
    index::generateUSRForType(Arg.getAsType(), const_cast<ASTContext &>(Ctx),
                              Usr);
  } else if (Arg.getKind() == TemplateArgument::Integral) {
    llvm::SmallString<16> Number;
    Arg.getAsIntegral().toString(Number);
    Usr.append(Number.begin(), Number.end());
  } else if (Arg.getKind() == TemplateArgument::Pack) {
    for (const TemplateArgument &Element : Arg.pack_elements())
      addArgument(Element, Ctx, Usr);
  }
}

/// Adds what tells the instances of a template apart in which \p D stands:
/// each has a lambda, and bindings, of its own there, by the same name.
static void addInstance(const NamedDecl *D, llvm::SmallVectorImpl<char> &Usr) {
  for (const DeclContext *C = D->getDeclContext(); C; C = C->getParent()) {
    const TemplateArgumentList *Args = nullptr;
    if (const auto *F = dyn_cast<FunctionDecl>(C))
      Args = F->getTemplateSpecializationArgs();
    else if (const auto *R = dyn_cast<ClassTemplateSpecializationDecl>(C))
      Args = &R->getTemplateArgs();
    if (Args)
      for (const TemplateArgument &Arg : Args->asArray())
        addArgument(Arg, D->getASTContext(), Usr);
  }
}

Symbol Places::symbol(const NamedDecl *D, Of What, unsigned Number) {
  D = cast<NamedDecl>(D->getCanonicalDecl());
  auto [It, IsNew] = Names.try_emplace(D, 0);
  if (IsNew) {
    llvm::SmallString<128> Usr;
    if (index::generateUSRForDecl(D, Usr)) {
      if (!isa<DecompositionDecl>(D))
        return 0;
      Usr = "bindings";
    }
    addInstance(D, Usr);
    if (!isShared(D)) {
      const SourceManager &SM = Ctx.getSourceManager();
      // Told apart by what its source says, not by where that lies: what is
      // written of a unit is the same on every machine.
      if (!SourceHash)
        SourceHash = llvm::xxh3_64bits(SM.getBufferData(SM.getMainFileID()));
      Usr += std::to_string(SourceHash) + ":";
      Usr += std::to_string(SM.getFileOffset(SM.getFileLoc(D->getLocation())));
    }
    It->second = llvm::xxh3_64bits(Usr.str());
  }
  if (!It->second)
    return 0;
  const uint64_t Parts[] = {It->second, static_cast<uint64_t>(What), Number};
  // Halved: the two largest numbers are DenseMap's own.
  return llvm::xxh3_64bits(llvm::ArrayRef(
             reinterpret_cast<const uint8_t *>(Parts), sizeof(Parts))) >>
         1;
}

Symbol Places::function(const FunctionDecl *F) {
  if (!F->isExternallyVisible() || F->isDependentContext())
    return 0;
  llvm::SmallString<128> Usr;
  if (index::generateUSRForDecl(F, Usr))
    return 0;
  return llvm::xxh3_64bits(Usr.str());
}

Symbol Places::holder(const ValueDecl *D) {
  if (isa<FunctionDecl>(D))
    return symbol(D, Of::Result);
  const auto *P = dyn_cast<ParmVarDecl>(D);
  const auto *F = P ? dyn_cast<FunctionDecl>(P->getDeclContext()) : nullptr;
  return F ? symbol(F, Of::Given, P->getFunctionScopeIndex())
           : symbol(D, Of::Variable);
}

} // namespace nostall
