//===- OwnerUses.cpp - who else has what an owner owns --------------------===//
//
//   auto job = std::move(queue.front()); queue.pop();
//   next_ = std::make_unique<Job>();
//
// The part of CallResolver that says of an owner, a variable or a member, which
// one it is, whether nobody else owns what it does, and whether that was taken
// out of it, or is there at all.
//
//===----------------------------------------------------------------------===//

#include "CallResolver.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

const Expr *CallResolver::ownerIn(const CallFact &Call) {
  return modelArgument(
      Call, isa_and_nonnull<CXXMethodDecl>(Call.Callee) ? ObjectArgument : 0);
}

const ValueDecl *CallResolver::ownerNamed(Unit &U, const CallFact &Call) {
  if (Call.K == CallFact::Kind::Destructor)
    return Call.Through;
  const Expr *Object = ownerIn(Call);
  return Object ? descriptorEntity(U, Object) : nullptr;
}

/// Whether \p E makes a new object, or an owner of a pointer: of what it owns,
/// there is no other owner.
static bool isNew(Unit &U, const Expr *E) {
  const Expr *By = E ? stripForwarding(U, E) : nullptr;
  if (const auto *Owner = dyn_cast_or_null<CXXConstructExpr>(By)) {
    const QualType Of = Owner->getNumArgs()
                            ? Owner->getArg(0)->IgnoreImpCasts()->getType()
                            : QualType();
    // std::shared_ptr<void>(nullptr, deleter): which runs all the same.
    return !Of.isNull() && (Of->isPointerType() ||
                            (Of->isNullPtrType() && Owner->getNumArgs() > 1));
  }
  const auto *Made = dyn_cast_or_null<CallExpr>(By);
  return Made && Made->getDirectCallee() &&
         !constructedBy(U, Made->getDirectCallee()).empty();
}

/// What uses the expression that \p Path leads to.
static const Stmt *userOf(llvm::ArrayRef<const Stmt *> Path) {
  while (!Path.empty() && isa<ImplicitCastExpr, ParenExpr>(Path.back()))
    Path = Path.drop_back();
  return Path.empty() ? nullptr : Path.back();
}

namespace {

/// What the functions of a class do with one of its members, an owner.
class MemberUses {
public:
  MemberUses(Unit &U, const FieldDecl *Of) : U(U), Of(Of) {
    const auto *Class = cast<CXXRecordDecl>(Of->getParent());
    SharedOutside = Of->getAccess() != AS_private || Class->hasFriends() ||
                    !(Of->getInClassInitializer() == nullptr ||
                      fills(Of->getInClassInitializer()));
    for (const Decl *D : Class->decls()) {
      const auto *Template = dyn_cast<FunctionTemplateDecl>(D);
      const auto *Method = dyn_cast<CXXMethodDecl>(D);
      if (Template || isa<CXXRecordDecl, ClassTemplateDecl>(D))
        SharedOutside |= !D->isImplicit();
      else if (Method && Method->isUserProvided())
        read(Method);
    }
  }

  /// Nobody but this member ever owns what it does.
  bool isAlone() const { return !SharedOutside && !Shared; }
  /// What it owns may be taken away from it.
  bool isTaken() const { return Taken; }

private:
  void read(const CXXMethodDecl *Method) {
    const FunctionDecl *Body = definitionOf(Method);
    SharedOutside |= !Body;
    if (!Body)
      return;
    if (const auto *Ctor = dyn_cast<CXXConstructorDecl>(Body))
      for (const CXXCtorInitializer *Init : Ctor->inits())
        if (Init->getMember() == Of)
          Shared |= !fills(Init->getInit());
    forEachStatement(Body->getBody(),
                     [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
                       const auto *Use = dyn_cast<MemberExpr>(S);
                       if (Use && Use->getMemberDecl() == Of)
                         read(Path);
                     });
  }

  /// One use, by the way to it.
  void read(llvm::ArrayRef<const Stmt *> Path) {
    const Stmt *By = userOf(Path);
    if (const auto *Method = dyn_cast_or_null<MemberExpr>(By)) {
      const auto *Callee = dyn_cast<CXXMethodDecl>(Method->getMemberDecl());
      const FunctionModel *M = Callee ? U.model(Callee) : nullptr;
      if (!Callee ||
          !(Callee->isConst() || (M && M->LetsGo != FunctionModel::Part::None)))
        Shared = Taken = true;
      return;
    }
    const auto *Op = dyn_cast_or_null<CXXOperatorCallExpr>(By);
    if (Op && Op->getOperator() == OO_Equal)
      Shared |= !fills(Op->getArg(1));
    else if (!Op)
      Shared = true;
    const auto *Call = dyn_cast_or_null<CallExpr>(By);
    const FunctionModel *M = Call && Call->getDirectCallee()
                                 ? U.model(Call->getDirectCallee())
                                 : nullptr;
    Taken |= M && M->Forwards;
  }

  /// With what nobody else owns, or with nothing.
  bool fills(const Expr *With) {
    const Expr *E = stripForwarding(U, With);
    const auto *Made = dyn_cast<CXXConstructExpr>(E);
    if (Made && Made->getNumArgs() == 1)
      E = Made->getArg(0)->IgnoreImplicit();
    return isNew(U, With) || isa<CXXNullPtrLiteralExpr>(E) ||
           (Made && Made->getNumArgs() == 0);
  }

