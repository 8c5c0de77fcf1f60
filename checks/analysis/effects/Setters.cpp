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

namespace {

/// What names a member, and what it is given; null: nothing, so that it is
/// empty.
struct Store {
  const Expr *Of = nullptr;
  const Expr *Given = nullptr;
};

} // namespace

/// A temporary that nothing was put into: `std::function<void()>()`.
static bool isEmptyMade(const Expr *E) {
  return E->isPRValue() && holdsSomething(E) == false;
}

/// What \p E, one expression of a body, stores.
static Store storeIn(const Stmt *E) {
  if (const auto *Set = dyn_cast<BinaryOperator>(E);
      Set && Set->getOpcode() == BO_Assign)
    return {Set->getLHS(), Set->getRHS()};
  if (const auto *Set = dyn_cast<CXXOperatorCallExpr>(E);
      Set && Set->getOperator() == OO_Equal && Set->getNumArgs() == 2)
    return {Set->getArg(0), Set->getArg(1)};
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    const CXXMethodDecl *Method = Call->getMethodDecl();
    const Expr *Object = Call->getImplicitObjectArgument();
    if (!Method || !Method->getIdentifier() ||
        !Method->getParent()->isInStdNamespace())
      return {};
    if (leavesEmpty(Call))
      return {Object};
    if (Method->getName() == "swap" && Call->getNumArgs() == 1 &&
        isEmptyMade(Object->IgnoreImplicit()))
      return {Call->getArg(0)};
    return {};
  }
  const CallExpr *Exchange = asExchange(E);
  return Exchange ? Store{Exchange->getArg(0), Exchange->getArg(1)} : Store();
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

