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

void Assumptions::assumeFirst(const ForStmt *Loop) {
  const auto *Test = dyn_cast_or_null<BinaryOperator>(
      Loop->getCond() ? Loop->getCond()->IgnoreParenImpCasts() : nullptr);
  const auto *Init = dyn_cast_or_null<DeclStmt>(Loop->getInit());
  if (HasLabels || !Test || !Init)
    return;
  for (bool Swapped : {false, true}) {
    const Expr *Counter = Swapped ? Test->getRHS() : Test->getLHS();
    const auto *Ref = dyn_cast<DeclRefExpr>(Counter->IgnoreParenImpCasts());
    const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    if (!V || !V->getInit() || !llvm::is_contained(Init->decls(), V))
      continue;
    const auto First = constantOf(Ctx, V->getInit());
    // How the bound stands to the counter.
    const auto Is = relationOf(Test->getOpcode(), !Swapped);
    if (First && Is)
      addTest(F, Ctx, Locals, Swapped ? Test->getLHS() : Test->getRHS(), *Is,
              *First, Assumed);
  }
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

/// The number that \p Case is for, as ParamTest::numbers gives it.
static std::optional<uint64_t> numberOf(const ASTContext &Ctx,
                                        const CaseStmt *Case) {
  const auto Is =
      Case->getRHS() ? std::nullopt : constantOf(Ctx, Case->getLHS());
  return Is ? ParamTest{0, ParamTest::Relation::Equal, *Is}.numbers()
            : std::nullopt;
}

/// What is switched on is one of those that the labels in front of one
/// statement are for, of which \p First is the first.
void Assumptions::assumeCase(const SwitchCase *First) {
  using Is = ParamTest::Relation;
  const auto *Only = dyn_cast<CaseStmt>(First);
  if (Only && !Only->getRHS() && !isa<SwitchCase>(Only->getSubStmt()))
    return addTest(F, Ctx, Locals, Around.On, Only->getLHS(), Assumed);
  uint64_t These = 0, Others = 0;
  bool HasDefault = false;
  for (const SwitchCase *Label = First; Label;
       Label = dyn_cast<SwitchCase>(Label->getSubStmt())) {
    const auto *Case = dyn_cast<CaseStmt>(Label);
    const auto Number = Case ? numberOf(Ctx, Case) : std::nullopt;
    HasDefault |= !Case;
    if (Case && !Number)
      return;
    These |= Number.value_or(0);
  }
  if (!HasDefault)
    return addTest(F, Ctx, Locals, Around.On, Is::IsIn,
                   static_cast<int64_t>(These), Assumed);
  for (const SwitchCase *Label = Around.Of ? Around.Of->getSwitchCaseList()
                                           : nullptr;
       Label; Label = Label->getNextSwitchCase())
    if (const auto *Case = dyn_cast<CaseStmt>(Label)) {
      const auto Number = numberOf(Ctx, Case);
      if (!Number)
        return;
      Others |= *Number;
    }
  addTest(F, Ctx, Locals, Around.On, Is::NotIn,
          static_cast<int64_t>(Others & ~These), Assumed);
}

/// `switch (mode) { case none: case lazy: return; case full: break; }`: behind
/// it, what was switched on is none of those whose cases leave the function.
void Assumptions::assumeAfter(const SwitchStmt *Switch) {
  const auto *Body = dyn_cast<CompoundStmt>(Switch->getBody());
  if (HasLabels || !Body || Switch->hasInitStorage() || Switch->hasVarStorage())
    return;
  uint64_t Leaving = 0;
  for (auto It = Body->body_begin(); It != Body->body_end();) {
    const auto *First = dyn_cast<SwitchCase>(*It);
    const Stmt *Last = *It++;
    bool Breaks = breaksOut(Last);
    while (It != Body->body_end() && !isa<SwitchCase>(*It)) {
      Last = *It++;
      Breaks |= breaksOut(Last);
    }
    const bool Leaves = First && !Breaks && leaves(Last);
    for (const SwitchCase *Label = First; Label;
         Label = dyn_cast<SwitchCase>(Label->getSubStmt())) {
      const auto *Case = dyn_cast<CaseStmt>(Label);
      const auto Number = Case ? numberOf(Ctx, Case) : std::nullopt;
      if (Leaves && Number)
        Leaving |= *Number;
    }
  }
  if (Leaving)
    addTest(F, Ctx, Locals, Switch->getCond(), ParamTest::Relation::NotIn,
            static_cast<int64_t>(Leaving), Assumed);
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
  if (!A.HasLabels && !FallsThrough)
    A.assumeCase(Case);
}

void Assumptions::Block::leave(const Stmt *Child) {
  Previous = Child;
  if (const auto *Switch = dyn_cast<SwitchStmt>(Child))
    return A.assumeAfter(Switch);
  const auto *If = dyn_cast<IfStmt>(Child);
  if (!If || If->isConsteval())
    return;
  if (leaves(If->getThen()))
    A.assume(If->getCond(), false);
  else if (leaves(If->getElse()))
    A.assume(If->getCond(), true);
}

} // namespace nostall
