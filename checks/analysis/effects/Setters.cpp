//===- Setters.cpp - what a call leaves in a member -----------------------===//

#include "Setters.h"
#include "Descriptors.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/Leaving.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {

/// The member of the object itself that \p E names, or null.
static const FieldDecl *ownField(const Expr *E) {
  const auto *Member = dyn_cast<MemberExpr>(E->IgnoreParenImpCasts());
  return Member && isa<CXXThisExpr>(Member->getBase()->IgnoreParenImpCasts())
             ? dyn_cast<FieldDecl>(Member->getMemberDecl())
             : nullptr;
}

namespace {

/// A member, and what it is given; null: nothing, so that it is empty.
struct Store {
  const FieldDecl *Of = nullptr;
  const Expr *Given = nullptr;
};

} // namespace

/// A temporary that nothing was put into: `std::function<void()>()`.
static bool isEmptyMade(const Expr *E) {
  return E->isPRValue() && holdsSomething(E) == false;
}

/// What \p E, one expression of a body, stores in a member.
static Store storeIn(const Stmt *E) {
  if (const auto *Set = dyn_cast<BinaryOperator>(E);
      Set && Set->getOpcode() == BO_Assign)
    return {ownField(Set->getLHS()), Set->getRHS()};
  if (const auto *Set = dyn_cast<CXXOperatorCallExpr>(E);
      Set && Set->getOperator() == OO_Equal && Set->getNumArgs() == 2)
    return {ownField(Set->getArg(0)), Set->getArg(1)};
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    const CXXMethodDecl *Method = Call->getMethodDecl();
    const Expr *Object = Call->getImplicitObjectArgument();
    if (!Method || !Method->getIdentifier() ||
        !Method->getParent()->isInStdNamespace())
      return {};
    if (empties(Call) ||
        (Method->getName() == "release" && canBeEmpty(Object->getType())))
      return {ownField(Object)};
    if (Method->getName() == "swap" && Call->getNumArgs() == 1 &&
        isEmptyMade(Object->IgnoreImplicit()))
      return {ownField(Call->getArg(0))};
    return {};
  }
  const auto *Call = dyn_cast<CallExpr>(E);
  const FunctionDecl *F = Call ? Call->getDirectCallee() : nullptr;
  return F && F->isInStdNamespace() && F->getIdentifier() &&
                 F->getName() == "exchange" && Call->getNumArgs() == 2
             ? Store{ownField(Call->getArg(0)), Call->getArg(1)}
             : Store();
}

/// Whether control always comes to what \p Path leads to, in a statement that
/// it comes to.
static bool isCertain(llvm::ArrayRef<const Stmt *> Path) {
  return llvm::none_of(Path, [](const Stmt *Around) {
    const auto *Op = dyn_cast<BinaryOperator>(Around);
    return (Op && Op->isLogicalOp()) ||
           isa<AbstractConditionalOperator, LambdaExpr>(Around);
  });
}

std::optional<Setters::Setting> Setters::settingBy(const CXXMethodDecl *Body,
                                                   const FieldDecl *Field,
                                                   const Expr *Given) {
  if (!Given)
    return Setting{0};
  if (const QualType T = Field->getType(); canBeEmpty(T)) {
    auto Holds = holdsSomething(T, Given);
    if (!Holds)
      Holds = holdsSomething(Given->IgnoreImplicit());
    if (Holds)
      return Setting{*Holds};
  }
  if (const auto Is = constantOf(U.context(), Given))
    return Setting{*Is};
  const Expr *E = Given->IgnoreParenImpCasts();
  const auto *Not = dyn_cast<UnaryOperator>(E);
  const bool IsNegated = Not && Not->getOpcode() == UO_LNot;
  if (IsNegated)
    E = Not->getSubExpr()->IgnoreParenImpCasts();
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *P = Ref ? dyn_cast<ParmVarDecl>(Ref->getDecl()) : nullptr;
  return P && P->getDeclContext() == Body &&
                 !U.facts(Body).changes(P->getFunctionScopeIndex())
             ? std::optional(
                   Setting{std::nullopt, P->getFunctionScopeIndex(), IsNegated})
             : std::nullopt;
}

