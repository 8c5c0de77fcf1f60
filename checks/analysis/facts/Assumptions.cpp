//===- Assumptions.cpp - what holds where the walk stands -----------------===//

#include "Assumptions.h"
#include "Assertions.h"
#include "ConditionReader.h"
#include "FixedGlobals.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

/// Stands among what is assumed where the process is a child.
static constexpr ParamTest InChild{NoParam, ParamTest::Relation::IsNotKnownAs,
                                   0};

Assumptions::Assumptions(Unit &U, const FunctionDecl *F)
    : U(U), F(F), Ctx(U.context()), Locals(U.setOnce(F)),
      Fixed(Ctx, [this](const Expr *E) {
        const Expr *Made = Locals.valueOf(E);
        return Made ? Made : this->U.globals().valueOf(E);
      }) {}

bool Assumptions::isBeforeExit() const {
  return ExitDepth || llvm::is_contained(Assumed, InChild);
}

Condition Assumptions::kept() const {
  constexpr size_t Most = 256;
  if (Assumed.size() <= Most)
    return Assumed;
  auto StandsAlone = [](auto It) { return !std::prev(It)->OrNext; };
  auto FirstEnd = Assumed.begin() + Most / 2;
  while (FirstEnd != Assumed.begin() && !StandsAlone(FirstEnd))
    --FirstEnd;
  auto LastBegin = Assumed.end() - Most / 2;
  while (LastBegin != Assumed.end() && !StandsAlone(LastBegin))
    ++LastBegin;
  Condition When(Assumed.begin(), FirstEnd);
  When.insert(When.end(), LastBegin, Assumed.end());
  return When;
}

void Assumptions::assume(const Expr *Cond, bool Holds) {
  if (HasLabels)
    return;
  addTests(F, Ctx, Locals, Cond, Holds, Assumed);
  if (isInChild(Cond, Holds))
    Assumed.push_back(InChild);
}

/// `pid = fork()`, or what the program's own `spawn()` returns of it.
bool Assumptions::isForkResult(const Expr *E, unsigned Depth) {
  constexpr unsigned MaxDepth = 6;
  if (!E || Depth == MaxDepth)
    return false;
  E = E->IgnoreParenCasts();
  if (const auto *Set = dyn_cast<BinaryOperator>(E))
    return Set->getOpcode() == BO_Assign &&
           isForkResult(Set->getRHS(), Depth + 1);
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    const FunctionDecl *Body = Callee ? definitionOf(Callee) : nullptr;
    return Callee && (llvm::is_contained(U.models().stateNames().Forks,
                                         modelName(Callee)) ||
                      (Body && isForkResult(returnedBy(Body), Depth + 1)));
  }
  if (const Expr *Made = Locals.valueOf(E))
    return isForkResult(Made, Depth + 1);
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  const Settling *Set = V ? Locals.settling(V) : nullptr;
  return Set && isForkResult(dyn_cast<Expr>(Set->Last), Depth + 1);
}

/// Whether \p Cond, if it is \p Holds, says that fork() has returned 0.
bool Assumptions::isInChild(const Expr *Cond, bool Holds) {
  unsigned Budget = 64;
  bool Is = false;
  forEachSettled(Cond, Holds, Budget, [&](const Expr *Part, bool PartHolds) {
    const Expr *E = withoutTruthCasts(Part);
    const auto *Op = dyn_cast<BinaryOperator>(E);
    if (!Op || !Op->isEqualityOp()) {
      Is |= !PartHolds && E->getType()->isIntegerType() && isForkResult(E);
      return;
    }
    for (const bool Swapped : {false, true})
      Is |= (Op->getOpcode() == BO_EQ) == PartHolds &&
            constantOf(Ctx, Swapped ? Op->getLHS() : Op->getRHS()) == 0 &&
            isForkResult(Swapped ? Op->getRHS() : Op->getLHS());
  });
  return Is;
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
  if (A.HasLabels || FallsThrough || !A.Around.S)
    return;
  addCaseTests(A.F, A.Ctx, A.Locals, A.Around.S, Case, A.Assumed);
  if (const auto *Only = dyn_cast<CaseStmt>(Case);
      Only && !isa<SwitchCase>(Only->getSubStmt()) &&
      constantOf(A.Ctx, Only->getLHS()) == 0 &&
      A.isForkResult(A.Around.S->getCond()))
    A.Assumed.push_back(InChild);
}

void Assumptions::Block::leave(const Stmt *Child) {
  Previous = Child;
  if (A.HasLabels)
    return;
  if (isa<IfStmt, SwitchStmt>(Child)) {
    addPassedTests(A.F, A.Ctx, A.Locals, Child, A.Assumed);
    const auto *If = dyn_cast<IfStmt>(Child);
    if (If && leaves(If->getThen()) && A.isInChild(If->getCond(), false))
      A.Assumed.push_back(InChild);
    return;
  }
  const auto *Full = dyn_cast<FullExpr>(Child);
  if (const auto *Call = dyn_cast<CallExpr>(Full ? Full->getSubExpr() : Child))
    A.U.assertions().forEachAt(Call, [&](const Expr *Arg, const ParamTest &T) {
      // What always throws may do so in a test that expects it.
      if (!constantOf(A.Ctx, Arg))
        addTest(A.F, A.Ctx, A.Locals, Arg, T.Is, T.Value, A.Assumed);
    });
}

} // namespace nostall
