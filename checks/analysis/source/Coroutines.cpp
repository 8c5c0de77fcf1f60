//===- Coroutines.cpp - promise types and how they begin ------------------===//

#include "Coroutines.h"
#include "HandleUse.h"
#include "TypeReading.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

//===--- promises ---------------------------------------------------------===//

static bool isPromise(const CXXRecordDecl *P, ASTContext &Ctx) {
  // An incomplete pattern of a dependent base may hold any of the three.
  unsigned Has = 0;
  for (llvm::StringRef Member :
       {"initial_suspend", "final_suspend", "unhandled_exception"})
    Has += findMember(P, Member, Ctx) != nullptr;
  const bool HasUnreadBase = anyInHierarchy(P, [](const CXXRecordDecl *R) {
    return llvm::any_of(R->bases(), [](const CXXBaseSpecifier &Base) {
      return !recordOf(Base.getType());
    });
  });
  return Has == 3 || HasUnreadBase;
}

/// The promise that \p Spec, a specialisation of coroutine_traits, names.
static const CXXRecordDecl *promiseIn(const CXXRecordDecl *Spec,
                                      ASTContext &Ctx) {
  return memberType(Spec, "promise_type", Ctx);
}

/// std::coroutine_traits specialised for \p R: whole, or a partial
/// specialisation whose first argument is \p R's template; \p Others may be the
/// coroutine's parameters, and any specialisation for them counts.
static const CXXRecordDecl *promiseFromTraits(const CXXRecordDecl *R,
                                              ASTContext &Ctx) {
  const NamespaceDecl *Std = nullptr;
  for (const NamedDecl *D : Ctx.getTranslationUnitDecl()->lookup(
           DeclarationName(&Ctx.Idents.get("std"))))
    Std = dyn_cast<NamespaceDecl>(D);
  if (!Std)
    return nullptr;
  auto Found =
      Std->lookup(DeclarationName(&Ctx.Idents.get("coroutine_traits")));
  if (Found.empty())
    return nullptr;
  auto *Traits = dyn_cast<ClassTemplateDecl>(Found.front());
  if (!Traits)
    return nullptr;
  for (const auto *Spec : Traits->specializations()) {
    const TemplateArgumentList &Args = Spec->getTemplateArgs();
    if (Args.size() && Args[0].getKind() == TemplateArgument::Type &&
        Args[0].getAsType()->getAsCXXRecordDecl() &&
        Args[0].getAsType()->getAsCXXRecordDecl()->getCanonicalDecl() ==
            R->getCanonicalDecl())
      if (const CXXRecordDecl *Promise = promiseIn(Spec, Ctx))
        return Promise;
  }
  // None was instantiated: whose first argument is R, or R's template?
  llvm::SmallVector<ClassTemplatePartialSpecializationDecl *, 8> Partials;
  Traits->getPartialSpecializations(Partials);
  for (const auto *Partial : Partials) {
    const TemplateArgumentList &Args = Partial->getTemplateArgs();
    if (Args.size() && Args[0].getKind() == TemplateArgument::Type &&
        isMeantFor(Args[0].getAsType(), R))
      if (const CXXRecordDecl *Promise = promiseIn(Partial, Ctx))
        return Promise;
  }
  return nullptr;
}

const CXXRecordDecl *promiseOf(const CXXRecordDecl *R, ASTContext &Ctx) {
  for (const CXXRecordDecl *Promise :
       {promiseFromTraits(R, Ctx),
        memberType(recordOf(Ctx.getCanonicalTagType(R)), "promise_type", Ctx)})
    if (Promise && isPromise(Promise, Ctx))
      return Promise;
  return nullptr;
}

//===--- beginnings -------------------------------------------------------===//

