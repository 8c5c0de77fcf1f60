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

/// Whether the local variable that \p Call destroys, or has let go, was made
/// empty, and nothing is ever put into it.
static bool isNeverFilled(Unit &U, const FunctionFacts &Facts,
                          const CallFact &Call) {
  const Expr *Object = modelArgument(Call, ObjectArgument);
  const ValueDecl *Named = Object ? namedEntity(U, Object) : Call.Through;
  const VariableFact *V = Named ? Facts.variable(Named) : nullptr;
  const auto *Made =
      V && V->Var->getInit()
          ? dyn_cast<CXXConstructExpr>(V->Var->getInit()->IgnoreImplicit())
          : nullptr;
  if (!Made || Made->getNumArgs() || !canBeEmpty(V->Var->getType()))
    return false;
  return llvm::all_of(V->Uses, [&](const VariableUse &Use) {
    const FunctionDecl *By =
        Use.Assignment ? Use.Assignment->getDirectCallee() : Use.Method;
    const FunctionModel *M = By ? U.model(By) : nullptr;
    return Use.H == VariableUse::How::ConstMethod || (M && M->LetsGo);
  });
}

/// What the owner that \p Call destroys, or has let go, takes with it.
void CallResolver::resolveOwned(const FunctionFacts &Facts,
                                const CallFact &Call, ResolvedCall &Out) {
  const bool Dies = Call.K == CallFact::Kind::Destructor;
  const CXXRecordDecl *Owner = cast<CXXMethodDecl>(Call.Callee)->getParent();
  const TypeModel *M = U.models().find(Owner);
  if (!M || !(M->Owns || (M->OwnsAlone && Dies && isAlone(U, Facts, Call))))
    return;
  if (isNeverFilled(U, Facts, Call))
    return;
  OwnedDestructors Owned;
  addOwned(Owner, Owned);
  for (const CXXDestructorDecl *Dtor : Owned) {
    const FunctionModel *Known = U.model(Dtor);
    if (Known && Known->Says == FunctionModel::Stance::Blocks &&
        !isSuppressed(Call.Loc))
      Out.Next.push_back({Is::Primitive, Dies ? Hop::Destroys : Hop::Calls,
                          false,
                          addPrimitive({Known->What, Dtor, Call.Loc,
                                        sourceText(*Known), Known})});
    if (Known || U.models().isOpaque(Dtor))
      continue;
    const Hop How = Dies ? Hop::Destroys : Hop::RunsCallable;
    if (const FunctionDecl *Body = definitionOf(Dtor))
      Out.Next.push_back({Is::Body, How, false, 0, Body});
    else if (mayBeElsewhere(U, Dtor))
      Out.Next.push_back({Is::External, How, false, 0, Dtor});
    if (Dtor->isVirtual())
      addOverrides(Dtor, Out);
  }
}

} // namespace nostall
