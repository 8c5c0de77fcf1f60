//===- FactsLifetimes.cpp - what begins and ends without being written ----===//
//
// The calls that the language makes where a life ends (of parameters, members
// and temporaries), and where new and delete ask for memory; and the objects
// that a library makes of what it is given.
//
//===----------------------------------------------------------------------===//

#include "CallArguments.h"
#include "ConditionReader.h"
#include "FactsRecorder.h"
#include "analysis/Unit.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

void FactsRecorder::destroyParameters(const FunctionDecl *F) {
  for (const ParmVarDecl *P : F->parameters())
    if (!P->getType()->isReferenceType())
      if (const CXXDestructorDecl *Dtor = destructorOf(P->getType())) {
        CallFact &C =
            addCall(CallFact::Kind::Destructor, nullptr, P->getLocation());
        C.Callee = Dtor;
        C.Through = P;
        if (canBeEmpty(P->getType().getUnqualifiedType()))
          C.When.push_back(
              {P->getFunctionScopeIndex(), ParamTest::Relation::NotEqual, 0});
      }
}

void FactsRecorder::destroyMembers(const CXXDestructorDecl *Dtor) {
  const CXXRecordDecl *R = Dtor->getParent();
  if (R->isUnion())
    return; // which of them lives, only the body knows
  auto Destroy = [&](QualType T, const ValueDecl *Through) {
    if (const CXXDestructorDecl *Of = destructorOf(T)) {
      CallFact &C =
          addCall(CallFact::Kind::Destructor, nullptr, Dtor->getLocation());
      C.Callee = Of;
      C.Through = Through;
      // What is empty has nothing to destroy.
      if (const auto *Field = dyn_cast_or_null<FieldDecl>(Through);
          Field && canBeEmpty(T.getUnqualifiedType()))
        C.When.push_back(
            {memberNumber(OwnObject, Field), ParamTest::Relation::NotEqual, 0});
    }
  };
  for (const FieldDecl *Field : R->fields())
    if (!Field->getType()->isReferenceType())
      Destroy(Field->getType(), Field);
  for (const CXXBaseSpecifier &Base : R->bases())
    Destroy(Base.getType(), nullptr);
}

/// A temporary that dies with its full-expression: materialised and not
/// bound to a variable, or dropped. Others become a variable or argument.
bool FactsRecorder::isDestroyedHere(const CXXBindTemporaryExpr *E) const {
  const MaterializeTemporaryExpr *Held = nullptr;
  for (const Stmt *Parent : llvm::reverse(Path)) {
    // A call that takes it by T&& has most likely moved from it.
    if (Held)
      return !Held->isXValue() || !isa<CallExpr, CXXConstructExpr>(Parent);
    Held = dyn_cast<MaterializeTemporaryExpr>(Parent);
    if (Held && Held->getExtendingDecl())
      return false;
    if (!Held && !isConstructorCast(Parent) &&
        !isa<ExprWithCleanups, ImplicitCastExpr, ParenExpr>(Parent))
      break;
  }
  if (Held)
    return true;
  return DiscardedValues.contains(E->getSubExpr()->IgnoreParenImpCasts());
}

void FactsRecorder::addDestruction(const CXXBindTemporaryExpr *E) {
  if (!isDestroyedHere(E))
    return;
  CallFact &C = addCall(CallFact::Kind::Destructor, E, E->getBeginLoc());
  C.Callee = E->getTemporary()->getDestructor();
}

void FactsRecorder::addAllocation(const Expr *E, const FunctionDecl *Operator) {
  if (Operator && !Operator->isImplicit() && !U.isInSystemHeader(Operator))
    addCall(CallFact::Kind::Function, E, E->getBeginLoc()).Callee = Operator;
}

/// What is left of the type of an argument that is passed on.
static QualType plainType(const ASTContext &Ctx, QualType T) {
  T = T.getNonReferenceType();
  if (T->isArrayType())
    T = Ctx.getArrayDecayedType(T);
  return T.getCanonicalType().getUnqualifiedType();
}

