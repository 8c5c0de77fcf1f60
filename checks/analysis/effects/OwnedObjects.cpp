//===- OwnedObjects.cpp - what goes with an owner -------------------------===//
//
// The part of CallResolver that says which destructors run when a container or
// pointer dies, is reset or cleared.
//
//===----------------------------------------------------------------------===//

#include "CallResolver.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

using Is = Successor::Is;

/// The destructors that run with what an object of \p R owns (std::vector<T>):
/// T's, as far as an owner's ownership goes.
void CallResolver::addOwned(const CXXRecordDecl *R, OwnedDestructors &Out) {
  const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R);
  if (!Spec)
    return;
  auto Add = [&](const TemplateArgument &Arg) {
    const CXXRecordDecl *Of = Arg.getKind() == TemplateArgument::Type
                                  ? Arg.getAsType()->getAsCXXRecordDecl()
                                  : nullptr;
    if (Of)
      addDestructor(Of, Out);
  };
  for (const TemplateArgument &Arg : Spec->getTemplateArgs().asArray())
    if (Arg.getKind() == TemplateArgument::Pack)
      llvm::for_each(Arg.pack_elements(), Add);
    else
      Add(Arg);
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

/// The owner that \p Call, no destructor, is about: its object, or what a
/// function is given first, as in `std::erase_if(sessions, isOver)`.
static const Expr *ownerIn(const CallFact &Call) {
  return modelArgument(
      Call, isa_and_nonnull<CXXMethodDecl>(Call.Callee) ? ObjectArgument : 0);
}

