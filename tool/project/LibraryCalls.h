//===- LibraryCalls.h - what a library calls callables with -----*- C++ -*-===//
//
//   std::sort(jobs.begin(), jobs.end(), [](auto &a, auto &b) { ... });
//
// The body that calls the lambda is std::sort's, and is not parsed. So Clang
// has no reason to instantiate the lambda's. But for many functions their
// signature tells what they call it with:
//
//   (iterator, iterator, ..., callable)    elements
//   (container &, callable)                elements
//   owner(pointer, deleter)                the pointer
//
// Where it does not, the unit has to be parsed again, whole.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_LIBRARYCALLS_H
#define NOSTALL_TOOL_PROJECT_LIBRARYCALLS_H

namespace clang {
class FunctionDecl;
class Sema;
} // namespace clang

namespace nostall {

/// Calls the generic callable that \p F, an instance of a library's function
/// that was not parsed, is given, as its body would: what that needs is pending
/// then. False where there is none, or nothing tells with what.
bool callAsLibrary(clang::Sema &S, const clang::FunctionDecl *F);

} // namespace nostall

#endif