std::optional<Setters::Setting> Setters::settingBy(const FunctionDecl *Body,
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

/// Whether the member \p Path has the value \p Is, or one like it, where the
/// condition of
/// \p Branch, an `if` without an `else`, is \p Holds: `if (fd_ < 0) return;`
bool Setters::keepsWhere(const FunctionDecl *Body, uint32_t Object,
                         const Stmt *Branch, bool Holds, MemberPathRef Path,
                         int64_t Is) {
  const auto *If = dyn_cast<IfStmt>(Branch);
  if (!If || If->getElse() || If->hasInitStorage() || If->hasVarStorage())
    return false;
  SetOnce Locals(Body);
  Condition Left;
  addTests(Body, U.context(), Locals, If->getCond(), Holds, Left);
  bool Keeps = false;
  forEachClause(Left, [&](llvm::ArrayRef<ParamTest> OneOf) {
    const ParamTest &T = OneOf.front();
    Keeps |= OneOf.size() == 1 && T.Param == memberNumber(Object, Path) &&
             T.holdsFor(Is);
  });
  return Keeps;
}

Setters::Settings Setters::read(const FunctionDecl *Body, uint32_t Object) {
  Settings Found;
  const auto *Block = dyn_cast_or_null<CompoundStmt>(writtenBody(Body));
  if (!Block)
    return Found;
  MemberChanges &Members = U.descriptors().objects().members();
  /// The member of the object that \p E names; empty if it names none.
  auto MemberOf = [&](const Expr *E) {
    const auto Part = E ? ownPart(Body, E) : std::nullopt;
    return Part && Part->Object == Object &&
                   isa<MemberExpr>(E->IgnoreParenImpCasts())
               ? Part->Path
               : MemberPath();
  };
  /// How often one statement changes a member; and whether something does so
  /// after it was given the value that is found.
  std::map<const FieldDecl *, unsigned> Changes;
  llvm::SmallPtrSet<const FieldDecl *, 4> Spoilt;
  Settings Here;
  /// \p Callee is called on the object, or given it, by the expression \p By.
  auto HandOn = [&](const FunctionDecl *Callee, uint32_t As, bool IsSure) {
    const CXXRecordDecl *R =
        As == OwnObject
            ? cast<CXXMethodDecl>(Callee)->getParent()
            : classOf(Callee->getParamDecl(As - objectOf(0))->getType());
    if (R)
      for (const FieldDecl *Field : R->fields())
        Changes[Field] += Members.changes(Callee, Field, std::nullopt, As);
    const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
    if (IsSure && !(Method && Method->isVirtual()))
      for (const auto &[Path, Set] : of(Callee, As))
        if (Set.Is)
          Here[Path] = Set;
  };
  llvm::SmallVector<const Stmt *, 2> Early;
  bool Throws = false;
  for (const Stmt *S : Block->body()) {
    bool Leaves = false;
    const auto *If = dyn_cast<IfStmt>(S);
    const Stmt *Branch =
        If && !mayLeave(If->getThen()) ? If->getThen() : nullptr;
    forEachStatement(S, [&](const Stmt *E, llvm::ArrayRef<const Stmt *> Path) {
      Throws |= isa<CXXThrowExpr, GotoStmt>(E);
      Leaves |= isa<ReturnStmt>(E) && S != Block->body_back();
      if (const auto *Member = dyn_cast<MemberExpr>(E))
        if (const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl()))
          Changes[Field] +=
              !isWayToMember(Path) && mayChangeTested(Member, Path);
      const bool IsSure = isa<Expr>(S) && isCertain(Path);
      const auto *Call = dyn_cast<CallExpr>(E);
      const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
      if (const auto *Own = dyn_cast<CXXMemberCallExpr>(E);
          Own && Own->getMethodDecl() &&
          ownObject(Body, Own->getImplicitObjectArgument()) == Object)
        HandOn(Own->getMethodDecl(), OwnObject, IsSure);
      if (Callee && !isa<CXXOperatorCallExpr>(Call))
        for (unsigned I = 0; I != Callee->getNumParams(); ++I)
          if (I < Call->getNumArgs() && objectOf(I) <= LastObject &&
              ownObject(Body, Call->getArg(I)) == Object)
            HandOn(Callee, objectOf(I), IsSure);
      const Store Of = isa<Expr, ReturnStmt, DeclStmt>(S) && isCertain(Path)
                           ? storeIn(E)
                           : Store();
      if (const MemberPath To = MemberOf(Of.Of); !To.empty())
        if (const auto Set = settingBy(Body, To.back(), Of.Given))
          Here[To] = *Set;
      // if (!loaded_) { ...; loaded_ = true; }
      const bool IsInBranch = Branch && !Path.empty() && Path.back() == Branch;
      if (const MemberPath To =
              IsInBranch ? MemberOf(storeIn(E).Of) : MemberPath();
          !To.empty() && To.back()->getType()->isBooleanType())
        if (const auto Set = settingBy(Body, To.back(), storeIn(E).Given);
            Set && Set->Is && keepsWhere(Body, Object, S, false, To, *Set->Is))
          Here[To] = *Set;
    });
    llvm::SmallPtrSet<const FieldDecl *, 4> Set;
    for (const auto &[Path, Is] : Here)
      if (Changes[Path.back()] == 1 &&
          llvm::none_of(
              MemberPathRef(Path).drop_back(),
              [&](const FieldDecl *Outer) { return Changes[Outer] != 0; })) {
        Found[Path] = Is;
        Set.insert(Path.back());
        // What was done to that of another part has the same name.
        if (Path.size() == 1)
          Spoilt.erase(Path.back());
      }
    for (const auto &[Field, Times] : Changes)
      if (Times && !Set.contains(Field))
        Spoilt.insert(Field);
    Changes.clear();
    Here.clear();
    if (Leaves)
      Early.push_back(S);
  }
  // Nothing else changes it, and who leaves before finds it so.
  std::erase_if(Found, [&](const auto &Entry) {
    const auto &[Path, Set] = Entry;
    return Throws ||
           llvm::any_of(Path,
                        [&](const FieldDecl *Field) {
                          return Spoilt.contains(Field) || Field->isMutable();
                        }) ||
           !llvm::all_of(Early, [&](const Stmt *S) {
             return Set.Is && keepsWhere(Body, Object, S, true, Path, *Set.Is);
           });
  });
  return Found;
}

const Setters::Settings &Setters::of(const FunctionDecl *F, uint32_t Object) {
  static const Settings None;
  const FunctionDecl *Body = definitionOf(F);
  if (!Body || U.isInSystemHeader(Body) || isa<CXXDestructorDecl>(Body) ||
      onlyReads(Body, Object) ||
      (Object != OwnObject && U.facts(Body).changes(Object - objectOf(0)) &&
       Body->getParamDecl(Object - objectOf(0))->getType()->isPointerType()))
    return None;
  auto [It, IsNew] = Known.try_emplace({Body, Object});
  if (IsNew) {
    Settings Found;
    askDeeper([&] { Found = read(Body, Object); });
    Known[{Body, Object}] = std::move(Found);
  }
  return Known[{Body, Object}];
}

bool Setters::setsAny(const FunctionDecl &F, uint32_t Object) {
  return !of(&F, Object).empty();
}

void Setters::forEachSet(
    const CallFact &Call, uint32_t Object,
    llvm::function_ref<void(MemberPathRef, int64_t)> Visit) {
  for (const auto &[Path, Set] : of(Call.Callee, Object)) {
    std::optional<int64_t> Is = Set.Is;
    if (!Is) {
      const Expr *Arg = argumentFor(Call, Set.Param);
      Is = Arg ? constantOf(U.context(), Arg) : std::nullopt;
      if (Is && Set.IsNegated)
        Is = !*Is;
    }
    if (Is)
      Visit(Path, *Is);
  }
}

} // namespace nostall
