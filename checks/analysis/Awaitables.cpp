//===- Awaitables.cpp - task types, read off the types --------------------===//

#include "Awaitables.h"
#include "Annotations.h"
#include "Facts.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/STLFunctionalExtras.h"

using namespace clang;

namespace nostall {
namespace {

/// The class a type names; of an instantiation that was never completed, or a
/// dependent name, the class template's own body.
const CXXRecordDecl *recordOf(QualType T) {
  if (T.isNull())
    return nullptr;
  T = T.getNonReferenceType();
  if (const CXXRecordDecl *R = T->getAsCXXRecordDecl()) {
    if (R->hasDefinition())
      return R->getDefinition();
    if (const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R))
      return Spec->getSpecializedTemplate()
          ->getTemplatedDecl()
          ->getDefinition();
    if (const CXXRecordDecl *Pattern = R->getTemplateInstantiationPattern())
      return Pattern->getDefinition();
    return nullptr;
  }
  if (const auto *Spec = T->getAs<TemplateSpecializationType>())
    if (const auto *Template = dyn_cast_or_null<ClassTemplateDecl>(
            Spec->getTemplateName().getAsTemplateDecl()))
      return Template->getTemplatedDecl()->getDefinition();
  return nullptr;
}

/// Calls \p Visit for \p R and its bases, nearest first, until it says true.
bool anyInHierarchy(const CXXRecordDecl *R,
                    llvm::function_ref<bool(const CXXRecordDecl *)> Visit,
                    unsigned Depth = 0) {
  if (!R || Depth > 16 || !(R = R->getDefinition()))
    return false;
  if (Visit(R))
    return true;
  for (const CXXBaseSpecifier &Base : R->bases())
    if (anyInHierarchy(recordOf(Base.getType()), Visit, Depth + 1))
      return true;
  return false;
}

const NamedDecl *findMember(const CXXRecordDecl *R, DeclarationName Name) {
  const NamedDecl *Found = nullptr;
  anyInHierarchy(R, [&](const CXXRecordDecl *Class) {
    auto Members = Class->lookup(Name);
    if (!Members.empty())
      Found = Members.front()->getUnderlyingDecl();
    return Found != nullptr;
  });
  return Found;
}

const FunctionDecl *asFunction(const NamedDecl *D) {
  if (const auto *Template = dyn_cast_or_null<FunctionTemplateDecl>(D))
    return Template->getTemplatedDecl();
  return dyn_cast_or_null<FunctionDecl>(D);
}

const NamedDecl *findMember(const CXXRecordDecl *R, llvm::StringRef Name,
                            ASTContext &Ctx) {
  return findMember(R, DeclarationName(&Ctx.Idents.get(Name)));
}

const Expr *returnedBy(const FunctionDecl *F) {
  const Stmt *Body = F->getBody();
  const auto *Block = dyn_cast_or_null<CompoundStmt>(Body);
  if (!Block || Block->body_empty())
    return nullptr;
  const auto *Return = dyn_cast<ReturnStmt>(Block->body_back());
  return Return ? Return->getRetValue() : nullptr;
}

const DeclContext *outermostNamespace(const Decl *D) {
  const DeclContext *Result = nullptr;
  for (const DeclContext *C = D->getDeclContext(); C; C = C->getParent())
    if (C->isNamespace() && !cast<NamespaceDecl>(C)->isAnonymousNamespace())
      Result = C->getPrimaryContext();
  return Result;
}

/// Whether a parameter of type \p Param is meant for \p R: the class itself,
/// or an instance of the same template.
bool isMeantFor(QualType Param, const CXXRecordDecl *R) {
  Param = Param.getNonReferenceType();
  if (const CXXRecordDecl *Of = Param->getAsCXXRecordDecl())
    return Of->getCanonicalDecl() == R->getCanonicalDecl();
  const auto *Instance = dyn_cast<ClassTemplateSpecializationDecl>(R);
  const auto *Spec = Param->getAs<TemplateSpecializationType>();
  const TemplateDecl *Template =
      Spec ? Spec->getTemplateName().getAsTemplateDecl() : nullptr;
  return Instance && Template &&
         Template->getCanonicalDecl() ==
             Instance->getSpecializedTemplate()->getCanonicalDecl();
}

} // namespace