/// The only constructor template of \p R, which takes \p Count arguments
/// (std::thread's).
static const CXXConstructorDecl *onlyTemplate(const CXXRecordDecl *R,
                                              size_t Count) {
  const CXXConstructorDecl *Only = nullptr;
  for (const Decl *D : R->decls()) {
    const auto *Template = dyn_cast<FunctionTemplateDecl>(D);
    const auto *Ctor =
        Template ? dyn_cast<CXXConstructorDecl>(Template->getTemplatedDecl())
                 : nullptr;
    if (!Ctor)
      continue;
    if (Only)
      return nullptr;
    Only = Ctor;
  }
  return Only && Count >= Only->getMinRequiredArguments() ? Only : nullptr;
}

/// Whether an argument of type \p From may initialise a parameter of type \p
/// To. What only a template could tell counts as yes.
static bool mayConvert(const ASTContext &Ctx, QualType From, QualType To,
                       bool ByClass = true) {
  From = plainType(Ctx, From);
  To = plainType(Ctx, To);
  if (From == To || From->isDependentType() || To->isDependentType())
    return true;
  if (To->isArithmeticType())
    return From->isArithmeticType() || From->isUnscopedEnumerationType() ||
           From->isRecordType();
  if (To->isPointerType())
    return From->isNullPtrType() || From->isRecordType() ||
           (From->isPointerType() &&
            (To->isVoidPointerType() || To->getPointeeType()->isRecordType() ||
             Ctx.hasSameUnqualifiedType(From->getPointeeType(),
                                        To->getPointeeType())));
  const CXXRecordDecl *R = To->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition())
    return From->isRecordType();
  const CXXRecordDecl *Of = From->getAsCXXRecordDecl();
  if (Of && Of->hasDefinition() &&
      (Of->isDerivedFrom(R) || !Of->getVisibleConversionFunctions().empty()))
    return true;
  return ByClass && llvm::any_of(R->decls(), [&](const Decl *D) {
           if (const auto *Template = dyn_cast<FunctionTemplateDecl>(D))
             return isa<CXXConstructorDecl>(Template->getTemplatedDecl()) &&
                    (!From->isArithmeticType() || !R->isInStdNamespace());
           const auto *Ctor = dyn_cast<CXXConstructorDecl>(D);
           return Ctor && !Ctor->isDeleted() && !Ctor->isExplicit() &&
                  Ctor->getNumParams() && !Ctor->isCopyOrMoveConstructor() &&
                  Ctor->getMinRequiredArguments() <= 1 &&
                  mayConvert(Ctx, From, Ctor->getParamDecl(0)->getType(),
                             /*ByClass=*/false);
         });
}

/// The constructor of \p R that takes \p Args: the only one whose parameters
/// have their types, or else the only one that they convert to.
static const CXXConstructorDecl *
constructorFor(const ASTContext &Ctx, const CXXRecordDecl *R,
               llvm::ArrayRef<const Expr *> Args) {
  llvm::SmallVector<const CXXConstructorDecl *, 2> OfNumber, Fitting, OfTypes;
  for (const CXXConstructorDecl *Ctor : R->ctors()) {
    if (Ctor->isDeleted() || Args.size() < Ctor->getMinRequiredArguments() ||
        (Args.size() > Ctor->getNumParams() && !Ctor->isVariadic()))
      continue;
    const bool IsCopy = Ctor->isCopyOrMoveConstructor();
    bool Same = true, Fits = true;
    for (unsigned I = 0; I != Args.size() && I != Ctor->getNumParams(); ++I) {
      const QualType From = Args[I]->getType();
      const QualType To = Ctor->getParamDecl(I)->getType();
      Same &= plainType(Ctx, From) == plainType(Ctx, To);
      Fits &= mayConvert(Ctx, From, To);
    }
    if (Same && IsCopy)
      return nullptr; // what is copied or moved is nothing new
    if (Same)
      OfTypes.push_back(Ctor);
    else if (!IsCopy)
      (Fits ? Fitting : OfNumber).push_back(Ctor);
  }
  if (OfTypes.empty())
    OfTypes = Fitting.empty() ? OfNumber : Fitting;
  if (OfTypes.size() == 1)
    return OfTypes.front();
  return OfTypes.empty() ? onlyTemplate(R, Args.size()) : nullptr;
}

