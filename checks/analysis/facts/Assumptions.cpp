//===- Assumptions.cpp - what holds where the walk stands -----------------===//

#include "Assumptions.h"
#include "ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

void Assumptions::assume(const Expr *Cond, bool Holds) {
  if (!HasLabels)
    addTests(F, Ctx, Locals, Cond, Holds, Assumed);
}

void Assumptions::forget(size_t Before) {
  Assumed.resize(std::min(Before, Assumed.size()));
}

void Assumptions::atLabel() {
  HasLabels = true;
  Assumed.clear();
}

/// What a coroutine itself ends with is not what its first statements are for.
Assumptions::Block::Block(Assumptions &A, const CompoundStmt *S)
    : A(A), Of(S), Before(A.Assumed.size()),
      EndExits(endsProgram(S) && !A.HasLabels &&
               !(coroutineBody(A.F) && writtenBody(A.F) == S)) {
  if (!EndExits)
    return;
  for (const Stmt *Child : llvm::reverse(S->body())) {
    if (mayLeave(Child))
      break;
    ExitsFrom = Child;
  }
}

Assumptions::Block::~Block() {
  A.ExitDepth -= Exits + CaseExits;
  A.forget(Before);
}

/// `case 0: run_child(); _exit(0);`
void Assumptions::Block::enterCase(const SwitchCase *Case) {
  const auto *First = llvm::find(Of->body(), Case);
  const auto *Next = std::find_if(First + 1, Of->body_end(), [](const Stmt *S) {
    return isa<SwitchCase>(S);
  });
  const Stmt *Last = *(Next - 1);
  while (const auto *Label = dyn_cast<SwitchCase>(Last))
    Last = Label->getSubStmt();
  A.ExitDepth -= CaseExits;
  CaseExits =
      endsProgram(Last) && !A.HasLabels && std::none_of(First, Next, mayLeave);
  A.ExitDepth += CaseExits;
}

/// Control comes to a case from the top of its switch, and from the statement
/// before it if that falls through.
void Assumptions::Block::enter(const Stmt *Child) {
  if (Child == ExitsFrom) {
    Exits = true;
    ++A.ExitDepth;
  }
  const auto *Case = dyn_cast<SwitchCase>(Child);
  if (!Case)
    return;
  enterCase(Case);
  A.forget(A.Around.Before);
  const bool FallsThrough = Previous && !leaves(Previous);
  if (!A.HasLabels && !FallsThrough && A.Around.S)
    addCaseTests(A.F, A.Ctx, A.Locals, A.Around.S, Case, A.Assumed);
}

void Assumptions::Block::leave(const Stmt *Child) {
  Previous = Child;
  if (A.HasLabels)
    return;
  if (isa<IfStmt, SwitchStmt>(Child))
    return addPassedTests(A.F, A.Ctx, A.Locals, Child, A.Assumed);
  const auto *Full = dyn_cast<FullExpr>(Child);
  if (const auto *Call = dyn_cast<CallExpr>(Full ? Full->getSubExpr() : Child))
    A.Asserted.forEachAt(Call, [&](const Expr *Arg, const ParamTest &T) {
      // What always throws may do so in a test that expects it.
      if (!constantOf(A.Ctx, Arg))
        addTest(A.F, A.Ctx, A.Locals, Arg, T.Is, T.Value, A.Assumed);
    });
}

} // namespace nostall
