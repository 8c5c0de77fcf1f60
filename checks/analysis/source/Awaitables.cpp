//===- Awaitables.cpp - task types, read off the types --------------------===//

#include "Awaitables.h"
#include "Annotations.h"
#include "Bodies.h"
#include "Coroutines.h"
#include "TransformDemands.h"
#include "Transforms.h"
#include "TypeReading.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {
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
  case AwaitableType::Kind::Value:
    return "value";
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
  // A type whose members return it again, or one that does, asks about itself.
  auto [It, IsNew] = Memo.try_emplace(R);
  AwaitableType &Known = It->second;
  if (IsNew)
    Known = compute(R, promiseOf(R, Ctx));
  return Known;
}

AwaitableType Awaitables::compute(const CXXRecordDecl *R,
                                  const CXXRecordDecl *Promise) {
  AwaitableType Result;
  Result.Record = R;
  const CXXRecordDecl *Body = recordOf(Ctx.getCanonicalTagType(R));
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
  using Kind = AwaitableType::Kind;
  bool Awaitable = false;
  const CXXRecordDecl *Awaiter = awaiterOf(Body, Ctx, Awaitable);
  if (Promise)
    Result.S = startOf(Promise, Body, Ctx);
  if (Model && Model->Awaitable) {
    Awaitable = true;
  } else if (Awaitable && isOpenedBy(Body, Awaiter, Ctx)) {
    Result.K = Kind::Value;
    return Result;
  }
  if (!Promise) {
    Result.K = Awaitable ? Kind::Operation : Kind::None;
    return Result;
  }
  if (findMember(Promise, "yield_value", Ctx) &&
      !findMember(Promise, "return_value", Ctx) && !Awaitable) {
    // The steps of an asynchronous generator are themselves awaited.
    for (llvm::StringRef Step : {"begin", "next"})
      if (const FunctionDecl *F = asFunction(findMember(Body, Step, Ctx)))
        if (classify(F->getReturnType()).isAwaitable()) {
          Result.K = Kind::AsyncGenerator;
          return Result;
        }
    // A task may yield, too: its result, or an error. It is not iterated.
    if (!findMember(Body, "begin", Ctx) &&
        kindByTransform(Body, Promise, Result.S) == Kind::Task)
      Result.K = Kind::Task;
    else
      Result.K = Kind::Generator;
    return Result;
  }
  Result.K = Awaitable ? Kind::Task : kindByTransform(Body, Promise, Result.S);
  return Result;
}

//===--- what promises take -----------------------------------------------===//

AwaitableType::Kind Awaitables::kindByTransform(const CXXRecordDecl *R,
                                                const CXXRecordDecl *Promise,
                                                Start S) {
  using Kind = AwaitableType::Kind;
  const Kind Otherwise = S == Start::Eager ? Kind::Detached : Kind::None;
  const Taking T = takingOf(Promise, R, Ctx);
  const FunctionDecl *By = T.Exact ? T.Exact : T.Instance;
  if (By) {
    const CXXRecordDecl *Awaiter = madeAwaiter(By, Ctx);
    return Awaiter && isOpenedBy(R, Awaiter, Ctx) ? Kind::Value : Kind::Task;
  }
  if (!T.Generic || handsOn(T.Generic))
    return Otherwise;
  if (customises(R, T.Generic))
    return Kind::Task;
  return S != Start::Eager && outlivesItsBody(Promise, Ctx) ? Kind::Task
                                                            : Otherwise;
}

/// Whether \p R has, as a friend, a member or beside it, a function that
/// \p Transform calls on what it is given, and that gives something to await.
bool Awaitables::customises(const CXXRecordDecl *R,
                            const FunctionDecl *Transform) {
  auto [Known, IsNew] = CustomisationNames.try_emplace(Transform);
  if (IsNew)
    Known->second = customisationNames(Transform);
  // A copy: what is classified below may add to the map.
  const llvm::SmallVector<DeclarationName, 4> Names = Known->second;
  auto GivesAwaitable = [&](const FunctionDecl *F) {
    QualType T = F->getReturnType();
    return T->isUndeducedType() || T->isDependentType()
               ? !recordOf(T) || classify(T).isAwaitable()
               : classify(T).isAwaitable();
  };
  auto IsFor = [&](const FunctionDecl *F, const CXXRecordDecl *Class) {
    return F && llvm::is_contained(Names, F->getDeclName()) &&
           llvm::any_of(F->parameters(),
                        [&](const ParmVarDecl *P) {
                          return isMeantFor(P->getType(), Class);
                        }) &&
           GivesAwaitable(F);
  };
  return !Names.empty() && anyInHierarchy(R, [&](const CXXRecordDecl *Class) {
    for (const FriendDecl *Friend : Class->friends())
      if (IsFor(asFunction(Friend->getFriendDecl()), Class))
        return true;
    const DeclContext *Scope = Class->getEnclosingNamespaceContext();
    for (DeclarationName Name : Names) {
      for (const FunctionDecl *F : functionsNamed(Class, Name))
        if (!isa<CXXConstructorDecl>(F) && GivesAwaitable(F))
          return true;
      for (const NamedDecl *D : Scope->lookup(Name))
        if (IsFor(asFunction(D->getUnderlyingDecl()), Class))
          return true;
    }
    return false;
  });
}

