//===- Instances.h - members that libraries would have needed ---*- C++ -*-===//
//
//   template <class T> struct Box { ~Box() { log.flush(); } ... };
//   std::vector<Box<int>> boxes;
//
// The body that destroys the boxes is std::vector's, and is not parsed. So
// Clang has no reason to instantiate ~Box<int>, in which nostall wants to look.
// This makes such members be instantiated, where that succeeds; otherwise the
// unit would have to be parsed again, whole.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_INSTANCES_H
#define NOSTALL_TOOL_PROJECT_INSTANCES_H

#include <vector>

namespace clang {
class FunctionDecl;
class Sema;
} // namespace clang

namespace nostall {

/// Instantiates what is missing (MissingInstances.h) at the end of the unit
/// that \p S is for, and generic callables, as far as it can be told what those
/// of \p Skipped, instances of functions that were not parsed, call them with
/// (LibraryCalls.h). \p Skipped grows meanwhile.
void instantiateMissing(
    clang::Sema &S, const std::vector<const clang::FunctionDecl *> &Skipped);

} // namespace nostall

#endif
