//===- KeptTasks.cpp - tasks on their way through a variable --------------===//

#include "KeptTasks.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

/// Whether \p Given hands \p Value on: as it is, or by a lambda that takes it
/// along, `[task = std::move(task)] { ... }`.
static bool handsOn(Unit &U, const Expr *Given, const Expr *Value) {
  Given = stripForwarding(U, Given);
  const auto *Lambda = dyn_cast<LambdaExpr>(Given);
  return Given == Value ||
         (Lambda &&
          llvm::any_of(Lambda->capture_inits(), [&](const Expr *Init) {
            return Init && stripForwarding(U, Init) == Value;
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