std::optional<bool> constantReady(const CXXRecordDecl *Awaiter,
                                  ASTContext &Ctx) {
  const FunctionDecl *F =
      withBody(asFunction(findMember(Awaiter, "await_ready", Ctx)));
  std::optional<bool> Known;
  llvm::SmallVector<const Stmt *, 8> Work{F ? F->getBody() : nullptr};
  while (!Work.empty()) {
    const Stmt *S = Work.pop_back_val();
    if (!S || isa<LambdaExpr>(S))
      continue;
    const auto *Return = dyn_cast<ReturnStmt>(S);
    if (!Return) {
      Work.append(S->child_begin(), S->child_end());
      continue;
    }
    const Expr *Value = Return->getRetValue();
    bool IsReady = false;
    if (!Value || Value->isValueDependent() ||
        !Value->EvaluateAsBooleanCondition(IsReady, Ctx) ||
        (Known && *Known != IsReady))
      return std::nullopt;
    Known = IsReady;
  }
  return Known;
}

/// Whether getting an \p R, or being rid of it, resumes the coroutine.
static bool resumesItself(const CXXRecordDecl *R, const FunctionDecl *Make) {
  if (Make && resumesAHandle(Make))
    return true;
  if (!R || !(R = R->getDefinition()))
    return false;
  auto IsPlain = [](const CXXConstructorDecl *C) {
    return !C->isCopyOrMoveConstructor() && C->getNumParams() != 0;
  };
  for (const CXXConstructorDecl *C : R->ctors())
    if (IsPlain(C) && resumesAHandle(C))
      return true;
  const CXXDestructorDecl *D = R->getDestructor();
  return D && resumesAHandle(D);
}

/// \p R is the pattern of \p Instance, or they are instances of one template.
static bool isTemplateOf(const CXXRecordDecl *Instance,
                         const CXXRecordDecl *R) {
  const auto *Of = dyn_cast<ClassTemplateSpecializationDecl>(Instance);
  const ClassTemplateDecl *Template = R->getDescribedClassTemplate();
  if (const auto *Other = dyn_cast<ClassTemplateSpecializationDecl>(R))
    Template = Other->getSpecializedTemplate();
  const ClassTemplateDecl *Its =
      Of ? Of->getSpecializedTemplate() : Instance->getDescribedClassTemplate();
  return Template && Its &&
         Template->getCanonicalDecl() == Its->getCanonicalDecl();
}

Start startOf(const CXXRecordDecl *Promise, const CXXRecordDecl *R,
              ASTContext &Ctx) {
  const FunctionDecl *Make =
      asFunction(findMember(Promise, "get_return_object", Ctx));
  if (resumesItself(R, Make))
    return Start::Eager;
  const CXXRecordDecl *Awaiter =
      returnedRecord(asFunction(findMember(Promise, "initial_suspend", Ctx)));
  if (!Awaiter)
    return Start::Unknown;
  // An operator co_await may stand between.
  bool IsAwaitable = false;
  if (!findMember(Awaiter, "await_ready", Ctx))
    Awaiter = awaiterOf(Awaiter, Ctx, IsAwaitable);
  const std::optional<bool> Ready =
      Awaiter ? constantReady(Awaiter, Ctx) : std::nullopt;
  if (!Ready)
    return Start::Unknown;
  if (*Ready)
    return Start::Eager;
  // It suspends; but does it leave the coroutine lying, or see that it runs?
  const HandleUse Use =
      handleUseOf(asFunction(findMember(Awaiter, "await_suspend", Ctx)));
  if (Use.Resumed || Use.Passed || Use.GoesOn)
    return Start::Eager;
  // Made of another task, and not derived from it: it is up to R what it does
  // with that.
  if (const CXXRecordDecl *Made =
          Make ? recordOf(Make->getReturnType()) : nullptr;
      R && Made && !isMeantFor(Make->getReturnType(), R) &&
      promiseOf(Made, Ctx) && !isTemplateOf(Made, R) && !R->isDerivedFrom(Made))
    return Start::Unknown;
  return Start::Lazy;
}

//===--- awaiters ---------------------------------------------------------===//

