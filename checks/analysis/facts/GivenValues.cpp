//===- GivenValues.cpp - all that a variable or member is given -----------===//

#include "GivenValues.h"
#include "SetOnce.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {
namespace {

/// Reads what bodies do with one place.
class Reader {
public:
  /// \p IsObject: methods of its class may be called on it.
  Reader(Unit &U, const ValueDecl *Of, bool IsObject = false)
      : U(U), Of(Of), IsObject(IsObject) {}

  /// Whether all that \p Body does with the place is seen.
  bool read(const Stmt *Body) {
    bool IsSeen = true;
    forEachStatement(Body,
                     [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
                       const auto *Ref = dyn_cast<DeclRefExpr>(S);
                       const auto *Member = dyn_cast<MemberExpr>(S);
                       if ((Ref && Ref->getDecl() == Of) ||
                           (Member && Member->getMemberDecl() == Of))
                         IsSeen &= readUse(cast<Expr>(S), Path);
                     });
    return IsSeen;
  }

  void add(const Expr *Value) {
    if (Value)
      Found.push_back(Value);
  }

  ValuesGiven Found;
  llvm::SmallVector<const CXXMethodDecl *, 4> Called;

private:
  bool readUse(const Expr *Use, llvm::ArrayRef<const Stmt *> Path) {
    if (!mayChangeTested(Use, Path))
      return true;
    while (!Path.empty() && isa<ImplicitCastExpr, ParenExpr>(Path.back()))
      Path = Path.drop_back();
    const Stmt *By = Path.empty() ? nullptr : Path.back();
    if (const auto *Op = dyn_cast_or_null<BinaryOperator>(By);
        Op && Op->getOpcode() == BO_Assign &&
        Op->getLHS()->IgnoreParenImpCasts() == Use) {
      add(Op->getRHS());
      return true;
    }
    if (const auto *Op = dyn_cast_or_null<CXXOperatorCallExpr>(By);
        Op && Op->getOperator() == OO_Equal &&
        Op->getArg(0)->IgnoreParenImpCasts() == Use) {
      add(Op->getArg(1));
      return true;
    }
    // v.reset(new T)
    if (const auto *Named = dyn_cast_or_null<MemberExpr>(By)) {
      const auto *Method = dyn_cast<CXXMethodDecl>(Named->getMemberDecl());
      if (IsObject && Method) {
        Called.push_back(Method);
        return true;
      }
      const FunctionModel *M = Method ? U.model(Method) : nullptr;
      const auto *Call =
          Path.size() > 1
              ? dyn_cast<CXXMemberCallExpr>(*std::prev(Path.end(), 2))
              : nullptr;
      if (Call && empties(Call) && !Call->getNumArgs())
        return true;
      if (!M || M->LetsGo == FunctionModel::Part::None || !Call)
        return false;
      if (Call->getNumArgs() && !isa<CXXDefaultArgExpr>(Call->getArg(0)))
        add(Call->getArg(0));
      return true;
    }
    // The body of the lambda is read, too.
    if (const auto *Lambda = dyn_cast_or_null<LambdaExpr>(By))
      return llvm::any_of(Lambda->captures(), [&](const LambdaCapture &C) {
        return C.capturesVariable() && C.getCapturedVar() == Of;
      });
    // What moves it away leaves it empty.
    const auto *Call = dyn_cast_or_null<CallExpr>(By);
    const FunctionModel *M =
        Call && Call->getDirectCallee() && Call->getNumArgs() == 1
            ? U.model(Call->getDirectCallee())
            : nullptr;
    return M && M->Forwards;
  }

  Unit &U;
  const ValueDecl *Of;
  const bool IsObject;
};

} // namespace

std::optional<ValuesGiven> GivenValues::ofLocal(const VarDecl *V) {
  const auto *F = dyn_cast<FunctionDecl>(V->getDeclContext());
  if (!F || !V->isLocalVarDecl() || !V->hasLocalStorage() ||
      V->getType()->isReferenceType() || V->getType().isVolatileQualified())
    return std::nullopt;
  Reader Uses(U, V);
  Uses.add(V->getInit());
  if (!Uses.read(writtenBody(F)))
    return std::nullopt;
  return std::move(Uses.Found);
}

