//===- Descriptors.cpp - which descriptors do not block -------------------===//

#include "Descriptors.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

//===--- places -----------------------------------------------------------===//

Symbol Descriptors::symbol(const NamedDecl *D, Of What, unsigned Param) {
  return U.places().symbol(D, What, Param);
}

/// Where \p D is a parameter: what its function makes of it.
Symbol Descriptors::made(const ValueDecl *D) {
  const auto *P = dyn_cast<ParmVarDecl>(D);
  const auto *F = P ? dyn_cast<FunctionDecl>(P->getDeclContext()) : nullptr;
  return F ? symbol(F, Of::Made, P->getFunctionScopeIndex())
           : symbol(D, Of::Variable);
}

Symbol Descriptors::given(const ParmVarDecl *P) {
  const auto *F = dyn_cast<FunctionDecl>(P->getDeclContext());
  return F ? symbol(F, Of::Given, P->getFunctionScopeIndex()) : 0;
}

std::vector<Symbol> Descriptors::placesOf(const Expr *Fd) {
  std::vector<Symbol> Places;
  auto Add = [&](const ValueDecl *D) {
    if (const auto *P = dyn_cast_or_null<ParmVarDecl>(D))
      Places.push_back(given(P));
    if (D)
      Places.push_back(made(D));
  };
  const ValueDecl *Named = descriptorEntity(U, Fd);
  Add(Named);
  // A call gives what its function returns, and speaks for its object.
  Fd = stripForwarding(U, Fd);
  const auto *Call = dyn_cast<CallExpr>(Fd);
  if (Call && Call->getDirectCallee() &&
      !U.isInSystemHeader(Call->getDirectCallee()))
    Places.push_back(symbol(Call->getDirectCallee(), Of::Result));
  if (const auto *Member = dyn_cast_or_null<CXXMemberCallExpr>(Call))
    if (const ValueDecl *Object =
            descriptorEntity(U, Member->getImplicitObjectArgument());
        Object != Named)
      Add(Object);
  llvm::erase(Places, 0);
  return Places;
}

//===--- flows ------------------------------------------------------------===//

static bool isInt(QualType T) {
  return T.getNonReferenceType().getCanonicalType()->isSpecificBuiltinType(
      BuiltinType::Int);
}

/// A descriptor, or several: `int (&ends)[2]`.
static bool mayHoldDescriptor(QualType T) {
  T = T.getNonReferenceType();
  if (T->isPointerType())
    T = T->getPointeeType();
  if (const ArrayType *Array = T->getAsArrayTypeUnsafe())
    T = Array->getElementType();
  return isInt(T) && !T.isConstQualified();
}

void Descriptors::addFlow(Symbol To, const Expr *From) {
  for (Symbol Place : placesOf(From))
    if (To && Place != To)
      Flows.push_back({To, Place, false, {}, {}});
  // Socket(fd)
  if (const auto *Made = dyn_cast<CXXConstructExpr>(stripForwarding(U, From)))
    for (const Expr *Arg : Made->arguments())
      if (isInt(Arg->getType()))
        addFlow(To, Arg);
}

void Descriptors::addCall(const FunctionFacts &Facts, const CallFact &Call) {
  if (!Call.Callee || U.isInSystemHeader(Call.Callee) ||
      U.models().isOpaque(Call.Callee))
    return;
  std::vector<PassedValue> Constants;
  for (unsigned I = 0; I != Call.Callee->getNumParams(); ++I) {
    const ParmVarDecl *P = Call.Callee->getParamDecl(I);
    const Expr *Arg = argumentFor(Call, I);
    if (!Arg || !mayHoldDescriptor(P->getType()))
      continue;
    // set_nonblocking(fd)
    if (const ValueDecl *Named = descriptorEntity(U, Arg)) {
      if (Constants.empty()) {
        Constants = passedValues(U.context(), Facts, Call);
        llvm::erase_if(Constants,
                       [](const PassedValue &V) { return V.IsOwnParam; });
      }
      Flows.push_back({made(Named), made(P), false, {}, Constants});
    }
    // -1 is no descriptor.
    Expr::EvalResult Number;
    if (!Arg->isValueDependent() && !Arg->containsErrors() &&
        Arg->EvaluateAsInt(Number, U.context()) &&
        Number.Val.getInt().isNegative())
      continue;
    std::vector<Symbol> From = placesOf(Arg);
    if (llvm::is_contained(From, given(P)))
      continue; // itself, once more
    Symbol Only = From.empty() ? 0 : From.front();
    if (From.size() > 1) { // any will do
      const SourceManager &SM = U.context().getSourceManager();
      Only = symbol(Facts.Function, Of::Argument,
                    SM.getFileOffset(Arg->getExprLoc()));
      for (Symbol Place : From)
        Flows.push_back({Only, Place, false, {}, {}});
    }
    Flows.push_back({given(P), Only, true, {}, {}});
  }
}