/// A free `operator co_await` for \p R beside \p Class, which is \p R or a
/// base.
static const FunctionDecl *coAwaitBeside(const CXXRecordDecl *Class,
                                         const CXXRecordDecl *R,
                                         DeclarationName Name) {
  auto IsIt = [&](const FunctionDecl *F) {
    return F && F->getDeclName() == Name && F->getNumParams() == 1 &&
           (isMeantFor(F->getParamDecl(0)->getType(), R) ||
            isMeantFor(F->getParamDecl(0)->getType(), Class));
  };
  const DeclContext *Scope = Class->getDeclContext();
  while (Scope && Scope->isRecord())
    Scope = Scope->getParent();
  for (; Scope;
       Scope = Scope->isInlineNamespace() ? Scope->getParent() : nullptr)
    for (const NamedDecl *D : Scope->getRedeclContext()->lookup(Name))
      if (const FunctionDecl *F = asFunction(D->getUnderlyingDecl()); IsIt(F))
        return F;
  // A friend that is declared nowhere else is found by its argument alone.
  for (const FriendDecl *Friend : Class->friends())
    if (const FunctionDecl *F = asFunction(Friend->getFriendDecl()); IsIt(F))
      return F;
  return nullptr;
}

/// A free `operator co_await` that is found by its argument: in the namespace
/// of the class or of a base. One elsewhere adapts a foreign type (a duration,
/// a future) that is dropped for good reasons, unless the program has made that
/// the type of its coroutines, too.
static const FunctionDecl *freeCoAwait(const CXXRecordDecl *R,
                                       DeclarationName Name, ASTContext &Ctx) {
  const FunctionDecl *Found = nullptr;
  anyInHierarchy(R, [&](const CXXRecordDecl *Class) {
    Found = coAwaitBeside(Class, R, Name);
    return Found != nullptr;
  });
  if (Found || !promiseOf(R, Ctx))
    return Found;
  for (const NamedDecl *D : Ctx.getTranslationUnitDecl()->lookup(Name))
    if (const FunctionDecl *F = asFunction(D->getUnderlyingDecl());
        F && F->getNumParams() == 1 &&
        isMeantFor(F->getParamDecl(0)->getType(), R))
      return F;
  return nullptr;
}

const CXXRecordDecl *awaiterOf(const CXXRecordDecl *R, ASTContext &Ctx,
                               bool &IsAwaitable) {
  IsAwaitable = true;
  const DeclarationName Operator =
      Ctx.DeclarationNames.getCXXOperatorName(OO_Coawait);
  if (const NamedDecl *Member = findMember(R, Operator))
    return returnedRecord(asFunction(Member));
  if (const FunctionDecl *Free = freeCoAwait(R, Operator, Ctx))
    return returnedRecord(Free);
  const NamedDecl *Suspend = findMember(R, "await_suspend", Ctx);
  const FunctionDecl *Takes = asFunction(Suspend);
  // One that no handle can be given to is a stand-in.
  IsAwaitable = Suspend && findMember(R, "await_ready", Ctx) &&
                findMember(R, "await_resume", Ctx) &&
                (!Takes || Takes->getNumParams() != 0 || Takes->isVariadic());
  return IsAwaitable ? R : nullptr;
}

/// Whether \p R shows its value without waiting for it: by a dereference
/// beside a test, or by an accessor of what it can be made of.
static bool showsValue(const CXXRecordDecl *R) {
  bool Dereferences = false, Tests = false, Accesses = false;
  llvm::SmallVector<QualType, 4> MadeOf;
  anyInHierarchy(R, [&](const CXXRecordDecl *Class) {
    for (const Decl *D : Class->decls()) {
      const auto *Named = dyn_cast<NamedDecl>(D);
      const auto *F =
          dyn_cast_or_null<CXXMethodDecl>(Named ? asFunction(Named) : nullptr);
      if (!F || F->getAccess() != AS_public || F->isStatic())
        continue;
      if (const auto *C = dyn_cast<CXXConstructorDecl>(F)) {
        if (C->getNumParams() == 1 && !C->isCopyOrMoveConstructor())
          MadeOf.push_back(C->getParamDecl(0)->getType().getNonReferenceType());
        continue;
      }
      if (F->getNumParams() != 0)
        continue;
      Dereferences |= F->getOverloadedOperator() == OO_Star;
      Tests |= F->isConst() && F->getReturnType()->isBooleanType();
    }
    return false;
  });
  if (Dereferences && Tests)
    return true;
  anyInHierarchy(R, [&](const CXXRecordDecl *Class) {
    for (const CXXMethodDecl *F : Class->methods())
      Accesses |= F->isConst() && F->getAccess() == AS_public &&
                  F->getNumParams() == 0 &&
                  F->getReturnType()->isReferenceType() &&
                  llvm::any_of(MadeOf, [&](QualType T) {
                    ASTContext &Ctx = F->getASTContext();
                    return Ctx.hasSameUnqualifiedType(
                        T, F->getReturnType().getNonReferenceType());
                  });
    return Accesses;
  });
  return Tests && Accesses;
}

