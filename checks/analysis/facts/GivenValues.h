//===- GivenValues.h - all that a variable or member is given ---*- C++ -*-===//
//
//   std::unique_ptr<Sink> sink_ = std::make_unique<Null>();   // and nothing
//   ...                                                       // else, ever
//
// Where every function that could give a local variable or a private member
// another value is here, what it may hold is one of a few expressions.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_GIVENVALUES_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_GIVENVALUES_H

#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace nostall {

class Unit;

using ValuesGiven = llvm::SmallVector<const clang::Expr *, 2>;

class GivenValues {
public:
  explicit GivenValues(Unit &U) : U(U) {}

  /// All that \p D, a local variable or a member, is given besides nothing;
  /// nothing at all if somebody may give it what is not seen.
  const std::optional<ValuesGiven> &of(const clang::ValueDecl *D);

  /// The same of a member that is an object of a class of the program; and the
  /// methods that are called on it, which may change it.
  struct Object {
    ValuesGiven Values;
    /// Whose initialiser the last of these is; null: its class's, or no one's.
    const clang::CXXConstructorDecl *By = nullptr;
    llvm::SmallVector<const clang::CXXMethodDecl *, 4> Called;
  };
  const std::optional<Object> &ofObject(const clang::FieldDecl *Member);

private:
  std::optional<ValuesGiven> ofLocal(const clang::VarDecl *V);
  std::optional<Object> ofMember(const clang::FieldDecl *Member, bool IsObject);

  Unit &U;
  llvm::DenseMap<const clang::ValueDecl *, std::optional<ValuesGiven>> Known;
  llvm::DenseMap<const clang::FieldDecl *, std::optional<Object>> Objects;
};

} // namespace nostall

#endif
