//===- Annotations.h - what the source itself says --------------*- C++ -*-===//
//
// Reads nostall/annotations.h (`[[clang::annotate("nostall::<word>", ...)]]`)
// and Clang's own [[clang::blocking]] / [[clang::nonblocking]] off a
// declaration. Every redeclaration is asked, so that a header may annotate
// functions it did not write.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_ANNOTATIONS_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_ANNOTATIONS_H

#include "analysis/models/Models.h"
#include "clang/AST/Decl.h"

namespace nostall {

/// The argument of the annotation "nostall::\p Word" on \p D: empty if it has
/// none, nullopt if \p D is not so annotated.
std::optional<llvm::StringRef> annotation(const clang::Decl *D,
                                          llvm::StringRef Word);

/// What annotations say that a call of \p F does to its thread.
struct DeclaredEffect {
  enum class Kind : unsigned char { Blocking, Nonblocking, Allowed };
  Kind K = Kind::Blocking;
  Effect What = Effect::Wait;
  /// "annotation NOSTALL_BLOCKING", "[[clang::blocking]]"
  llvm::StringRef Source;
};
std::optional<DeclaredEffect> declaredEffect(const clang::FunctionDecl *F);

/// Whether the attribute of a statement lets it block.
bool allowsBlocking(const clang::Attr *A);

std::optional<Context> parseContext(llvm::StringRef Name);
llvm::StringRef contextName(Context C);

} // namespace nostall

#endif
