//===- LocksElsewhere.h - locks that other units take -----------*- C++ -*-===//
//
//   registry.lock();           // its body is in another file
//   co_await save();           // held here, if that body takes a lock
//   registry.unlock();
//
// Of a body that is not here nobody knows what it does to locks. What can be
// told is which of them a coroutine has called before an await, on what, and
// what it has called on the same since. The program decides: it is a finding if
// the first takes a lock and none of the others gives one back. Only functions
// are asked that could: what they are called on, are given by reference, or
// return, is a mutex of threads, or a class of the user's that has one or
// refers to one.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKSELSEWHERE_H
#define NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKSELSEWHERE_H

#include "analysis/facts/Conditions.h"
#include "analysis/facts/Facts.h"
#include "analysis/flow/Place.h"
#include "clang/AST/Decl.h"
#include <vector>

namespace nostall {

class Unit;

/// What the function returns, and what is global, beside OwnObject and
/// objectOf(N).
inline constexpr uint32_t ResultObject = LastObject + 1;
inline constexpr uint32_t GlobalObject = LastObject + 2;

/// What a function is asked about: the object that it is called on, that which
/// a parameter refers to, or that which it returns.
struct LockQuestion {
  const clang::FunctionDecl *Of = nullptr;
  uint32_t Object = OwnObject;
  auto operator<=>(const LockQuestion &) const = default;
};

/// A lock that is held at an await if the program says so of one of the calls
/// that may have taken it.
struct OpenLock {
  struct Call {
    clang::SourceLocation At;
    LockQuestion Takes;
    std::vector<LockQuestion> GiveBack; ///< what may have, on some path
  };
  const AwaitFact *Await = nullptr;
  Place Lock; ///< with a function, one that has no name here
  std::vector<Call> By;

  bool isNamed() const { return !llvm::isa<clang::FunctionDecl>(Lock.decl()); }
  /// The lock, or what takes it.
  const clang::NamedDecl *decl() const {
    return isNamed() ? static_cast<const clang::NamedDecl *>(Lock.decl())
                     : By.front().Takes.Of;
  }
};

/// In source order of the awaits; one for each await and lock.
std::vector<OpenLock> openLocksAtAwaits(Unit &U, const FunctionFacts &Facts);

/// What the body of \p F does to locks that its callers can name.
struct LockAnswer {
  uint32_t Object = OwnObject;
  bool Takes = false; ///< else it gives it back
  /// Only if another function does the same to this, and none of the others
  /// has given it back.
  std::optional<LockQuestion> If;
  std::vector<LockQuestion> Unless;
};
std::vector<LockAnswer> lockAnswersOf(Unit &U, const clang::FunctionDecl *F);

} // namespace nostall

#endif
