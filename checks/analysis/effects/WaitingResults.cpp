//===- WaitingResults.cpp - results that wait where they are dropped ------===//
//
// The part of CallResolver that says where the future of std::async, or what is
// like it, is dropped: by its variable, by what replaces it, or by an owner.
//
//===----------------------------------------------------------------------===//

#include "CallResolver.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

static bool ownsElements(Unit &U, const VariableFact &V) {
  const CXXRecordDecl *R = V.Var->getType()->getAsCXXRecordDecl();
  const TypeModel *M = R ? U.models().find(R) : nullptr;
  return M && M->Owns;
}

/// Whether \p Call destroys what its object owns, and leaves the object.
bool CallResolver::letsGo(const CallFact &Call) {
  const FunctionModel *M = Call.Callee ? U.model(Call.Callee) : nullptr;
  return M && M->LetsGo != FunctionModel::Part::None &&
         (M->When.empty() || holdAny(U, M->When, Call)) &&
         !holdAny(U, M->Unless, Call);
}

/// What \p V, an owner, has been given and still holds where \p Until lets it
/// go, or where it dies, and of which \p Waits holds; nothing but that is done
/// with it.
const Expr *
CallResolver::putInto(const FunctionFacts &Facts, const VariableFact &V,
                      const Stmt *Until,
                      llvm::function_ref<bool(const Expr *)> Waits) {
  const Expr *Found = nullptr;
  auto Put = [&](llvm::ArrayRef<const Expr *> Given) {
    const auto *It = llvm::find_if(Given, Waits);
    if (It != Given.end())
      Found = *It;
    return It != Given.end();
  };
  if (const auto *Made = dyn_cast_or_null<CXXConstructExpr>(
          V.Var->getInit() ? V.Var->getInit()->IgnoreImplicit() : nullptr))
    Put(llvm::ArrayRef(Made->getArgs(), Made->getNumArgs()));
  for (const VariableUse &Use : V.Uses) {
    if (Use.H == VariableUse::How::ConstMethod)
      continue;
    if (Use.H != VariableUse::How::Method &&
        Use.H != VariableUse::How::Replaced)
      return nullptr;
    for (const CallFact &Call : Facts.Calls) {
      const Expr *Object = modelArgument(Call, ObjectArgument);
      if (!Object || Object->IgnoreParenImpCasts() != Use.Ref)
        continue;
      if (Call.Site == Until)
        return Found;
      if (letsGo(Call))
        Found = nullptr;
      else if (!Put(Call.Args) && !Call.Callee->getReturnType()->isVoidType())
        return nullptr; // (*owner).get()
    }
  }
  return Until ? nullptr : Found;
}

bool CallResolver::makesWaitingResults(const FunctionFacts &Facts) {
  auto [It, IsNew] = WaitingResults.try_emplace(Facts.Function, false);
  if (IsNew)
    It->second = llvm::any_of(Facts.Calls, [&](const CallFact &Call) {
      const FunctionModel *M = Call.Callee ? U.model(Call.Callee) : nullptr;
      return M && M->ResultWaitsOnDestroy;
    });
  return It->second;
}

/// The call whose result a local variable still holds where \p Drops destroys
/// it or gives it something new, and whose result waits then (std::async).
const CallFact *CallResolver::waitsWhenDropped(const FunctionFacts &Facts,
                                               const CallFact &Drops) {
  if (!makesWaitingResults(Facts))
    return nullptr;
  const bool Dies = Drops.K == CallFact::Kind::Destructor;
  const ValueDecl *Owner = ownerNamed(U, Drops);
  const VariableFact *V = Owner ? Facts.variable(Owner) : nullptr;
  const Expr *Held = V ? heldBy(*V, Dies ? nullptr : Drops.Site) : nullptr;
  // A member held the like the time before.
  if (Drops.K == CallFact::Kind::Operator && Drops.Args.size() == 2 &&
      isa_and_nonnull<FieldDecl>(Owner) && replacesSomething(Facts, Drops))
    Held = Drops.Args.back();
  auto IsWaiting = [&](const Expr *E) {
    const auto *Made = dyn_cast<CallExpr>(stripForwarding(U, E));
    const FunctionDecl *Callee = Made ? Made->getDirectCallee() : nullptr;
    const FunctionModel *M = Callee ? U.model(Callee) : nullptr;
    return M && M->ResultWaitsOnDestroy;
  };
  if (V && ownsElements(U, *V))
    Held = putInto(Facts, *V, Dies ? nullptr : Drops.Site, IsWaiting);
  if (!Held || !IsWaiting(Held))
    return nullptr;
  const auto *Made = cast<CallExpr>(stripForwarding(U, Held));
  const FunctionModel *M = U.model(Made->getDirectCallee());
  auto Call = llvm::find_if(Facts.Calls,
                            [&](const CallFact &C) { return C.Site == Made; });
  return Call != Facts.Calls.end() && !holdAny(U, M->Unless, *Call) ? &*Call
                                                                    : nullptr;
}

} // namespace nostall
