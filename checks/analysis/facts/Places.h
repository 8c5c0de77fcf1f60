//===- Places.h - names for what holds a value ------------------*- C++ -*-===//
//
// A place is a variable, a parameter, a member, or what a function returns. Its
// symbol is the same in all units that can name it, so that what they say of it
// can be put together.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_PLACES_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_PLACES_H

#include "Conditions.h"
#include "clang/AST/Decl.h"
#include "llvm/ADT/DenseMap.h"

namespace nostall {

/// A hash of the name that Clang gives a declaration across units, or a place.
using Symbol = uint64_t;

/// The place To holds a non-blocking descriptor if From does. A parameter is
/// given one if all calls that are known give it one.
struct DescriptorFlow {
  Symbol To = 0;
  Symbol From = 0;    ///< 0: for sure; of what is given: nobody knows
  bool Gives = false; ///< by a call, for the parameter To
  Condition When;     ///< For sure, where this holds of the parameters
  std::vector<PassedValue> Passed; ///< by the call that makes From so
  auto operator<=>(const DescriptorFlow &) const = default;
};

class Places {
public:
  explicit Places(const clang::ASTContext &Ctx) : Ctx(Ctx) {}

  enum class Of : unsigned char {
    Variable, ///< or member
    Made,     ///< what a function makes of its parameter
    Given,    ///< what a function is given for its parameter
    Result,   ///< what a function returns
    Argument, ///< what stands at a place in a function
    Callable, ///< the function itself
  };
  /// \p Number tells those of one function apart. 0: it has no name.
  Symbol symbol(const clang::NamedDecl *D, Of What, unsigned Number = 0);
  /// Of a function that other units may name; else 0.
  static Symbol function(const clang::FunctionDecl *F);
  /// Of a function that somebody may store, a closure's among them.
  Symbol callable(const clang::FunctionDecl *F) {
    const Symbol Shared = function(F);
    return Shared ? Shared : symbol(F, Of::Callable);
  }
  /// Of a variable, member or parameter, which is given its value, or of what a
  /// function returns.
  Symbol holder(const clang::ValueDecl *D);

private:
  const clang::ASTContext &Ctx;
  llvm::DenseMap<const clang::Decl *, uint64_t> Names;
  uint64_t SourceHash = 0;
};

} // namespace nostall

#endif