void Descriptors::addFlows(const FunctionFacts &Facts) {
  const FunctionDecl *F = Facts.Function;
  for (const StoreFact &D : Facts.Stores) {
    const Symbol To = D.Of ? made(D.Of) : symbol(F, Of::Result);
    if (D.From)
      addFlow(To, D.From);
    else if (To)
      Flows.push_back({To, 0, false, D.When, {}});
  }
  for (const CallFact &Call : Facts.Calls) {
    addCall(Facts, Call);
    // Who is called with what nobody sees may be given any.
    for (const CallableArgument &Arg : Call.Callables)
      if (Arg.Body && !Arg.IsTask && !U.isInSystemHeader(Arg.Body))
        for (const ParmVarDecl *P : Arg.Body->parameters())
          if (isInt(P->getType()))
            Flows.push_back({given(P), 0, true, {}, {}});
  }
}

const std::vector<DescriptorFlow> &Descriptors::flows() {
  if (!std::exchange(Listed, true)) {
    for (const FunctionDecl *F : U.functions())
      if (!F->isDependentContext())
        addFlows(U.facts(F));
    llvm::sort(Flows);
    Flows.erase(llvm::unique(Flows), Flows.end());
    Known = NonblockingPlaces({llvm::ArrayRef(Flows)});
  }
  return Flows;
}

//===--- questions --------------------------------------------------------===//

const NonblockingPlaces &Descriptors::nonblocking() {
  flows();
  return Known;
}

bool Descriptors::isNonblocking(const Expr *Fd) {
  return llvm::any_of(placesOf(Fd),
                      [&](Symbol S) { return nonblocking().contains(S); });
}

bool Descriptors::isNonblocking(const ValueDecl *Place) {
  const auto *P = dyn_cast<ParmVarDecl>(Place);
  return nonblocking().contains(made(Place)) ||
         (P && nonblocking().contains(given(P)));
}

bool Descriptors::isStillBlocking(const FunctionFacts &Facts,
                                  const CallFact &Call, const Expr *Fd) {
  const auto *V = dyn_cast_or_null<VarDecl>(namedEntity(U, Fd));
  if (!V || isa<ParmVarDecl>(V) || !V->hasLocalStorage() ||
      V->getDeclContext() != Facts.Function || !V->getInit())
    return false;
  // socket(), or an object of the library's
  const Expr *Init = stripForwarding(U, V->getInit());
  const auto *Made = dyn_cast<CallExpr>(Init);
  const auto *Object =
      dyn_cast<CXXConstructExpr>(V->getInit()->IgnoreImplicit());
  const FunctionDecl *By = Made     ? Made->getDirectCallee()
                           : Object ? Object->getConstructor()
                                    : nullptr;
  if (!By || !(U.isInSystemHeader(By) || U.models().isOpaque(By)))
    return false;
  const SourceManager &SM = U.context().getSourceManager();
  auto IsAfter = [&](SourceLocation Loc) {
    return Loc.isValid() && SM.isBeforeInTranslationUnit(
                                SM.getFileLoc(Call.Loc), SM.getFileLoc(Loc));
  };
  bool IsMade = false;
  for (const StoreFact &S : Facts.Stores)
    if (S.Of == V && S.From != V->getInit()) {
      if (!IsAfter(S.From ? S.From->getExprLoc() : S.Loc))
        return false;
      IsMade = true;
    }
  // set_nonblocking(fd), and whatever else the program does with it
  return llvm::all_of(
             Facts.Calls,
             [&](const CallFact &C) {
               const bool Names = llvm::any_of(C.Args, [&](const Expr *Arg) {
                 return descriptorEntity(U, Arg) == V;
               });
               if (!Names || !C.Callee || U.isInSystemHeader(C.Callee) ||
                   U.models().isOpaque(C.Callee))
                 return true;
               IsMade |= IsAfter(C.Loc);
               return IsAfter(C.Loc);
             }) &&
         IsMade;
}

std::vector<PassedValue> Descriptors::passed(const FunctionFacts &Facts,
                                             const CallFact &Call) {
  std::vector<PassedValue> Result = passedValues(U.context(), Facts, Call);
  Objects.addMembers(Facts, Call, Result);
  if (!Call.Callee || U.isInSystemHeader(Call.Callee))
    return Result;
  for (unsigned I = 0; I != Call.Callee->getNumParams(); ++I) {
    const Expr *Arg = argumentFor(Call, I);
    if (!Arg || !isInt(Call.Callee->getParamDecl(I)->getType()) ||
        llvm::any_of(Result, [&](const PassedValue &V) {
          return V.Param == I && !V.IsOwnParam;
        }))
      continue;
    if (isNonblocking(Arg)) {
      Result.push_back({I, false, NonblockingDescriptor});
      continue;
    }
    for (Symbol Place : placesOf(Arg))
      Result.push_back({I, false, static_cast<int64_t>(Place), true});
  }
  return Result;
}

} // namespace nostall