bool goesThrough(const CXXRecordDecl *R, const CXXRecordDecl *Awaiter,
                 ASTContext &Ctx) {
  if (!Awaiter)
    return showsValue(R);
  const std::optional<bool> Ready = constantReady(Awaiter, Ctx);
  // Of a coroutine that is always done there is no telling: it may have run
  // while its caller waited.
  if (Ready && *Ready)
    return !promiseOf(R, Ctx) || showsValue(R);
  bool AllSeen = true, NeverKept = true, Ends = true, LeavesWord = true,
       Ignores = true;
  const auto Suspends = functionsNamed(
      Awaiter, DeclarationName(&Ctx.Idents.get("await_suspend")));
  for (const FunctionDecl *F : Suspends) {
    const HandleUse Use = handleUseOf(F);
    AllSeen &= Use.Seen;
    NeverKept &= !Use.Kept || Use.GoesOn;
    Ends &= Use.Destroyed || Use.Resumed || Use.GoesOn;
    LeavesWord &= Use.LeavesWord;
    Ignores &= !Use.Destroyed && !Use.Resumed && !Use.LeavesWord;
  }
  if (Suspends.empty() || !AllSeen)
    return showsValue(R) || (Awaiter != R && showsValue(Awaiter));
  if (!NeverKept)
    return false;
  // Ready where there is a value; where there is none, the promise is told so,
  // and nobody resumes the coroutine. It need not be told by what awaits a
  // plain value: whoever owns the coroutine sees that it is not done.
  const bool IsPlain = Ignores && Awaiter != R && !promiseOf(R, Ctx);
  return Ends || (!Ready && (LeavesWord || IsPlain)) || showsValue(R);
}

/// Whether \p R can be asked whether it is good; await_ready is for co_await.
static bool canBeTested(const CXXRecordDecl *R) {
  return anyInHierarchy(R, [](const CXXRecordDecl *Class) {
    return llvm::any_of(Class->methods(), [](const CXXMethodDecl *F) {
      const IdentifierInfo *Name = F->getIdentifier();
      return F->isConst() && F->getAccess() == AS_public &&
             F->getNumParams() == 0 && F->getReturnType()->isBooleanType() &&
             !(Name && Name->isStr("await_ready"));
    });
  });
}

/// Whether a co_await of \p R by \p Awaiter is done for what it does: it is not
/// ready, whatever there is, and gives nothing, or is a coroutine's that is
/// told something. Or a promise has taken it and gives nothing for it.
static bool isAnAct(const CXXRecordDecl *R, const CXXRecordDecl *Awaiter,
                    ASTContext &Ctx) {
  const std::optional<bool> Ready = constantReady(Awaiter, Ctx);
  const FunctionDecl *Resume =
      asFunction(findMember(Awaiter, "await_resume", Ctx));
  const bool GivesNothing = Resume && Resume->getReturnType()->isVoidType();
  bool IsAwaitable = false;
  if (!Ready || canBeTested(R))
    return false;
  return *Ready ? GivesNothing && awaiterOf(R, Ctx, IsAwaitable) != Awaiter
                : GivesNothing || promiseOf(R, Ctx);
}

bool isOpenedBy(const CXXRecordDecl *R, const CXXRecordDecl *Awaiter,
                ASTContext &Ctx) {
  return goesThrough(R, Awaiter, Ctx) && !(Awaiter && isAnAct(R, Awaiter, Ctx));
}

} // namespace nostall
