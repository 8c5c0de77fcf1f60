//===- TaskFlow.h - tasks kept in variables ---------------------*- C++ -*-===//
//
// A task that is kept in a local variable is taken care of once it is awaited,
// returned, moved, captured, passed on, or told to do something. Asking it a
// question (a const member that returns a scalar) does not take care of it;
// where the answer is that there is none in it, there is nothing to take care
// of.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_TASKS_TASKFLOW_H
#define NOSTALL_CHECKS_ANALYSIS_TASKS_TASKFLOW_H

#include "Drops.h"
#include "analysis/facts/Facts.h"
#include "analysis/flow/Solver.h"

namespace nostall {

class Unit;

bool takesCare(const VariableUse &Use);

/// Variables and parameters of \p Facts that hold an awaitable and that some
/// path takes care of while another reaches the end of their scope without,
/// with a decision on that path.
struct PartialDrop {
  const VariableFact *Variable = nullptr;
  llvm::SmallVector<Branch, 2> Path;
};

struct TaskPaths {
  std::vector<PartialDrop> Partial;
  /// Tasks of which another takes the place (Replaced), or that an assignment
  /// gave to a variable that ends (Assigned), on every path before anything has
  /// taken care of them.
  std::vector<Drop> Lost;
};
/// \p WithPartial: whether anybody wants to know of partial drops, whose paths
/// are a search each.
TaskPaths taskPaths(Unit &U, const FunctionFacts &Facts, bool WithPartial);

/// What such a variable holds where the body suspends.
struct TaskAtAwait {
  const AwaitFact *Await = nullptr;
  const clang::VarDecl *Variable = nullptr;
  bool Open = false; ///< a task of which nothing has taken care, on some path
  bool Done = false; ///< on some path, none
};
std::vector<TaskAtAwait> tasksAtAwaits(Unit &U, const FunctionFacts &Facts);

} // namespace nostall

#endif
