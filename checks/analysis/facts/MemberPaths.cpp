//===- MemberPaths.cpp - members, and members of members ------------------===//

#include "MemberPaths.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Index/USRGeneration.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/xxhash.h"

using namespace clang;

namespace nostall {

uint32_t memberName(MemberPathRef Path) {
  uint32_t Name = 0;
  for (const FieldDecl *Field : Path) {
    llvm::SmallString<128> Usr;
    if (index::generateUSRForDecl(Field, Usr))
      return AnyMember; // nobody knows its value
    Name = nameWithin(Name, llvm::xxh3_64bits(Usr.str()) % ItsClass);
  }
  return Name;
}

uint32_t memberNumber(uint32_t Object, MemberPathRef Path) {
  return memberOf(Object, memberName(Path));
}

/// What \p V, a local name for something that is only read, stands for.
static const Expr *standsFor(const FunctionDecl *F, const VarDecl *V) {
  const bool IsConst = V->getType().getNonReferenceType().isConstQualified();
  return V->isLocalVarDecl() && V->getDeclContext() == F && IsConst
             ? V->getInit()
             : nullptr;
}

std::optional<OwnPart> ownPart(const FunctionDecl *F, const Expr *E) {
  OwnPart Part;
  constexpr unsigned MaxSteps = 16;
  for (unsigned Step = 0; E && Step != MaxSteps; ++Step) {
    E = E->IgnoreParenImpCasts();
    if (isa<CXXThisExpr>(E)) {
      std::reverse(Part.Path.begin(), Part.Path.end());
      return Part;
    }
    if (const auto *Unary = dyn_cast<UnaryOperator>(E);
        Unary &&
        (Unary->getOpcode() == UO_AddrOf || Unary->getOpcode() == UO_Deref)) {
      E = Unary->getSubExpr();
    } else if (const auto *Member = dyn_cast<MemberExpr>(E)) {
      const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
      if (!Field)
        return std::nullopt;
      Part.Path.push_back(Field);
      E = Member->getBase();
    } else if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      const auto *P = dyn_cast<ParmVarDecl>(Ref->getDecl());
      if (P && P->getDeclContext() == F &&
          objectOf(P->getFunctionScopeIndex()) <= LastObject) {
        Part.Object = objectOf(P->getFunctionScopeIndex());
        std::reverse(Part.Path.begin(), Part.Path.end());
        return Part;
      }
      const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
      E = V && !P ? standsFor(F, V) : nullptr;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<uint32_t> ownNumber(const FunctionDecl *F, const Expr *E) {
  const auto Part = ownPart(F, E);
  if (!Part || (Part->Path.empty() && Part->Object == OwnObject))
    return std::nullopt;
  return Part->Path.empty() ? Part->Object - objectOf(0)
                            : memberNumber(Part->Object, Part->Path);
}

std::optional<uint32_t> ownObject(const FunctionDecl *F, const Expr *E) {
  const auto Part = ownPart(F, E);
  return Part && Part->Path.empty() ? std::optional(Part->Object)
                                    : std::nullopt;
}

} // namespace nostall
