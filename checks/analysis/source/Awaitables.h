//===- Awaitables.h - task types, read off the types ------------*- C++ -*-===//
//
// Answers, for a type: can it be awaited, is it a coroutine's return type, and
// does such a coroutine run before it is awaited? All of it is read off the
// promise type and the awaiter's members, as the compiler would; the models add
// only what types cannot show (that a handle may be dropped).
//
// Not everything that co_await takes is a task. Of an expected or an optional,
// co_await takes the value out, or ends the coroutine: nothing waits for it and
// nothing starts (HandleUse.h tells). And not every task can be awaited by
// itself: what a promise's await_transform takes, it may be the only one to
// know how to await.
//
// An answer needs no instantiation: where the promise was never instantiated in
// this translation unit, its template is read instead.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_AWAITABLES_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_AWAITABLES_H

#include "analysis/models/Models.h"
#include "clang/AST/Type.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <unordered_map>

namespace clang {
class ASTContext;
class CoroutineBodyStmt;
class Expr;
class FunctionDecl;
} // namespace clang

namespace nostall {

/// When a coroutine's body begins to run.
enum class Start : unsigned char {
  Unknown,
  Lazy,  ///< initial_suspend suspends: not before it is awaited or resumed
  Eager, ///< at once, in its caller's context, up to its first suspension
};

struct AwaitableType {
  enum class Kind : unsigned char {
    None,           ///< not awaitable; if a coroutine type, resumed by hand
    Task,           ///< a coroutine's result that can be awaited
    Operation,      ///< awaitable, but no coroutine's return type
    Detached,       ///< eager coroutine, nothing to await
    Generator,      ///< yields and cannot await: runs in its caller's context
    AsyncGenerator, ///< yields, and its steps are awaited
    Value,          ///< co_await opens it, or passes it on: nothing waits
  };
  Kind K = Kind::None;
  Start S = Start::Unknown;
  /// A value may be discarded (models, NOSTALL_DROPPABLE).
  bool Droppable = false;
  /// Cannot be copied: awaiting a variable needs std::move.
  bool MoveOnly = false;
  const clang::CXXRecordDecl *Record = nullptr;

  bool isAwaitable() const { return K == Kind::Task || K == Kind::Operation; }
  /// A coroutine that returns it runs as other functions do: when it is called,
  /// or iterated, and by whoever does that.
  bool runsInItsCaller() const {
    return K == Kind::Generator || K == Kind::Value;
  }
};

llvm::StringRef kindName(AwaitableType::Kind K);
llvm::StringRef startName(Start S);

class Awaitables {
public:
  Awaitables(clang::ASTContext &Ctx, const ModelSet &Models)
      : Ctx(Ctx), Models(Models) {}

  /// The answer is valid as long as this object.
  const AwaitableType &classify(clang::QualType T);
  /// The type a coroutine returns; generators are told by their body as well.
  AwaitableType classifyCoroutine(const clang::FunctionDecl *F);

  /// What `co_await` accepts in \p Around beyond what every coroutine accepts:
  /// by its promise's await_transform. Of types that are not a coroutine's only
  /// those of the coroutine library's own namespace count (a promise may take
  /// integers, too), and those that customise how the promise awaits them.
  ///
  /// A function that returns a task and is not a coroutine may have lost its
  /// only `co_await`; what the promise of that task takes is awaited in it.
  bool isAwaitableIn(clang::QualType T, const clang::FunctionDecl *Around);

  /// Whether the coroutine awaits a \p T by way of a trait that is specialised
  /// for it: a timer, a socket. Such an object is more than something to await.
  bool isAdaptedIn(clang::QualType T, const clang::FunctionDecl *Around);

  /// Whether `co_await` of a \p T compiles in \p Coroutine: as any awaitable
  /// does, unless the promise transforms awaits and does not take it.
  bool accepts(clang::QualType T, const clang::CoroutineBodyStmt *Coroutine);

  /// Whether \p Await, a co_await, can wait: not if it only opens a value.
  bool waits(const clang::Expr *Await);

  /// The library that \p F, a coroutine, is written in, or null.
  const DialectModel *dialectOf(const clang::FunctionDecl *F) const;

  /// A mutex whose locking is awaited: guards of it are no thread locks.
  bool isAsyncMutex(clang::QualType T);

private:
  /// The promise of \p F, if it is a coroutine; else that of what it returns.
  const clang::CXXRecordDecl *promiseAround(const clang::FunctionDecl *F);
  AwaitableType compute(const clang::CXXRecordDecl *R,
                        const clang::CXXRecordDecl *Promise);
  /// What is left for a coroutine's type that cannot be awaited by itself.
  AwaitableType::Kind kindByTransform(const clang::CXXRecordDecl *R,
                                      const clang::CXXRecordDecl *Promise,
                                      Start S);
  bool customises(const clang::CXXRecordDecl *R,
                  const clang::FunctionDecl *Transform);
  bool hasAwaitedMembers(const clang::CXXRecordDecl *R,
                         const clang::FunctionDecl *Transform) const;

  clang::ASTContext &Ctx;
  const ModelSet &Models;
  /// Not a DenseMap: answers stay where they are when others are added.
  std::unordered_map<const clang::CXXRecordDecl *, AwaitableType> Memo;
  llvm::DenseMap<const clang::CXXRecordDecl *, bool> AsyncMutexes;
  /// Of a generic await_transform, the functions by which types customise it.
  llvm::DenseMap<const clang::FunctionDecl *,
                 llvm::SmallVector<clang::DeclarationName, 4>>
      CustomisationNames;
};

} // namespace nostall

#endif