/// The operator new that \p R or a base of it has for `new T`, or null.
static const FunctionDecl *allocatorOf(const ASTContext &Ctx,
                                       const CXXRecordDecl *R,
                                       OverloadedOperatorKind New) {
  for (const NamedDecl *D :
       R->lookup(Ctx.DeclarationNames.getCXXOperatorName(New)))
    if (const FunctionDecl *F = D->getAsFunction();
        F && F->getMinRequiredArguments() == 1)
      return F;
  for (const CXXBaseSpecifier &Base : R->bases())
    if (const CXXRecordDecl *Of = Base.getType()->getAsCXXRecordDecl())
      if (const FunctionDecl *F = allocatorOf(Ctx, Of, New))
        return F;
  return nullptr;
}

/// What the end of the scope around \p V, a local variable, runs.
void FactsRecorder::addEndOf(const VarDecl *V, const DeclStmt *S) {
  if (V->hasLocalStorage() && !V->isNRVOVariable() && ownsValue(V))
    if (const CXXDestructorDecl *Dtor = destructorOf(V->getType())) {
      CallFact &C = addCall(CallFact::Kind::Destructor, S, V->getLocation());
      C.Callee = Dtor;
      C.Through = V;
    }
  if (const auto *Cleanup = V->getAttr<CleanupAttr>())
    addCall(CallFact::Kind::Function, S, V->getLocation()).Callee =
        Cleanup->getFunctionDecl();
}

/// std::make_unique<T>(a, b) constructs a T of a and b.
void FactsRecorder::addLibraryConstructions(const CallFact &By) {
  for (const CXXRecordDecl *R : constructedBy(U, By.Callee))
    if (!R->isDependentContext())
      addLibraryConstruction(By, R);
}

/// The arguments that \p C leaves to its callee.
static void addDefaults(CallFact &C) {
  for (unsigned I = C.Args.size(); I < C.Callee->getNumParams(); ++I) {
    const ParmVarDecl *P = C.Callee->getParamDecl(I);
    if (!P->hasDefaultArg() || P->hasUninstantiatedDefaultArg() ||
        P->hasUnparsedDefaultArg())
      return;
    C.Args.push_back(P->getDefaultArg());
  }
}

void FactsRecorder::addLibraryConstruction(const CallFact &By,
                                           const CXXRecordDecl *R) {
  const auto &Rule = *U.model(By.Callee)->Constructs;
  llvm::ArrayRef<const Expr *> Args(By.Args);
  if (By.K == CallFact::Kind::Operator && isa<CXXMethodDecl>(By.Callee))
    Args = Args.drop_front(); // the object
  const QualType Made = By.Callee->getReturnType();
  const auto *Owner = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      Made->getAsCXXRecordDecl());
  const bool OfArray =
      Owner && Owner->getTemplateArgs().size() &&
      Owner->getTemplateArgs()[0].getKind() == TemplateArgument::Type &&
      Owner->getTemplateArgs()[0].getAsType()->isArrayType();
  Args = Rule.From && !OfArray
             ? Args.drop_front(std::min<size_t>(*Rule.From, Args.size()))
             : llvm::ArrayRef<const Expr *>();
  auto Add = [&](CallFact::Kind K, const FunctionDecl *Callee) {
    CallFact C;
    C.K = K;
    C.Site = By.Site;
    C.Loc = By.Loc;
    C.Callee = Callee;
    if (K == CallFact::Kind::Constructor) {
      addArguments(C, Args);
      addDefaults(C);
    }
    finish(C).Implied = CallFact::ImpliedBy::Library;
  };
  if (Rule.ByNew)
    if (const FunctionDecl *New =
            allocatorOf(Ctx, R, OfArray ? OO_Array_New : OO_New);
        New && !U.isInSystemHeader(New))
      Add(CallFact::Kind::Function, New);
  if (const CXXConstructorDecl *Ctor = constructorFor(Ctx, R, Args);
      Ctor && !Ctor->isTrivial())
    Add(CallFact::Kind::Constructor, Ctor);
}

} // namespace nostall