/// Whether \p Field has the value \p Is, or one like it, where \p Early leaves:
/// `if (fd_ < 0) return;`
bool Setters::keepsIfLeft(const CXXMethodDecl *Body, const Stmt *Early,
                          const FieldDecl *Field, int64_t Is) {
  const auto *If = dyn_cast<IfStmt>(Early);
  if (!If || If->getElse() || If->hasInitStorage() || If->hasVarStorage())
    return false;
  SetOnce Locals(Body);
  Condition Left;
  addTests(Body, U.context(), Locals, If->getCond(), true, Left);
  return llvm::any_of(Left, [&](const ParamTest &T) {
    return T.Param == memberNumber(OwnObject, Field) && T.holdsFor(Is);
  });
}

Setters::Settings Setters::read(const CXXMethodDecl *Body) {
  Settings Found;
  const auto *Block = dyn_cast_or_null<CompoundStmt>(writtenBody(Body));
  if (!Block)
    return Found;
  MemberChanges &Members = U.descriptors().objects().members();
  std::map<const FieldDecl *, unsigned> Changes;
  llvm::SmallVector<const Stmt *, 2> Early;
  bool Throws = false;
  for (const Stmt *S : Block->body()) {
    bool Leaves = false;
    forEachStatement(S, [&](const Stmt *E, llvm::ArrayRef<const Stmt *> Path) {
      Throws |= isa<CXXThrowExpr, GotoStmt>(E);
      Leaves |= isa<ReturnStmt>(E) && S != Block->body_back();
      if (const auto *Member = dyn_cast<MemberExpr>(E))
        if (const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl()))
          Changes[Field] += mayChangeTested(Member, Path);
      // Methods of its own, which set what they set.
      if (const auto *Own = dyn_cast<CXXMemberCallExpr>(E);
          Own && Own->getMethodDecl() &&
          isa<CXXThisExpr>(
              Own->getImplicitObjectArgument()->IgnoreParenImpCasts())) {
        for (const FieldDecl *Field : Body->getParent()->fields())
          Changes[Field] += Members.changes(Own->getMethodDecl(), Field);
        if (!Own->getMethodDecl()->isVirtual() && isa<Expr>(S) &&
            isCertain(Path))
          for (const auto &[Field, Set] : of(Own->getMethodDecl()))
            if (Set.Is)
              Found[Field] = Set;
      }
      const Store Of = isa<Expr, ReturnStmt, DeclStmt>(S) && isCertain(Path)
                           ? storeIn(E)
                           : Store();
      if (Of.Of)
        if (const auto Set = settingBy(Body, Of.Of, Of.Given))
          Found[Of.Of] = *Set;
    });
    if (Leaves)
      Early.push_back(S);
  }
  // Nothing else changes it, and who leaves before finds it so.
  std::erase_if(Found, [&](const auto &Entry) {
    const auto &[Field, Set] = Entry;
    return Changes[Field] != 1 || Throws || Field->isMutable() ||
           !llvm::all_of(Early, [&](const Stmt *S) {
             return Set.Is && keepsIfLeft(Body, S, Field, *Set.Is);
           });
  });
  return Found;
}

const Setters::Settings &Setters::of(const CXXMethodDecl *Method) {
  static const Settings None;
  const auto *Body = cast_or_null<CXXMethodDecl>(definitionOf(Method));
  if (!Body || Body->isStatic() || Body->isConst() ||
      U.isInSystemHeader(Body) ||
      isa<CXXConstructorDecl, CXXDestructorDecl>(Body))
    return None;
  auto [It, IsNew] = Known.try_emplace(Body);
  if (IsNew) {
    Settings Found = read(Body); // which may ask for others
    Known[Body] = std::move(Found);
  }
  return Known[Body];
}

bool Setters::setsAny(const CXXMethodDecl &Method) {
  return !of(&Method).empty();
}

void Setters::forEachSet(
    const CXXMethodDecl &Method, const CallFact &Call,
    llvm::function_ref<void(const FieldDecl *, int64_t)> Visit) {
  for (const auto &[Field, Set] : of(&Method)) {
    std::optional<int64_t> Is = Set.Is;
    if (!Is) {
      const Expr *Arg = argumentFor(Call, Set.Param);
      Is = Arg ? constantOf(U.context(), Arg) : std::nullopt;
      if (Is && Set.IsNegated)
        Is = !*Is;
    }
    if (Is)
      Visit(Field, *Is);
  }
}

} // namespace nostall
