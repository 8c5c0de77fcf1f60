//===- OwnedObjects.cpp - what goes with an owner -------------------------===//
//
// The part of CallResolver that says which destructors run when a container or
// pointer dies, is reset or cleared.
//
//===----------------------------------------------------------------------===//

#include "CallResolver.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
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

/// `threads.resize(0)`: what \p Use calls leaves nothing in it.
static bool isCutToNothing(Unit &U, const FunctionFacts &Facts,
                           const VariableUse &Use) {
  return Use.Method && Use.Method->getIdentifier() &&
         Use.Method->getName() == "resize" &&
         llvm::any_of(Facts.Calls, [&](const CallFact &Call) {
           return Call.Object &&
                  Call.Object->IgnoreParenImpCasts() == Use.Ref &&
                  !Call.Args.empty() &&
                  constantOf(U.context(), Call.Args.front()) == 0;
         });
}

/// Whether \p V was made empty, and nothing is ever put into it.
static bool staysEmpty(Unit &U, const FunctionFacts &Facts,
                       const VariableFact &V) {
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
           (By && empties(By)) || isCutToNothing(U, Facts, Use) ||
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
    It->second = staysEmpty(U, Facts, *V);
  return It->second;
}

/// The destructor of \p R; or those of its parts, where nobody has needed the
/// one that it is made of.
void CallResolver::addDestructor(const CXXRecordDecl *R,
                                 OwnedDestructors &Out) {
  R = R->getDefinition();
  const CXXDestructorDecl *Dtor =
      R && !R->hasTrivialDestructor() ? R->getDestructor() : nullptr;
  if (!Dtor || !Out.Seen.insert(R).second)
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
      Owned = {};
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
