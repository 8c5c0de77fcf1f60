//===- Places.h - names for what holds a value ------------------*- C++ -*-===//
//
// A place is a variable, a parameter, a member, or what a function returns. Its
// symbol is the same in all units that can name it, so that what they say of it
// can be put together.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_PLACES_H
#define NOSTALL_CHECKS_ANALYSIS_PLACES_H

#include "CallGraph.h"
#include "clang/AST/Decl.h"
#include "llvm/ADT/DenseMap.h"

namespace nostall {

class Places {
public:
  explicit Places(const clang::ASTContext &Ctx) : Ctx(Ctx) {}

  enum class Of : unsigned char {
    Variable, ///< or member
    Made,     ///< what a function makes of its parameter
    Given,    ///< what a function is given for its parameter
    Result,   ///< what a function returns
    Argument, ///< what stands at a place in a function
  };
  /// \p Number tells those of one function apart. 0: it has no name.
  CallGraph::Symbol symbol(const clang::NamedDecl *D, Of What,
                           unsigned Number = 0);
  /// Of a variable, member or parameter, which is given its value.
  CallGraph::Symbol holder(const clang::ValueDecl *D);

private:
  const clang::ASTContext &Ctx;
  llvm::DenseMap<const clang::Decl *, uint64_t> Names;
};

} // namespace nostall

#endif