llvm::StringRef kindName(AwaitableType::Kind K) {
  switch (K) {
  case AwaitableType::Kind::None:
    return "none";
  case AwaitableType::Kind::Task:
    return "task";
  case AwaitableType::Kind::Operation:
    return "operation";
  case AwaitableType::Kind::Detached:
    return "detached";
  case AwaitableType::Kind::Generator:
    return "generator";
  case AwaitableType::Kind::AsyncGenerator:
    return "async-generator";
  }
  llvm_unreachable("covered switch");
}

llvm::StringRef startName(Start S) {
  switch (S) {
  case Start::Unknown:
    return "unknown";
  case Start::Lazy:
    return "lazy";
  case Start::Eager:
    return "eager";
  }
  llvm_unreachable("covered switch");
}

const AwaitableType &Awaitables::classify(QualType T) {
  static const AwaitableType None;
  if (T.isNull())
    return None;
  const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
  if (!R)
    R = recordOf(T); // dependent: the class template itself
  if (!R || R->isLambda())
    return None;
  R = R->getCanonicalDecl();
  auto It = Memo.find(R);
  if (It != Memo.end())
    return It->second;
  AwaitableType Result = compute(R);
  return Memo[R] = Result;
}

AwaitableType Awaitables::compute(const CXXRecordDecl *R) {
  AwaitableType Result;
  Result.Record = R;
  const CXXRecordDecl *Body = R->getDefinition();
  if (!Body)
    Body = recordOf(Ctx.getCanonicalTagType(R));
  if (!Body)
    return Result;
  const TypeModel *Model = Models.find(R);
  Result.Droppable =
      (Model && Model->Droppable) || annotation(R, "droppable").has_value();
  // Without a copy constructor of its own that is usable.
  Result.MoveOnly = !Body->isDependentContext() &&
                    !Body->hasSimpleCopyConstructor() &&
                    llvm::none_of(Body->ctors(), [](const auto *C) {
                      return C->isCopyConstructor() && !C->isDeleted() &&
                             C->getAccess() == AS_public;
                    });
  bool Awaitable =
      (Model && Model->Awaitable) ||
      findMember(Body, Ctx.DeclarationNames.getCXXOperatorName(OO_Coawait)) ||
      (findMember(Body, "await_ready", Ctx) &&
       findMember(Body, "await_suspend", Ctx) &&
       findMember(Body, "await_resume", Ctx)) ||
      hasFreeCoAwait(R);
  using Kind = AwaitableType::Kind;
  const CXXRecordDecl *Promise = promiseOf(R);
  if (!Promise) {
    Result.K = Awaitable ? Kind::Operation : Kind::None;
    return Result;
  }
  Result.S = startOf(Promise);
  if (findMember(Promise, "yield_value", Ctx) &&
      !findMember(Promise, "return_value", Ctx) && !Awaitable) {
    // The steps of an asynchronous generator are themselves awaited.
    for (llvm::StringRef Step : {"begin", "next"})
      if (const FunctionDecl *F = asFunction(findMember(Body, Step, Ctx)))
        if (classify(F->getReturnType()).isAwaitable()) {
          Result.K = Kind::AsyncGenerator;
          return Result;
        }
    Result.K = Kind::Generator;
    return Result;
  }
  if (Awaitable)
    Result.K = Kind::Task;
  else
    Result.K = Result.S == Start::Eager ? Kind::Detached : Kind::None;
  return Result;
}

AwaitableType Awaitables::classifyCoroutine(const FunctionDecl *F) {
  AwaitableType Result = classify(F->getReturnType());
  const CoroutineBodyStmt *Body = coroutineBody(F);
  if (!Body)
    return Result;
  if (Result.S == Start::Unknown)
    if (const VarDecl *Promise = Body->getPromiseDecl())
      if (const CXXRecordDecl *R = recordOf(Promise->getType()))
        Result.S = startOf(R);
  return Result;
}

