//===- Callables.cpp - what a call is given to run ------------------------===//

#include "Callables.h"
#include "Annotations.h"
#include "Bodies.h"
#include "Expressions.h"
#include "analysis/Unit.h"
#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace nostall {

/// Whether what \p F does is read: not in a library that is known by its
/// models.
static bool isLookedInto(Unit &U, const FunctionDecl *F) {
  return !U.isInSystemHeader(F) || !U.models().isOpaque(F);
}

/// The only, non-template operator() of a class whose members are looked into.
static const FunctionDecl *callOperator(Unit &U, QualType T) {
  const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition())
    return nullptr;
  if (R->isLambda())
    return R->getLambdaCallOperator();
  auto Found =
      R->lookup(U.context().DeclarationNames.getCXXOperatorName(OO_Call));
  const FunctionDecl *Only =
      Found.isSingleResult() ? dyn_cast<CXXMethodDecl>(Found.front()) : nullptr;
  return Only && isLookedInto(U, Only) ? Only : nullptr;
}

/// A constructor that has a callable run somewhere (std::thread's): what it
/// makes is no callable any more.
static bool takesOver(Unit &U, const CXXConstructorDecl *Ctor) {
  const FunctionModel *M = U.model(Ctor);
  return (M && llvm::any_of(M->Callables,
                            [](const CallableModel &C) {
                              return C.Use != CallableUse::Keeps &&
                                     C.Use != CallableUse::Inline;
                            })) ||
         (Ctor->getNumParams() && annotation(Ctor->getParamDecl(0), "runs_on"));
}

static bool isCallableType(QualType T) {
  T = T.getNonReferenceType();
  return T->isFunctionPointerType() || T->isFunctionType() || T->isRecordType();
}

std::optional<CallableArgument> taskMadeBy(Unit &U, const Expr *E) {
  const auto *Call = dyn_cast<CallExpr>(E);
  const FunctionDecl *F = Call ? Call->getDirectCallee() : nullptr;
  if (!F || !(coroutineBody(F) || mayBeCoroutineElsewhere(U, F)))
    return std::nullopt;
  CallableArgument Task;
  Task.Body = F;
  Task.IsTask = true;
  Task.Made = Call;
  return Task;
}

const Expr *unwrapped(Unit &U, const Expr *E) {
  while (true) {
    E = stripForwarding(U, E);
    const auto *Made = dyn_cast<CXXConstructExpr>(E);
    if (!Made || Made->getNumArgs() != 1)
      return E;
    E = Made->getArg(0);
  }
}

std::optional<CallableArgument> callableOf(Unit &U, const Expr *E) {
  for (unsigned Depth = 0; Depth != 8; ++Depth) {
    E = stripForwarding(U, E);
    // A conversion to std::function and the like wraps what it is given.
    if (const auto *C = dyn_cast<CXXConstructExpr>(E);
        C && C->getNumArgs() == 1 && !takesOver(U, C->getConstructor()))
      E = C->getArg(0);
    else if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
      E = Cast->getSubExpr();
    else if (const auto *Other = dyn_cast<ExplicitCastExpr>(E);
             Other && Other->getType()->isFunctionPointerType())
      E = Other->getSubExpr(); // G_CALLBACK(on_activate)
    else if (const auto *Unary = dyn_cast<UnaryOperator>(E);
             Unary &&
             (Unary->getOpcode() == UO_AddrOf || Unary->getOpcode() == UO_Plus))
      E = Unary->getSubExpr();
    else if (const auto *Conversion = dyn_cast<CXXMemberCallExpr>(E);
             Conversion &&
             isa_and_nonnull<CXXConversionDecl>(Conversion->getMethodDecl()))
      E = Conversion->getImplicitObjectArgument();
    else
      break;
  }
  CallableArgument Result;
  if (const auto *Lambda = dyn_cast<LambdaExpr>(E)) {
    Result.Body = Lambda->getCallOperator();
    return Result;
  }
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    if (const auto *F = dyn_cast<FunctionDecl>(Ref->getDecl())) {
      Result.Body = F;
      return Result;
    }
    if (const auto *P = dyn_cast<ParmVarDecl>(Ref->getDecl());
        P && isCallableType(P->getType())) {
      Result.Param = P;
      Result.Body = callOperator(U, P->getType());
      return Result;
    }
  }
  if (auto Task = taskMadeBy(U, E))
    return Task;
  if (const FunctionDecl *Operator = callOperator(U, E->getType())) {
    Result.Body = Operator;
    return Result;
  }
  return std::nullopt;
}

