//===- MemberPaths.cpp - members, and members of members ------------------===//

#include "MemberPaths.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Index/USRGeneration.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/xxhash.h"

using namespace clang;

namespace nostall {

std::optional<MemberPath> memberPath(llvm::ArrayRef<const ValueDecl *> Way) {
  MemberPath Path;
  for (const ValueDecl *Step : Way)
    if (const auto *Field = dyn_cast<FieldDecl>(Step))
      Path.push_back(Field);
    else
      return std::nullopt;
  return Path;
}

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

static const Expr *givenBackBy(const CallExpr *Call, unsigned Depth);

/// What \p V, a local name for something that is only read, stands for.
static const Expr *standsFor(const FunctionDecl *F, const VarDecl *V) {
  const bool IsConst = V->getType().getNonReferenceType().isConstQualified();
  return V->isLocalVarDecl() && V->getDeclContext() == F && IsConst
             ? V->getInit()
             : nullptr;
}

/// Calls of calls are followed so far.
static constexpr unsigned MaxGivenBack = 4;

/// Which object \p F gives back, by reference or pointer, whatever happens.
static std::optional<uint32_t> objectGivenBack(const FunctionDecl *F,
                                               unsigned Depth) {
  std::optional<uint32_t> Only;
  bool IsOne = true;
  forEachStatement(
      writtenBody(F), [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
        const auto *Return = dyn_cast<ReturnStmt>(S);
        if (!Return || !IsOne || llvm::any_of(Path, [](const Stmt *Around) {
              return isa<LambdaExpr>(Around);
            }))
          return;
        const Expr *E = Return->getRetValue();
        std::optional<uint32_t> Is;
        for (unsigned Step = 0; E && Step != MaxGivenBack; ++Step) {
          E = E->IgnoreParenImpCasts();
          const auto *Unary = dyn_cast<UnaryOperator>(E);
          const auto *Ref = dyn_cast<DeclRefExpr>(E);
          const auto *P = Ref ? dyn_cast<ParmVarDecl>(Ref->getDecl()) : nullptr;
          if (isa<CXXThisExpr>(E))
            Is = OwnObject;
          else if (P && P->getDeclContext() == F &&
                   (P->getType()->isReferenceType() ||
                    P->getType()->isPointerType()))
            Is = objectOf(P->getFunctionScopeIndex());
          const auto *Call = dyn_cast<CallExpr>(E);
          E = Unary && (Unary->getOpcode() == UO_Deref ||
                        Unary->getOpcode() == UO_AddrOf)
                  ? Unary->getSubExpr()
              : Call && Depth < MaxGivenBack ? givenBackBy(Call, Depth + 1)
                                             : nullptr;
        }
        IsOne = Is && (!Only || Only == Is);
        Only = Is;
      });
  return IsOne ? Only : std::nullopt;
}

static const Expr *givenBackBy(const CallExpr *Call, unsigned Depth) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  const QualType T = Callee ? Callee->getReturnType() : QualType();
  if (!Callee || !(T->isReferenceType() || T->isPointerType()) ||
      isDispatched(Call))
    return nullptr;
  const FunctionDecl *F = definitionOf(Callee);
  const auto Object =
      F && !coroutineBody(F) ? objectGivenBack(F, Depth) : std::nullopt;
  if (!Object)
    return nullptr;
  const bool IsMemberOperator =
      isa<CXXOperatorCallExpr>(Call) && isa<CXXMethodDecl>(Callee);
  if (*Object == OwnObject) {
    const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
    return IsMemberOperator ? Call->getArg(0)
           : Member         ? Member->getImplicitObjectArgument()
                            : nullptr;
  }
  const unsigned At = *Object - objectOf(0) + IsMemberOperator;
  return At < Call->getNumArgs() ? Call->getArg(At) : nullptr;
}

const Expr *givenBackBy(const CallExpr *Call) { return givenBackBy(Call, 0); }

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
    } else if (const auto *Call = dyn_cast<CallExpr>(E)) {
      E = givenBackBy(Call);
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
