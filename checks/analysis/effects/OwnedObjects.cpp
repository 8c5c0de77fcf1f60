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
    Of = Of ? Of->getDefinition() : nullptr;
    if (!Of || Of->hasTrivialDestructor())
      return;
    if (const CXXDestructorDecl *Dtor = Of->getDestructor())
      Out.insert(Dtor);
    if (const TypeModel *M = U.models().find(Of); M && M->Owns)
      addOwned(Of, Out);
  };
  for (const TemplateArgument &Arg : Spec->getTemplateArgs().asArray())
    if (Arg.getKind() == TemplateArgument::Pack)
      llvm::for_each(Arg.pack_elements(), Add);
    else
      Add(Arg);
}

/// Whether the local variable that \p Destroyed destroys was made with a new
/// object, and nobody else has got hold of that.
static bool isAlone(Unit &U, const FunctionFacts &Facts,
                    const CallFact &Destroyed) {
  const VariableFact *V = Facts.variable(Destroyed.Through);
  const Expr *Init = V ? V->Var->getInit() : nullptr;
  const auto *Made =
      Init ? dyn_cast<CallExpr>(Init->IgnoreImplicit()) : nullptr;
  return Made && Made->getDirectCallee() &&
         constructedBy(U, Made->getDirectCallee()) &&
         llvm::all_of(V->Uses, [](const VariableUse &Use) {
           return Use.H == VariableUse::How::ConstMethod ||
                  Use.H == VariableUse::How::Method;
         });
}

/// Whether \p V was made empty, and nothing is ever put into it.
static bool staysEmpty(Unit &U, const VariableFact &V) {
  const auto *Made =
      V.Var->getInit()
          ? dyn_cast<CXXConstructExpr>(V.Var->getInit()->IgnoreImplicit())
          : nullptr;
  if (!Made || Made->getNumArgs() || !canBeEmpty(V.Var->getType()))
    return false;
  return llvm::all_of(V.Uses, [&](const VariableUse &Use) {
    const FunctionDecl *By =
        Use.Assignment ? Use.Assignment->getDirectCallee() : Use.Method;
    const FunctionModel *M = By ? U.model(By) : nullptr;
    return Use.H == VariableUse::How::ConstMethod ||
           (M && (M->LetsGo || M->Says == FunctionModel::Stance::Blocks));
  });
}

/// Whether that holds of the local variable that \p Call destroys, has let go,
/// or waits for.
bool CallResolver::isNeverFilled(const FunctionFacts &Facts,
                                 const CallFact &Call) {
  const Expr *Object = modelArgument(Call, ObjectArgument);
  const ValueDecl *Named = Object ? namedEntity(U, Object) : Call.Through;
  const VariableFact *V = Named ? Facts.variable(Named) : nullptr;
  if (!V)
    return false;
  auto [It, IsNew] = NeverFilled.try_emplace(V->Var, false);
  if (IsNew)
    It->second = staysEmpty(U, *V);
  return It->second;
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
  const Expr *Object = modelArgument(Call, ObjectArgument);
  const SourceManager &SM = U.context().getSourceManager();
  auto First =
      Object ? It->second.find(descriptorEntity(U, Object)) : It->second.end();
  return First != It->second.end() &&
         SM.isBeforeInTranslationUnit(First->second, Call.Loc);
}

/// What the owner that \p Call destroys, or has let go, takes with it.
void CallResolver::resolveOwned(const FunctionFacts &Facts,
                                const CallFact &Call, ResolvedCall &Out) {
  const bool Dies = Call.K == CallFact::Kind::Destructor;
  const CXXRecordDecl *Owner = cast<CXXMethodDecl>(Call.Callee)->getParent();
  const TypeModel *M = U.models().find(Owner);
  if (!M || !(M->Owns || (M->OwnsAlone && Dies && isAlone(U, Facts, Call))))
    return;
  if (isNeverFilled(Facts, Call) || (!Dies && isMovedOutOf(Facts, Call)))
    return;
  OwnedDestructors Owned;
  addOwned(Owner, Owned);
  for (const CXXDestructorDecl *Dtor : Owned) {
    const FunctionModel *Known = U.model(Dtor);
    if (Known && Known->Says == FunctionModel::Stance::Blocks &&
        !isSuppressed(Call.Loc))
      Out.Next.push_back(
          Successor::primitive(Dies ? Hop::Destroys : Hop::Calls,
                               addPrimitive({Known->What, Dtor, Call.Loc,
                                             sourceText(*Known), Known})));
    if (Known || U.models().isOpaque(Dtor))
      continue;
    const Hop How = Dies ? Hop::Destroys : Hop::RunsCallable;
    if (const FunctionDecl *Body = definitionOf(Dtor))
      Out.Next.push_back(Successor::to(Is::Body, How, Body));
    else if (mayBeElsewhere(U, Dtor))
      Out.Next.push_back(Successor::to(Is::External, How, Dtor));
    if (Dtor->isVirtual())
      addOverrides(Dtor, nullptr, Out);
  }
}

} // namespace nostall
