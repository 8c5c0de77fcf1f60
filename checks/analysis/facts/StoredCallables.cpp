//===- StoredCallables.cpp - what may be called through a member ----------===//

#include "StoredCallables.h"
#include "CallArguments.h"
#include "ConditionReader.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

/// A class that keeps any callable and can be called: a std::function that
/// somebody has written.
static bool isFunctionWrapper(const ASTContext &Ctx, const CXXRecordDecl *R) {
  if (!R->hasDefinition() || R->isLambda() ||
      R->lookup(Ctx.DeclarationNames.getCXXOperatorName(OO_Call)).empty())
    return false;
  return llvm::any_of(R->decls(), [](const Decl *D) {
    const auto *Template = dyn_cast<FunctionTemplateDecl>(D);
    const auto *Ctor =
        Template ? dyn_cast<CXXConstructorDecl>(Template->getTemplatedDecl())
                 : nullptr;
    return Ctor && Ctor->getMinRequiredArguments() == 1 &&
           Ctor->getParamDecl(0)->getType()->isDependentType();
  });
}

/// std::any, boost::any: one type for all that it may hold.
static bool holdsAnything(const CXXRecordDecl *R) {
  return R->getIdentifier() && R->getName() == "any" &&
         !isa<ClassTemplateSpecializationDecl>(R);
}

/// A pointer to a function, an object of a class that wraps callables, a
/// library's container of these, or a pointer to one.
bool StoredCallables::holdsCallables(QualType T, unsigned Depth) {
  if (T.isNull())
    return false;
  T = T.getNonReferenceType().getCanonicalType().getUnqualifiedType();
  if (const auto *Array = T->getAsArrayTypeUnsafe())
    return holdsCallables(Array->getElementType(), Depth);
  if (T->isFunctionType() || T->isFunctionPointerType() ||
      T->isMemberFunctionPointerType())
    return true;
  if (T->isPointerType())
    return T->getPointeeType()->isRecordType() &&
           holdsCallables(T->getPointeeType(), Depth + 1);
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || Depth == 4)
    return false;
  auto [It, IsNew] = TypeMemo.try_emplace(T.getTypePtr(), false);
  if (!IsNew)
    return It->second;
  if (!U.models().isOpaque(R))
    return TypeMemo[T.getTypePtr()] = isFunctionWrapper(U.context(), R);
  const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R);
  if (!Spec)
    return TypeMemo[T.getTypePtr()] = holdsAnything(R);
  const DeclarationName CallOperator =
      U.context().DeclarationNames.getCXXOperatorName(OO_Call);
  bool Holds = R->hasDefinition() && !R->lookup(CallOperator).empty();
  auto Asks = [&](const TemplateArgument &Arg) {
    return Arg.getKind() == TemplateArgument::Type &&
           holdsCallables(Arg.getAsType(), Depth + 1);
  };
  for (const TemplateArgument &Arg : Spec->getTemplateArgs().asArray())
    Holds |= Arg.getKind() == TemplateArgument::Pack
                 ? llvm::any_of(Arg.pack_elements(), Asks)
                 : Asks(Arg);
  return TypeMemo[T.getTypePtr()] = Holds;
}

/// The type of what \p Place holds; a function stands for what it returns.
static QualType typeHeld(const ValueDecl *Place) {
  const auto *F = dyn_cast<FunctionDecl>(Place);
  return F ? F->getReturnType() : Place->getType();
}

/// A function or parameter is one, whichever declaration was called.
static const ValueDecl *canonical(const ValueDecl *D) {
  if (const auto *F = dyn_cast_or_null<FunctionDecl>(D))
    return F->getCanonicalDecl();
  const auto *P = dyn_cast_or_null<ParmVarDecl>(D);
  const auto *F = P ? dyn_cast<FunctionDecl>(P->getDeclContext()) : nullptr;
  return F ? F->getCanonicalDecl()->getParamDecl(P->getFunctionScopeIndex())
           : D;
}

