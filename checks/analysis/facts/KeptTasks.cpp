//===- KeptTasks.cpp - tasks on their way through a variable --------------===//

#include "KeptTasks.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

/// Whether \p Lambda itself does what it does with \p Task, which it takes
/// along: it calls members of it. What else is given it may be a loop.
static bool runsItself(const LambdaExpr *Lambda, const VarDecl *Task) {
  bool Does = true;
  forEachStatement(Lambda->getBody(),
                   [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
                     const auto *Ref = dyn_cast<DeclRefExpr>(S);
                     if (Ref && Ref->getDecl() == Task)
                       Does &= !Path.empty() && isa<MemberExpr>(Path.back());
                   });
  return Does;
}

/// Whether \p Given hands \p Value on: as it is, or by a lambda that takes it
/// along and runs it, `[t = std::move(t)]() mutable { t.resume(); }`.
static bool handsOn(Unit &U, const Expr *Given, const Expr *Value) {
  Given = stripForwarding(U, Given);
  const auto *Lambda = dyn_cast<LambdaExpr>(Given);
  return Given == Value ||
         (Lambda &&
          llvm::any_of(Lambda->captures(), [&](const LambdaCapture &C) {
            const auto *V = C.capturesVariable()
                                ? dyn_cast<VarDecl>(C.getCapturedVar())
                                : nullptr;
            return V && V->isInitCapture() && V->getInit() &&
                   stripForwarding(U, V->getInit()) == Value &&
                   runsItself(Lambda, V);
          }));
}

static void noteTask(Unit &U, FunctionFacts &Facts, CallableArgument Task,
                     const Expr *Value) {
  for (CallFact &Call : Facts.Calls)
    for (Task.Arg = 0; Task.Arg != Call.Args.size(); ++Task.Arg)
      if (handsOn(U, Call.Args[Task.Arg], Value))
        Call.Callables.push_back(Task);
}

void addKeptTasks(Unit &U, FunctionFacts &Facts) {
  for (const VariableFact &V : Facts.Variables) {
    if (V.Uses.size() != 1 || V.Uses[0].H != VariableUse::How::Moved ||
        !V.Var->getInit())
      continue;
    if (auto Task = taskMadeBy(U, stripForwarding(U, V.Var->getInit())))
      noteTask(U, Facts, *Task, V.Uses[0].Ref);
  }
  for (const LambdaExpr *Lambda : Facts.Lambdas)
    for (const Expr *Init : Lambda->capture_inits())
      if (const Expr *Made = Init ? stripForwarding(U, Init) : nullptr)
        if (auto Task = taskMadeBy(U, Made))
          noteTask(U, Facts, *Task, Made);
}

} // namespace nostall
