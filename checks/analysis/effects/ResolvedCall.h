//===- ResolvedCall.h - what one call may do --------------------*- C++ -*-===//
//
// A call as far as it can be told without the summaries of other functions:
// what decided about it, and the list of what it leads to. Whoever follows
// calls (the summaries, the walk with arguments, the graph for other units)
// follows this list, in its order, so that all of them tell the same chain.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_RESOLVEDCALL_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_RESOLVEDCALL_H

#include "Hop.h"
#include "analysis/facts/Facts.h"
#include "analysis/models/Models.h"
#include <optional>

namespace nostall {

/// A call that blocks, or needs the loop's thread, by itself, and how that is
/// known.
struct Primitive {
  Effect What = Effect::Wait;
  const clang::FunctionDecl *Callee = nullptr;
  clang::SourceLocation Loc;
  /// "model posix.yaml:12 (man 2 read)", "annotation NOSTALL_BLOCKING"
  std::string Source;
  /// Null where an annotation says it.
  const FunctionModel *Model = nullptr;
};

/// What decided about a call, in words of the order that Effects.h gives.
enum class Decision : unsigned char {
  Indirect,              ///< the callee is not known
  Allowed,               ///< the scope around it allows blocking
  BeforeExit,            ///< the block around it ends the program
  Once,                  ///< by who comes first, of all that call the function
  Declared,              ///< an annotation or attribute of the callee
  Model,                 ///< a model: it blocks, or it never does
  Arguments,             ///< a model: not with these arguments
  WouldBlockTested,      ///< the caller tests for EAGAIN
  NonblockingDescriptor, ///< the caller made the descriptor non-blocking
  KnownReady,            ///< the caller knows the result to be there
  Suppressed,            ///< it blocks, but NOLINT stands beside it
  MovedFrom,             ///< the destroyed object is empty
  Opaque,                ///< a namespace that is known by models alone
  Coroutine,             ///< reported in its own body
  Body,                  ///< what its body does
  Elsewhere,             ///< its body is in another unit
  Unknown,               ///< neither a model nor a body can be had
};

/// One thing that a call leads to.
struct Successor {
  enum class Is : unsigned char {
    Primitive,  ///< it blocks, or needs the loop's thread, by itself
    Body,       ///< a body that is here
    External,   ///< a function whose body is not here
    Overriders, ///< overrides of a method in other units
    Stored,     ///< the callables that any unit stores in a place
    Parameter,  ///< the callable that the function around was given
  };
  Is Kind;
  Hop How;
  unsigned Prim = 0; ///< CallResolver::primitive
  /// The function, place or parameter.
  const clang::ValueDecl *To = nullptr;
  /// The arguments of the call are its arguments, callables among them.
  bool TakesArguments = false;
  /// Overriders: who has made the object, in another unit; or null.
  const clang::FunctionDecl *Maker = nullptr;
  /// Besides the call's own, what has to hold of the caller's parameters.
  Condition OnlyIf = {};

  static Successor primitive(Hop How, unsigned Prim, Condition OnlyIf = {}) {
    Successor To{Is::Primitive, How, Prim};
    To.OnlyIf = std::move(OnlyIf);
    return To;
  }
  static Successor to(Is Kind, Hop How, const clang::ValueDecl *To) {
    return {Kind, How, 0, To};
  }
  static Successor withArguments(Is Kind, Hop How,
                                 const clang::FunctionDecl *To) {
    return {Kind, How, 0, To, true};
  }
  const clang::FunctionDecl *function() const {
    return llvm::cast<clang::FunctionDecl>(To);
  }
  const clang::ParmVarDecl *parameter() const {
    return llvm::cast<clang::ParmVarDecl>(To);
  }
};

inline Hop directHop(const CallFact &Call) {
  return Call.K == CallFact::Kind::Destructor ? Hop::Destroys : Hop::Calls;
}

struct ResolvedCall {
  const CallFact *Call = nullptr;
  Decision Why = Decision::Indirect;
  llvm::SmallVector<Successor, 1> Next;
  /// What tells whose method a virtual call runs: the class of an object that
  /// the function has (ItsClass). Or which callable: the member that holds it.
  /// 0: nothing does.
  uint32_t On = 0;
  /// What is passed on, when somebody has asked (Effects::passed).
  std::optional<std::vector<PassedValue>> Passed;

  bool has(Successor::Is Kind) const {
    return llvm::any_of(Next,
                        [&](const Successor &S) { return S.Kind == Kind; });
  }
};

} // namespace nostall

#endif
