//===- Events.h - what a body does, in the order of control -----*- C++ -*-===//
//
//   facts, control flow ──▶ Events ──▶ the clients of Solver.h
//
// The facts of a body by block of its control-flow graph. Whoever follows paths
// asks events about places, and never the AST: a case that is known here is
// known to all of them.
//
// A move takes place where what takes it does: `b = std::move(a)` gives b its
// value before a has lost it.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FLOW_EVENTS_H
#define NOSTALL_CHECKS_ANALYSIS_FLOW_EVENTS_H

#include "Place.h"
#include "analysis/facts/Facts.h"
#include "clang/Analysis/CFG.h"

namespace nostall {

class FunctionFlow;

struct Event {
  enum class Kind : unsigned char {
    Declare, ///< a variable, or a member by a constructor's initialiser
    Assign,  ///< another value
    Swap,    ///< Of and From exchange their values
    Use,     ///< of a local variable of class type, or a parameter
    Move,    ///< such a use, by which it has lost its value: moved or returned
    Call,    ///<
    Suspend, ///< co_await or co_yield
    Destroy, ///< at the end of a scope
    Try,     ///< a try block begins
    Leave,   ///< control leaves the body, but not by an exception
  };
  Kind K;
  Place Of;   ///< what it happens to; of a call, its object
  Place From; ///< what the value is a copy of, or was moved from
  const clang::Stmt *Site = nullptr;
  clang::SourceLocation Loc;
  const clang::Expr *Value = nullptr; ///< null if nobody has written one
  /// Of a call; of an assignment or swap by one; the destructor's.
  const CallFact *Call = nullptr;
  const VariableUse *Use = nullptr;
  const AwaitFact *Await = nullptr;
};

llvm::StringRef eventName(Event::Kind K);

class Events {
public:
  /// The events of \p Facts, whose control flow \p Flow is.
  Events(Unit &U, const FunctionFacts &Facts, const FunctionFlow &Flow);

  llvm::ArrayRef<Event> of(const clang::CFGBlock &Block) const {
    return ByBlock[Block.getBlockID()];
  }

private:
  std::vector<std::vector<Event>> ByBlock;
};

/// The places that \p Call may give another value: named arguments that it
/// takes by pointer or reference to what is not constant, unless its body is
/// here and leaves them alone.
void forEachChanged(Unit &U, const CallFact &Call,
                    llvm::function_ref<void(const Place &)> Visit);

} // namespace nostall

#endif
