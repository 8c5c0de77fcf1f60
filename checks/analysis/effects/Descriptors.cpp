//===- Descriptors.cpp - which descriptors do not block -------------------===//
//
// Guesses, by what people write who use non-blocking descriptors: they test for
// EAGAIN, or ask for O_NONBLOCK, in the function itself or in a helper of it,
// and keep what they made so in a variable or a member. The names are the
// models'.
//
//===----------------------------------------------------------------------===//

#include "CallResolution.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

/// In its own body, or by a helper that judges error codes and does no such
/// I/O itself: `if (is_temporary(errno))`, `if (!is_eagain())`.
bool Effects::testsWouldBlock(const FunctionFacts &Facts) {
  if (Facts.TestsWouldBlock)
    return true;
  auto [It, IsNew] = WouldBlockTests.try_emplace(Facts.Function, false);
  if (!IsNew)
    return It->second;
  auto IsIO = [&](const CallFact &Call) {
    const FunctionModel *M = Call.Callee ? U.model(Call.Callee) : nullptr;
    return M && M->UnlessWouldBlockTested;
  };
  bool Tests = llvm::any_of(Facts.Calls, [&](const CallFact &Call) {
    const bool Judges =
        Call.Callee &&
        (!Call.Args.empty() || Call.Callee->getReturnType()->isBooleanType());
    const FunctionDecl *Helper = Judges ? definitionOf(Call.Callee) : nullptr;
    if (!Helper || U.isInSystemHeader(Helper))
      return false;
    const FunctionFacts &Of = U.facts(Helper);
    return Of.TestsWouldBlock && llvm::none_of(Of.Calls, IsIO);
  });
  return WouldBlockTests[Facts.Function] = Tests;
}

/// What \p Facts makes non-blocking, and what helpers make so for it:
/// `set_nonblocking(fd)`.
const Effects::Descriptors &Effects::nonblockingIn(const FunctionFacts &Facts) {
  auto [It, IsNew] = NonblockingFds.try_emplace(Facts.Function);
  if (!IsNew)
    return It->second;
  Descriptors Made(Facts.NonblockingFds);
  for (const CallFact &Call : Facts.Calls) {
    const FunctionDecl *Helper =
        Call.Callee && !Call.Args.empty() ? definitionOf(Call.Callee) : nullptr;
    if (!Helper || U.isInSystemHeader(Helper))
      continue;
    for (const ValueDecl *Fd : U.facts(Helper).NonblockingFds)
      if (const auto *P = dyn_cast<ParmVarDecl>(Fd);
          P && P->getDeclContext() == Helper)
        if (const Expr *Arg = argumentFor(Call, P->getFunctionScopeIndex()))
          if (const ValueDecl *Named = descriptorEntity(U, Arg))
            Made.insert(Named);
  }
  return NonblockingFds[Facts.Function] = std::move(Made);
}

/// A member is what any function of the unit has made it, or initialised it
/// with: `wakeup_fd(make_eventfd())`, where the helper asks for O_NONBLOCK.
void Effects::listNonblockingMembers() {
  if (std::exchange(MembersListed, true))
    return;
  for (const FunctionDecl *F : U.functions()) {
    const Descriptors &Made = nonblockingIn(U.facts(F));
    for (const ValueDecl *Fd : Made)
      if (isa<FieldDecl>(Fd))
        NonblockingMembers.insert(Fd);
    const auto *Ctor = dyn_cast<CXXConstructorDecl>(F);
    if (!Ctor)
      continue;
    for (const CXXCtorInitializer *I : Ctor->inits()) {
      if (!I->getMember())
        continue;
      const Expr *Init = I->getInit()->IgnoreParenImpCasts();
      const auto *Call = dyn_cast<CallExpr>(Init);
      const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
      const FunctionDecl *Helper = Callee ? definitionOf(Callee) : nullptr;
      const ValueDecl *From = descriptorEntity(U, Init);
      if ((From && Made.contains(From)) ||
          (Helper && Helper->getReturnType()->isIntegerType() &&
           !U.isInSystemHeader(Helper) &&
           !U.facts(Helper).NonblockingFds.empty()))
        NonblockingMembers.insert(I->getMember());
    }
  }
}

bool Effects::isNonblocking(const FunctionFacts &Facts, const Expr *Fd) {
  const ValueDecl *Named = descriptorEntity(U, Fd);
  if (!Named || nonblockingIn(Facts).contains(Named))
    return Named;
  if (!isa<FieldDecl>(Named))
    return false;
  listNonblockingMembers();
  return NonblockingMembers.contains(Named);
}

} // namespace nostall