const CXXRecordDecl *Awaitables::promiseOf(const CXXRecordDecl *R) const {
  const CXXRecordDecl *Body = R->getDefinition();
  if (!Body)
    Body = recordOf(Ctx.getCanonicalTagType(R));
  const NamedDecl *Member = findMember(Body, "promise_type", Ctx);
  if (const auto *Alias = dyn_cast_or_null<TypedefNameDecl>(Member))
    return recordOf(Alias->getUnderlyingType());
  if (const auto *Nested = dyn_cast_or_null<CXXRecordDecl>(Member)) {
    if (const CXXRecordDecl *Definition = Nested->getDefinition())
      return Definition;
    const CXXRecordDecl *Pattern = Nested->getTemplateInstantiationPattern();
    return Pattern ? Pattern->getDefinition() : nullptr;
  }
  return promiseFromTraits(R);
}

/// std::coroutine_traits specialised for \p R: an instantiation, or a partial
/// specialisation whose first argument is \p R's template.
const CXXRecordDecl *
Awaitables::promiseFromTraits(const CXXRecordDecl *R) const {
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
  auto PromiseIn = [&](const CXXRecordDecl *Spec) -> const CXXRecordDecl * {
    const NamedDecl *Member = findMember(Spec, "promise_type", Ctx);
    if (const auto *Alias = dyn_cast_or_null<TypedefNameDecl>(Member))
      return recordOf(Alias->getUnderlyingType());
    if (const auto *Nested = dyn_cast_or_null<CXXRecordDecl>(Member))
      return Nested->getDefinition();
    return nullptr;
  };
  for (const auto *Spec : Traits->specializations()) {
    const TemplateArgumentList &Args = Spec->getTemplateArgs();
    if (Args.size() && Args[0].getKind() == TemplateArgument::Type &&
        Args[0].getAsType()->getAsCXXRecordDecl() &&
        Args[0].getAsType()->getAsCXXRecordDecl()->getCanonicalDecl() ==
            R->getCanonicalDecl())
      if (const CXXRecordDecl *Promise = PromiseIn(Spec))
        return Promise;
  }
  // None was instantiated: whose first argument is R, or R's template?
  llvm::SmallVector<ClassTemplatePartialSpecializationDecl *, 8> Partials;
  Traits->getPartialSpecializations(Partials);
  for (const auto *Partial : Partials) {
    const TemplateArgumentList &Args = Partial->getTemplateArgs();
    if (Args.size() && Args[0].getKind() == TemplateArgument::Type &&
        isMeantFor(Args[0].getAsType(), R))
      if (const CXXRecordDecl *Promise = PromiseIn(Partial))
        return Promise;
  }
  return nullptr;
}

/// Whether what \p Promise's initial_suspend returns is ready at once.
Start Awaitables::startOf(const CXXRecordDecl *Promise) const {
  const FunctionDecl *Initial =
      asFunction(findMember(Promise, "initial_suspend", Ctx));
  if (!Initial)
    return Start::Unknown;
  const CXXRecordDecl *Awaiter = recordOf(Initial->getReturnType());
  if (!Awaiter)
    if (const Expr *Value = returnedBy(Initial))
      Awaiter = recordOf(Value->getType());
  const FunctionDecl *Ready =
      asFunction(findMember(Awaiter, "await_ready", Ctx));
  if (!Ready)
    return Start::Unknown;
  if (!Ready->getBody())
    if (const FunctionDecl *Pattern = Ready->getTemplateInstantiationPattern())
      Ready = Pattern;
  const Expr *Value = returnedBy(Ready);
  bool IsReady = false;
  if (!Value || Value->isValueDependent() ||
      !Value->EvaluateAsBooleanCondition(IsReady, Ctx))
    return Start::Unknown;
  return IsReady ? Start::Eager : Start::Lazy;
}