  Unit &U;
  const FieldDecl *Of;
  bool Shared = false;        ///< by a function of the class
  bool SharedOutside = false; ///< may be, by those that are not seen
  bool Taken = false;
};

} // namespace

CallResolver::OwnerUses CallResolver::usesOf(const FieldDecl *Member) {
  auto [It, IsFirst] = Owners.try_emplace(Member);
  if (IsFirst) {
    const MemberUses Uses(U, Member);
    It->second = {Uses.isAlone(), Uses.isTaken()};
  }
  return It->second;
}

/// Whether the variable or member that \p Call destroys, or has let go, was
/// made with a new object, and nobody else has got hold of that.
bool CallResolver::isAlone(const FunctionFacts &Facts, const CallFact &Call) {
  const ValueDecl *Owner = ownerNamed(U, Call);
  if (const auto *Member = dyn_cast_or_null<FieldDecl>(Owner)) {
    return usesOf(Member).IsAlone;
  }
  const VariableFact *V = Owner ? Facts.variable(Owner) : nullptr;
  return V && isNew(U, V->Var->getInit()) &&
         llvm::all_of(V->Uses, [&](const VariableUse &Use) {
           return Use.H == VariableUse::How::ConstMethod ||
                  Use.H == VariableUse::How::Method ||
                  (Use.H == VariableUse::How::Replaced &&
                   isNew(U, Use.Assignment->getArg(1)));
         });
}

const Expr *CallResolver::heldBy(const VariableFact &V, const Stmt *Until) {
  const Expr *Held = V.Var->getInit();
  for (const VariableUse &Use : V.Uses)
    if (Use.H == VariableUse::How::Replaced && Use.Assignment == Until)
      return Held;
    else if (Use.H == VariableUse::How::Replaced)
      Held = Use.Assignment->getArg(1);
    else if (Use.H != VariableUse::How::ConstMethod &&
             Use.H != VariableUse::How::Discarded)
      return nullptr;
  return Held;
}

/// Whether the author has asked, before \p Call, what \p Member holds.
static bool isAskedBefore(Unit &U, const FunctionFacts &Facts,
                          const CallFact &Call, const FieldDecl *Member) {
  const SourceManager &SM = U.context().getSourceManager();
  bool Asked = false;
  forEachStatement(
      writtenBody(Facts.Function),
      [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
        const auto *Use = dyn_cast<MemberExpr>(S);
        if (!Use || Use->getMemberDecl() != Member ||
            !SM.isBeforeInTranslationUnit(Use->getEndLoc(), Call.Loc))
          return;
        const auto *Op = dyn_cast_or_null<CXXOperatorCallExpr>(userOf(Path));
        Asked |= !Op || (Op->getOperator() != OO_Arrow &&
                         Op->getOperator() != OO_Star &&
                         Op->getOperatorLoc() != Call.Loc);
      });
  return Asked;
}

/// Called once on its object: a constructor, and what co_return is given to.
static bool runsOnce(const FunctionDecl *F) {
  return isa<CXXConstructorDecl>(F) ||
         (F->getIdentifier() && F->getName() == "return_value");
}

/// Whether what \p Call replaces is known to be there. A member that a function
/// gives a value, and that is not made by it, had one the time before.
bool CallResolver::replacesSomething(const FunctionFacts &Facts,
                                     const CallFact &Call) {
  const ValueDecl *Owner = ownerNamed(U, Call);
  if (const auto *Member = dyn_cast_or_null<FieldDecl>(Owner))
    return !runsOnce(Facts.Function) && !usesOf(Member).IsTaken &&
           !isAskedBefore(U, Facts, Call, Member);
  const VariableFact *V = Owner ? Facts.variable(Owner) : nullptr;
  return V && isNew(U, heldBy(*V, Call.Site));
}

/// `auto job = std::move(queue.front()); queue.pop();`
bool CallResolver::isMovedOutOf(const FunctionFacts &Facts,
                                const CallFact &Call) {
  auto [It, IsNew] = MovedOutOf.try_emplace(Facts.Function);
  if (IsNew)
    forEachStatement(writtenBody(Facts.Function), [&](const Stmt *S, auto) {
      const auto *Move = dyn_cast<CallExpr>(S);
      const FunctionDecl *By = Move ? Move->getDirectCallee() : nullptr;
      const FunctionModel *M =
          By && Move->getNumArgs() == 1 ? U.model(By) : nullptr;
      const Expr *What = M && M->Forwards ? Move->getArg(0) : nullptr;
      if (const ValueDecl *Of = What ? descriptorEntity(U, What) : nullptr)
        It->second.try_emplace(Of, Move->getBeginLoc()); // the first
    });
  const SourceManager &SM = U.context().getSourceManager();
  auto IsMovedOutOf = [&](const Expr *E) {
    if (const auto *Made = // a const_iterator
        dyn_cast_or_null<CXXConstructExpr>(E ? stripForwarding(U, E) : nullptr);
        Made && Made->getNumArgs())
      E = Made->getArg(0);
    const ValueDecl *Of = E ? descriptorEntity(U, E) : nullptr;
    auto First = Of ? It->second.find(Of) : It->second.end();
    return First != It->second.end() &&
           SM.isBeforeInTranslationUnit(First->second, Call.Loc);
  };
  // queue.erase(it), after std::move(*it)
  return IsMovedOutOf(ownerIn(Call)) || llvm::any_of(Call.Args, IsMovedOutOf);
}

} // namespace nostall