static void addHolders(Unit &U, const Expr *E, unsigned Depth,
                       llvm::SmallVectorImpl<const ValueDecl *> &Out) {
  E = unwrapped(U, E);
  if (const auto *Choice = dyn_cast<AbstractConditionalOperator>(E);
      Choice && Depth != 8) {
    addHolders(U, Choice->getTrueExpr(), Depth + 1, Out);
    return addHolders(U, Choice->getFalseExpr(), Depth + 1, Out);
  }
  const ValueDecl *Holder = namedEntity(U, E);
  if (!isa_and_nonnull<VarDecl, FunctionDecl>(Holder) || Holder->isImplicit())
    Holder = descriptorEntity(U, E, AccessorIs::Itself);
  if (Holder && !llvm::is_contained(Out, Holder))
    Out.push_back(Holder);
}

llvm::SmallVector<const ValueDecl *, 2> holdersOf(Unit &U, const Expr *E) {
  llvm::SmallVector<const ValueDecl *, 2> Out;
  addHolders(U, E, 0, Out);
  return Out;
}

/// The overloads of operator() that \p R has, and `using F::operator()...` of
/// its bases.
static void addOverloads(Unit &U, const CXXRecordDecl *R,
                         std::vector<const FunctionDecl *> &Out) {
  if (!R || !R->hasDefinition())
    return;
  const auto Found =
      R->lookup(U.context().DeclarationNames.getCXXOperatorName(OO_Call));
  for (const NamedDecl *D : Found)
    if (const FunctionDecl *F = D->getUnderlyingDecl()->getAsFunction();
        F && isLookedInto(U, F))
      Out.push_back(F);
  if (Found.empty())
    for (const CXXBaseSpecifier &Base : R->bases())
      addOverloads(U, Base.getType()->getAsCXXRecordDecl(), Out);
}

std::vector<CallableArgument> callablesOf(Unit &U, const Expr *E) {
  if (const auto *Choice =
          dyn_cast<AbstractConditionalOperator>(unwrapped(U, E))) {
    auto Both = callablesOf(U, Choice->getTrueExpr());
    llvm::append_range(Both, callablesOf(U, Choice->getFalseExpr()));
    return Both;
  }
  if (auto One = callableOf(U, E))
    return {*One};
  std::vector<const FunctionDecl *> Overloads;
  if (unwrapped(U, E)->getType().isNull())
    return {}; // {a, b} in a template
  addOverloads(
      U, unwrapped(U, E)->getType().getNonReferenceType()->getAsCXXRecordDecl(),
      Overloads);
  std::vector<CallableArgument> Out(Overloads.size());
  for (auto [Callable, Body] : llvm::zip(Out, Overloads))
    Callable.Body = Body;
  return Out;
}

std::optional<CallableArgument> callableInTemplate(const FunctionDecl *F) {
  const TemplateArgumentList *Args = F->getTemplateSpecializationArgs();
  if (!Args)
    return std::nullopt;
  CallableArgument Result;
  Result.Arg = CallableArgument::InTemplate;
  auto OfClosure = [&](QualType T) {
    const CXXRecordDecl *R = T->getAsCXXRecordDecl();
    if (R && R->isLambda())
      Result.Body = R->getLambdaCallOperator();
  };
  for (const TemplateArgument &Arg : Args->asArray())
    if (Arg.getKind() == TemplateArgument::Declaration) {
      if (const auto *Object =
              dyn_cast<TemplateParamObjectDecl>(Arg.getAsDecl()))
        OfClosure(Object->getType());
      else
        Result.Body = dyn_cast<FunctionDecl>(Arg.getAsDecl());
    } else if (Arg.getKind() == TemplateArgument::StructuralValue) {
      OfClosure(Arg.getStructuralValueType());
    }
  return Result.Body ? std::optional(Result) : std::nullopt;
}

} // namespace nostall