/// Whether the library that \p Transform belongs to awaits every class with
/// such members as \p R has.
bool Awaitables::hasAwaitedMembers(const CXXRecordDecl *R,
                                   const FunctionDecl *Transform) const {
  const llvm::ArrayRef<std::string> Names = Models.awaitedMembers(Transform);
  return !Names.empty() && llvm::all_of(Names, [&](const std::string &Name) {
    return findMember(R, Name, Ctx) != nullptr;
  });
}

AwaitableType Awaitables::classifyCoroutine(const FunctionDecl *F) {
  const AwaitableType Result = classify(F->getReturnType());
  const CoroutineBodyStmt *Body = coroutineBody(F);
  const VarDecl *PromiseVar = Body ? Body->getPromiseDecl() : nullptr;
  const CXXRecordDecl *Promise =
      PromiseVar ? recordOf(PromiseVar->getType()) : nullptr;
  if (!Promise)
    return Result;
  // The traits may ask for the parameters, too, and a promise may belong to a
  // type that is no class.
  if (const CXXRecordDecl *R = Result.Record) {
    const CXXRecordDecl *Usual = promiseOf(R, Ctx);
    if (Usual && Usual->getCanonicalDecl() == Promise->getCanonicalDecl())
      return Result;
    return compute(R, Promise);
  }
  AwaitableType Other = Result;
  Other.S = startOf(Promise, nullptr, Ctx);
  if (findMember(Promise, "yield_value", Ctx))
    Other.K = AwaitableType::Kind::Generator;
  else if (Other.S == Start::Eager)
    Other.K = AwaitableType::Kind::Detached;
  return Other;
}

const CXXRecordDecl *Awaitables::promiseAround(const FunctionDecl *F) {
  if (const CoroutineBodyStmt *Body = coroutineBody(F))
    return Body->getPromiseDecl() ? recordOf(Body->getPromiseDecl()->getType())
                                  : nullptr;
  const CXXRecordDecl *Returned = recordOf(F->getReturnType());
  return Returned ? promiseOf(Returned, Ctx) : nullptr;
}

bool Awaitables::isAwaitableIn(QualType T, const FunctionDecl *Around) {
  const AwaitableType &Type = classify(T);
  using Kind = AwaitableType::Kind;
  if (Type.K != Kind::None)
    return Type.isAwaitable();
  const CXXRecordDecl *R = recordOf(T);
  if (!R || R->isInStdNamespace())
    return false;
  // Outside of a coroutine no promise tells, but a library that awaits every
  // class with such members means its own classes, too.
  const CXXRecordDecl *Promise = promiseAround(Around);
  if (!Promise) {
    for (const Decl *D : R->decls())
      if (const auto *Member = dyn_cast<NamedDecl>(D))
        if (const FunctionDecl *F = asFunction(Member))
          return hasAwaitedMembers(R, F);
    return false;
  }
  const Taking Taken = takingOf(Promise, R, Ctx);
  const bool IsCoroutines = promiseOf(R, Ctx) != nullptr;
  if (const FunctionDecl *By = Taken.Exact ? Taken.Exact : Taken.Instance) {
    const CXXRecordDecl *Awaiter = madeAwaiter(By, Ctx);
    return !(Awaiter && isOpenedBy(R, Awaiter, Ctx)) &&
           (IsCoroutines ||
            outermostNamespace(R) == outermostNamespace(Promise) ||
            (Taken.Instance && customises(R, Taken.Generic)));
  }
  if (!Taken.Generic || handsOn(Taken.Generic))
    return false;
  return IsCoroutines || customises(R, Taken.Generic) ||
         hasAwaitedMembers(R, Taken.Generic) ||
         hasDemandedMembers(R, Taken.Generic);
}

bool Awaitables::isAdaptedIn(QualType T, const FunctionDecl *Around) {
  T = T.getNonReferenceType();
  const CXXRecordDecl *R = T->isPointerType()
                               ? T->getPointeeType()->getAsCXXRecordDecl()
                               : recordOf(T);
  const CXXRecordDecl *Promise = R ? promiseAround(Around) : nullptr;
  const Taking Taken = Promise ? takingOf(Promise, R, Ctx) : Taking();
  return Taken.Generic && !handsOn(Taken.Generic) &&
         hasDemandedTrait(T, Taken.Generic);
}

bool Awaitables::accepts(QualType T, const CoroutineBodyStmt *Coroutine) {
  const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
  const VarDecl *PromiseVar = Coroutine ? Coroutine->getPromiseDecl() : nullptr;
  const CXXRecordDecl *Promise =
      PromiseVar ? recordOf(PromiseVar->getType()) : nullptr;
  if (!R || !Promise)
    return false;
  const Taking Taken = takingOf(Promise, R, Ctx);
  if (Taken.Exact || Taken.Generic)
    return true;
  return !Taken.HasTransform && classify(T).isAwaitable();
}

bool Awaitables::waits(const Expr *Await) {
  const auto *Suspend = dyn_cast_or_null<CoroutineSuspendExpr>(Await);
  if (!Suspend)
    return true;
  const QualType T = Suspend->getOperand()->getType();
  const CXXRecordDecl *R = recordOf(T);
  if (!R)
    return true;
  const AwaitableType::Kind K = classify(T).K;
  if (K == AwaitableType::Kind::Value)
    return false;
  // The promise makes something of what is nothing by itself; that is awaited.
  bool IsAwaitable = false;
  const CXXRecordDecl *Awaiter =
      K == AwaitableType::Kind::None
          ? recordOf(Suspend->getCommonExpr()->getType())
          : awaiterOf(R, Ctx, IsAwaitable);
  return !Awaiter || !goesThrough(R, Awaiter, Ctx);
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