void StoredCallables::add(const ValueDecl *In, const Expr *From,
                          unsigned Depth) {
  if (const auto *Default = dyn_cast<CXXDefaultInitExpr>(From))
    From = Default->getExpr();
  From = From->IgnoreImplicit()->IgnoreParens();
  if (Depth == 8 || From->getType().isNull() || From->isTypeDependent())
    return;
  if (const auto *List = dyn_cast<InitListExpr>(From)) {
    const RecordDecl *R = List->getType()->getAsRecordDecl();
    if (const auto *C = dyn_cast_or_null<CXXRecordDecl>(R);
        C && U.models().isOpaque(C))
      R = nullptr; // std::array: its own members are not asked
    auto Field = R ? R->field_begin() : RecordDecl::field_iterator();
    for (const Expr *Init : List->inits()) {
      if (R && !List->isTransparent()) {
        if (Field == R->field_end())
          return;
        add(*Field++, Init, Depth + 1); // Job{f}
      } else {
        add(In, Init, Depth + 1);
      }
    }
    return;
  }
  if (const auto *List = dyn_cast<CXXStdInitializerListExpr>(From))
    return add(In, List->getSubExpr(), Depth + 1);
  if (!holdsCallables(typeHeld(In)))
    return;
  if (const auto *Choice =
          dyn_cast<AbstractConditionalOperator>(unwrapped(U, From))) {
    add(In, Choice->getTrueExpr(), Depth + 1);
    return add(In, Choice->getFalseExpr(), Depth + 1);
  }
  // std::make_unique<Handler>(f), std::exchange(once, nullptr)
  const auto *By = dyn_cast<CallExpr>(unwrapped(U, From));
  if (By && By->getDirectCallee() && !isa<CXXMemberCallExpr>(By) &&
      !isa<CXXOperatorCallExpr>(By) &&
      U.models().isOpaque(By->getDirectCallee())) {
    for (const Expr *Arg : By->arguments())
      add(In, Arg, Depth + 1);
    return;
  }
  // make_handler(): what that returns, which callableOf would call
  auto AddHolders = [&] {
    bool Added = false;
    for (const ValueDecl *Holder : holdersOf(U, From))
      if (Holder != In && holdsCallables(typeHeld(Holder))) {
        Stores.push_back({In, nullptr, Holder});
        Added = true;
      }
    return Added;
  };
  if (const FunctionDecl *F =
          By && !isa<CXXOperatorCallExpr>(By) ? By->getDirectCallee() : nullptr;
      F && !isa<CXXConversionDecl>(F) && !U.models().isOpaque(F) &&
      AddHolders())
    return;
  std::optional<CallableArgument> C = callableOf(U, From);
  // Another wrapper is called for what it holds.
  if (C && C->Body && !C->Param && isa<CXXMethodDecl>(C->Body) &&
      !cast<CXXMethodDecl>(C->Body)->isStatic() &&
      holdsCallables(U.context().getCanonicalTagType(
          cast<CXXMethodDecl>(C->Body)->getParent())))
    C.reset();
  if (C) {
    if (C->IsTask || (C->Body && U.isInSystemHeader(C->Body) &&
                      bodiesOf(U, C->Body).empty()))
      return;
    // A parameter of a closure's type, in an instantiation, is that closure.
    if (C->Body && (!C->Param || !holdsCallables(C->Param->getType())))
      Stores.push_back({In, C->Body, nullptr});
    else if (C->Param && C->Param != In)
      Stores.push_back({In, nullptr, C->Param});
    return;
  }
  if (AddHolders())
    return;
  // {f, g} in a container, a pair, an optional
  if (const auto *Made = dyn_cast<CXXConstructExpr>(From))
    for (const Expr *Arg : Made->arguments())
      if (!isa<CXXDefaultArgExpr>(Arg))
        add(In, Arg, Depth + 1);
}

void StoredCallables::addCall(const CallFact &Call) {
  if (!Call.Callee)
    return;
  if (Call.K == CallFact::Kind::Operator) {
    if (Call.Callee->getOverloadedOperator() == OO_Equal &&
        Call.Args.size() == 2)
      if (const ValueDecl *To = assignedEntity(U, Call.Args[0]))
        add(To, Call.Args[1]);
    if (U.models().isOpaque(Call.Callee))
      return;
  }
  if (!U.models().isOpaque(Call.Callee)) {
    for (unsigned I = 0; I != Call.Callee->getNumParams(); ++I)
      if (const Expr *Arg = argumentFor(Call, I))
        add(Call.Callee->getParamDecl(I), Arg);
    return;
  }
  auto AddTo = [&](const Expr *Place, llvm::ArrayRef<const Expr *> Given) {
    const ValueDecl *To = descriptorEntity(U, Place);
    if (To && holdsCallables(typeHeld(To)))
      for (const Expr *Arg : Given)
        add(To, Arg);
  };
  if (Call.Object)
    AddTo(Call.Object, Call.Args); // hooks.push_back(f)
  if (auto [A, B] = swappedBy(Call); A) {
    AddTo(A, B);
    AddTo(B, A);
  }
  // old = std::exchange(hook, f)
  if (Call.Site && asExchange(Call.Site))
    AddTo(Call.Args[0], Call.Args[1]);
}

