//===- CallResolution.h - what one call may do ------------------*- C++ -*-===//
//
// The inside of Effects: a call, resolved as far as it can be without the
// summaries of other functions (CallResolution.cpp), is what the summaries are
// then merged along (Effects.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_CALLRESOLUTION_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_CALLRESOLUTION_H

#include "Effects.h"

namespace nostall {

/// What one call may do, before summaries of other functions are merged in.
struct Effects::Resolved {
  const CallFact *Call = nullptr;
  Decision Why = Decision::Indirect;
  std::optional<unsigned> Prim;
  Witness::How PrimHow = Witness::How::Calls;
  std::optional<unsigned> LoopOnly;          ///< another primitive
  const clang::FunctionDecl *Body = nullptr; ///< of the callee
  llvm::SmallVector<const clang::FunctionDecl *, 0> OverrideBodies;
  llvm::SmallVector<const clang::FunctionDecl *, 0> RunCallables;
  /// Of those, functions whose bodies are not here.
  llvm::SmallVector<const clang::FunctionDecl *, 0> RunExternals;
  /// Destructors of what the destroyed object owns.
  llvm::SmallVector<const clang::FunctionDecl *, 0> OwnedBodies;
  /// Functions that are called and whose bodies are not here.
  llvm::SmallVector<const clang::FunctionDecl *, 1> Externals;
  /// The method whose overrides in other units may be called instead.
  const clang::CXXMethodDecl *Dispatched = nullptr;
  /// Parameters of the enclosing function that the call runs.
  llvm::SmallVector<const clang::ParmVarDecl *, 0> RunParams;
  /// The place whose callable is called: which one, what is stored says.
  const clang::ValueDecl *Stored = nullptr;
  /// What is passed on, when somebody has asked (Effects::passed).
  std::optional<std::vector<PassedValue>> Passed;

  bool isNothing() const {
    return !Prim && !LoopOnly && !Body && OverrideBodies.empty() &&
           RunCallables.empty() && RunExternals.empty() &&
           OwnedBodies.empty() && Externals.empty() && RunParams.empty() &&
           !Dispatched && !Stored;
  }
};

/// A function that has been looked through.
struct Effects::Node {
  const FunctionFacts *Facts = nullptr;
  std::vector<Resolved> Calls;
  Summary S;
  /// While it is explored: those to be asked again when S changes.
  llvm::SmallVector<Node *, 0> Callers;
  bool IsQueued = false, IsDone = false;
  /// Parameters whose values matter (Effects::caredFor).
  std::optional<std::vector<uint32_t>> Cares;
};

/// A body with what is known of its parameters. It is walked once for each such
/// set, whoever calls it; a chain is a path through these.
struct WalkedBody {
  struct Step {
    WalkedBody *To = nullptr; ///< null: the primitive of Hop
    Witness Hop;
  };
  std::vector<Step> Steps; ///< in source order
  Summary S;               ///< witnesses and primitives alone
  llvm::SmallVector<WalkedBody *, 2> Callers;
  bool IsQueued = false, IsDone = false;
  bool TestsWouldBlock = false; ///< itself, or somebody above
};

} // namespace nostall

#endif
