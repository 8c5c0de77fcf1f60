//===- NeededBodies.h - which bodies a unit is read for ---------*- C++ -*-===//
//
// Most of a unit is the bodies of libraries, and nostall never looks into those
// of an opaque namespace (Models.h): only their models count. So they need not
// be parsed. Clang asks for each body before it parses it:
//
//   Parser ──isNeeded(D)?──▶ yes: parsed as always
//                            no:  skipped up to its closing brace
//
// Needed all the same are the functions that make a type a coroutine's (what a
// task is, is read off them), and whatever Clang itself wants (constexpr,
// deduced return types), which it does not ask about.
//
// A body that is skipped instantiates nothing. What it may have instantiated of
// the program's classes, the command has instantiated (Instances.h). Where it
// may be a template, as a generic lambda is, lacksInstances() says so
// (MissingInstances.h), and the unit is parsed again, whole.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_NEEDEDBODIES_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_NEEDEDBODIES_H

#include "llvm/ADT/DenseMap.h"

namespace clang {
class ASTContext;
class Decl;
class DeclContext;
} // namespace clang

namespace nostall {

class ModelSet;

class NeededBodies {
public:
  /// For the unit that \p Ctx is being filled with.
  explicit NeededBodies(const clang::ASTContext &Ctx);

  /// Whether the body of \p D, a function or its template, is to be parsed.
  bool isNeeded(const clang::Decl *D);

private:
  bool isOpaque(const clang::DeclContext *Namespace);

  const clang::ASTContext &Ctx;
  const ModelSet &Models;
  llvm::DenseMap<const clang::DeclContext *, bool> Opaque;
};

} // namespace nostall

#endif