/// The code that could give a private member a value is its class's; a constant
/// one has what its constructors give it.
std::optional<GivenValues::Object>
GivenValues::ofMember(const FieldDecl *Member, bool IsObject) {
  const auto *Class = dyn_cast<CXXRecordDecl>(Member->getParent());
  const bool IsConst = Member->getType().isConstQualified() ||
                       Member->getType()->isReferenceType();
  if (Member->hasInClassInitializer() && !Member->getInClassInitializer())
    return std::nullopt; // of an instance that nobody has needed
  if (!Class || Class->isUnion() || Class->isDependentContext() ||
      (!IsConst && (Member->getAccess() != AS_private || Class->hasFriends())))
    return std::nullopt;
  Reader Uses(U, Member, IsObject);
  bool IsMade = false;
  const CXXConstructorDecl *By = nullptr;
  llvm::SmallVector<const Decl *, 32> Decls(Class->decls());
  while (!Decls.empty()) {
    const Decl *D = Decls.pop_back_val();
    // A class in it may give it values, too.
    if (const auto *Inner = dyn_cast<CXXRecordDecl>(D);
        Inner && !D->isImplicit() && !IsConst) {
      if (Inner->isThisDeclarationADefinition())
        Decls.append(Inner->decls_begin(), Inner->decls_end());
      else if (!Inner->getDefinition())
        return std::nullopt;
      continue;
    }
    if (D->isImplicit() ||
        isa<FieldDecl, AccessSpecDecl, EnumDecl, TypedefNameDecl,
            StaticAssertDecl, VarDecl, FriendDecl>(D))
      continue;
    const auto *Method = dyn_cast<CXXMethodDecl>(D);
    const auto *Ctor = dyn_cast<CXXConstructorDecl>(D);
    if (!Method) {
      if (!IsConst || isa<FunctionTemplateDecl>(D))
        return std::nullopt; // a template or a class, which may give it more
      continue;
    }
    if (!Method->isUserProvided() || (IsConst && !Ctor))
      continue;
    const FunctionDecl *Body = definitionOf(Method);
    if (!Body)
      return std::nullopt;
    if (Ctor)
      for (const CXXCtorInitializer *Init :
           cast<CXXConstructorDecl>(Body)->inits())
        if (Init->getMember() == Member) {
          const bool IsOfClass = isa<CXXDefaultInitExpr>(Init->getInit());
          By = IsOfClass ? nullptr : cast<CXXConstructorDecl>(Body);
          Uses.add(IsOfClass ? Member->getInClassInitializer()
                             : Init->getInit());
        }
    IsMade |= Ctor && Ctor->getParent() == Class;
    if (!IsConst && !Uses.read(writtenBody(Body)))
      return std::nullopt;
  }
  if (!IsMade) {
    if (Class->isAggregate())
      return std::nullopt; // who makes one gives it anything
    Uses.add(Member->getInClassInitializer());
  }
  return Object{std::move(Uses.Found), By, std::move(Uses.Called)};
}

const std::optional<ValuesGiven> &GivenValues::of(const ValueDecl *D) {
  auto [It, IsNew] = Known.try_emplace(D);
  if (!IsNew)
    return It->second;
  std::optional<ValuesGiven> Found;
  if (const auto *V = dyn_cast<VarDecl>(D))
    Found = ofLocal(V);
  else if (const auto *Member = dyn_cast<FieldDecl>(D))
    if (auto Given = ofMember(Member, false))
      Found = std::move(Given->Values);
  return Known[D] = std::move(Found);
}

const std::optional<GivenValues::Object> &
GivenValues::ofObject(const FieldDecl *Member) {
  auto [It, IsNew] = Objects.try_emplace(Member);
  if (IsNew)
    It->second = ofMember(Member, true);
  return It->second;
}

} // namespace nostall
