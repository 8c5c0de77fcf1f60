//===- Assumptions.h - what holds where the walk stands ---------*- C++ -*-===//
//
// Kept up by the walk over a body (FactsBuilder.cpp): the tests of parameters
// that control has passed on its way here, and whether the block around ends
// the program. Only what the nesting of statements shows counts: branches,
// loops, cases, and what `if (x) return;` leaves. After a label nothing holds,
// since a goto may come from anywhere.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_ASSUMPTIONS_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_ASSUMPTIONS_H

#include "ConditionReader.h"
#include "Leaving.h"
#include "analysis/source/Truth.h"
#include "clang/AST/Stmt.h"
#include <utility>

namespace nostall {

class Unit;

class Assumptions {
public:
  Assumptions(Unit &U, const clang::FunctionDecl *F);

  /// What \p Cond is, whenever control gets there.
  std::optional<bool> constant(const clang::Expr *Cond) {
    return Fixed.of(Cond);
  }
  const Condition &now() const { return Assumed; }
  /// The same, for a fact to keep: of very many tests the first and the last,
  /// so that what stands under each other's `else` does not grow with its
  /// square.
  Condition kept() const;
  /// Whoever gets here does not get out of it, or is in a process of its own.
  bool isBeforeExit() const;

  /// Walks what is reached where \p Cond is \p Holds.
  template <class Walk>
  void where(const clang::Expr *Cond, bool Holds, Walk WalkIt) {
    const size_t Before = enter(Cond, Holds);
    WalkIt();
    leave(Before);
  }
  /// Walks what is reached in the turns of \p Loop, of which there was a first:
  /// `while (n-- > 0)` begins where n is more than 0.
  template <class Walk>
  void inTurns(const clang::Stmt *Loop, const clang::Expr *Cond, Walk WalkIt) {
    where(Cond, true, [&] {
      const size_t Before = Assumed.size();
      if (!HasLabels)
        addFirstTests(F, Ctx, Locals, Loop, Cond, Assumed);
      WalkIt();
      forget(Before);
    });
  }
  /// The same for who does not nest: what enter() gave is for leave().
  size_t enter(const clang::Expr *Cond, bool Holds) {
    const size_t Before = Assumed.size();
    assume(Cond, Holds);
    return Before;
  }
  void leave(size_t Before) { forget(Before); }
  /// Walks what is reached for each element of \p Range.
  template <class Walk> void forEachOf(const clang::Expr *Range, Walk WalkIt) {
    const size_t Before = Assumed.size();
    if (!HasLabels)
      addTest(F, Ctx, Locals, Range, ParamTest::Relation::NotEqual, 0, Assumed);
    WalkIt();
    forget(Before);
  }

  /// Walks the body of \p Switch.
  template <class Walk>
  void inSwitch(const clang::SwitchStmt *Switch, Walk WalkIt) {
    auto Outer = std::exchange(Around, {Switch, Assumed.size()});
    WalkIt();
    forget(Around.Before);
    Around = Outer;
  }

  /// While the children of a block are walked.
  class Block {
  public:
    Block(Assumptions &A, const clang::CompoundStmt *S);
    ~Block();
    void enter(const clang::Stmt *Child);
    void leave(const clang::Stmt *Child);

  private:
    void enterCase(const clang::SwitchCase *Case);

    Assumptions &A;
    const clang::CompoundStmt *Of;
    const size_t Before;
    /// Its end is the program's; so is that of what follows the last label.
    const bool EndExits;
    bool CaseExits = false;
    /// From here on, nothing leaves it before.
    const clang::Stmt *ExitsFrom = nullptr;
    bool Exits = false;
    const clang::Stmt *Previous = nullptr;
  };

  void atLabel();

private:
  void assume(const clang::Expr *Cond, bool Holds);
  bool isInChild(const clang::Expr *Cond, bool Holds);
  bool isForkResult(const clang::Expr *E, unsigned Depth = 0);
  void forget(size_t Before);

  struct Switch {
    const clang::SwitchStmt *S = nullptr;
    size_t Before = 0; ///< what was assumed around it
  };

  Unit &U;
  const clang::FunctionDecl *F;
  const clang::ASTContext &Ctx;
  SetOnce &Locals;
  FixedTruths Fixed;
  Condition Assumed;
  Switch Around; ///< the innermost
  unsigned ExitDepth = 0;
  bool HasLabels = false;
};

} // namespace nostall

#endif
