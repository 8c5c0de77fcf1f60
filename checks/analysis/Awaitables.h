//===- Awaitables.h - task types, read off the types ------------*- C++ -*-===//
//
// Answers, for a type: can it be awaited, is it a coroutine's return type, and
// does such a coroutine run before it is awaited? All of it is read off the
// promise type and the awaiter's members, as the compiler would; the models add
// only what types cannot show (that a handle may be dropped).
//
// An answer needs no instantiation: where the promise was never instantiated in
// this translation unit, its template is read instead.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_AWAITABLES_H
#define NOSTALL_CHECKS_ANALYSIS_AWAITABLES_H

#include "Models.h"
#include "clang/AST/Type.h"
#include "llvm/ADT/DenseMap.h"
#include <unordered_map>

namespace clang {
class ASTContext;
class CoroutineBodyStmt;
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
  };
  Kind K = Kind::None;
  Start S = Start::Unknown;
  /// A value may be discarded (models, NOSTALL_DROPPABLE).
  bool Droppable = false;
  /// Cannot be copied: awaiting a variable needs std::move.
  bool MoveOnly = false;
  const clang::CXXRecordDecl *Record = nullptr;

  bool isAwaitable() const { return K == Kind::Task || K == Kind::Operation; }
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

  /// What `co_await` accepts in \p Coroutine beyond what every coroutine
  /// accepts: by its promise's await_transform. Only types of the coroutine
  /// library's own namespace count; a promise may take integers, too.
  bool isAwaitableIn(clang::QualType T,
                     const clang::CoroutineBodyStmt *Coroutine);

  /// Whether `co_await` of a \p T compiles in \p Coroutine: as any awaitable
  /// does, unless the promise transforms awaits and does not take it.
  bool accepts(clang::QualType T, const clang::CoroutineBodyStmt *Coroutine);

  /// The library that \p F, a coroutine, is written in, or null.
  const DialectModel *dialectOf(const clang::FunctionDecl *F) const;

  /// A mutex whose locking is awaited: guards of it are no thread locks.
  bool isAsyncMutex(clang::QualType T);

private:
  AwaitableType compute(const clang::CXXRecordDecl *R);
  const clang::CXXRecordDecl *promiseOf(const clang::CXXRecordDecl *R) const;
  const clang::CXXRecordDecl *
  promiseFromTraits(const clang::CXXRecordDecl *R) const;
  Start startOf(const clang::CXXRecordDecl *Promise) const;
  bool hasFreeCoAwait(const clang::CXXRecordDecl *R) const;
  bool transforms(const clang::CXXRecordDecl *Promise,
                  const clang::CXXRecordDecl *R, bool AnyTemplate,
                  bool &HasTransform) const;

  clang::ASTContext &Ctx;
  const ModelSet &Models;
  /// Not a DenseMap: answers stay where they are when others are added.
  std::unordered_map<const clang::CXXRecordDecl *, AwaitableType> Memo;
  llvm::DenseMap<const clang::CXXRecordDecl *, bool> AsyncMutexes;
};

} // namespace nostall

#endif
