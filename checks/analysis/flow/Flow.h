//===- Flow.h - control flow of one body ------------------------*- C++ -*-===//
//
//   body ──▶ FunctionFlow ──▶ Events ──▶ Solver
//
// Some questions depend on the path: is the lock still held here, was the
// future seen to be ready, has the coroutine moved to a pool? They are answered
// on Clang's CFG of the body as written, with temporaries and destructors
// drawn in.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FLOW_FLOW_H
#define NOSTALL_CHECKS_ANALYSIS_FLOW_FLOW_H

#include "clang/Analysis/CFG.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <memory>

namespace nostall {

class Events;
class Unit;

class FunctionFlow {
public:
  ~FunctionFlow();

  /// Null where Clang cannot draw a graph (invalid or dependent code).
  static std::unique_ptr<FunctionFlow> build(clang::ASTContext &Ctx,
                                             const clang::FunctionDecl *F);

  const clang::CFG &cfg() const { return *Graph; }
  /// What the body does in the order of control (Events.h), found when somebody
  /// asks.
  const Events &events(Unit &U) const;
  /// False only for a site in a block that no path from the entry reaches; and
  /// for the end of \p Dies, a local variable, where no path reaches any end of
  /// its scope (`while (true)` without a break).
  bool isReachable(const clang::Stmt *Site,
                   const clang::ValueDecl *Dies = nullptr) const;
  /// The blocks that lead to the handlers of the try blocks that begin with
  /// \p First; null for most statements.
  const llvm::SmallVectorImpl<const clang::CFGBlock *> *
  handlersFrom(const clang::Stmt *First) const;

private:
  void findReached();

  std::unique_ptr<clang::CFG> Graph;
  llvm::DenseMap<const clang::Stmt *,
                 llvm::SmallVector<const clang::CFGBlock *, 1>>
      HandlersFrom;
  llvm::DenseMap<const clang::Stmt *, const clang::CFGBlock *> BlockOf;
  llvm::BitVector Reached;
  /// Whether an end of its scope is reached, by variable.
  llvm::DenseMap<const clang::ValueDecl *, bool> Ends;
  const clang::FunctionDecl *Function = nullptr;
  mutable std::unique_ptr<Events> Found;
};

} // namespace nostall

#endif
