//===- ReadyFlow.h - was the future seen to be ready? -----------*- C++ -*-===//
//
// `f.get()` does not wait where every path to it has seen that f is ready:
//
//   if (f.wait_for(0s) == std::future_status::ready) f.get();
//   while (!f.is_ready()) co_await sleep(10ms);  f.get();
//   f.wait();  f.get();                          // the first one has waited
//   if (is_ready(f)) f.get();                     // by a helper that asks so
//   p.set_value(1);  p.get_future().get();       // by the function itself
//
// The answer may have been kept in a variable, and a switch may have asked. It
// is forgotten where f may be another: assigned, given to a function that may
// change it, moved from, or, unless it is a local variable, over a suspension.
// A move or swap takes it along.
//
// A body is solved once, for all questions about it.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_READYFLOW_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_READYFLOW_H

#include "analysis/facts/MemberPaths.h"
#include "analysis/flow/Place.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include <vector>

namespace nostall {

class Unit;
struct AwaitFact;
struct CallFact;
struct FunctionFacts;

/// By body: the calls of members whose object is known to be ready.
class ReadyFlows {
public:
  struct Calls {
    llvm::DenseSet<const clang::Stmt *> OnReady; ///< whose object is
    /// Members of their objects that are: `if (job.ready()) job.get();`
    llvm::DenseMap<const clang::Stmt *, llvm::SmallVector<MemberPath, 1>>
        Members;
  };
  const Calls &of(Unit &U, const clang::FunctionDecl *F);
  /// Whether all that the body of \p F returns is ready: futures of promises
  /// that it has fulfilled.
  bool returnsReady(Unit &U, const clang::FunctionDecl *F);
  /// What is ready if \p F, which is here, returns true: parameters, or members
  /// of its object. `bool is_ready(std::future<int> &)`.
  llvm::ArrayRef<Place> readyIfTrue(Unit &U, const clang::FunctionDecl *F);

private:
  llvm::DenseMap<const clang::FunctionDecl *, Calls> Solved;
  llvm::DenseMap<const clang::FunctionDecl *, bool> Returns;
  llvm::DenseMap<const clang::FunctionDecl *, llvm::SmallVector<Place, 1>>
      IfTrue;
};

/// Whether the object of \p Call has been seen to be ready, by a readiness test
/// of the models, on every path to \p Call.
bool isKnownReady(Unit &U, const FunctionFacts &Facts, const CallFact &Call);
/// What is known to be ready where the body suspends.
std::vector<std::pair<const AwaitFact *, Place>>
readyAtAwaits(Unit &U, const FunctionFacts &Facts);

} // namespace nostall

#endif