/// `static const bool added = Registry::get().add("x", f);`
void StoredCallables::addCallsIn(const Expr *Init) {
  forEachStatement(Init, [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
    if (llvm::any_of(Path, [](const Stmt *Up) { return isa<LambdaExpr>(Up); }))
      return; // it has facts of its own
    CallFact C;
    C.Site = S;
    if (const auto *Made = dyn_cast<CXXConstructExpr>(S)) {
      C.K = CallFact::Kind::Constructor;
      C.Callee = Made->getConstructor();
      C.Args.append(Made->arg_begin(), Made->arg_end());
    } else if (const auto *Call = dyn_cast<CallExpr>(S)) {
      C.Callee = Call->getDirectCallee();
      C.Args.append(Call->arg_begin(), Call->arg_end());
      if (isa<CXXOperatorCallExpr>(Call))
        C.K = CallFact::Kind::Operator;
      else if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call))
        C.Object = Member->getImplicitObjectArgument();
    }
    addCall(C);
  });
}

/// What the initialisers of variables and members outside of functions store.
void StoredCallables::addGlobals(const Decl *Top) {
  const SourceManager &SM = U.context().getSourceManager();
  if (SM.isInSystemHeader(SM.getExpansionLoc(Top->getLocation())))
    return;
  if (const auto *V = dyn_cast<VarDecl>(Top)) {
    if (!V->hasInit() || V->getType()->isDependentType() ||
        V->getInit()->isInstantiationDependent())
      return;
    add(V, V->getInit());
    addCallsIn(V->getInit());
  } else if (const auto *Field = dyn_cast<FieldDecl>(Top)) {
    if (const Expr *Init = Field->getInClassInitializer();
        Init && !Init->isInstantiationDependent())
      add(Field, Init);
  } else if (const auto *Scope = dyn_cast<DeclContext>(Top);
             Scope && !Scope->isDependentContext() &&
             isa<NamespaceDecl, LinkageSpecDecl, CXXRecordDecl>(Top)) {
    for (const Decl *D : Scope->decls())
      addGlobals(D);
  }
}

const std::vector<StoredCallables::Store> &StoredCallables::stores() {
  if (std::exchange(Listed, true))
    return Stores;
  for (const Decl *D : U.context().getTraversalScope())
    if (const auto *TU = dyn_cast<TranslationUnitDecl>(D))
      for (const Decl *Top : TU->decls())
        addGlobals(Top);
    else
      addGlobals(D);
  for (const FunctionDecl *F : U.functions()) {
    if (F->isDependentContext())
      continue;
    const FunctionFacts &Facts = U.facts(F);
    for (const StoreFact &S : Facts.Stores)
      if (S.From)
        add(S.Of ? S.Of : F, S.From);
    for (const CallFact &Call : Facts.Calls)
      addCall(Call);
  }
  for (unsigned I = 0; I != Stores.size(); ++I) {
    Stores[I].In = canonical(Stores[I].In);
    Stores[I].Place = canonical(Stores[I].Place);
    Of[Stores[I].In].push_back(I);
  }
  return Stores;
}

/// All that \p Place may hold, and the places that it may come from; false if
/// that is too much to mean anything.
bool StoredCallables::reach(const ValueDecl *Place,
                            std::vector<const FunctionDecl *> &Functions,
                            std::vector<const ValueDecl *> &Places) {
  stores();
  llvm::SmallPtrSet<const void *, 8> Seen{Place};
  Places.push_back(Place);
  for (size_t I = 0; I != Places.size(); ++I) {
    if (Seen.size() >= 4 * MaxHeld)
      return false;
    auto It = Of.find(Places[I]);
    if (It == Of.end())
      continue;
    for (unsigned Number : It->second) {
      const Store &S = Stores[Number];
      if (S.Callable && Seen.insert(S.Callable->getCanonicalDecl()).second)
        Functions.push_back(S.Callable);
      if (S.Place && Seen.insert(S.Place).second)
        Places.push_back(S.Place);
    }
  }
  return Functions.size() <= MaxHeld;
}

const std::vector<const FunctionDecl *> &
StoredCallables::in(const ValueDecl *Place) {
  Place = canonical(Place);
  auto &Known = Held[Place];
  if (Known)
    return *Known;
  Known = std::make_unique<std::vector<const FunctionDecl *>>();
  std::vector<const ValueDecl *> Places;
  if (!reach(Place, *Known, Places))
    Known->clear();
  return *Known;
}

std::vector<const ValueDecl *>
StoredCallables::feeding(const ValueDecl *Place) {
  std::vector<const FunctionDecl *> Functions;
  std::vector<const ValueDecl *> Places;
  if (!reach(canonical(Place), Functions, Places))
    Places.clear();
  return Places;
}

bool StoredCallables::isStored(const FunctionDecl *F) {
  return llvm::any_of(stores(), [&](const Store &S) {
    return S.Callable && declaresSameEntity(S.Callable, F);
  });
}

} // namespace nostall