const ValueDecl *CallResolver::ownerNamed(Unit &U, const CallFact &Call) {
  if (Call.K == CallFact::Kind::Destructor)
    return Call.Through;
  const Expr *Object = ownerIn(Call);
  return Object ? descriptorEntity(U, Object) : nullptr;
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

/// Whether the last thing that is done with \p V, in the block of \p Decl, is
/// to let go what it owns.
static bool isEmptied(Unit &U, const FunctionFacts &Facts,
                      const VariableFact &V) {
  const auto *Last = V.Uses.empty() ? nullptr : V.Uses.back().Ref;
  const FunctionDecl *By = V.Uses.empty() ? nullptr : V.Uses.back().Method;
  const FunctionModel *M = By ? U.model(By) : nullptr;
  if (!M || M->LetsGo != FunctionModel::Part::All ||
      llvm::none_of(Facts.Calls, [&](const CallFact &Call) {
        return Call.Object && Call.Object->IgnoreParenImpCasts() == Last &&
               (M->When.empty() || holdAny(U, M->When, Call));
      }))
    return false;
  bool IsBehind = false;
  forEachStatement(
      writtenBody(Facts.Function),
      [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
        if (S != Last)
          return;
        auto Around = llvm::find_if_not(
            llvm::reverse(Path), [](const Stmt *Up) { return isa<Expr>(Up); });
        IsBehind = Around != llvm::reverse(Path).end() &&
                   isa<CompoundStmt>(*Around) &&
                   llvm::is_contained((*Around)->children(), V.Decl);
      });
  return IsBehind;
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

/// Whether what \p Call replaces is known to be there. A member that a function
/// gives a value, and that is not made by it, had one the time before.
bool CallResolver::replacesSomething(const FunctionFacts &Facts,
                                     const CallFact &Call) {
  const ValueDecl *Owner = ownerNamed(U, Call);
  if (const auto *Member = dyn_cast_or_null<FieldDecl>(Owner))
    return !isa<CXXConstructorDecl>(Facts.Function) &&
           !usesOf(Member).IsTaken && !isAskedBefore(U, Facts, Call, Member);
  const VariableFact *V = Owner ? Facts.variable(Owner) : nullptr;
  return V && isNew(U, heldBy(*V, Call.Site));
}

/// Whether \p V was made empty, and nothing is ever put into it.
static bool staysEmpty(Unit &U, const VariableFact &V) {
  const auto *Made =
      V.Var->getInit()
          ? dyn_cast<CXXConstructExpr>(V.Var->getInit()->IgnoreImplicit())
          : nullptr;
  if (!Made || Made->getNumArgs() || !isMadeEmpty(V.Var->getType()))
    return false;
  return llvm::all_of(V.Uses, [&](const VariableUse &Use) {
    const FunctionDecl *By =
        Use.Assignment ? Use.Assignment->getDirectCallee() : Use.Method;
    const FunctionModel *M = By ? U.model(By) : nullptr;
    return Use.H == VariableUse::How::ConstMethod ||
           (Use.Method &&
            (Use.Method->isConst() || keepsEmptiness(Use.Method))) ||
           (By && empties(By)) ||
           (M && (M->LetsGo == FunctionModel::Part::All ||
                  M->LetsGo == FunctionModel::Part::Element));
  });
}

/// Whether that holds of the local variable that \p Call destroys, has let go,
/// or waits for.
bool CallResolver::isNeverFilled(const FunctionFacts &Facts,
                                 const CallFact &Call) {
  const Expr *Object = ownerIn(Call);
  const ValueDecl *Named = Object ? namedEntity(U, Object) : Call.Through;
  if (const auto *Member = dyn_cast_or_null<FieldDecl>(Named))
    return isMadeEmpty(Member->getType()) && Exact.isNeverFilled(Member);
  const VariableFact *V = Named ? Facts.variable(Named) : nullptr;
  if (!V)
    return false;
  auto [It, IsNew] = NeverFilled.try_emplace(V->Var, false);
  if (IsNew)
    It->second = staysEmpty(U, *V);
  return It->second;
}

/// The destructor of \p R; or those of its parts, where nobody has needed the
/// one that it is made of.
void CallResolver::addDestructor(const CXXRecordDecl *R,
                                 OwnedDestructors &Out) {
  R = R->getDefinition();
  const CXXDestructorDecl *Dtor =
      R && !R->hasTrivialDestructor() ? R->getDestructor() : nullptr;
  if (!Dtor)
    return;
  const TypeModel *M = U.models().find(R);
  if (M && M->Owns)
    addOwned(R, Out);
  if (M || Dtor->isUserProvided() || definitionOf(Dtor)) {
    Out.insert(Dtor);
    return;
  }
  // virtual ~Base() = default, which nobody here has made use of: an override
  // in another file may wait.
  if (Dtor->isVirtual())
    Out.insert(Dtor);
  auto Add = [&](QualType T) {
    if (const CXXRecordDecl *Part = T->getAsCXXRecordDecl())
      addDestructor(Part, Out);
  };
  for (const FieldDecl *Field : R->fields())
    if (!isMadeEmpty(Field->getType()) || !Exact.isNeverFilled(Field))
      Add(Field->getType());
  for (const CXXBaseSpecifier &Base : R->bases())
    Add(Base.getType());
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

/// What \p Owner, of which \p Call is about, calls with what it drops.
const FunctionDecl *CallResolver::deleterOf(const FunctionFacts &Facts,
                                            const CallFact &Call,
                                            const CXXRecordDecl *Owner,
                                            const TypeModel &M) {
  const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(Owner);
  if (M.Deleter == TypeModel::NoDeleter || !Spec)
    return nullptr;
  if (M.Deleter >= 0) {
    const TemplateArgumentList &Args = Spec->getTemplateArgs();
    const auto Number = static_cast<unsigned>(M.Deleter);
    if (Number >= Args.size() ||
        Args[Number].getKind() != TemplateArgument::Type)
      return nullptr;
    if (const CXXRecordDecl *R =
            Args[Number].getAsType()->getAsCXXRecordDecl()) {
      const auto Operator = R->lookup(
          R->getASTContext().DeclarationNames.getCXXOperatorName(OO_Call));
      if (!U.models().isOpaque(R)) // else it may be a std::function
        return Operator.isSingleResult()
                   ? dyn_cast<CXXMethodDecl>(Operator.front())
                   : nullptr;
    }
  }
  const ValueDecl *Named = ownerNamed(U, Call);
  const VariableFact *V = Named ? Facts.variable(Named) : nullptr;
  const auto *Made =
      V && V->Var->getInit()
          ? dyn_cast<CXXConstructExpr>(V->Var->getInit()->IgnoreImplicit())
          : nullptr;
  if (M.Deleter >= 0 && Made && Made->getNumArgs() && V->Uses.empty() &&
      isa<CXXNullPtrLiteralExpr>(Made->getArg(0)->IgnoreParenImpCasts()))
    return nullptr; // it has nothing to drop
  const auto Given = Made && Made->getNumArgs() >= 2
                         ? callableOf(U, Made->getArg(1))
                         : std::nullopt;
  return Given ? Given->Body : nullptr;
}

/// What the owner that \p Call destroys, or has let go, takes with it.
void CallResolver::resolveOwned(const FunctionFacts &Facts,
                                const CallFact &Call, ResolvedCall &Out) {
  const bool Dies = Call.K == CallFact::Kind::Destructor;
  // The method may be one of a base, which is the library's own affair.
  const Expr *Object = Dies ? nullptr : ownerIn(Call);
  const CXXRecordDecl *Owner =
      Object ? Object->IgnoreImpCasts()->getType()->getAsCXXRecordDecl()
             : nullptr;
  if (const auto *Method = dyn_cast<CXXMethodDecl>(Call.Callee);
      Method && !Owner)
    Owner = Method->getParent();
  const TypeModel *M = Owner ? U.models().find(Owner) : nullptr;
  if (!M || !(M->Owns || (M->OwnsAlone && isAlone(Facts, Call))))
    return;
  if (const FunctionModel *How = Dies ? nullptr : U.model(Call.Callee);
      How && How->LetsGo == FunctionModel::Part::Replaced &&
      !replacesSomething(Facts, Call))
    return;
  const VariableFact *Dead =
      Dies && Call.Through ? Facts.variable(Call.Through) : nullptr;
  const auto *Temporary = dyn_cast_or_null<CXXBindTemporaryExpr>(Call.Site);
  if (Dead && isEmptied(U, Facts, *Dead))
    return;
  // take().release()
  if (const CallFact *On =
          Temporary ? calledOnTemporary(Facts, *Temporary) : nullptr)
    if (const auto *Last = dyn_cast_or_null<CXXMemberCallExpr>(On->Site);
        Last && leavesEmpty(Last))
      return;
  if (isNeverFilled(Facts, Call) || (!Dies && isMovedOutOf(Facts, Call)))
    return;
  auto AddKnown = [&](const FunctionModel *Known, const FunctionDecl *F) {
    if (Known && Known->Says == FunctionModel::Stance::Blocks &&
        !isSuppressed(Call.Loc))
      Out.Next.push_back(Successor::primitive(
          Dies ? Hop::Destroys : Hop::Calls,
          addPrimitive({Known->What, F, Call.Loc, sourceText(*Known), Known})));
  };
  if (const FunctionDecl *Deleter = deleterOf(Facts, Call, Owner, *M)) {
    AddKnown(U.model(Deleter), Deleter);
    addCallable(Deleter, Out);
    return; // it owns what the deleter makes of it
  }
  OwnedDestructors Owned;
  addOwned(Owner, Owned);
  // std::unique_ptr<Base> p = std::make_unique<Derived>();
  ExactClass::Origin Held;
  if (Owned.size() == 1 && Owned.front()->isVirtual()) {
    if (const ValueDecl *Named = ownerNamed(U, Call))
      Held = Exact.heldBy(Named);
    else if (Temporary)
      Held = Exact.heldBy(Temporary);
    if (!Held.AnyOf.empty())
      Owned.clear();
    for (const CXXRecordDecl *R : Held.AnyOf)
      addDestructor(R, Owned);
  }
  for (const CXXDestructorDecl *Dtor : Owned) {
    const FunctionModel *Known = U.model(Dtor);
    AddKnown(Known, Dtor);
    if (Known || U.models().isOpaque(Dtor))
      continue;
    const Hop How = Dies ? Hop::Destroys : Hop::RunsCallable;
    if (const FunctionDecl *Body = definitionOf(Dtor))
      // Of what the variable alone owns, it is known how it was made.
      Out.Next.push_back(Dead ? Successor::withArguments(Is::Body, How, Body)
                              : Successor::to(Is::Body, How, Body));
    else if (mayBeElsewhere(U, Dtor))
      Out.Next.push_back(Successor::to(Is::External, How, Dtor));
    if (Dtor->isVirtual() && Held.AnyOf.empty())
      addOverrides(Dtor, Held.Maker, Out);
  }
}

} // namespace nostall
