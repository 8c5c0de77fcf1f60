//===- LockGuards.cpp - which types lock threads --------------------------===//

#include "LockGuards.h"
#include "analysis/Unit.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

static const CXXRecordDecl *recordOf(QualType T) {
  return T.isNull() ? nullptr : T.getNonReferenceType()->getAsCXXRecordDecl();
}

static const TypeModel *anyGuardModel(Unit &U, const CXXRecordDecl *R) {
  const TypeModel *M = R ? U.models().find(R) : nullptr;
  return M && M->LockGuard ? M : nullptr;
}

llvm::SmallVector<QualType, 4> typeArguments(const CXXRecordDecl *R) {
  llvm::SmallVector<QualType, 4> Types;
  const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(R);
  if (!Spec)
    return Types;
  for (const TemplateArgument &Arg : Spec->getTemplateArgs().asArray()) {
    llvm::ArrayRef<TemplateArgument> Args = Arg;
    if (Arg.getKind() == TemplateArgument::Pack)
      Args = Arg.getPackAsArray();
    for (const TemplateArgument &A : Args)
      if (A.getKind() == TemplateArgument::Type)
        Types.push_back(A.getAsType());
  }
  return Types;
}

/// Whether \p R, or a base of it, has a member function of this name.
static bool hasMember(const CXXRecordDecl *R, llvm::StringRef Name) {
  if (!R->hasDefinition())
    return false;
  DeclarationName Wanted(&R->getASTContext().Idents.get(Name));
  if (!R->lookup(Wanted).empty())
    return true;
  return llvm::any_of(R->bases(), [&](const CXXBaseSpecifier &Base) {
    const CXXRecordDecl *Of = Base.getType()->getAsCXXRecordDecl();
    return Of && hasMember(Of, Name);
  });
}

/// Whether the models say that threads wait in a method of \p R, or a base.
static bool locksByModel(Unit &U, const CXXRecordDecl *R) {
  return R->hasDefinition() &&
         (llvm::any_of(R->methods(),
                       [&](const CXXMethodDecl *Method) {
                         const FunctionModel *M = U.model(Method);
                         return M && M->Acquires;
                       }) ||
          llvm::any_of(R->bases(), [&](const CXXBaseSpecifier &Base) {
            const CXXRecordDecl *Of = Base.getType()->getAsCXXRecordDecl();
            return Of && locksByModel(U, Of);
          }));
}

bool isAsyncMutex(Unit &U, QualType T) {
  const CXXRecordDecl *R = recordOf(T);
  if (!R || !R->hasDefinition() || locksByModel(U, R))
    return false;
  if (U.awaitables().isAsyncMutex(T))
    return true;
  // The names are the language's: what std::lock_guard asks of a mutex.
  const bool Alone = hasMember(R, "unlock"),
             Shared = hasMember(R, "unlock_shared");
  return (Alone || Shared) && !(Alone && hasMember(R, "lock")) &&
         !(Shared && hasMember(R, "lock_shared"));
}

static bool namesAsyncMutex(Unit &U, const CXXRecordDecl *R) {
  return llvm::any_of(typeArguments(R),
                      [&](QualType T) { return isAsyncMutex(U, T); });
}

/// Whether locking a \p T is a body that calls nothing: a mutex for programs of
/// one thread, or a counter.
static bool locksNothing(Unit &U, QualType T) {
  const CXXRecordDecl *R = recordOf(T);
  if (!R || !R->hasDefinition())
    return false;
  const auto Found = R->lookup(&R->getASTContext().Idents.get("lock"));
  const auto *Lock =
      Found.isSingleResult() ? dyn_cast<CXXMethodDecl>(Found.front()) : nullptr;
  const FunctionDecl *Body = Lock ? definitionOf(Lock) : nullptr;
  return Body && !U.isInSystemHeader(Body) && U.facts(Body).Calls.empty() &&
         !U.facts(Body).Repeats;
}

/// The mutexes that a guard \p R has are none.
static bool guardsNothing(Unit &U, const CXXRecordDecl *R) {
  const auto Mutexes = typeArguments(R);
  return !Mutexes.empty() &&
         llvm::all_of(Mutexes, [&](QualType T) { return locksNothing(U, T); });
}

const TypeModel *guardModel(Unit &U, QualType T) {
  const CXXRecordDecl *R = recordOf(T);
  const TypeModel *M = anyGuardModel(U, R);
  return M && !namesAsyncMutex(U, R) && !guardsNothing(U, R) ? M : nullptr;
}

QualType heldGuard(Unit &U, QualType T) {
  const CXXRecordDecl *R = recordOf(T);
  const TypeModel *M = R ? U.models().find(R) : nullptr;
  if (M && M->Owns)
    for (QualType Held : typeArguments(R))
      if (guardModel(U, Held))
        return Held;
  return {};
}

bool isMutexOf(QualType Guard, QualType T) {
  auto IsSame = [&](QualType Other) {
    return Other->getCanonicalTypeUnqualified() ==
           T.getNonReferenceType()->getCanonicalTypeUnqualified();
  };
  return IsSame(Guard) || llvm::any_of(typeArguments(recordOf(Guard)), IsSame);
}

bool givesLock(const Expr *E, QualType Guard) {
  llvm::SmallVector<const Stmt *, 8> Work{E};
  AwaitsOnce Once;
  while (!Work.empty()) {
    const Stmt *Next = Work.pop_back_val();
    if (!Next || isa<LambdaExpr>(Next) || !Once.enter(Next))
      continue;
    if (const auto *Value = dyn_cast<DeclRefExpr>(Next);
        Value && isMutexOf(Guard, Value->getType()))
      return true;
    if (const auto *Value = dyn_cast<MemberExpr>(Next);
        Value && isMutexOf(Guard, Value->getType()))
      return true;
    Work.append(Next->child_begin(), Next->child_end());
  }
  return false;
}

bool hasTag(llvm::ArrayRef<const Expr *> Args,
            const std::vector<std::string> &Tags) {
  return llvm::any_of(Args, [&](const Expr *Arg) {
    const CXXRecordDecl *R =
        Arg->getType().getNonReferenceType()->getAsCXXRecordDecl();
    return R && llvm::is_contained(Tags, modelName(R));
  });
}

bool isThreadMutex(Unit &U, QualType T) {
  const CXXRecordDecl *R = recordOf(T);
  return R && locksByModel(U, R);
}

bool locksThreads(Unit &U, QualType T) {
  return llvm::any_of(typeArguments(recordOf(T)),
                      [&](QualType Mutex) { return isThreadMutex(U, Mutex); });
}

bool isAsyncGuard(Unit &U, QualType T) {
  const CXXRecordDecl *R = recordOf(T);
  return anyGuardModel(U, R) && namesAsyncMutex(U, R);
}

bool acquires(const TypeModel &Guard, const CallFact &C) {
  return C.Callee->getDeclName().isIdentifier() &&
         llvm::is_contained(Guard.GuardAcquires, C.Callee->getName().str());
}

} // namespace nostall
