//===- DescriptorModes.cpp - descriptors of single objects ----------------===//
//
//   Socket slow(fd);                       // nobody makes its fd_ non-blocking
//   Socket quick(fd, Mode::nonblocking);   // the constructor does
//
// Where some object's descriptor is non-blocking, those of all of its class
// count as such. Not that of an object that a function makes and keeps to
// itself, by a constructor that is not told to, and whose methods that are
// called on it do not.
//
//===----------------------------------------------------------------------===//

#include "Descriptors.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"

using namespace clang;

namespace nostall {

/// What \p Args give the parameters of \p F, as far as they are constants.
static KnownValues constantsGiven(const ASTContext &Ctx, const FunctionDecl *F,
                                  llvm::ArrayRef<const Expr *> Args) {
  std::vector<PassedValue> Passed;
  std::vector<uint32_t> All;
  for (unsigned I = 0; I != Args.size() && I != F->getNumParams(); ++I) {
    const Expr *Arg = Args[I];
    if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(Arg))
      Arg = Default->getExpr();
    All.push_back(I);
    if (const auto Is = constantOf(Ctx, Arg))
      Passed.push_back({I, false, *Is});
  }
  return KnownValues().after(Passed, All);
}

/// Whether \p F, called on an object with these values and arguments, may make
/// its \p Field non-blocking.
bool Descriptors::mayMakeNonblocking(const FunctionDecl *F,
                                     const FieldDecl *Field,
                                     const KnownValues &Known,
                                     llvm::ArrayRef<const Expr *> Args,
                                     unsigned Depth) {
  constexpr unsigned MaxDepth = 4;
  F = F ? definitionOf(F) : nullptr;
  if (!F || Depth == MaxDepth)
    return true;
  const FunctionFacts &Facts = U.facts(F);
  for (const StoreFact &S : Facts.Stores) {
    if (S.Of != Field || Known.ruleOut(S.When))
      continue;
    if (!S.From)
      return true;
    const auto *Ref = dyn_cast<DeclRefExpr>(stripForwarding(U, S.From));
    const auto *P = Ref ? dyn_cast<ParmVarDecl>(Ref->getDecl()) : nullptr;
    const unsigned Number = P ? P->getFunctionScopeIndex() : 0;
    if (!P) {
      if (isNonblocking(S.From))
        return true;
      continue;
    }
    const Expr *Given = Number < Args.size() ? Args[Number] : nullptr;
    if (!Given || isNonblocking(Given) || mentionsNonblockingFlag(U, Given))
      return true;
  }
  for (const CallFact &C : Facts.Calls) {
    if (!C.Callee || U.isInSystemHeader(C.Callee) || Known.ruleOut(C.When))
      continue;
    const auto *Method = dyn_cast<CXXMethodDecl>(C.Callee);
    if (Method && Method->isInstance() && C.Object &&
        isa<CXXThisExpr>(stripForwarding(U, C.Object))) {
      if (!Method->isConst() &&
          mayMakeNonblocking(Method, Field,
                             constantsGiven(U.context(), Method, C.Args),
                             C.Args, Depth + 1))
        return true;
      continue;
    }
    // set_nonblocking(fd_)
    for (unsigned I = 0; I != C.Callee->getNumParams(); ++I)
      if (const Expr *Arg = argumentFor(C, I);
          Arg && descriptorEntity(U, Arg) == Field &&
          nonblocking().contains(made(C.Callee->getParamDecl(I))))
        return true;
  }
  return false;
}

void Descriptors::addModes(const MadeObjects::Making &M, uint32_t Object,
                           std::vector<PassedValue> &Out) {
  const CXXConstructorDecl *By =
      M.By ? cast_or_null<CXXConstructorDecl>(definitionOf(M.By)) : nullptr;
  if (!By || M.IsLent || By->isCopyOrMoveConstructor())
    return;
  for (const FieldDecl *Field : By->getParent()->fields()) {
    if (!mayHoldDescriptor(Field->getType()) || !isNonblocking(Field) ||
        llvm::is_contained(M.Touched, Field) ||
        mayMakeNonblocking(By, Field, constantsGiven(U.context(), By, M.Args),
                           M.Args, 0) ||
        llvm::any_of(M.Called,
                     [&](const CXXMethodDecl *Method) {
                       return !Method ||
                              (!Method->isConst() &&
                               mayMakeNonblocking(Method, Field, {}, {}, 0));
                     }) ||
        !M.Lent.empty())
      continue;
    Out.push_back({memberNumber(Object, Field), false, BlockingDescriptor});
  }
}

} // namespace nostall