/// A free `operator co_await` in the class's own namespace. One elsewhere
/// adapts a foreign type (a duration, a future) that is dropped for good
/// reasons.
bool Awaitables::hasFreeCoAwait(const CXXRecordDecl *R) const {
  const DeclContext *Scope = R->getDeclContext();
  while (Scope && Scope->isRecord())
    Scope = Scope->getParent();
  DeclarationName Name = Ctx.DeclarationNames.getCXXOperatorName(OO_Coawait);
  for (; Scope;
       Scope = Scope->isInlineNamespace() ? Scope->getParent() : nullptr)
    for (const NamedDecl *D : Scope->getRedeclContext()->lookup(Name)) {
      const FunctionDecl *F = asFunction(D->getUnderlyingDecl());
      if (!F || F->getNumParams() != 1)
        continue;
      if (isMeantFor(F->getParamDecl(0)->getType(), R))
        return true;
    }
  return false;
}

/// Whether an await_transform of \p Promise takes an \p R; with
/// \p AnyTemplate, one that takes anything counts.
bool Awaitables::transforms(const CXXRecordDecl *Promise,
                            const CXXRecordDecl *R, bool AnyTemplate,
                            bool &HasTransform) const {
  const DeclarationName Name(&Ctx.Idents.get("await_transform"));
  return anyInHierarchy(Promise, [&](const CXXRecordDecl *Class) {
    for (const NamedDecl *D : Class->lookup(Name)) {
      const FunctionDecl *F = asFunction(D->getUnderlyingDecl());
      if (!F || F->isDeleted() || F->getNumParams() == 0)
        continue;
      HasTransform = true;
      QualType Param = F->getParamDecl(0)->getType().getNonReferenceType();
      if (isMeantFor(Param, R) ||
          (AnyTemplate && Param->isTemplateTypeParmType()))
        return true;
    }
    return false;
  });
}

bool Awaitables::isAwaitableIn(QualType T, const CoroutineBodyStmt *Coroutine) {
  if (classify(T).isAwaitable())
    return true;
  const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
  if (!R || !Coroutine || !Coroutine->getPromiseDecl() || R->isInStdNamespace())
    return false;
  const CXXRecordDecl *Promise =
      recordOf(Coroutine->getPromiseDecl()->getType());
  bool HasTransform = false;
  return Promise && outermostNamespace(R) == outermostNamespace(Promise) &&
         transforms(Promise, R, /*AnyTemplate=*/false, HasTransform);
}

bool Awaitables::accepts(QualType T, const CoroutineBodyStmt *Coroutine) {
  const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
  const VarDecl *PromiseVar = Coroutine ? Coroutine->getPromiseDecl() : nullptr;
  const CXXRecordDecl *Promise =
      PromiseVar ? recordOf(PromiseVar->getType()) : nullptr;
  if (!R || !Promise)
    return false;
  bool HasTransform = false;
  if (transforms(Promise, R, /*AnyTemplate=*/true, HasTransform))
    return true;
  return !HasTransform && classify(T).isAwaitable();
}

const DialectModel *Awaitables::dialectOf(const FunctionDecl *F) const {
  const CXXRecordDecl *R = F->getReturnType()->getAsCXXRecordDecl();
  return R ? Models.findDialect(R) : nullptr;
}

bool Awaitables::isAsyncMutex(QualType T) {
  const CXXRecordDecl *R = recordOf(T);
  if (!R)
    return false;
  auto [It, IsNew] = AsyncMutexes.try_emplace(R, false);
  if (!IsNew)
    return It->second;
  bool Result = anyInHierarchy(R, [&](const CXXRecordDecl *Class) {
    return llvm::any_of(Class->decls(), [&](const Decl *D) {
      const FunctionDecl *F = asFunction(dyn_cast<NamedDecl>(D));
      return F && !isa<CXXConstructorDecl, CXXDestructorDecl>(F) &&
             classify(F->getReturnType()).isAwaitable();
    });
  });
  return AsyncMutexes[R] = Result;
}

} // namespace nostall
