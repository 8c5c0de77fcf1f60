//===- HandleUse.h - what a function does with a handle ---------*- C++ -*-===//
//
// Reads await_suspend. An awaiter that never lets the coroutine's handle out
// of it makes nobody wait: it resumes the coroutine, ends it, or leaves word
// in its promise. That tells a value that co_await only opens (an expected, an
// optional) from an operation, and an initial_suspend that leaves a coroutine
// lying from one that posts it somewhere.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_HANDLEUSE_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_HANDLEUSE_H

namespace clang {
class FunctionDecl;
class QualType;
} // namespace clang

namespace nostall {

struct HandleUse {
  bool Seen = false;    ///< there is a body to read
  bool Kept = false;    ///< stored, passed on, or its address is taken
  bool Passed = false;  ///< an argument of some call
  bool Resumed = false; ///< resumed by a call, or by returning it
  bool Destroyed = false;
  bool LeavesWord = false; ///< something is done to its promise
  /// Every path returns false: the coroutine goes on, whatever was done.
  bool GoesOn = false;
};

/// What \p AwaitSuspend does with its first parameter.
HandleUse handleUseOf(const clang::FunctionDecl *AwaitSuspend);

/// Whether the body of \p F resumes any handle; lambdas in it do not count.
bool resumesAHandle(const clang::FunctionDecl *F);

/// Whether \p T is a std::coroutine_handle.
bool isCoroutineHandle(clang::QualType T);

} // namespace nostall

#endif
