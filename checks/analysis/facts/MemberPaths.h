//===- MemberPaths.h - members, and members of members ----------*- C++ -*-===//
//
//   class Spool { Options options_; ... };
//   void Spool::put() { if (options_.sync) fsync(fd_); }
//
// What a member is called where conditions and values are about it: by the
// fields that lead to it from an object that the function has, the outermost
// first.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_MEMBERPATHS_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_MEMBERPATHS_H

#include "Conditions.h"
#include "llvm/ADT/SmallVector.h"

namespace clang {
class CallExpr;
class Expr;
class FieldDecl;
class FunctionDecl;
class ValueDecl;
} // namespace clang

namespace nostall {

using MemberPath = llvm::SmallVector<const clang::FieldDecl *, 2>;
using MemberPathRef = llvm::ArrayRef<const clang::FieldDecl *>;

/// \p Way as such a path, if it goes through fields alone.
std::optional<MemberPath>
memberPath(llvm::ArrayRef<const clang::ValueDecl *> Way);
/// By its name alone, as all units know it.
uint32_t memberName(MemberPathRef Path);
/// By what number tests and values name a member of \p Object.
uint32_t memberNumber(uint32_t Object, MemberPathRef Path);

/// An object that a function has, or a part of it.
struct OwnPart {
  uint32_t Object = OwnObject;
  MemberPath Path; ///< empty: the whole object
};
/// Which of \p F's, or where it points to, \p E is (Conditions.h).
std::optional<OwnPart> ownPart(const clang::FunctionDecl *F,
                               const clang::Expr *E);
/// The same, if it is a whole object.
std::optional<uint32_t> ownObject(const clang::FunctionDecl *F,
                                  const clang::Expr *E);

/// The object of its own, or the argument, that \p Call gives back whatever
/// happens: `Sink &put(Sink &s, int n) { s.write(n); return s; }`. Null:
/// another.
const clang::Expr *givenBackBy(const clang::CallExpr *Call);

/// By what number tests and values name the value of \p E, if it is that of a
/// parameter of \p F, or of a member of an object that \p F has.
std::optional<uint32_t> ownNumber(const clang::FunctionDecl *F,
                                  const clang::Expr *E);

} // namespace nostall

#endif
