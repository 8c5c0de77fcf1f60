//===- Assumptions.cpp - what holds where the walk stands -----------------===//

#include "Assumptions.h"
#include "ConditionReader.h"

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

Assumptions::Block::Block(Assumptions &A, const CompoundStmt *S)
    : A(A), Before(A.Assumed.size()), Exits(endsProgram(S) && !A.HasLabels) {
  A.ExitDepth += Exits;
}

Assumptions::Block::~Block() {
  A.ExitDepth -= Exits;
  A.forget(Before);
}

/// Control comes to a case from the top of its switch, and from the statement
/// before it if that falls through.
void Assumptions::Block::enter(const Stmt *Child) {
  const auto *Case = dyn_cast<SwitchCase>(Child);
  if (!Case)
    return;
  A.forget(A.Around.Before);
  const auto *Only = dyn_cast<CaseStmt>(Case);
  const bool FallsThrough = Previous && !leaves(Previous);
  if (!A.HasLabels && Only && !Only->getRHS() && !FallsThrough &&
      !isa<SwitchCase>(Only->getSubStmt()))
    addTest(A.F, A.Ctx, A.Locals, A.Around.On, Only->getLHS(), A.Assumed);
}

void Assumptions::Block::leave(const Stmt *Child) {
  Previous = Child;
  const auto *If = dyn_cast<IfStmt>(Child);
  if (!If || If->isConsteval())
    return;
  if (leaves(If->getThen()))
    A.assume(If->getCond(), false);
  else if (leaves(If->getElse()))
    A.assume(If->getCond(), true);
}

} // namespace nostall
